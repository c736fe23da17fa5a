"""The lesson on activation functions: what is written is what the oracles work out, and tasks know their result."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from cnn_core.data.registry import load_dataset
from cnn_core.operations.activations import ACTIVATIONS
from cnn_core.starter import load_starter
from dashboard.charts.activation_curve import activation_figure, flat_stretches
from dashboard.components.pixel_view import Pictures
from dashboard.lessons import activation_functions as lesson
from dashboard.lessons import activation_functions_maps as maps
from dashboard.palette import LIGHT
from tests import oracles
from tests.dashboard.lessons.helpers import lesson_app
from tests.pages.helpers import checked


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[Pictures]:
    """The pictures that are shown, the newest last."""
    pictures: list[Pictures] = []
    monkeypatch.setattr(maps, "pixel_view", lambda given, *_, **__: pictures.append(given))
    return pictures


@pytest.fixture
def app(shown: list[Pictures]) -> AppTest:
    return lesson_app("activation_functions")


def set_to(app: AppTest, part: str = "", function: str = "", **sliders: float) -> str:
    """Choose a part and a function, move sliders, and return all that is said."""
    for name, value in (("part", part), ("function", function)):
        if value:
            app.segmented_control(f"activation.{name}").set_value(value)
            checked(app.run())
    for name, number in sliders.items():
        app.slider(f"activation.{name.replace('_', '.')}").set_value(number)
    checked(app.run())
    return said(app)


def said(app: AppTest) -> str:
    words = [str(element.value) for kind in (app.markdown, app.caption, app.warning) for element in kind]
    html = [re.sub(r"<[^>]+>", "", element.proto.body) for element in app.get("html")]
    charts = [element.proto.alt for element in app.get("plotly_chart")]
    return "\n".join([*words, *html, *charts]).replace("\N{NO-BREAK SPACE}", " ")


def done(app: AppTest) -> list[str]:
    words = said(app)
    return [task.slug for task in lesson.TASKS if task.found in words]


def test_curve_is_worked_out_where_the_slider_stands(app: AppTest) -> None:
    assert [option.content for option in app.segmented_control("activation.function").proto.options] == [
        "ReLU",
        "Leaky ReLU",
        "ELU",
        "GELU",
        "SiLU",
        "Sigmoid",
        "Tanh",
    ]
    assert "of 1 it makes 1; the slope there is 1." in said(app)
    words = set_to(app, function="sigmoid", z=-2.0)
    assert "of −2 it makes 0.119; the slope there is 0.105." in words
    assert r"f(-2) = \sigma(-2) = \dfrac{1}{1 + e^{-(-2)}} = 0.119" in words
    assert done(app) == []
    set_to(app, z=-3.6)
    assert done(app) == []
    set_to(app, z=3.7)
    assert done(app) == ["saturated"]


def test_neuron_is_written_out_and_falls_silent(app: AppTest) -> None:
    words = set_to(app, part="neuron", function="tanh", x1=0.5, w1=-2.0, x2=1.5, w2=1.0, bias=-0.3)
    total = 0.5 * -2 + 1.5 * 1 - 0.3
    slope = 1 - math.tanh(total) ** 2
    for expected in ("0.5 × (−2)", "(−1) + 1.5 + (−0.3)", f"Tanh({total:.3g})", f"{math.tanh(total):.3g}"):
        assert expected in words
    assert f"{slope:.3g} × 1.5 = {slope * 1.5:.3g}" in words
    set_to(app, function="relu")
    assert done(app) == []
    set_to(app, x2=-1.5)
    assert done(app) == [], "an input is below zero"
    words = set_to(app, x2=1.5, bias=-2.0)
    assert "no weight of this neuron hears of it" in words
    assert done(app) == ["silent"]


def sums_of(number: int, image: np.ndarray) -> np.ndarray:
    """What a filter of the starter network adds up, by plain loops."""
    kernels, bias = load_starter().weights[:2]
    scaled = image.astype(np.float64) / 255
    return oracles.cross_correlate2d(scaled, kernels[..., number - 1 : number], 1, "same")[..., 0] + bias[number - 1]


def seven() -> np.ndarray:
    test = load_dataset("digits").test
    return test.images[np.flatnonzero(test.labels == 7)[0]]


def test_function_goes_over_a_real_feature_map(app: AppTest, shown: list[Pictures]) -> None:
    words = set_to(app, part="map", function="elu")
    sums = sums_of(5, seven())
    before, after = shown[-1].values
    np.testing.assert_allclose(before, sums, atol=1e-5)
    np.testing.assert_allclose(after, oracles.activate(sums, "elu"), atol=1e-5)
    assert f"**{100 * (sums < 0).mean():.1f} %** of the numbers are below zero." in words
    set_to(app, filter=2)
    np.testing.assert_allclose(shown[-1].values[0], sums_of(2, seven()), atol=1e-5)


def test_bias_kills_a_relu_and_leaky_relu_lives_on(app: AppTest, shown: list[Pictures]) -> None:
    sums = sums_of(5, seven())
    words = set_to(app, part="flat")
    share = f"{100 * (sums <= 0).mean():.1f} %"
    assert f"**{share}** of the map is flat (slope below 0.05), **{share}** is exactly 0" in words
    assert "the unit is alive" in words
    words = set_to(app, bias=-8.0)
    assert "**100.0 %** of the map is flat" in words
    assert "of a gradient of 1, on average 0 passes" in words
    assert "All 50 of 50 test digits give nothing but 0: this unit is **dead**" in words
    assert done(app) == []
    words = set_to(app, function="leaky_relu")
    before, after, slopes = shown[-1].values
    np.testing.assert_allclose(before, sums - 8, atol=1e-5)
    np.testing.assert_allclose(after, 0.2 * before)
    assert (slopes == 0.2).all()
    assert "**0.0 %** of the map is flat" in words
    assert done(app) == ["alive"]
    words = set_to(app, function="sigmoid", bias=4.0, factor=2.0)
    np.testing.assert_allclose(shown[-1].values[0], 2 * sums + 4, atol=1e-5)
    assert "is **saturated**" in words


def test_two_layers_without_a_function_are_one_and_with_it_a_valley(app: AppTest) -> None:
    words = set_to(app, part="layers")
    assert "**0.5·x + 2**: a single layer does the same" in words
    assert "no single layer does that" in words
    words = set_to(app, layers_v1=0.0, layers_v2=0.0)
    assert "with these weights still a straight line" in words
    sliders: dict[str, Any] = {"w1": 2.0, "b1": 0.0, "w2": -1.5, "b2": 0.0, "v1": 1.0, "v2": 1.0}
    words = set_to(app, **{f"layers_{name}": number for name, number in sliders.items()})
    assert "(1·2 + 1·(−1.5))·x + 1·0 + 1·0 = **0.5·x + 0**" in words
    assert done(app) == ["valley"]


def test_hill_is_no_valley(app: AppTest) -> None:
    sliders = {"w1": 2.0, "b1": 0.0, "w2": -1.5, "b2": 0.0, "v1": -1.0, "v2": -1.0}
    set_to(app, part="layers", **{f"layers_{name}": number for name, number in sliders.items()})
    assert done(app) == []


@pytest.mark.parametrize("slug", ACTIVATIONS)
def test_figure_has_the_function_its_slope_and_the_place(slug: str) -> None:
    entry = ACTIVATIONS[slug]
    curve, slope, tangent, marks = activation_figure(entry, -0.7, LIGHT).data
    np.testing.assert_allclose(curve.y, oracles.activate(np.asarray(curve.x), slug), atol=6e-5)
    is_straight = np.abs(np.asarray(curve.x)) > 0.1  # at a corner there is no quotient to compare with
    quotient = np.gradient(curve.y, curve.x)
    np.testing.assert_allclose(np.asarray(slope.y)[is_straight][1:-1], quotient[is_straight][1:-1], atol=0.02)
    assert marks.y == pytest.approx((float(entry(-0.7)), float(entry.slope(-0.7))))
    assert (tangent.y[1] - tangent.y[0]) / (tangent.x[1] - tangent.x[0]) == pytest.approx(float(entry.slope(-0.7)))


def test_flat_stretches_end_where_the_slope_is_a_twentieth() -> None:
    (left, right) = flat_stretches(ACTIVATIONS["sigmoid"])
    assert (left[0], right[1]) == (-6, 6)
    assert left[1] == pytest.approx(-2.89, abs=0.01)
    assert right[0] == pytest.approx(2.89, abs=0.01)
    assert float(ACTIVATIONS["sigmoid"].slope(2.887)) == pytest.approx(0.05, abs=1e-4)
