"""Curves are stored in pieces and read as one, without gaps; a training that goes on again cuts them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from cnn_core.errors import ClassroomError
from cnn_core.store.records import StoredEpoch, StoredEvent
from cnn_core.store.store import RunStore
from tests.cnn_core.store.samples import numbers, store_with_run, weights


@pytest.fixture
def store(tmp_path: Path) -> Iterator[RunStore]:
    store = store_with_run(tmp_path)
    yield store
    store.close()


def test_pieces_are_read_as_one(store: RunStore) -> None:
    assert [len(row) for row in store.batches("a-1")] == [0, 0, 0]
    store.append_batches("a-1", 0, *numbers(0, 10))
    store.append_batches("a-1", 10, *numbers(10, 0))
    store.append_batches("a-1", 10, *numbers(10, 25))
    for after in (0, 1, 9, 10, 11, 34, 35, 99):
        for stored, right in zip(store.batches("a-1", after), numbers(after, max(0, 35 - after)), strict=True):
            assert stored.dtype == np.float32
            np.testing.assert_array_equal(stored, right)
    found = store.find("a-1")
    assert found is not None
    assert found.step == 35


def test_numbers_keep_every_bit_also_where_they_are_none(store: RunStore) -> None:
    loss = np.array([np.nan, np.inf, -0.0, 1e-45], np.float32)
    store.append_batches("a-1", 0, loss, loss, loss)
    assert store.batches("a-1")[0].tobytes() == loss.tobytes()


@pytest.mark.parametrize("steps_before", [9, 11])
def test_gap_and_overlap_are_refused(store: RunStore, steps_before: int) -> None:
    store.append_batches("a-1", 0, *numbers(0, 10))
    with pytest.raises(ValueError, match="steps_before must be 10"):
        store.append_batches("a-1", steps_before, *numbers(steps_before, 5))


@pytest.mark.parametrize("rows", [([1], [1, 2], [1]), ([[1]], [[1]], [[1]]), (1, 1, 1)])
def test_arrays_that_do_not_fit_are_refused(store: RunStore, rows: tuple[list[float], ...]) -> None:
    with pytest.raises(ValueError, match=r"must be \(count,\)"):
        store.append_batches("a-1", 0, *rows)


def test_epochs_and_events_come_back_in_order(store: RunStore) -> None:
    epochs = [StoredEpoch(1, 100, 1.5, 0.5, 1.25, 0.75), StoredEpoch(2, 200, 1.0, 0.5, math.inf, 0.75)]
    for epoch in reversed(epochs):
        store.add_epoch("a-1", epoch)
    assert store.epochs("a-1") == tuple(epochs)
    with pytest.raises(ValueError, match="epoch must be a new one"):
        store.add_epoch("a-1", epochs[0])
    store.add_epoch("a-1", StoredEpoch(3, 300, math.nan, 0.1, math.nan, 0.1))
    assert math.isnan(store.epochs("a-1")[2].loss)
    events = [StoredEvent(5, "learning_rate", "0.01"), StoredEvent(5, "dropout", "0.5"), StoredEvent(7, "pause")]
    for event in (events[2], *events[:2]):
        store.add_event("a-1", event)
    assert store.events("a-1") == tuple(events)


@pytest.mark.parametrize("step", [0, 4, 10, 12, 20, 30])
def test_cut_training_ends_at_the_step_and_goes_on_from_there(store: RunStore, step: int) -> None:
    for first in (0, 10, 20):
        store.append_batches("a-1", first, *numbers(first, 10))
        store.save_weights("a-1", first + 10, weights(first + 10), weights(1))
        store.add_epoch("a-1", StoredEpoch(first // 10 + 1, first + 10, 1, 1, 1, 1))
        store.add_event("a-1", StoredEvent(first + 10, "x"))
    store.truncate_after("a-1", step)
    np.testing.assert_array_equal(store.batches("a-1")[1], numbers(0, step)[1])
    left = tuple(one for one in (10, 20, 30) if one <= step)
    assert tuple(epoch.step for epoch in store.epochs("a-1")) == left
    assert tuple(event.step for event in store.events("a-1")) == left
    assert store.weight_steps("a-1") == left
    assert len(list((store.folder / "run-a-1").glob("weights-*"))) == len(left)
    store.append_batches("a-1", step, *numbers(step, 3))
    np.testing.assert_array_equal(store.batches("a-1")[2], numbers(0, step + 3)[2])


def test_damaged_piece_is_named_by_its_step(store: RunStore) -> None:
    for first in (0, 10, 20):
        store.append_batches("a-1", first, *numbers(first, 10))
    with store._database.writing() as connection:
        connection.execute("UPDATE batches SET numbers = zeroblob(120) WHERE steps_before = 10")
    with pytest.raises(ClassroomError, match="damaged from step 10 on"):
        store.batches("a-1")
    with pytest.raises(ClassroomError, match="damaged before step 15"):
        store.truncate_after("a-1", 15)
    store.truncate_after("a-1", 10)
    np.testing.assert_array_equal(store.batches("a-1")[0], numbers(0, 10)[0])
