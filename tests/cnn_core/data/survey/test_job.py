"""Searches in threads of their own."""

from __future__ import annotations

import threading

import pytest

from cnn_core.data.survey.job import start_survey


def test_two_who_ask_the_same_share_one_search_and_see_its_progress() -> None:
    go_on, began, asked = threading.Event(), threading.Event(), []

    def work(tell):  # type: ignore[no-untyped-def]
        asked.append(1)
        tell(0.25)
        began.set()
        go_on.wait(10)
        return "found"

    first = start_survey("shared", work)
    assert began.wait(10)
    second = start_survey("shared", work)
    third = start_survey("another", lambda tell: 3)
    assert second is first
    assert not first.wait(0)
    assert (first.share, third.is_waiting) == (0.25, True)
    assert first.time_left_s is not None
    assert third.time_left_s is None
    go_on.set()
    assert (first.result(), third.result(), asked) == ("found", 3, [1])
    assert not third.is_waiting


def test_failure_reaches_whoever_asks_and_the_next_one_begins_again() -> None:
    def fail(tell):  # type: ignore[no-untyped-def]
        raise OSError("the disk")

    job = start_survey("failing", fail)
    with pytest.raises(OSError, match="the disk"):
        job.result()
    for _ in range(1000):
        again = start_survey("failing", lambda tell: "better")
        if again is not job:
            break
    assert again.result() == "better"
