"""Codes that can be read and typed, names that nobody has to make up, and a door that asks guessers for patience."""

from __future__ import annotations

import re

import pytest

from cnn_core.errors import ClassroomError
from cnn_core.room.codes import DIGITS, LETTERS, LOOKALIKES, new_code, read_code, spoken
from cnn_core.room.door import MOST_WRONG, MOST_WRONG_BY_ALL, Door
from cnn_core.room.names import ANIMALS, QUALITIES, is_made_up, offered_names
from cnn_core.room.prompts import ASKED_FOR_S, Prompts
from tests.cnn_core.room.samples import Clock


def test_codes_are_letters_and_digits_in_turn_without_vowels_or_doubles() -> None:
    codes = {new_code() for _ in range(400)}
    assert len(codes) > 390
    assert all(re.fullmatch(r"([CDFHJKMNPRTVWX][256789]){3}", code) for code in codes)
    assert not set("AEIOUY01") & set(LETTERS + DIGITS)
    assert not {chr(sign) for sign in LOOKALIKES} & set(LETTERS + DIGITS)


@pytest.mark.parametrize(
    "typed", ["K7M2P9", "k7m2p9", " k7m 2p9 ", "K7M-2P9", "k7mzpg".replace("g", "9"), "K 7 M 2 P 9"]
)
def test_a_code_is_read_however_it_is_typed(typed: str) -> None:
    assert read_code(typed) == "K7M2P9"
    assert read_code(spoken("K7M2P9")) == "K7M2P9"


@pytest.mark.parametrize(
    "typed", ["", "K7M2P", "K7M2P99", "7KM2P9", "A7M2P9", "<b>K7M2P9</b>", "K7M2P9" * 100, "ＫKM2P9"]
)
def test_what_is_no_code_is_none(typed: str) -> None:
    assert read_code(typed) == ""


def test_names_are_made_up_and_free() -> None:
    every = [f"{quality} {animal}" for quality in QUALITIES for animal in ANIMALS]
    assert len(set(every)) == len(every)
    assert all(is_made_up(name) for name in every)
    taken = every[:-3]
    assert set(offered_names(taken, seed=1)) == set(every[-3:])
    assert offered_names(taken[:5], seed=1) != offered_names(taken[:5], seed=2)
    assert not any(is_made_up(name) for name in ("", "Amber", "Amber  otter", "otter Amber", "Amber otter "))


def test_who_types_wrong_codes_waits_a_minute_and_others_do_not() -> None:
    clock = Clock()
    door = Door(clock)
    for _ in range(MOST_WRONG - 1):
        door.note_wrong("ann")
    door.check("ann")
    door.note_wrong("ann")
    with pytest.raises(ClassroomError, match="Too many wrong codes"):
        door.check("ann")
    door.check("bob")
    clock.now += 61
    door.check("ann")


def test_new_people_do_not_help_to_guess() -> None:
    door = Door(Clock())
    for number in range(MOST_WRONG_BY_ALL):
        door.note_wrong(f"tab {number}")
    with pytest.raises(ClassroomError, match="Wait a minute"):
        door.check("a new tab")


def test_thirty_people_who_are_asked_at_once_draw_every_class_equally_often() -> None:
    prompts = Prompts(Clock())
    asked = [prompts.ask("room", f"person {number}", [0] * 10) for number in range(30)]
    assert {asked.count(index) for index in range(10)} == {3}
    assert asked[:10] != list(range(10)), "not in the order of the classes"


def test_each_is_asked_for_what_there_is_least_of_until_it_is_done() -> None:
    prompts = Prompts(Clock())
    assert prompts.ask("room", "ann", [4, 1, 4]) == 1
    assert prompts.ask("room", "ann", [0, 9, 0]) == 1, "what one draws does not change while one draws"
    assert prompts.ask("room", "bob", [4, 1, 4]) == 1
    prompts.done("room", "ann")
    assert prompts.ask("room", "ann", [4, 3, 4]) != 1, "what bob was asked for is on its way"
    assert prompts.ask("another room", "ann", [4, 3, 4]) == 1


def test_a_passed_class_is_not_asked_for_again_at_once_and_a_forgotten_one_counts_no_more() -> None:
    clock = Clock()
    prompts = Prompts(clock)
    assert prompts.ask("room", "ann", [5, 1, 2]) == 1
    assert prompts.pass_on("room", "ann", [5, 1, 2]) == 2
    assert prompts.ask("room", "bob", [5, 2, 2]) == 1
    for number in range(9):
        assert prompts.ask("other", f"person {number}", [0, 20]) == 0
    assert prompts.ask("other", "eve", [0, 8]) == 1
    clock.now += ASKED_FOR_S + 1
    assert prompts.ask("other", "kim", [0, 8]) == 0
