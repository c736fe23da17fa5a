"""Networks are asked in the background, one after the other; one that cannot be asked stops nobody."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from cnn_core.architecture.presets import PRESETS
from cnn_core.errors import ClassroomError
from cnn_core.networks import TrainedNetwork, starter_network
from cnn_core.room import judging
from cnn_core.room.judging import GONE, Judge, entry_for, find_network
from cnn_core.room.records import Answers
from tests.cnn_core.room.samples import Class, entry
from tests.cnn_core.training.fakes import own_runs

__all__ = ["own_runs"]

STARTER = starter_network()


def network(network_id: str, step: int) -> TrainedNetwork | None:
    return None if network_id == "gone" else replace(STARTER, id=network_id, step=step)


def reads_all_as(probabilities: dict[str, int]) -> judging.Predict:
    """Networks that take every drawing for one class."""

    def predict(found: TrainedNetwork, images: np.ndarray) -> np.ndarray:
        if found.id == "broken":
            raise RuntimeError("no such kernel")
        said = np.full((len(images), 10), 0.05, np.float32)
        said[:, probabilities.get(found.id, 0)] = 0.55
        return said

    return predict


@pytest.fixture
def judge() -> Iterator[Judge]:
    going = Judge(network, reads_all_as({"sevens": 7}))
    yield going
    going.close()


def ask(judge: Judge, room: Class) -> dict[str, Answers | None]:
    """Let the judge find what is missing, and wait for it."""
    judge.keep_up(room.rooms, room.rooms.find(room.code), room.rooms.entries(room.code))
    judge._worker.shutdown()
    return {one.network_id: one.answers for one in room.rooms.entries(room.code)}


def test_each_network_is_asked_about_the_frozen_drawings(room: Class, judge: Judge) -> None:
    room.draws(3, label=7)
    room.rooms.freeze(room.code, room.key)
    room.draws(1, first=9)
    for name, network_id in (("Amber otter", "sevens"), ("Jade newt", "gone"), ("Jade seal", "broken")):
        room.rooms.enter(room.code, entry(name, network_id))
    found = ask(judge, room)
    assert found["sevens"] is not None
    assert found["sevens"].guesses.tolist() == [7, 7, 7]
    assert found["sevens"].sureness.tolist() == pytest.approx([0.55] * 3)
    problems = [answers.problem for answers in found.values() if answers is not None]
    assert problems == ["", GONE, "It could not be asked (RuntimeError). The server's log has the details."]


def test_nobody_is_asked_before_the_set_is_frozen_nor_twice(room: Class) -> None:
    gate, asked = threading.Event(), []

    def predict(found: TrainedNetwork, images: np.ndarray) -> np.ndarray:
        asked.append(found.id)
        assert gate.wait(10)
        return np.full((len(images), 10), 0.1, np.float32)

    judge = Judge(network, predict)
    room.draws(2)
    room.rooms.enter(room.code, entry())
    entries = room.rooms.entries(room.code)
    assert judge.keep_up(room.rooms, room.rooms.find(room.code), entries) == 0
    room.rooms.freeze(room.code, room.key)
    for _ in range(5):
        assert judge.keep_up(room.rooms, room.rooms.find(room.code), entries) == 1
    gate.set()
    found = ask(judge, room)
    assert asked == ["a"]
    assert found["a"] is not None


def test_a_set_that_is_frozen_anew_meanwhile_gets_answers_of_its_own(room: Class) -> None:
    room.draws(2)
    room.rooms.freeze(room.code, room.key)
    room.rooms.enter(room.code, entry())

    def predict(_: TrainedNetwork, images: np.ndarray) -> np.ndarray:
        if len(images) == 2:
            room.draws(1, first=9)
            room.rooms.freeze(room.code, room.key)
        return np.full((len(images), 10), 0.1, np.float32)

    assert ask(Judge(network, predict), room) == {"a": None}
    answers = ask(Judge(network, predict), room)["a"]
    assert answers is not None
    assert (answers.version, len(answers.guesses)) == (2, 3)


def test_a_room_that_is_deleted_meanwhile_breaks_nothing(room: Class, judge: Judge) -> None:
    room.draws(1)
    room.rooms.freeze(room.code, room.key)
    room.rooms.enter(room.code, entry())
    found, entries = room.rooms.find(room.code), room.rooms.entries(room.code)
    room.rooms.delete_room(room.code, room.key)
    judge.keep_up(room.rooms, found, entries)
    judge._worker.shutdown()
    assert not judge._going


def test_only_networks_that_tell_apart_what_is_drawn_are_entered(room: Class, monkeypatch: pytest.MonkeyPatch) -> None:
    found = room.rooms.find(room.code)
    made = entry_for(found, STARTER, "Amber otter", "ann")
    assert (made.network_id, made.step, made.parameters) == ("starter", 0, 334_922)
    others = replace(STARTER, class_names=("a", "b"))
    colour = replace(STARTER, spec=next(one.spec for one in PRESETS.values() if one.spec.input_shape != (28, 28, 1)))
    for wrong in (others, colour):
        with pytest.raises(ClassroomError, match="does not tell apart what this room draws: 0, 1, 2"):
            entry_for(found, wrong, "Amber otter", "ann")
    learning = SimpleNamespace(snapshot=SimpleNamespace(is_active=True))
    monkeypatch.setattr(judging, "find_run", lambda _: learning)
    with pytest.raises(ClassroomError, match="still learning"):
        entry_for(found, replace(STARTER, id="run"), "Amber otter", "ann")
    monkeypatch.setattr(judging, "MOST_PARAMETERS", 1000)
    with pytest.raises(ClassroomError, match="too large for this board"):
        entry_for(found, STARTER, "Amber otter", "ann")


def test_of_a_run_the_weights_of_the_entry_s_step_are_asked_or_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judging, "find_run", lambda _: object())
    monkeypatch.setattr(judging, "network_of_run", lambda run, step: replace(STARTER, step=7))  # the nearest kept ones
    assert find_network("run", 7) is not None
    assert find_network("run", 5) is None


def test_the_starter_network_is_found_and_a_run_that_nobody_knows_is_not(own_runs: None) -> None:
    assert find_network("starter", 0) is not None
    assert find_network("deadbeef", 3) is None
