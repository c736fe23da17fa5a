"""A training stands as interrupted when its process is dead, and only then; living servers leave each other alone."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from cnn_core.errors import ClassroomError
from cnn_core.store.liveness import SILENT_S, ServerProcess, is_alive, is_pid_alive, register_here
from cnn_core.store.records import ACTIVE
from cnn_core.store.store import RunStore
from tests.cnn_core.store.samples import numbers, record, weights


class Clock:
    """A clock that tests set."""

    def __init__(self) -> None:
        self.now = 10_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def servers(tmp_path: Path, clock: Clock) -> Iterator[tuple[RunStore, RunStore]]:
    """Two servers that use one folder."""
    pair = RunStore(tmp_path, clock), RunStore(tmp_path, clock)
    yield pair
    for store in pair:
        store.close()


def beat(store: RunStore) -> None:
    """A sign of life, whenever the last one was."""
    store._beaten_at_s = None
    store.heartbeat()


def move_elsewhere(store: RunStore, host: str, pid: int) -> None:
    """Let a store's process be one of another computer, or of another number."""
    with store._database.writing() as connection:
        values = (host, pid, store._process.token)
        connection.execute("UPDATE processes SET host = ?, pid = ? WHERE token = ?", values)


def dead_pid() -> int:
    """The number of a process that has just ended."""
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    return child.pid


def test_own_number_is_alive_and_that_of_an_ended_process_is_not() -> None:
    assert is_pid_alive(os.getpid())
    assert not is_pid_alive(dead_pid())
    assert not is_pid_alive(0)
    assert not is_pid_alive(-1)


def test_former_server_with_the_number_of_this_one_is_dead() -> None:
    here = register_here()
    assert is_alive(replace(here, beat_at=100.0), 100.0)
    assert not is_alive(ServerProcess("of-before", here.pid, here.host, 100.0), 100.0)


def test_process_of_another_computer_counts_as_dead_once_it_is_silent() -> None:
    other = ServerProcess("token", os.getpid(), "another computer", 1000.0)
    assert is_alive(other, 1000.0 + SILENT_S)
    assert not is_alive(other, 1001.0 + SILENT_S)
    assert not is_alive(other, 999.0 - SILENT_S)  # its clock or ours was set


def test_two_living_servers_leave_each_other_s_trainings_alone(servers: tuple[RunStore, RunStore]) -> None:
    first, second = servers
    first.create(record("a"))
    second.create(record("b"))
    assert first.recover() == ()
    assert second.recover() == ()
    commands = (
        lambda: second.save(record("a")),
        lambda: second.append_batches("a", 0, *numbers(0, 1)),
        lambda: second.save_weights("a", 0, weights(0)),
        lambda: second.truncate_after("a", 0),
    )
    for command in commands:
        with pytest.raises(ClassroomError, match="Another running copy of this app"):
            command()
    assert not list((first.folder / "run-a").glob("*.arrays"))
    second.rename("a", "People may do this anywhere")


@pytest.mark.parametrize("death", ["gone", "silent", "closed"])
def test_training_of_a_dead_process_is_interrupted_and_can_go_on(
    servers: tuple[RunStore, RunStore], clock: Clock, death: str
) -> None:
    first, second = servers
    for status in sorted(ACTIVE):
        first.create(record(status, status=status))
    first.create(record("done", status="finished"))
    first.append_batches("running", 0, *numbers(0, 10))
    clock.now += 5
    beat(first)
    clock.now += 5
    if death == "gone":
        move_elsewhere(first, first._process.host, dead_pid())
    elif death == "silent":
        move_elsewhere(first, "another computer", 1)
        clock.now += SILENT_S
    else:
        first.close()
    assert set(second.recover()) == (set() if death == "closed" else ACTIVE)
    assert second.recover() == ()
    found = {one.id: one for one in second.all()}
    assert {one.status for one in found.values()} == {"finished", "interrupted"}
    assert found["running"].step == 10
    assert found["running"].ended_at == (10_010.0 if death == "closed" else 10_005.0)

    second.save(replace(found["running"], status="running", ended_at=None))
    second.append_batches("running", 10, *numbers(10, 10))
    assert second.recover() == ()
    if death != "closed":  # the process was asleep only, and wakes up
        with pytest.raises(ClassroomError, match="Another running copy of this app"):
            first.append_batches("running", 20, *numbers(20, 10))
        first.save(record("paused", status="paused"))
        beat(first)
        assert [one.status for one in second.all() if one.id == "paused"] == ["paused"]


def test_signs_of_life_are_written_once_a_second(servers: tuple[RunStore, RunStore], clock: Clock) -> None:
    first, second = servers

    def beat_at() -> float:
        with second._database.reading() as connection:
            return float(
                connection.execute("SELECT beat_at FROM processes WHERE token = ?", (first._process.token,)).fetchone()[
                    0
                ]
            )

    beat(first)
    clock.now += 1
    first.heartbeat()
    assert beat_at() == clock.now - 1
    beat(first)
    assert beat_at() == clock.now


def test_dead_processes_are_forgotten(servers: tuple[RunStore, RunStore]) -> None:
    first, second = servers
    first.create(record("a"))
    move_elsewhere(first, first._process.host, dead_pid())
    second.recover()
    with second._database.reading() as connection:
        tokens = connection.execute("SELECT token FROM processes").fetchall()
    assert tokens == [(second._process.token,)]
