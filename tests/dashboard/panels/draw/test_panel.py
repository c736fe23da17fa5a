"""Many people who draw at once take turns."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from dashboard.panels.draw import panel


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
