"""The evidence of findings as small pictures: numbers stand in them as text, whatever their size."""

from __future__ import annotations

from math import inf, nan
from xml.etree import ElementTree

import pytest

from cnn_core.training.diagnosis import LayerHealth
from dashboard.charts.layer_health import curve_picture, layer_health
from dashboard.palette import DARK, LIGHT, Palette

HEALTH = (
    LayerHealth("conv_1", 40, gradient_norm=8e-8, weight_norm=1.0, dead_share=0.25),
    LayerHealth("activation_1", saturated_share=0.5),
    LayerHealth("dense_1", 30, gradient_norm=8.0, weight_norm=1.0),
)


def parsed(html: str) -> ElementTree.Element:
    return ElementTree.fromstring(f"<page>{html}</page>")


def rows(html: str) -> list[list[str]]:
    return [["".join(cell.itertext()) for cell in row] for row in parsed(html).iter("tr")]


def lengths(html: str) -> list[list[str]]:
    bodies = parsed(html).iter("tbody")
    return [
        [(cell.get("style") or "").removeprefix("--s:") for cell in row if cell.tag == "td"] for row in next(bodies)
    ]


def test_each_layer_has_a_row_with_its_numbers_and_bars() -> None:
    html = layer_health(HEALTH, LIGHT, marked="dense_1")
    space = "\N{NO-BREAK SPACE}"
    assert rows(html) == [
        ["Layer", "Gradient", "Dead", "Saturated"],
        ["conv_1", "8.0·10⁻⁸", f"25{space}%", ""],
        ["activation_1", "", "", f"50{space}%"],
        ["dense_1", "8.00", "", ""],
    ]
    assert lengths(html) == [["0.000", "0.250", ""], ["", "", "0.500"], ["1.000", "", ""]], "eight powers of ten"
    assert [row.get("class") for row in parsed(html).iter("tr")] == [None, "", "", "marked"]


def test_bars_of_gradients_are_logarithmic() -> None:
    four = (LayerHealth("a", 1, gradient_norm=1e-4), LayerHealth("b", 1, gradient_norm=1.0))
    assert lengths(layer_health(four, LIGHT)) == [["0.500"], ["1.000"]]


def test_columns_that_would_be_empty_are_left_out() -> None:
    assert rows(layer_health(HEALTH[2:], LIGHT))[0] == ["Layer", "Gradient"]


def test_zero_and_diverged_gradients_are_words_without_bars() -> None:
    health = [LayerHealth(f"dense_{i}", 1, gradient_norm=norm) for i, norm in enumerate((0.0, nan, inf))]
    html = layer_health(health, LIGHT)
    assert [row[1] for row in rows(html)[1:]] == ["0", "no number", "no number"]
    assert lengths(html) == [["0.000"]] * 3


def test_names_stay_text() -> None:
    assert rows(layer_health([LayerHealth("<b>&", 1, gradient_norm=1.0)], LIGHT))[1][0] == "<b>&"


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_curves_keep_their_colours_and_say_their_numbers(palette: Palette) -> None:
    html = curve_picture((("training", (2.3, 1.0, 0.5)), ("validation", (2.2, 1.5, 1.8))), palette)
    training, validation = parsed(html).iter("polyline")
    assert (training.get("stroke"), validation.get("stroke")) == (palette.training, palette.validation)
    assert validation.get("stroke-dasharray")
    words = "training 2.30 → 0.50; validation 2.20 → 1.80"
    (svg,) = parsed(html).iter("svg")
    assert svg.get("aria-label") == words
    assert "".join(parsed(html).itertext()) == words


def points(html: str) -> list[tuple[float, float]]:
    (line,) = parsed(html).iter("polyline")
    pairs = (point.split(",") for point in (line.get("points") or "").split())
    return [(float(x), float(y)) for x, y in pairs]


def test_a_leap_is_drawn_logarithmically_and_small_changes_are_not() -> None:
    leap = curve_picture((("training", (1.0, 100.0, 10_000.0)),), LIGHT)
    assert points(leap) == [(4.0, 60.0), (120.0, 32.0), (236.0, 4.0)]
    assert "each power of ten" in leap
    assert points(curve_picture((("training", (0.0, 1.0, 2.0)),), LIGHT)) == [(4.0, 60.0), (120.0, 32.0), (236.0, 4.0)]


@pytest.mark.parametrize("values", [(), (nan, inf)])
def test_without_numbers_there_is_no_picture(values: tuple[float, ...]) -> None:
    assert curve_picture((("training", values),), LIGHT) == ""


def test_one_number_and_equal_ones_are_drawn() -> None:
    assert points(curve_picture((("training", (1.0, inf)),), LIGHT)) == [(4.0, 60.0)]
    assert points(curve_picture((("training", (2.0, 2.0)),), LIGHT)) == [(4.0, 60.0), (236.0, 60.0)]
