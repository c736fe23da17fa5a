"""What a setting may be: each range says in words what it admits, and records hold nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any

import pytest
from hypothesis import given, settings

from cnn_core.architecture.fields import (
    Choice,
    Domain,
    Fraction,
    WholeNumber,
    YesNo,
    check_record,
    choice,
    domain_of,
    fraction,
    has_default,
    presentation_of,
    short_repr,
    whole_number,
    yes_no,
)
from cnn_core.architecture.layers import LAYER_KINDS
from tests.oracles import JSON_VALUES, STEADY


@dataclass(frozen=True)
class Settings:
    """A record with a field of every sort, and one that declares nothing."""

    count: int = whole_number(3, 1, 9, label="Count", help="How many.", code="n", usual=(1, 3))
    share: float = fraction(0.5, 0.0, 0.9)
    word: str = choice("left", ("left", "half_way"), titles={"left": "to the left"})
    is_on: bool = yes_no(True)
    free: Any = field(default_factory=list)

    def __post_init__(self) -> None:
        check_record(self)


@pytest.mark.parametrize(
    ("domain", "good", "bad", "words"),
    [
        (WholeNumber(1, 9), (1, 9), (0, 10, 1.0, True, "1", None), "a whole number from 1 to 9"),
        (Fraction(0, 0.9), (0, 0.9, 0.5), (-0.1, 0.91, False, "0", float("nan"), None), "a number from 0 to 0.9"),
        (Choice(("a", "b")), ("a", "b"), ("A", "", 0, None, ["a"]), "one of a, b"),
        (YesNo(), (True, False), (0, 1, "yes", None), "true or false"),
    ],
)
def test_a_range_admits_what_it_says(domain: Domain, good: tuple[Any], bad: tuple[Any], words: str) -> None:
    assert [domain.admits(value) for value in good] == [True] * len(good)
    assert [domain.admits(value) for value in bad] == [False] * len(bad)
    assert domain.describe() == words


@settings(STEADY, max_examples=100)
@given(JSON_VALUES)
def test_no_range_stumbles_over_a_value_from_outside(value: Any) -> None:
    for f in fields(Settings)[:4]:
        domain = domain_of(Settings, f.name)
        if domain.admits(value):
            assert getattr(Settings(**{f.name: value}), f.name) == value
        else:
            with pytest.raises(ValueError, match=f"Settings.{f.name} must be {domain.describe()}. Received: {f.name}="):
                Settings(**{f.name: value})


def test_numbers_are_stored_alike() -> None:
    for zero in (0, 0.0, -0.0):
        assert repr(Settings(share=zero).share) == "0.0"
    assert isinstance(Settings(count=3).count, int)


def test_a_field_without_a_range_may_hold_anything() -> None:
    assert Settings(free={"x": 1}).free == {"x": 1}
    with pytest.raises(KeyError):
        domain_of(Settings, "free")
    with pytest.raises(KeyError):
        presentation_of(Settings, "free")
    with pytest.raises(KeyError):
        domain_of(Settings(), "missing")


def test_a_field_knows_how_it_is_shown() -> None:
    shown = presentation_of(Settings, "count")
    assert (shown.label, shown.help, shown.code, shown.usual) == ("Count", "How many.", "n", (1, 3))
    words = domain_of(Settings(), "word")
    assert isinstance(words, Choice)
    assert [words.title(option) for option in words.options] == ["to the left", "half way"]


def test_a_long_value_is_cut() -> None:
    assert short_repr("x" * 500) == "'" + "x" * 78 + "…"
    assert short_repr(12) == "12"


def test_defaults_are_recognised() -> None:
    @dataclass
    class Record:
        needed: int
        given: int = 1
        made: list[int] = field(default_factory=list)

    assert [has_default(f) for f in fields(Record)] == [False, True, True]


@pytest.mark.parametrize("kind", LAYER_KINDS.values(), ids=lambda kind: kind.kind)
def test_every_setting_of_a_layer_can_be_shown_checked_and_written(kind: Any) -> None:
    codes = []
    for f in fields(kind):
        shown, domain = presentation_of(kind, f.name), domain_of(kind, f.name)
        assert shown.label
        assert shown.label[0].isupper()
        assert shown.help.endswith(".")
        assert domain.admits(f.default)
        assert all(domain.admits(value) for value in shown.usual)
        if isinstance(domain, WholeNumber):
            assert f.default in shown.usual
        codes.append(shown.code)
    assert all(len(code) == 1 and code.islower() and code.isascii() for code in codes)
    assert len(set(codes)) == len(codes)
