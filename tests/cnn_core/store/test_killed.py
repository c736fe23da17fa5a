"""A process that is killed takes nothing along that it had stored, and its training stands as interrupted."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from cnn_core.store.folder import PROJECT_ROOT
from cnn_core.store.records import StoredEvent
from cnn_core.store.store import RunStore
from tests.cnn_core.store.writing_child import BATCHES, numbers, state, weights

posix_only = pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is a signal of POSIX systems")


def run_and_kill(folder: Path, run_id: str, delay_s: float) -> dict[str, int]:
    """Let a process store things, kill it, and return the last that it said of each kind."""
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.cnn_core.store.writing_child", str(folder), run_id],
        cwd=PROJECT_ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    first = child.stdout.readline()
    time.sleep(delay_s)
    child.kill()
    rest, errors = child.communicate(timeout=20)
    assert child.returncode == -signal.SIGKILL, errors
    assert first == "run 0\n", errors
    # A line that the kill cut off says nothing.
    lines = [line.split() for line in rest[: rest.rfind("\n") + 1].splitlines()]
    return {"batches": 0, "epoch": 0} | {kind: int(number) for kind, number in lines}


@posix_only
@pytest.mark.parametrize("turns", [1, pytest.param(4, marks=pytest.mark.slow)])
def test_everything_that_was_reported_as_stored_is_there_after_a_kill(tmp_path: Path, turns: int) -> None:
    chance = random.Random(turns)
    for turn in range(turns):
        run_id = f"turn-{turn}"
        said = run_and_kill(tmp_path, run_id, chance.uniform(0.0, 0.35))
        store = RunStore(tmp_path)
        assert store.notice == ""
        assert store.recover() == (run_id,)
        record = store.find(run_id)
        assert record is not None
        assert record.status == "interrupted"
        assert "is kept" in record.message
        assert record.ended_at is not None

        loss, accuracy, learning_rate = store.batches(run_id)
        assert said["batches"] <= len(loss) <= said["batches"] + BATCHES
        assert record.step == len(loss)
        for stored, right in zip((loss, accuracy, learning_rate), numbers(0, len(loss)), strict=True):
            np.testing.assert_array_equal(stored, right)
        assert [epoch.epoch for epoch in store.epochs(run_id)][: said["epoch"]] == list(range(1, said["epoch"] + 1))
        if "event" in said:
            assert StoredEvent(said["event"], "learning_rate", str(said["event"])) in store.events(run_id)

        steps = store.weight_steps(run_id)
        if "weights" in said:
            assert said["weights"] <= steps[-1] <= said["weights"] + BATCHES
            checkpoint = store.load_state(run_id)
            assert checkpoint is not None
            assert checkpoint.step == steps[-1]
            for stored, right in zip(checkpoint.state, state(checkpoint.step), strict=True):
                np.testing.assert_array_equal(stored, right)
        for step in steps:
            for stored, right in zip(store.load_weights(run_id, step), weights(step), strict=True):
                np.testing.assert_array_equal(stored, right)
        files = {path.name for path in (tmp_path / f"run-{run_id}").iterdir()}
        assert len(files) == 1 + len(steps) + min(2, len(steps)), "what the kill left behind is swept away"
        store.close()
