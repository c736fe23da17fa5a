"""The matrix, the table of classes and the curves of an evaluation, as they are written and drawn."""

from __future__ import annotations

import re

import numpy as np
import pytest

from cnn_core.evaluation.calibration import CalibrationBin
from cnn_core.evaluation.class_figures import class_figures
from cnn_core.evaluation.curves import precision_recall_curve, roc_curve
from cnn_core.evaluation.stress import StressCurve
from cnn_core.inspection.confusion import largest_confusions
from dashboard.charts.class_table import class_table
from dashboard.charts.confusion_table import confusion_list, confusion_table
from dashboard.charts.evaluation_figures import (
    MOST_POINTS,
    precision_recall_figure,
    reliability_figure,
    roc_figure,
    stress_figure,
)
from dashboard.palette import DARK, LIGHT, Palette

CONFUSION = np.array([[90, 10, 0], [1, 0, 0], [0, 0, 0]])
NAMES = ("<b>", "a very long name indeed", "none")


def cells(html: str) -> list[tuple[int, str, str]]:
    """Number, attributes and text of each cell."""
    found = re.findall(r'<td data-layer="(\d+)"([^>]*)>([^<]*)</td>', html)
    return [(int(number), attributes, text) for number, attributes, text in found]


def test_every_cell_says_what_it_is_and_leads_to_its_number() -> None:
    html = confusion_table(CONFUSION, NAMES, LIGHT, (0, 1))
    found = cells(html)
    assert [number for number, _, _ in found] == list(range(9))
    assert [text for _, _, text in found] == ["90", "10", "", "1", "0", "", "", "", "0"]
    assert "“&lt;b&gt;” read as “a very long name indeed”: 10 images, 10.0 % of the row" in found[1][1]
    assert "read as “&lt;b&gt;”: 1 image, 100.0 % of the row" in found[3][1]
    assert [place for place, one in enumerate(found) if 'aria-selected="true"' in one[1]] == [1]
    assert [place for place, one in enumerate(found) if 'tabindex="0"' in one[1]] == [1]
    assert "<b>”" not in html
    assert "data-picture" not in html
    named = confusion_table(CONFUSION, NAMES, LIGHT, file_name="a&b")
    assert re.search(r'</div><button [^>]*data-picture="a&amp;b">Save PNG</button>', named), "it saves what precedes it"
    shares = cells(confusion_table(CONFUSION, NAMES, LIGHT, is_share=True))
    assert [text for _, _, text in shares][:4] == ["90.0", "10.0", "", "100.0"]
    assert 'tabindex="0"' in shares[0][1]


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_mistakes_are_brighter_the_larger_their_share_and_letters_can_be_read(palette: Palette) -> None:
    html = confusion_table(np.diag([5] * 20) + np.triu(np.arange(400).reshape(20, 20), 1), ["x"] * 20, palette)
    for _, attributes, _ in cells(html):
        look = re.search(r"background:#(..)(..)(..);color:(#\w+)", attributes)
        if look is None:
            assert 'class="right"' in attributes
            continue
        parts = [int(part, 16) / 255 for part in look.groups()[:3]]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
        contrast = (luminance + 0.05) / 0.05 if look[4] == "#000000" else 1.05 / (luminance + 0.05)
        assert contrast >= 4.5, attributes


def test_largest_confusions_are_buttons() -> None:
    html = confusion_list(largest_confusions(CONFUSION), NAMES, LIGHT, (0, 1))
    assert re.findall(r'data-layer="(\d+)" aria-pressed="(\w+)"[^>]*>([^<]*)</button', html) == [
        ("1", "true", "&lt;b&gt; read as a very long n…: 10 times"),
        ("3", "false", "a very long n… read as &lt;b&gt;: once"),
    ]
    assert "Nothing is taken for something else" in confusion_list((), NAMES, LIGHT)
    assert 'title="a very long name indeed read as &lt;b&gt;: once"' in html
    assert ".most button{" in html, "also where no matrix stands beside it"
    alike = confusion_list(largest_confusions(CONFUSION), ("class number 20", "class number 21", "c"), LIGHT)
    assert "class n…ber 20 read as class n…ber 21: 10 times" in alike


def test_what_cannot_be_divided_is_said_in_words() -> None:
    html = class_table(class_figures(CONFUSION), NAMES, LIGHT)
    rows = re.findall(r"<tr data-layer=.*?</tr>", html)
    assert "never said" in rows[2]
    assert "no images" in rows[2]
    assert "82.6 to 94.5" in rows[0]
    assert "&lt;b&gt;" in rows[0]


def test_curves_are_thinned_and_keep_their_ends() -> None:
    rng = np.random.default_rng(0)
    is_positive = rng.random(5000) < 0.3
    scores = rng.normal(size=5000) + is_positive
    roc, both = roc_curve(scores, is_positive), precision_recall_curve(scores, is_positive)
    line = roc_figure(roc, (0.2, 0.6), LIGHT).data[1]
    assert len(line.x) == MOST_POINTS
    assert (line.x[0], line.y[0], line.x[-1], line.y[-1]) == (0, 0, 1, 1)
    drawn = precision_recall_figure(both, 0.3, None, LIGHT)
    assert len(drawn.data) == 1, "no image is named: there is no point"
    assert drawn.data[0].y[-1] == pytest.approx(is_positive.mean())
    assert precision_recall_figure(both, 0.3, (0.5, 0.7), LIGHT).data[1].x == (0.5,)


def test_the_area_below_the_precision_recall_curve_as_it_is_drawn_is_the_average_precision() -> None:
    tied = np.array([0.9, 0.6, 0.6, 0.6, 0.6, 0.2])
    curve = precision_recall_curve(tied, np.array([True, True, False, True, False, True]))
    line = precision_recall_figure(curve, 0.5, None, LIGHT).data[0]
    assert line.line.shape == "vh", "first up or down, then to the right"
    assert (line.x[0], line.y[0]) == (0, 1)
    assert np.sum(np.diff(line.x) * line.y[1:]) == pytest.approx(curve.average_precision)


def test_reliability_shows_chance_and_counts() -> None:
    bins = (CalibrationBin(0.5, 0.6, 4, 2, 0.55), CalibrationBin(0.9, 1.0, 96, 90, 0.98))
    diagonal, points, bars = reliability_figure(bins, LIGHT).data
    assert (diagonal.x, diagonal.y) == ((0, 1), (0, 1))
    assert (points.x, points.y) == ((0.55, 0.98), (0.5, 0.9375))
    assert points.error_y.array[0] > points.error_y.array[1]
    assert bars.y == (4, 96)


def test_two_networks_under_stress_are_told_apart_by_more_than_colour() -> None:
    curve = StressCurve("noise", np.array([0.0, 8.0]), np.array([9, 5]), 10)
    one, other = stress_figure(curve, "A", LIGHT, (curve, "B")).data
    assert (one.line.dash, other.line.dash) == ("solid", "dash")
    assert one.marker.symbol != other.marker.symbol
    assert (one.name, other.name) == ("A", "B")
    assert len(stress_figure(curve, "A", LIGHT).data) == 1
