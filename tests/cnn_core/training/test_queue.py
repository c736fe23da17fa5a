"""The line of trainings: one turn a person, places that come true, and nobody left behind."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn_core.training import queue as queue_module
from cnn_core.training.control import StopTraining
from cnn_core.training.queue import TrainingQueue, Turn, usual_slots


def never() -> bool:
    return False


def filled(slots: int, *asked: str, most_in_memory: int = 16) -> TrainingQueue:
    """Let trainings `"anna-1"`, `"ben-1"` and so on stand in line, each owned by the name before the dash."""
    queue = TrainingQueue(slots, most_in_memory)
    for run_id in asked:
        queue.join(run_id, run_id.partition("-")[0])
    return queue


def order_of(queue: TrainingQueue, *asked: str) -> list[str]:
    """Name the waiting trainings by their places."""
    places = {run_id: queue.place(run_id) for run_id in asked}
    waiting = {run_id: place for run_id, place in places.items() if place is not None}
    assert sorted(waiting.values()) == list(range(1, len(waiting) + 1))
    return sorted(waiting, key=lambda run_id: waiting[run_id])


def test_every_person_has_one_turn_after_the_other() -> None:
    asked = ("anna-1", "anna-2", "anna-3", "ben-1", "cleo-1", "ben-2")
    queue = filled(1, *asked)
    assert order_of(queue, *asked) == ["anna-1", "ben-1", "cleo-1", "anna-2", "ben-2", "anna-3"]
    queue.wait("anna-1", never)
    assert order_of(queue, *asked) == ["ben-1", "cleo-1", "anna-2", "ben-2", "anna-3"]
    queue.join("dora-1", "dora")
    assert queue.place("dora-1") == 3, "who comes new waits for those who came before, not for second turns"
    assert queue.place("anna-1") is None
    assert len(queue) == 6


def test_a_pair_shares_one_place_and_begins_together() -> None:
    queue = filled(1, "ben-1")
    queue.join("anna-1", "anna")
    queue.join("anna-2", "anna", beside="anna-1")
    queue.join("cleo-1", "cleo")
    queue.wait("ben-1", never)
    with pytest.raises(StopTraining):
        queue.wait("anna-2", lambda: True)
    queue.join("anna-2", "anna", beside="anna-1")
    queue.leave("ben-1", is_over=True)
    queue.wait("anna-1", never)
    queue.wait("anna-2", never)
    assert queue.place("cleo-1") == 1
    for left in ("anna-1", "anna-2"):
        with pytest.raises(StopTraining):
            queue.wait("cleo-1", lambda: True)
        queue.join("cleo-1", "cleo")
        queue.leave(left, is_over=True)
    queue.wait("cleo-1", never)


def test_no_third_training_slips_into_the_place_of_a_pair() -> None:
    queue = filled(1, "anna-1")
    for run_id in ("anna-2", "anna-3"):
        queue.join(run_id, "anna", beside="anna-1")
    queue.wait("anna-1", never)
    queue.wait("anna-2", never)
    with pytest.raises(StopTraining):
        queue.wait("anna-3", lambda: True)


@given(st.lists(st.sampled_from("abc"), min_size=1, max_size=9), st.integers(1, 3))
def test_places_come_true_and_turns_are_fair(owners: list[str], slots: int) -> None:
    asked = [f"{owner}-{number}" for number, owner in enumerate(owners)]
    queue = filled(slots, *asked)
    foretold, begun = order_of(queue, *asked), []
    while len(queue):
        run_id = order_of(queue, *asked)[0]
        queue.wait(run_id, never)
        begun.append(run_id)
        queue.leave(run_id, is_over=True)
    assert begun == foretold
    for first in set(owners):
        for second in set(owners):
            waiting = owners.count(second)
            for index in range(len(begun)):
                turns = [run_id[0] for run_id in begun[: index + 1]]
                if turns.count(second) < waiting:
                    assert turns.count(first) <= turns.count(second) + 1, "nobody has two turns while another waits"


def test_no_more_train_at_once_than_there_are_places() -> None:
    queue = filled(2, "anna-1", "ben-1", "cleo-1")
    queue.wait("anna-1", never)
    queue.wait("ben-1", never)
    began = threading.Event()
    thread = threading.Thread(target=lambda: (queue.wait("cleo-1", never), began.set()), daemon=True)
    thread.start()
    assert not began.wait(0.05)
    queue.leave("anna-1", is_over=True)
    assert began.wait(5)


def test_halted_training_makes_room_and_goes_on_before_what_has_not_begun() -> None:
    queue = filled(1, "anna-1", "ben-1", "cleo-1")
    queue.wait("anna-1", never)
    queue.leave("anna-1", is_over=False)
    queue.wait("ben-1", never)
    queue.join("anna-1", "anna")
    assert order_of(queue, "anna-1", "cleo-1") == ["anna-1", "cleo-1"]


def test_halted_trainings_fill_the_memory_and_then_only_they_go_on() -> None:
    queue = filled(1, "anna-1", "ben-1", "cleo-1", most_in_memory=2)
    for run_id in ("anna-1", "ben-1"):
        queue.wait(run_id, never)
        queue.leave(run_id, is_over=False)
    with pytest.raises(StopTraining):
        queue.wait("cleo-1", lambda: True)
    assert queue.place("cleo-1") is None, "who is no longer wanted does not stand in line"
    queue.join("cleo-1", "cleo")
    queue.join("anna-1", "anna")
    queue.wait("anna-1", never)
    queue.leave("anna-1", is_over=True)
    queue.wait("cleo-1", never)


def test_training_that_is_over_is_nowhere_in_line() -> None:
    queue = filled(1, "anna-1", "ben-1")
    queue.leave("ben-1", is_over=True)
    assert len(queue) == 1
    assert queue.place("ben-1") is None


def test_turn_asks_waits_and_gives_up_for_its_training() -> None:
    queue = TrainingQueue(1)
    first, second = Turn(queue, "one", "anna"), Turn(queue, "two", "ben")
    first.ask()
    second.ask()
    assert (first.place, second.place) == (1, 2)
    first.wait(never)
    first.give_up(is_over=True)
    second.wait(never)
    assert (first.place, second.place) == (None, None)


@pytest.mark.parametrize(
    ("chosen", "processors", "slots"),
    [("", 2, 1), ("", 1, 1), ("", 8, 4), ("3", 2, 3), ("0", 8, 4), ("-1", 8, 4), ("many", 8, 4), ("9999", 8, 64)],
)
def test_slots_are_chosen_or_one_for_two_processors(
    monkeypatch: pytest.MonkeyPatch, chosen: str, processors: int, slots: int
) -> None:
    monkeypatch.setenv(queue_module.SLOTS_VARIABLE, chosen)
    monkeypatch.setattr(queue_module.os, "cpu_count", lambda: processors)
    assert usual_slots() == slots
