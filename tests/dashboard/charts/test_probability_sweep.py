"""The chart of a sweep: where the verdict stays, and lines told apart without colour."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

from cnn_core.inspection.robustness import Sweep
from dashboard.charts.probability_sweep import HEIGHT_PX, kept_ranges, sweep_figure
from dashboard.palette import DARK, LIGHT

NAMES = ["cup", "ball", "fan", "hat"]


def swept(rows: list[list[float]], start: int, values: list[float] | None = None) -> Sweep:
    probabilities = np.array(rows, np.float32)
    places = np.arange(len(rows)) - start if values is None else np.array(values)
    return Sweep("right", places.astype(float), probabilities, np.abs(places) / 10, start)


SWEEP = swept(
    [[0.1, 0.1, 0.8, 0.0], [0.7, 0.2, 0.1, 0.0], [0.9, 0.1, 0, 0.0], [0.6, 0.4, 0.0, 0.0], [0.2, 0.795, 0, 0.005]],
    2,
    [-3, -1, 0, 1, 2],
)


def figure_of(sweep: Sweep, **more: Any) -> go.Figure:
    return sweep_figure(sweep, NAMES, "Shift to the right", "px", LIGHT, **more)


def test_the_band_covers_the_values_where_the_verdict_stays() -> None:
    assert kept_ranges(SWEEP) == [(-2, 1.5)]
    (band,) = figure_of(SWEEP).layout.shapes
    assert (band.x0, band.x1, band.fillcolor) == (-2, 1.5, LIGHT.primary)


def test_there_is_a_band_for_every_time_that_the_verdict_comes_back() -> None:
    back = swept([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4], [0.7, 0.3]], 3, [0, 2, 4, 6])
    assert kept_ranges(back) == [(0, 1), (3, 6)]
    assert kept_ranges(swept([[0.9, 0.1]] * 3, 0)) == [(0, 2)]


def test_lines_are_told_apart_by_dash_and_width_and_say_who_they_are() -> None:
    lines = {trace.name: trace for trace in figure_of(SWEEP).data}
    assert list(lines) == ["other classes", "“ball”, its rival", "“cup”, the verdict"]
    assert [line.line.dash for line in lines.values()] == ["dot", "dash", "solid"]
    assert [line.line.width for line in lines.values()] == [1.5, 2.5, 4]
    np.testing.assert_allclose(lines["“cup”, the verdict"].y, [0.1, 0.7, 0.9, 0.6, 0.2])
    np.testing.assert_allclose(lines["“ball”, its rival"].y, [0.1, 0.2, 0.1, 0.4, 0.795])
    assert lines["other classes"].y[0] == pytest.approx(0.8), "the hat never reaches 1 % and is left out"


def test_another_class_that_gets_likely_has_its_name_at_its_peak() -> None:
    (name,) = figure_of(SWEEP).layout.annotations
    assert (name.text, name.x, name.y) == ("“fan”", -3, pytest.approx(0.8))


def test_the_value_at_hand_is_marked() -> None:
    figure = figure_of(SWEEP, now=1)
    assert figure.layout.shapes[-1].x0 == 1
    assert "now" in [note.text for note in figure.layout.annotations]


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_type_is_large_enough_and_long_names_are_cut(palette: Any) -> None:
    names = ["Brachypelma hamorii, the spider", *NAMES[1:]]
    figure = sweep_figure(SWEEP, names, "Shift to the right", "px", palette)
    assert "“Brachypelma ham…”, the verdict" in [trace.name for trace in figure.data]
    sizes = [figure.layout.font.size, figure.layout.legend.font.size, figure.layout.xaxis.tickfont.size]
    assert min(sizes) >= 13
    assert figure.layout.height == HEIGHT_PX
    assert figure.layout.font.color == palette.text


def test_numbers_that_are_none_leave_a_gap() -> None:
    lost = swept([[0.9, 0.1], [np.nan, np.nan], [0.8, 0.2]], 0)
    assert kept_ranges(lost) == [(0, 0.5), (1.5, 2)]
    assert np.isnan(figure_of(lost).data[-1].y[1])
