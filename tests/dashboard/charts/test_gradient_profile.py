"""The gradients of deep networks as a figure and in numbers."""

from __future__ import annotations

import re

import pytest

from cnn_core.architecture.deep_stack import DeepStack
from cnn_core.training.gradient_survey import GradientSurvey
from dashboard.charts.gradient_profile import (
    DrawnStack,
    drawn_stacks,
    gradient_profile,
    gradient_sums,
    profile_words,
)
from dashboard.palette import DARK, LIGHT

SIGMOID = (DeepStack(4, "sigmoid"), GradientSurvey(("conv_1", "conv_2", "conv_3", "dense_1"), (2e-4, 2e-3, 0.02, 0.2)))
RELU = (DeepStack(2, "relu"), GradientSurvey(("conv_1", "dense_1"), (0.0, 3.0)))


@pytest.fixture
def drawn() -> tuple[DrawnStack, ...]:
    return drawn_stacks(*zip(SIGMOID, RELU, strict=True))


def test_networks_are_told_apart_by_letter_dash_and_mark(drawn: tuple[DrawnStack, ...]) -> None:
    a, b = gradient_profile(drawn, LIGHT).data
    assert (a.text[0], b.text[0]) == ("A", "B")
    assert a.line.dash != b.line.dash
    assert a.line.color != b.line.color
    assert a.marker.symbol[0] != b.marker.symbol[1]


def test_line_has_a_point_for_each_layer_on_a_logarithmic_axis(drawn: tuple[DrawnStack, ...]) -> None:
    figure = gradient_profile(drawn, DARK)
    a, _ = figure.data
    assert list(a.x) == [1, 2, 3, 4]
    assert list(a.y) == list(SIGMOID[1].norms)
    assert figure.layout.yaxis.type == "log"
    low, high = figure.layout.yaxis.range
    assert 10**low < min(SIGMOID[1].norms)
    assert 10**high > 3


def test_gradient_of_zero_is_a_cross_at_the_lower_edge(drawn: tuple[DrawnStack, ...]) -> None:
    figure = gradient_profile(drawn, LIGHT)
    _, b = figure.data
    assert b.marker.symbol[0] == "x"
    assert 10 ** figure.layout.yaxis.range[0] < b.y[0] < min(SIGMOID[1].norms)
    assert b.customdata[0][1] == "0"


def test_gradient_that_loses_nothing_looks_flat() -> None:
    [flat] = drawn_stacks([DeepStack(2)], [GradientSurvey(("conv_1", "dense_1"), (0.4, 0.5))])
    low, high = gradient_profile([flat], LIGHT).layout.yaxis.range
    assert high - low > 4


def test_sums_write_the_slopes_and_what_was_measured(drawn: tuple[DrawnStack, ...]) -> None:
    html = gradient_sums(drawn, LIGHT)
    cells = [re.sub("<[^>]+>", "", cell) for cell in re.findall(r"<td>(.*?)</td>", html)]
    assert "(1/4)³ = 0.0156" in cells
    assert "1¹ = 1" in cells
    assert "2 × 10⁻⁴ ÷ 0.2" in cells
    assert "× 0.1" in cells
    assert "0.001 of the last" in cells
    assert "0 of the last" in cells


def test_figure_is_told_in_words_too(drawn: tuple[DrawnStack, ...]) -> None:
    words = profile_words(drawn)
    assert "A, 4 layers, sigmoid: gradient 0.2 in the last layer, 2 × 10⁻⁴ in the first." in words
    assert "B, 2 layers, ReLU" in words
