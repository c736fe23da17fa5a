"""The loss against the length of a step, and over the steps taken; the error at the output."""

from __future__ import annotations

import numpy as np

from dashboard.charts.learning_curves import history_figure, rate_figure
from dashboard.charts.output_error import output_error
from dashboard.palette import DARK, LIGHT

RATES = np.array([0.01, 0.1, 1.0])


def test_step_is_marked_where_it_lands() -> None:
    figure = rate_figure(RATES, np.array([2.0, 1.0, 0.0]), np.array([2.0, 3.0, 90.0]), 2.5, 0.1, 1.0, LIGHT)
    others, own, chosen = figure.data
    assert (chosen.x, chosen.y) == ((0.1,), (1.0,))
    assert own.y == (2.0, 1.0, 0.0)
    assert others.text == ("2", "3", "90"), "also where the line leaves the figure"
    assert others.line.dash == "dash"
    assert figure.layout.yaxis.range[1] < 90
    assert figure.layout.xaxis.type == "log"


def test_losses_beyond_all_bounds_can_be_drawn() -> None:
    wild = np.array([2.0, np.inf, np.nan])
    figure = rate_figure(RATES, wild, wild, 2.0, 1.0, float("nan"), DARK)
    assert all(np.isfinite(line.y).all() for line in figure.data)
    assert np.isfinite(history_figure(np.arange(3.0), wild, wild, DARK).layout.yaxis.range).all()


def test_history_holds_the_beginning_and_a_figure_of_one_moment() -> None:
    figure = history_figure(np.array([0.0]), np.array([2.3]), np.array([2.4]), LIGHT)
    assert figure.layout.xaxis.range[1] >= 1
    assert figure.layout.yaxis.range[1] > 2.4
    assert {line.name for line in figure.data} == {"this image", "all ten, mean"}


def test_error_at_the_output_is_written_and_drawn_to_the_side_of_its_sign() -> None:
    html = output_error(np.array([0.2, 0.5, 0.3]), 1, ["<a>", "b", "c"], LIGHT)
    assert "&lt;a&gt;" in html
    assert all(number in html for number in ("+0.200", "−0.500", "+0.300"))
    assert f"left:25.0%;width:25.0%;top:1px;bottom:1px;background:{LIGHT.negative}" in html
    assert f"left:50.0%;width:10.0%;top:1px;bottom:1px;background:{LIGHT.positive}" in html
