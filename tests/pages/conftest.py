"""Pages run by AppTest, without a browser; where a test does not need TensorFlow, it is not loaded."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cnn_core import warm_up
from cnn_core.training import runs
from cnn_core.training.queue import TrainingQueue
from tests.cnn_core.training.fakes import fake_trainer

__all__ = ["fake_trainer"]


@pytest.fixture(autouse=True)
def cold(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """Leave TensorFlow alone, except in slow tests."""
    if "slow" not in request.keywords:
        monkeypatch.setattr(warm_up, "start", lambda: None)
        # Whether an earlier test of this process has loaded it makes no difference to this one.
        monkeypatch.setattr(warm_up, "state", lambda: warm_up.WarmUpState(False, 0.0, warm_up._failure))


@pytest.fixture(autouse=True)
def own_runs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Give each test a list of runs of its own, and end them all."""
    monkeypatch.setattr(runs, "_runs", {})
    monkeypatch.setattr(runs, "_queue", TrainingQueue(8))
    monkeypatch.setattr(runs, "_is_open", False)
    monkeypatch.setattr(runs, "_store", None)
    monkeypatch.setattr(runs, "_storage_problem", "")
    monkeypatch.setenv("CNN_CLASSROOM_RUNS", str(tmp_path / "runs"))
    yield
    for run in runs.all_runs():
        run.control.stop()
        run.join(20)
