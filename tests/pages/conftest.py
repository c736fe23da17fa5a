"""Pages run by AppTest, without a browser; where a test does not need TensorFlow, it is not loaded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from streamlit.runtime.state.session_state import SessionState

from cnn_core import warm_up
from tests.cnn_core.training.fakes import fake_trainer, own_runs

__all__ = ["fake_trainer", "own_runs"]

FOLDED = ("keeping.panel",)
"""What tests open through the session's state, as AppTest cannot click it."""


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


@pytest.fixture(autouse=True)
def _controls_begin_with_what_they_show(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let every control whose value a page sets have that value as its default too: see `state.sync_widget`."""
    told_otherwise, register = [], SessionState.register_widget

    def watched(self: SessionState, metadata: Any, user_key: str | None) -> Any:
        told = register(self, metadata, user_key)
        if told.value_changed and told.value != metadata.deserializer(None) and user_key not in FOLDED:
            told_otherwise.append(user_key)
        return told

    monkeypatch.setattr(SessionState, "register_widget", watched)
    yield
    assert told_otherwise == []
