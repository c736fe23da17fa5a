"""Many people who draw at once take turns, and what a drawing shows has its places."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from unittest.mock import MagicMock

import numpy as np
import pytest
from streamlit.runtime.scriptrunner import RerunData, RerunException, StopException

from dashboard.palette import LIGHT
from dashboard.panels.draw import panel, reading


def test_two_drawings_are_read_at_a_time_and_a_failure_gives_the_turn_on() -> None:
    together, most, guard = 0, 0, threading.Lock()

    def read(number: int) -> None:
        nonlocal together, most
        with panel.in_turn():
            with guard:
                together += 1
                most = max(most, together)
            threading.Event().wait(0.005)
            with guard:
                together -= 1
            if number % 3 == 0:
                raise RuntimeError("a page ends early")

    with ThreadPoolExecutor(10) as people:
        failures = [done.exception() for done in [people.submit(read, number) for number in range(12)]]
    assert most == panel.MOST_AT_ONCE == 2
    assert sum(failure is not None for failure in failures) == 4


def test_nobody_waits_long_for_somebody_whose_network_is_being_built(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(panel, "LONGEST_WAIT_S", 0.02)
    with ThreadPoolExecutor(1) as other, panel.in_turn(), panel.in_turn():

        def read() -> bool:
            with panel.in_turn():
                return True

        assert other.submit(read).result(timeout=20)
    assert panel._turns._value == panel.MOST_AT_ONCE, "a turn that was not got is not given back"


@pytest.mark.parametrize("end", [StopException, ValueError])
def test_a_drawing_that_ends_early_has_written_to_every_place(end: type[BaseException]) -> None:
    places = panel.Places(*(MagicMock() for _ in range(3)))
    with pytest.raises(end), panel._reserved(places):
        raise end
    for place in (places.bars, places.seen, places.details):
        place.empty.assert_called_once_with()


def test_a_drawing_that_is_read_and_one_that_begins_anew_clear_nothing() -> None:
    places = panel.Places(*(MagicMock() for _ in range(3)))
    with panel._reserved(places):
        pass
    with pytest.raises(RerunException), panel._reserved(places):
        raise RerunException(RerunData())
    assert not places.bars.empty.called


def test_a_network_without_numbers_has_written_to_the_place_of_the_bars(monkeypatch: pytest.MonkeyPatch) -> None:
    written = MagicMock()
    monkeypatch.setattr(reading, "st", written)
    nothing = np.full(3, np.nan, np.float32)
    reading.bars_panel(reading.Reading(np.zeros((28, 28, 1), np.uint8), nothing, ("a", "b", "c")), LIGHT)
    written.empty.assert_called_once_with()
    assert not written.html.called
