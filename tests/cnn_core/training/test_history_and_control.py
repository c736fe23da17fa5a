"""The two small things that threads share: a series that grows, and the commands."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn_core.training.control import Control, StopTraining
from cnn_core.training.history import MetricSeries


@given(st.lists(st.floats(-1e6, 1e6, width=32), max_size=700), st.integers(1, 9))
def test_series_holds_what_was_appended(values: list[float], capacity: int) -> None:
    series = MetricSeries(capacity)
    views = []
    for value in values:
        series.append(value)
        views.append(series.values())
    assert series.values().tolist() == values
    assert all(view.tolist() == values[: index + 1] for index, view in enumerate(views))


def test_series_cannot_be_written_through_a_view() -> None:
    series = MetricSeries()
    series.append(1.0)
    with pytest.raises(ValueError, match="read-only"):
        series.values()[0] = 2.0
    series.append(3.0)
    assert series.values().tolist() == [1.0, 3.0]


def test_views_stay_true_while_another_thread_appends() -> None:
    series = MetricSeries(4)
    writer = threading.Thread(target=lambda: [series.append(float(n)) for n in range(20_000)])
    writer.start()
    while writer.is_alive():
        view = series.values()
        np.testing.assert_array_equal(view, np.arange(len(view), dtype=np.float32))
    writer.join()
    assert len(series) == 20_000


def test_control_lets_a_running_thread_pass_without_a_word() -> None:
    Control().wait_for_permission(0, pytest.fail, pytest.fail)


def test_stop_cannot_be_undone() -> None:
    control = Control()
    control.stop()
    control.resume()
    control.pause()
    assert control.is_stopped
    with pytest.raises(StopTraining):
        control.wait_for_permission(0, pytest.fail, pytest.fail)


def test_single_step_permits_one_batch_then_halts_again() -> None:
    control = Control()
    control.single_step(after=0)
    words: list[str] = []
    control.wait_for_permission(0, lambda: words.append("halted"), lambda: words.append("resumed"))
    assert words == []

    def halted() -> None:
        words.append("halted")
        control.resume()

    control.wait_for_permission(1, halted, lambda: words.append("resumed"))
    assert words == ["halted", "resumed"]


def test_click_that_arrives_twice_permits_one_batch() -> None:
    control = Control()
    for _ in range(2):
        control.single_step(after=7)
    control.wait_for_permission(7, pytest.fail, pytest.fail)
    words: list[str] = []

    def halted() -> None:
        words.append("halted")
        control.resume()

    control.single_step(after=7)  # late, when the batch is learned
    control.wait_for_permission(8, halted, lambda: None)
    assert words == ["halted"]


def test_going_on_right_after_a_single_step_is_noticed() -> None:
    control = Control()
    control.pause()
    words: list[str] = []

    def halted() -> None:
        words.append("halted")
        control.single_step(after=0)

    control.wait_for_permission(0, halted, lambda: words.append("resumed"))
    control.resume()
    for step in (1, 2):
        control.wait_for_permission(step, pytest.fail, lambda: words.append("resumed"))
    assert words == ["halted", "resumed"]


def test_step_from_a_halt_does_not_count_as_resuming() -> None:
    control = Control()
    control.pause()
    words: list[str] = []

    def halted() -> None:
        words.append("halted")
        control.single_step(after=0)

    control.wait_for_permission(0, halted, lambda: words.append("resumed"))
    assert words == ["halted"]
