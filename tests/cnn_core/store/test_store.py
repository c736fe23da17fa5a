"""Records are listed, changed, deleted, brought back and purged; room is made from the oldest."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cnn_core.errors import ClassroomError
from cnn_core.store.store import RunStore
from tests.cnn_core.store.samples import record, weights


@pytest.fixture
def store(tmp_path: Path) -> Iterator[RunStore]:
    store = RunStore(tmp_path / "runs", clock=lambda: 5000.0)
    yield store
    store.close()


def ids(store: RunStore, include_deleted: bool = False) -> list[str]:
    return [one.id for one in store.all(include_deleted)]


def test_record_is_found_as_it_was_created_by_another_store_too(store: RunStore) -> None:
    original = record(test_loss=math.inf, test_accuracy=0.5, test_count=10)
    store.create(original)
    found = store.find("a-1")
    assert found is not None
    assert found.size_bytes > 0
    assert replace(found, size_bytes=0) == original
    assert store.all() == (found,)
    assert store.find("b") is None
    other = RunStore(store.folder)
    assert other.all() == (found,)
    assert other.notice == ""
    other.close()


def test_record_without_time_of_creation_gets_the_present_one(store: RunStore) -> None:
    store.create(record(created_at=0.0))
    assert store.all()[0].created_at == 5000.0


def test_loss_that_is_no_number_stays_so(store: RunStore) -> None:
    store.create(record(test_loss=math.nan, test_accuracy=0.1, test_count=10))
    loss = store.all()[0].test_loss
    assert loss is not None
    assert math.isnan(loss)


def test_second_of_the_same_id_is_refused(store: RunStore) -> None:
    store.create(record())
    with pytest.raises(ValueError, match="id must be a new one"):
        store.create(record(title="Another"))
    assert store.all()[0].title == "Größer ✓"


def test_list_begins_with_the_newest(store: RunStore) -> None:
    for run_id, created_at in (("b", 2.0), ("c", 3.0), ("a", 1.0), ("d", 3.0)):
        store.create(record(run_id, created_at=created_at))
    assert ids(store) == ["d", "c", "b", "a"]


def test_saving_a_record_leaves_what_people_changed(store: RunStore) -> None:
    store.create(record())
    store.rename("a-1", "  New \ud800name\0 ")
    store.set_note("a-1", "Seen")
    store.set_pinned("a-1", True)
    store.save(record(step=120, status="finished", message="Done", ended_at=1234.0))
    found = store.all()[0]
    assert (found.title, found.note, found.is_pinned) == ("New ?name", "Seen", True)
    assert (found.step, found.status, found.message, found.ended_at) == (120, "finished", "Done", 1234.0)


def test_empty_name_is_refused(store: RunStore) -> None:
    store.create(record())
    with pytest.raises(ClassroomError, match="A training needs a name"):
        store.rename("a-1", " \n")


def test_unknown_training_is_named_in_a_sentence(store: RunStore) -> None:
    for command in (
        lambda: store.save(record("b")),
        lambda: store.rename("b", "B"),
        lambda: store.delete("b"),
        lambda: store.append_batches("b", 0, [1], [1], [1]),
        lambda: store.save_weights("b", 0, weights(0)),
    ):
        with pytest.raises(ClassroomError, match="There is no stored training b"):
            command()
    assert not (store.folder / "run-b").exists()


def test_deleted_training_can_be_brought_back_until_it_is_purged(store: RunStore) -> None:
    for run_id in ("a", "b"):
        store.create(record(run_id, status="finished"))
        store.save_weights(run_id, 0, weights(0))
    store.delete("a")
    store.delete("b")
    assert ids(store) == []
    assert ids(store, include_deleted=True) == ["b", "a"]
    store.undo_delete("a")
    assert ids(store) == ["a"]
    np.testing.assert_array_equal(store.load_weights("a", 0)[0], weights(0)[0])
    assert store.purge(older_than_s=1.0) == 0
    assert store.purge() == 1
    assert store.purge() == 0
    assert ids(store, include_deleted=True) == ["a"]
    assert [path.name for path in store.folder.iterdir() if path.is_dir()] == ["run-a"]
    with pytest.raises(ClassroomError, match="There is no stored training b"):
        store.undo_delete("b")


def test_deletion_is_not_undone_when_the_files_are_gone_but_can_be_completed(store: RunStore) -> None:
    store.create(record(status="finished"))
    store.delete("a-1")
    (store.folder / "run-a-1").rename(store.folder / "purged-a-1-0000")  # as far as a purge came that was killed
    with pytest.raises(ClassroomError, match="were removed"):
        store.undo_delete("a-1")
    assert store.purge() == 1
    assert not (store.folder / "purged-a-1-0000").exists()
    assert ids(store, include_deleted=True) == []


def test_training_that_goes_on_is_not_deleted(store: RunStore) -> None:
    store.create(record(status="paused"))
    with pytest.raises(ClassroomError, match="still going on"):
        store.delete("a-1")


def test_total_is_what_the_files_take(store: RunStore) -> None:
    store.create(record(status="finished"))
    before = store.total_bytes()
    store.append_batches("a-1", 0, *np.zeros((3, 100), np.float32))
    assert store.total_bytes() == before + 1200
    store.save_weights("a-1", 100, weights(100), weights(1))
    files = sum(path.stat().st_size for path in (store.folder / "run-a-1").glob("*.arrays"))
    assert store.total_bytes() == before + 1200 + files
    store.truncate_after("a-1", 0)
    assert store.total_bytes() == before


def test_room_is_made_from_the_oldest_that_are_neither_pinned_nor_going_on(store: RunStore) -> None:
    for number, run_id in enumerate("abcdef"):
        store.create(record(run_id, created_at=1.0 + number, status="running" if run_id == "b" else "stopped"))
        store.save_weights(run_id, 0, weights(0, size=1000))
    store.set_pinned("a", True)
    store.delete("c")
    store.purge(older_than_s=10)
    size = store.all()[0].size_bytes
    total = sum(one.size_bytes for one in store.all())
    assert store.deletable(total) == ()
    assert [one.id for one in store.deletable(total - 1)] == ["d"]
    assert [one.id for one in store.deletable(total - size)] == ["d"]
    assert [one.id for one in store.deletable(total - size - 10)] == ["d", "e"]
    assert [one.id for one in store.deletable(0)] == ["d", "e", "f"]
