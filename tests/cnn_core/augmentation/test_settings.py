"""What augmentation may be set to: one record, one short text, and no TensorFlow."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import asdict, fields, replace
from pathlib import Path

import pytest
from hypothesis import given, settings

from cnn_core.architecture.fields import Choice, Fraction, domain_of, presentation_of
from cnn_core.architecture.record_text import field_letters, record_from_text, record_to_text
from cnn_core.augmentation.settings import Augmentation
from tests.oracles import STEADY, records

ONE_OF_EACH = {"shift": 0.1, "rotation_degrees": 15, "zoom": 0.2, "flip": "both", "noise": 0.05, "contrast": 0.3}


@settings(STEADY, max_examples=300)
@given(records(Augmentation))
def test_text_leads_back_to_its_augmentation(chosen: Augmentation) -> None:
    text = record_to_text(chosen)
    assert record_from_text(Augmentation, text) == chosen
    assert (text == "") == (not chosen.is_active)


def test_letters_and_options_are_those_that_kept_addresses_rely_on() -> None:
    letters = {"s": "shift", "r": "rotation_degrees", "z": "zoom", "f": "flip", "n": "noise", "c": "contrast"}
    assert field_letters(Augmentation) == letters
    assert record_to_text(Augmentation(**ONE_OF_EACH)) == "s0.1r15.0z0.2f3n0.05c0.3"
    assert domain_of(Augmentation, "flip") == Choice(("none", "left-right", "up-down", "both"))
    assert set(asdict(Augmentation()).values()) == {0.0, "none"}


def test_every_field_is_tried_below() -> None:
    assert list(ONE_OF_EACH) == [f.name for f in fields(Augmentation)]


@pytest.mark.parametrize("name", ONE_OF_EACH)
def test_each_field_alone_is_active(name: str) -> None:
    assert not Augmentation().is_active
    assert replace(Augmentation(), **{name: ONE_OF_EACH[name]}).is_active


@pytest.mark.parametrize("name", ONE_OF_EACH)
def test_each_field_says_what_it_is_and_offers_its_whole_range(name: str) -> None:
    domain, shown = domain_of(Augmentation, name), presentation_of(Augmentation, name)
    assert re.fullmatch(r"[A-Z][a-z ]+", shown.label)
    assert re.fullmatch(r"[A-Z].+\.", shown.help)
    if isinstance(domain, Fraction):
        assert (shown.usual[0], shown.usual[-1]) == (domain.low, domain.high)
        assert list(shown.usual) == sorted({float(value) for value in shown.usual})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("shift", 0.41),
        ("rotation_degrees", -1),
        ("zoom", float("nan")),
        ("flip", "sideways"),
        ("noise", True),
        ("contrast", 1),
    ],
)
def test_what_is_out_of_range_is_refused_with_what_was_received(name: str, value: object) -> None:
    with pytest.raises(ValueError, match=rf"Augmentation\.{name} must be .* Received: {name}={value!r}\."):
        replace(Augmentation(), **{name: value})


def test_settings_need_no_tensorflow() -> None:
    code = (
        "import sys, cnn_core.augmentation.settings; sys.exit(any(n in sys.modules for n in ('tensorflow', 'keras')))"
    )
    folder = Path(__file__).parents[3]
    assert subprocess.run([sys.executable, "-W", "ignore", "-c", code], cwd=folder, check=False).returncode == 0
