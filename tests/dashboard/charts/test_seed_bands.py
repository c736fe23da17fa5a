"""Bands over seeds: the figures hold the numbers, names are escaped, both designs can be told apart."""

from __future__ import annotations

import numpy as np
import pytest

from cnn_core.comparison.fair_result import Band, PairedResult
from dashboard.charts.run_comparison import RUN_STYLES
from dashboard.charts.seed_bands import LONGEST_TITLE, SYMBOLS, drawn_designs, seed_bands, seed_dots
from dashboard.charts.seed_table import dataset_table, seed_table, sentences_html
from dashboard.palette import DARK, LIGHT, Palette

DESIGNS = drawn_designs(("Dense", "<b>Conv</b>"))
RESULT = PairedResult("digits", 3, (0, 1, 2), (0.90, 0.91, 0.92), (0.93, 0.95, 0.94), 3000)
EMPTY = PairedResult("digits-shifted", 3, (), (), (), 0)


def band(*means: float, spread: float = 0.1) -> Band:
    numbers = np.array(means)
    count = np.full(len(means), 3)
    return Band(np.arange(1, len(means) + 1), numbers, numbers - spread, numbers + spread, count)


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_band_surrounds_the_mean_in_percent(palette: Palette) -> None:
    figure = seed_bands("accuracy", (band(0.5, 0.8), band(0.6, 0.7)), DESIGNS, 5, palette)
    area, line, *_ = figure.data
    assert list(line.x) == [1, 2]
    np.testing.assert_allclose(line.y, [50, 80])
    assert list(area.x) == [1, 2, 2, 1]
    np.testing.assert_allclose(area.y, [60, 90, 70, 40])
    assert area.fill == "toself"
    np.testing.assert_allclose(line.customdata[0], [40, 60, 3])
    assert tuple(figure.layout.xaxis.range) == (0.75, 5.25), "as long as planned"
    assert figure.layout.yaxis.ticksuffix == " %"
    assert figure.layout.font.color == palette.text


def test_loss_stays_as_it_is() -> None:
    figure = seed_bands("loss", (band(0.5), band(0.25)), DESIGNS, 3, LIGHT)
    np.testing.assert_allclose(figure.data[3].y, [0.25])
    assert not figure.layout.yaxis.ticksuffix
    assert figure.layout.yaxis.title.text == "validation loss"


def test_designs_differ_in_colour_dash_mark_and_letter() -> None:
    figure = seed_bands("accuracy", (band(0.5), band(0.6)), DESIGNS, 3, LIGHT)
    lines = figure.data[1::2]
    assert [line.line.color for line in lines] == [style.colour for style in RUN_STYLES[:2]]
    assert len({line.line.dash for line in lines}) == 2
    assert tuple(line.marker.symbol for line in lines) == SYMBOLS
    assert [line.name[0] for line in lines] == ["A", "B"]


def test_design_without_an_epoch_is_in_the_legend_only() -> None:
    figure = seed_bands("accuracy", (band(), band(0.6)), DESIGNS, 3, LIGHT)
    assert list(figure.data[0].x) == []
    assert figure.data[1].name == "A  Dense"


def test_figures_of_a_row_share_their_scale() -> None:
    figures = [seed_bands("accuracy", (band(m), band(0.9)), DESIGNS, 3, LIGHT, lowest=0.47) for m in (0.6, 0.8)]
    assert {tuple(figure.layout.yaxis.range) for figure in figures} == {(40, 100)}


def test_names_that_people_gave_are_text_and_fit_on_a_phone() -> None:
    assert DESIGNS[1].name == "B  &lt;b&gt;Conv&lt;/b&gt;"
    (long,) = drawn_designs(("x" * 200,))
    assert len(long.name) == LONGEST_TITLE + 3
    assert long.name.endswith("…")
    html = dataset_table((RESULT,), ("<i>Digits</i>",), DESIGNS, LIGHT) + seed_table(RESULT, DESIGNS, LIGHT)
    html += sentences_html([("<i>", "“<script>” is better.")])
    assert "<b>Conv" not in html
    assert "<i>" not in html
    assert "<script>" not in html
    assert "&lt;b&gt;Conv&lt;/b&gt;" in html


def test_probability_stays_on_one_line() -> None:
    assert "t-test, p&nbsp;&lt;&nbsp;0.001." in sentences_html([("", "paired t-test, p < 0.001.")])
    assert "p&nbsp;=&nbsp;0.11" in sentences_html([("", "p = 0.11")])


def test_dots_hold_every_seed_and_the_means_beside_their_data_set() -> None:
    figure = seed_dots((RESULT, EMPTY), ("normal", "shifted"), DESIGNS, LIGHT)
    dots, means, *_ = figure.data
    assert [round(y, 1) for y in dots.y] == [90.0, 91.0, 92.0]
    assert list(dots.customdata) == [0, 1, 2]
    assert means.y[0] == pytest.approx(91)
    assert means.y[1] is None
    assert list(means.text) == ["91.0 %", ""]
    assert list(figure.layout.xaxis.ticktext) == ["normal", "shifted"]
    assert max(means.x[0], dots.x[0]) < 0 < figure.data[3].x[0], "first design left, second right"


def test_table_of_seeds_ends_in_the_means() -> None:
    rows = seed_table(RESULT, DESIGNS, LIGHT).split("<tr>")[2:]
    assert len(rows) == 4
    assert "<td>91.0 %</td><td>95.0 %</td><td>+4.0</td>" in rows[1]
    assert '<th scope="row">mean</th><td>91.0 %</td><td>94.0 %</td><td>+3.0</td>' in rows[3]


def test_table_of_data_sets_has_the_test_and_says_nothing_of_what_has_not_ended() -> None:
    rows = dataset_table((RESULT, EMPTY), ("normal", "shifted"), DESIGNS, LIGHT).split("<tr>")[2:]
    assert "<td>+3.0</td><td>p = 0.035</td>" in rows[0]
    assert rows[1].count("<td>–</td>") == 4
    two = PairedResult("digits", 3, (0, 1), (0.90, 0.91), (0.93, 0.95), 3000)
    (row,) = dataset_table((two,), ("normal",), DESIGNS, LIGHT).split("<tr>")[2:]
    assert "<td>+3.5</td><td>–</td>" in row, "two seeds are not judged"
