"""Weights are whole or not there; the newest state that is whole is the one to go on from."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnn_core.errors import ClassroomError
from cnn_core.store.store import RunStore
from tests.cnn_core.store.samples import numbers, record, store_with_run, weights


@pytest.fixture
def store(tmp_path: Path) -> Iterator[RunStore]:
    store = store_with_run(tmp_path)
    store.append_batches("a-1", 0, *numbers(0, 1000))
    yield store
    store.close()


def files(store: RunStore, kind: str) -> list[Path]:
    """The files of a kind, in the order of their steps."""
    return sorted((store.folder / "run-a-1").glob(f"{kind}-*"))


def assert_weights(arrays: tuple[Any, ...], step: int) -> None:
    for stored, right in zip(arrays, weights(step), strict=True):
        np.testing.assert_array_equal(stored, right)


def test_weights_are_read_as_they_were_saved(store: RunStore) -> None:
    for step in (0, 5, 20):
        store.save_weights("a-1", step, weights(step))
    assert store.weight_steps("a-1") == (0, 5, 20)
    for step in (0, 5, 20):
        assert_weights(store.load_weights("a-1", step), step)
    with pytest.raises(ClassroomError, match="no stored weights of step 6"):
        store.load_weights("a-1", 6)
    assert store.load_state("a-1") is None


def test_weights_of_the_same_step_are_replaced(store: RunStore) -> None:
    store.save_weights("a-1", 5, weights(1), weights(1))
    store.save_weights("a-1", 5, weights(2))
    assert_weights(store.load_weights("a-1", 5), 2)
    assert store.load_state("a-1") is None
    assert (len(files(store, "weights")), len(files(store, "state"))) == (1, 0)


def test_many_are_thinned_and_their_files_go(store: RunStore) -> None:
    for step in range(0, 300, 10):
        store.save_weights("a-1", step, weights(step), mark="best" if step == 150 else "", most=7)
    steps = store.weight_steps("a-1")
    assert len(steps) == 7
    assert {0, 150, 290} <= set(steps)
    assert [int(path.name.split("-")[1]) for path in files(store, "weights")] == list(steps)
    for step in steps:
        assert_weights(store.load_weights("a-1", step), step)


def test_state_is_kept_of_the_two_newest_only(store: RunStore) -> None:
    for step in range(0, 100, 10):
        store.save_weights("a-1", step, weights(step), (np.int64(step), *weights(step)), most=4)
    assert [int(path.name.split("-")[1]) for path in files(store, "state")] == [80, 90]
    checkpoint = store.load_state("a-1")
    assert checkpoint is not None
    assert checkpoint.step == 90
    assert_weights(checkpoint.arrays, 90)
    assert_weights(checkpoint.state[1:], 90)
    assert checkpoint.state[0] == 90


def test_state_ahead_of_the_curves_is_not_gone_on_from(store: RunStore) -> None:
    for step in (1000, 1001):
        store.save_weights("a-1", step, weights(step), weights(step))
    checkpoint = store.load_state("a-1")
    assert checkpoint is not None
    assert checkpoint.step == 1000


@pytest.mark.parametrize("kind", ["weights", "state"])
@pytest.mark.parametrize("damage", ["flip", "cut", "empty", "text", "gone"])
def test_damaged_file_is_one_sentence_and_the_one_before_is_whole(store: RunStore, kind: str, damage: str) -> None:
    for step in (10, 20):
        store.save_weights("a-1", step, weights(step), weights(step))
    path = files(store, kind)[-1]
    content = bytearray(path.read_bytes())
    content[-40] ^= 1
    if damage == "gone":
        path.unlink()
    else:
        damaged = {"flip": content, "cut": content[:-9], "empty": b"", "text": b"weights"}
        path.write_bytes(damaged[damage])
    if kind == "weights":
        expected = "no stored weights of step 20" if damage == "gone" else "The weights of step 20 are damaged"
        with pytest.raises(ClassroomError, match=expected) as caught:
            store.load_weights("a-1", 20)
        assert caught.value.remedy == "Choose those of another step."
    assert_weights(store.load_weights("a-1", 10), 10)
    checkpoint = store.load_state("a-1")
    assert checkpoint is not None
    assert checkpoint.step == 10


def test_full_disk_leaves_no_part_behind_and_all_that_was_stored(
    store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.save_weights("a-1", 10, weights(10), weights(10))
    monkeypatch.setattr(os, "fsync", lambda descriptor: (_ for _ in ()).throw(OSError(errno.ENOSPC, "No space left")))
    with pytest.raises(ClassroomError, match="is full") as caught:
        store.save_weights("a-1", 20, weights(20), weights(20))
    assert "make room" in caught.value.remedy
    monkeypatch.undo()
    assert len(files(store, "weights")) == len(files(store, "state")) == 1
    assert store.weight_steps("a-1") == (10,)
    store.save_weights("a-1", 20, weights(20), weights(20))
    assert_weights(store.load_weights("a-1", 20), 20)


def test_what_a_killed_process_left_behind_goes_when_the_training_ends(store: RunStore) -> None:
    store.save_weights("a-1", 10, weights(10), weights(10))
    folder = store.folder / "run-a-1"
    left_behind = [folder / "weights-000000020-0.arrays", folder / "state-000000020-0.arrays.00.part"]
    for path in left_behind:
        path.write_bytes(b"")
    store.save(record(status="running"))
    assert all(path.exists() for path in left_behind)
    store.save(record(status="finished", step=10))
    assert not any(path.exists() for path in left_behind)
    assert store.load_state("a-1") is not None


def test_failing_database_takes_the_new_file_back(store: RunStore) -> None:
    with store._database.writing() as connection:
        connection.execute("CREATE TRIGGER broken BEFORE INSERT ON weights BEGIN SELECT raise(ABORT, 'no'); END")
    with pytest.raises(Exception, match="no"):
        store.save_weights("a-1", 10, weights(10))
    assert files(store, "weights") == []
    with store._database.writing() as connection:
        connection.execute("DROP TRIGGER broken")
