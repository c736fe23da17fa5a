"""Searches in threads of their own."""

from __future__ import annotations

import threading
from concurrent.futures import CancelledError

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


def test_a_search_ends_when_the_last_who_waits_for_it_has_left_and_can_be_begun_anew() -> None:
    told, go_on, done = threading.Semaphore(0), threading.Semaphore(0), []

    def work(tell):  # type: ignore[no-untyped-def]
        for number in range(4):
            tell(number / 4)
            told.release()
            go_on.acquire(timeout=10)
            done.append(number)
        return "found"

    job = start_survey("left", work, "ann")
    assert start_survey("left", work, "bob") is job
    assert told.acquire(timeout=10)
    job.leave("ann")
    assert not job.is_cancelled
    go_on.release()
    assert told.acquire(timeout=10), "bob still waits for it"
    job.leave("bob")
    assert job.is_cancelled
    again = start_survey("left", lambda tell: "anew", "ann")
    assert again is not job
    go_on.release()
    with pytest.raises(CancelledError):
        job.result()
    assert done == [0, 1], "it has stopped where it was told to"
    assert again.result() == "anew", "the next one has its turn: nothing stays busy"


def test_a_search_that_waits_for_its_turn_never_begins_once_it_was_left() -> None:
    go_on, begun = threading.Event(), []
    first = start_survey("first", lambda tell: go_on.wait(10), "ann")
    second = start_survey("second", lambda tell: begun.append(1), "ann")
    second.leave("ann")
    go_on.set()
    assert first.result()
    with pytest.raises(CancelledError):
        second.result()
    assert not begun
