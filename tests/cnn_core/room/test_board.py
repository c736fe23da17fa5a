"""Who is ranked where, what counts as chance, and which drawings are the hardest."""

from __future__ import annotations

import io
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnn_core.errors import ClassroomError
from cnn_core.evaluation.interval import wilson_interval
from cnn_core.room.board import answers_of, board_rows, chance_words, hardest_drawings
from cnn_core.room.entries import EntriesPart
from cnn_core.room.glance import Glances
from cnn_core.room.limits import MOST_ENTRIES_BY_PERSON
from cnn_core.room.ranking import is_chance, rank
from cnn_core.room.records import Answers, Entry, Limit, Room, Version
from cnn_core.room.take_away import drawings_npz, learning_parts, sheet_image
from dashboard.charts.board_table import board_table
from dashboard.palette import LIGHT
from tests.cnn_core.room.samples import Class, entry

LABELS = np.arange(100) % 10
ROOM = Room("K7M2P9", tuple("0123456789"), Limit("parameters", 50), True, Version(2, "ab", 100), 0, 9, 1, 1)


def answered(number: int, wrong: range, parameters: int = 10, version: int = 2) -> Entry:
    """A network that takes some of a hundred drawings for the next class."""
    guesses = LABELS.copy()
    guesses[list(wrong)] = (LABELS[list(wrong)] + 1) % 10
    sureness = np.where(guesses == LABELS, 0.9, 0.1).astype(np.float32)
    return Entry(number, f"N{number}", "x", 1, parameters, 5, "ann", Answers(version, guesses, sureness))


def test_five_drawings_to_none_may_be_chance_and_six_are_not() -> None:
    """Five coins fall alike in 2 of 32 throws, six in 2 of 64: 6.25 % and 3.1 %."""
    all_right = np.ones(50, bool)
    assert is_chance(all_right, np.arange(50) >= 5)
    assert not is_chance(all_right, np.arange(50) >= 6)
    assert not is_chance(np.arange(50) >= 6, all_right)
    assert is_chance(all_right, all_right)


def test_only_drawings_count_in_which_two_differ() -> None:
    """Both 90 % right, on other drawings: the difference is none, however many drawings there are."""
    first, second = np.arange(1000) >= 100, np.arange(1000) < 900
    assert is_chance(first, second)


def test_places_are_shared_with_the_best_of_the_place_and_the_next_one_is_counted_on() -> None:
    verdicts = [np.arange(100) >= wrong for wrong in (30, 0, 3, 33, 60)]
    places = {place.index: (place.number, place.is_shared) for place in rank(verdicts)}
    assert places == {1: (1, True), 2: (1, True), 0: (3, True), 3: (3, True), 4: (5, False)}
    assert rank([]) == ()
    # One after the other they differ by chance only; the last one and the best do not.
    assert [place.number for place in rank([np.arange(100) >= wrong for wrong in (0, 4, 8)])] == [1, 1, 3]


def coins_as_uneven(first: list[bool], second: list[bool]) -> float:
    """How often coins fall as unevenly, one for each drawing that only one of two reads: by trying all."""
    differing = [one for one, other in zip(first, second, strict=True) if one != other]
    gap = abs(2 * sum(differing) - len(differing))
    throws = [abs(2 * sum(coins) - len(coins)) for coins in product((0, 1), repeat=len(differing))]
    return sum(throw >= gap for throw in throws) / len(throws)


@given(st.lists(st.lists(st.booleans(), min_size=10, max_size=10), min_size=1, max_size=6))
@settings(max_examples=40, deadline=None)
def test_what_the_page_says_of_places_holds_by_naive_counting(verdicts: list[list[bool]]) -> None:
    """On a place nobody differs from the best by more than chance; the first of the next place does."""
    places = rank([np.array(one) for one in verdicts])
    sums = [sum(verdicts[place.index]) for place in places]
    assert sums == sorted(sums, reverse=True)
    assert sorted(place.index for place in places) == list(range(len(verdicts)))
    best = places[0]
    for position, place in enumerate(places):
        is_chance_only = coins_as_uneven(verdicts[best.index], verdicts[place.index]) >= 0.05
        assert is_chance_only == (place.number == best.number)
        best = best if is_chance_only else place
        assert place.number == (best.number if is_chance_only else position + 1)
        assert place.is_shared == ([other.number for other in places].count(place.number) > 1)


def test_two_on_one_place_may_differ_by_more_than_chance_and_the_page_claims_no_other() -> None:
    best = np.arange(100) < 60
    second = np.arange(100) >= 42  # reads others than the best, and nearly as many
    third = np.arange(100) >= 50  # reads nothing that the second does not
    assert [place.number for place in rank([best, second, third])] == [1, 1, 1]
    assert not is_chance(second, third)
    assert "from the best one there" in board_table(
        board_rows(ROOM, [answered(1, range(0)), answered(2, range(2))], LABELS), LIGHT
    )


def test_few_drawings_are_said_to_tell_little() -> None:
    rows = board_rows(ROOM, [answered(1, range(10))], LABELS)
    assert chance_words(rows).startswith("On 100 drawings an accuracy is known to ± 6 points")
    one = replace(rows[0], right=1, count=1, interval=wilson_interval(1, 1))
    assert chance_words([one]).startswith("On 1 drawing an accuracy")
    many = replace(rows[0], right=1350, count=1500, interval=wilson_interval(1350, 1500))
    assert chance_words([many]) == chance_words([]) == ""


def test_above_the_limit_and_without_answers_one_is_in_sight_but_not_ranked() -> None:
    entries = [
        answered(1, range(20)),
        answered(2, range(0), parameters=51),
        answered(3, range(5)),
        answered(4, range(5), version=1),
        replace(answered(5, range(0)), answers=Answers(2, np.empty(0, int), np.empty(0, np.float32), "It is gone.")),
        replace(answered(6, range(0)), answers=None),
    ]
    rows = board_rows(ROOM, entries, LABELS)
    assert [(row.entry.id, row.place) for row in rows] == [(3, 1), (1, 2), (2, 0), (4, 0), (5, 0), (6, 0)]
    assert [row.remark for row in rows] == ["", "", "51 parameters: the limit is 50", "", "It is gone.", ""]
    assert [row.is_waiting for row in rows] == [False, False, False, True, False, True]
    best = rows[0]
    assert (best.right, best.count, best.accuracy) == (95, 100, 0.95)
    assert best.interval is not None
    assert (round(best.interval.low, 3), round(best.interval.high, 3)) == (0.888, 0.978)


def test_the_hardest_drawings_are_those_that_most_misread() -> None:
    entries = [
        answered(1, range(3)),
        answered(2, range(1, 3)),
        answered(3, range(2, 4)),
        answered(4, range(0), version=1),
    ]
    hard = hardest_drawings(ROOM, entries, LABELS)
    assert [(one.index, one.wrong, one.asked) for one in hard] == [(2, 3, 3), (1, 2, 3), (0, 1, 3), (3, 1, 3)]
    assert (hard[0].label, hard[0].guess) == (2, 3)
    assert [one.index for one in hardest_drawings(ROOM, entries, LABELS, most=1)] == [2]
    assert hardest_drawings(ROOM, entries[3:], LABELS) == ()


def test_a_network_that_gives_no_numbers_is_not_ranked(room: Class) -> None:
    room.draws(2)
    room.rooms.freeze(room.code, room.key)
    probabilities = np.full((2, 10), np.nan, np.float32)
    answers = answers_of(room.rooms.find(room.code), room.rooms.drawings(room.code), probabilities)
    assert "broken down" in answers.problem


def test_answers_are_kept_until_the_set_changes(room: Class) -> None:
    room.draws(10)
    room.rooms.freeze(room.code, room.key)
    number = room.rooms.enter(room.code, entry())
    glances = Glances()
    assert glances.board(room.rooms, room.rooms.find(room.code)).waiting == 1
    answers = Answers(1, np.arange(10), np.full(10, 0.5, np.float32))
    assert room.rooms.keep_answers(room.code, number, answers)
    (row,) = glances.board(room.rooms, room.rooms.find(room.code)).rows
    assert (row.place, row.right, row.count) == (1, 10, 10)
    room.draws(1, first=50)
    assert glances.board(room.rooms, room.rooms.find(room.code)).rows[0].count == 10, "late ones wait"
    room.rooms.freeze(room.code, room.key)
    board = glances.board(room.rooms, room.rooms.find(room.code))
    assert (board.waiting, board.rows[0].place, board.hardest) == (1, 0, ())
    assert not room.rooms.keep_answers(room.code, number, answers), "they are of a version that counts no more"
    assert not room.rooms.keep_answers(room.code, 99, replace(answers, version=2))


def test_one_enters_under_a_free_made_up_name_and_not_too_often(room: Class) -> None:
    enter = room.rooms.enter
    enter(room.code, entry())
    for wrong, words in (
        (entry("Ann's network", "b"), "made-up name"),
        (entry("Amber otter", "b"), "is taken"),
        (entry("Jade newt", "a"), "on the board already, as “Amber otter”"),
    ):
        with pytest.raises(ClassroomError, match=words):
            enter(room.code, wrong)
    for place, name in enumerate(("Jade newt", "Jade seal")[: MOST_ENTRIES_BY_PERSON - 1]):
        enter(room.code, entry(name, f"c{place}"))
    with pytest.raises(ClassroomError, match="as many as one person can"):
        enter(room.code, entry("Jade lynx", "d"))
    enter(room.code, entry("Jade lynx", "d", person="bob"))
    assert len(room.rooms.entries(room.code)) == MOST_ENTRIES_BY_PERSON + 1


def test_one_withdraws_one_s_own_and_the_teacher_any(room: Class) -> None:
    rooms: EntriesPart = room.rooms
    first, second = rooms.enter(room.code, entry()), rooms.enter(room.code, entry("Jade newt", "b"))
    with pytest.raises(ClassroomError, match="not yours"):
        rooms.withdraw(room.code, first, person="bob")
    rooms.withdraw(room.code, first, person="ann")
    rooms.withdraw(room.code, second, person="teacher", key=room.key)
    assert rooms.entries(room.code) == ()


def test_the_table_says_place_interval_reason_and_whose_it_is() -> None:
    rows = board_rows(ROOM, [answered(1, range(5)), answered(2, range(6)), answered(3, range(0), 51)], LABELS)
    html = board_table([replace(rows[0], entry=replace(rows[0].entry, name="<b>")), *rows[1:]], LIGHT, own=[2])
    assert html.count(">1=<") == 2
    assert "&lt;b&gt;" in html
    assert '<th scope="row" class="name"><b>' not in html
    assert html.count("yours") == 1
    assert "51 parameters: the limit is 50" in html
    assert "95 of 100" in html


def test_the_set_can_be_taken_along(room: Class) -> None:
    room.draws(20)
    room.rooms.freeze(room.code, room.key)
    room.draws(1, first=50)
    found, drawings = room.rooms.find(room.code), room.rooms.drawings(room.code)
    with np.load(io.BytesIO(drawings_npz(found, drawings.frozen)), allow_pickle=False) as file:
        assert file["x_train"].shape == (0, 28, 28)
        np.testing.assert_array_equal(file["x_test"], drawings.images[:20, :, :, 0])
        assert (file["y_test"].tolist(), str(file["fingerprint"])) == ([*range(10)] * 2, found.version.fingerprint)
    sheet = sheet_image(drawings, found.class_names)
    assert sheet.shape[0] == 10 * 30 + 2
    np.testing.assert_array_equal(sheet[2:30, 60:88], drawings.images[0, :, :, 0])
    learned, judged = learning_parts(found, drawings.frozen)
    assert (np.bincount(learned.labels).tolist(), np.bincount(judged.labels).tolist()) == ([1] * 10, [1] * 10)
    with pytest.raises(ClassroomError, match="“1” has 1 drawings"):
        learning_parts(found, drawings.part(slice(0, 11)))
