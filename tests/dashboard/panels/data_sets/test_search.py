"""The progress of a search that several people wait for."""

from __future__ import annotations

import threading

import pytest

from cnn_core.data.survey.job import start_survey
from dashboard.panels.data_sets import search


class AgainError(Exception):
    """Stands in for the page that is run again."""


def run_again() -> None:
    raise AgainError


def test_who_has_left_sees_the_progress_no_more_though_others_still_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    go_on, left = threading.Event(), []
    job = start_survey("two wait", lambda tell: go_on.wait(10), "ann")
    assert start_survey("two wait", lambda tell: go_on.wait(10), "bob") is job
    monkeypatch.setattr(search.state, "person", lambda: "ann")
    monkeypatch.setattr(search.st, "rerun", run_again)
    search._cancel(job, lambda: left.append("ann"))  # type: ignore[arg-type]
    assert (left, job.is_cancelled) == (["ann"], False)
    with pytest.raises(AgainError):
        search._progress(job, "Comparing", None)  # type: ignore[arg-type]
    go_on.set()
    assert job.result()
