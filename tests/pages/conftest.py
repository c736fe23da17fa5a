"""Pages run by AppTest, without a browser; where a test does not need TensorFlow, it is not loaded."""

from __future__ import annotations

import pytest

from cnn_core import warm_up
from tests.cnn_core.training.fakes import fake_trainer, own_runs

__all__ = ["fake_trainer", "own_runs"]


@pytest.fixture(autouse=True)
def cold(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """Leave TensorFlow alone, except in slow tests."""
    if "slow" not in request.keywords:
        monkeypatch.setattr(warm_up, "start", lambda: None)
        # Whether an earlier test of this process has loaded it makes no difference to this one.
        monkeypatch.setattr(warm_up, "state", lambda: warm_up.WarmUpState(False, 0.0, warm_up._failure))


@pytest.fixture(autouse=True)
def _own_runs_for_each(own_runs: None) -> None:
    """Let no test see the runs of another one, or of the person at this machine."""
