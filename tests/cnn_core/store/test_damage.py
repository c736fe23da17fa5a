"""Whatever happens to the folder and the database is said in a sentence, and what can be saved is saved."""

from __future__ import annotations

import errno
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from cnn_core.errors import ClassroomError
from cnn_core.store.folder import DATABASE_NAME, PROJECT_ROOT
from cnn_core.store.records import StoredEpoch, StoredEvent
from cnn_core.store.store import RunStore
from tests.cnn_core.store.samples import numbers, record, store_with_run, weights


def fill(folder: Path) -> None:
    """Store two trainings with curves and weights."""
    store = RunStore(folder)
    for run_id in ("a", "b"):
        store.create(record(run_id))
        for first in range(0, 1500, 50):
            store.append_batches(run_id, first, *numbers(first, 50))
        store.add_epoch(run_id, StoredEpoch(1, 10, 1, 1, 1, 1))
        store.add_event(run_id, StoredEvent(10, "x"))
        store.save_weights(run_id, 10, weights(10), weights(1), mark="best")
        store.rename(run_id, "Renamed")
    store.close()


def zero_page(content: bytes, page: int) -> bytes:
    return content[: page * 4096] + bytes(4096) + content[(page + 1) * 4096 :]


def flipped(content: bytes, index: int, bit: int) -> bytes:
    return content[:index] + bytes([content[index] ^ 1 << bit]) + content[index + 1 :]


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "text": lambda content: b"These are no trainings.\n" * 100,
    "empty": lambda content: b"",
    "cut": lambda content: content[: len(content) // 2],
    "first page": lambda content: zero_page(content, 0),
    "last page": lambda content: zero_page(content, len(content) // 4096 - 1),
    "version": lambda content: flipped(content, 60, 6),
    "no writing": lambda content: flipped(content, 18, 3),
    "status": lambda content: content.replace(b"interrupted", b"interrubted"),
    "table": lambda content: content.replace(b"is_pinned INTEGER", b"is_pimmed INTEGER"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_database_is_set_aside_and_made_anew_from_what_is_left(tmp_path: Path, damage: str) -> None:
    fill(tmp_path)
    path = tmp_path / DATABASE_NAME
    path.write_bytes(DAMAGES[damage](path.read_bytes()))
    store = RunStore(tmp_path)
    assert "2 trainings were put back" in store.notice
    asides = list(tmp_path.glob("runs-damaged-*.sqlite"))
    if damage == "empty":
        assert store.notice.startswith("The list of trainings was missing.")
        assert asides == []
    else:
        assert store.notice.startswith(f"The list of trainings was damaged and is kept as {asides[0].name}.")
    assert {one.title for one in store.all()} == {"Renamed"}
    assert store.recover() == ()
    assert {one.status for one in store.all()} == {"interrupted"}
    for run_id in ("a", "b"):
        loss, _, _ = store.batches(run_id)
        np.testing.assert_array_equal(loss, numbers(0, len(loss))[0])
        if damage in ("version", "no writing", "status"):
            assert len(loss) == 1500
            assert (len(store.epochs(run_id)), len(store.events(run_id))) == (1, 1)
        np.testing.assert_array_equal(store.load_weights(run_id, 10)[0], weights(10)[0])
        if len(loss) >= 10:
            assert store.load_state(run_id) is not None
    store.close()
    again = RunStore(tmp_path)
    assert again.notice == ""
    again.close()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows renames no file that another server holds open")
def test_journal_of_a_damaged_database_goes_aside_with_it(tmp_path: Path) -> None:
    living = store_with_run(tmp_path)  # as long as one server has it open, SQLite leaves its journal there
    living.append_batches("a-1", 0, *numbers(0, 10))
    path = tmp_path / DATABASE_NAME
    content = path.read_bytes()
    path.write_bytes(b"These are no trainings.\n" + content[24:])
    store = RunStore(tmp_path)
    assert "1 training was put back" in store.notice
    assert len(list(tmp_path.glob("runs-damaged-*.sqlite-wal"))) == 1
    assert [one.id for one in store.all()] == ["a-1"]
    with pytest.raises(ClassroomError, match="was moved or replaced") as caught:
        living.append_batches("a-1", 10, *numbers(10, 10))
    assert "start the app again" in caught.value.remedy
    with pytest.raises(ClassroomError, match="was moved or replaced"):
        living.close()
    store.close()


def test_folder_that_cannot_be_read_is_counted_and_left(tmp_path: Path) -> None:
    fill(tmp_path)
    (tmp_path / "run-a" / "record.json").write_bytes(b"\xff{")
    (tmp_path / DATABASE_NAME).unlink()
    store = RunStore(tmp_path)
    assert "1 training was put back" in store.notice
    assert "1 folder could not be read and stayed as before" in store.notice
    assert [one.id for one in store.all()] == ["b"]
    assert (tmp_path / "run-a" / "record.json").exists()
    store.close()


def test_purged_training_does_not_come_back_from_a_damaged_database(tmp_path: Path) -> None:
    fill(tmp_path)
    path = tmp_path / DATABASE_NAME
    before = path.read_bytes()
    store = RunStore(tmp_path)
    store.recover()
    store.delete("a")
    store.purge()
    store.close()
    path.write_bytes(DAMAGES["version"](before))
    store = RunStore(tmp_path)
    assert [one.id for one in store.all(include_deleted=True)] == ["b"]
    store.close()


def test_database_of_a_later_version_is_left_alone(tmp_path: Path) -> None:
    fill(tmp_path)
    with sqlite3.connect(tmp_path / DATABASE_NAME) as connection:
        connection.execute("CREATE TABLE of_tomorrow (id TEXT)")
        connection.execute("PRAGMA user_version = 2")
    connection.close()
    before = (tmp_path / DATABASE_NAME).read_bytes()
    with pytest.raises(ClassroomError, match="stored by a later version of this app") as caught:
        RunStore(tmp_path)
    assert "Install that version" in caught.value.remedy
    assert (tmp_path / DATABASE_NAME).read_bytes() == before


@pytest.mark.parametrize("name", ["file", "file/runs"])
def test_file_where_the_folder_should_be_is_named(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ClassroomError, match="a file where a folder is needed") as caught:
        RunStore(tmp_path / name)
    assert "CNN_CLASSROOM_RUNS" in caught.value.remedy


def test_folder_without_permission_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(ClassroomError, match=r"may not write into .*runs") as caught:
        RunStore(tmp_path / "runs")
    assert "permission" in caught.value.remedy


def test_folder_that_vanishes_is_noticed_before_anything_is_lost_in_it(tmp_path: Path) -> None:
    store = store_with_run(tmp_path / "runs")
    (tmp_path / "runs").rename(tmp_path / "moved")
    for command in (lambda: store.append_batches("a-1", 0, *numbers(0, 1)), store.all):
        with pytest.raises(ClassroomError, match="was moved or replaced"):
            command()
    (tmp_path / "moved").rename(tmp_path / "runs")
    store.append_batches("a-1", 0, *numbers(0, 1))
    store.close()


def test_database_that_cannot_grow_says_that_the_disk_is_full_and_goes_on(tmp_path: Path) -> None:
    store = store_with_run(tmp_path)
    store._database._writer.execute("PRAGMA max_page_count = 1")  # SQLite takes the present size, and no more
    stored = 0

    def store_on() -> None:
        nonlocal stored
        while stored < 20_000:
            store.append_batches("a-1", stored, *numbers(stored, 1000))
            stored += 1000

    with pytest.raises(ClassroomError, match="is full"):
        store_on()
    np.testing.assert_array_equal(store.batches("a-1")[0], numbers(0, stored)[0])
    store._database._writer.execute("PRAGMA max_page_count = 1000000")
    store.append_batches("a-1", stored, *numbers(stored, 1000))
    assert len(store.batches("a-1")[0]) == stored + 1000
    store.close()


LIMITED = """
import resource, sys
from pathlib import Path
from cnn_core.errors import ClassroomError
from cnn_core.store.store import RunStore
from tests.cnn_core.store.samples import numbers, store_with_run, weights
store = store_with_run(Path(sys.argv[1]))
store.append_batches("a-1", 0, *numbers(0, 10))
store.save_weights("a-1", 10, weights(10), weights(10))
resource.setrlimit(resource.RLIMIT_FSIZE, (1, resource.RLIM_INFINITY))
for command in (
    lambda: store.append_batches("a-1", 10, *numbers(10, 10)),
    lambda: store.save_weights("a-1", 20, weights(20)),
    lambda: store.rename("a-1", "New"),
    lambda: store.set_pinned("a-1", True),
):
    try:
        command()
    except ClassroomError as error:
        print(error.problem)
print(len(store.batches("a-1")[0]), store.weight_steps("a-1"), store.load_state("a-1").step)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
store.append_batches("a-1", 10, *numbers(10, 10))
store.save_weights("a-1", 20, weights(20))
print(len(store.batches("a-1")[0]), store.weight_steps("a-1"))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="limits of processes are for POSIX systems")
def test_disk_that_takes_no_byte_more_stops_nothing_but_storing(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(tmp_path)],
        cwd=PROJECT_ROOT,
        env={**os.environ, "PYTHONPATH": str(PROJECT_ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    lines = done.stdout.splitlines()
    assert done.returncode == 0, done.stderr
    assert len(lines) == 6, done.stdout
    assert all(str(tmp_path) in line for line in lines[:4])
    assert lines[4:] == ["10 (10,) 10", "20 (10, 20)"]
