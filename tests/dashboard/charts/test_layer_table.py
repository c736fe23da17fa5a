"""The table of a network: every layer's real numbers, and what their shares are of."""

from __future__ import annotations

import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from cnn_core.architecture.shapes import NetworkFigures
from dashboard.charts.layer_table import COLUMNS, layer_table
from dashboard.charts.network_tiles import shape_words
from dashboard.palette import DARK, LIGHT, Palette
from dashboard.words import count, memory
from tests.dashboard.charts.networks import EXAMPLES, SMALL, USUAL, Example, each_kind
from tests.dashboard.test_palette import contrast

ALL = pytest.mark.parametrize("network", [*EXAMPLES, *each_kind()], ids=str)
BOTH = pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])


def rows(figures: NetworkFigures, selected: int | None = None) -> list[ElementTree.Element]:
    table = ElementTree.fromstring(f"<page>{layer_table(figures, LIGHT, selected)}</page>")
    return table.findall(".//tbody/tr")


def cells(row: ElementTree.Element) -> list[str]:
    return ["".join(cell.itertext()) for cell in row]


@ALL
def test_every_layer_has_a_row_with_its_numbers(network: Example) -> None:
    image, *layers = rows(network.figures)
    assert cells(image)[0] == "image"
    assert cells(image)[2] == shape_words(network.shape)
    assert image.get("data-layer") is None
    assert [row.get("data-layer") for row in layers] == [str(index) for index in range(len(network.figures.layers))]
    for row, figures in zip(layers, network.figures.layers, strict=True):
        name, does, shape, parameters, _, held, seen = cells(row)
        assert (name, does) == (figures.name, figures.layer.details())
        assert shape == shape_words(figures.output_shape)
        assert parameters.startswith(count(figures.parameters))
        assert held == memory(figures.held_bytes)
        assert seen == ("all" if figures.fields is None else f"{figures.fields[0].size}×{figures.fields[1].size}")


def test_numbers_of_a_small_network() -> None:
    _, conv, flatten, dense = (cells(row) for row in rows(SMALL.figures))
    assert conv == ["conv_1", "16 filters of 3×3, ReLU", "26×26×16", "160< 1 %", "97,34447 %", "43.3 kB", "3×3"]
    assert flatten == ["flatten_1", "all numbers in one list", "10,816", "0", "0", "43.3 kB", "3×3"]
    assert dense[2:] == ["10", "108,170100 %", "108 thousand53 %", "40 B", "all"]
    table = ElementTree.fromstring(f"<page>{layer_table(SMALL.figures, LIGHT)}</page>")
    (total,) = table.findall(".//tfoot/tr")
    assert cells(total) == ["network", "", "10", "108,330", "206 thousand", "86.6 kB", ""]


def test_bars_are_as_long_as_the_shares() -> None:
    for row, figures in zip(rows(USUAL.figures)[1:], USUAL.figures.layers, strict=True):
        for cell, part, total in (
            (row[3], figures.parameters, USUAL.figures.parameters),
            (row[4], figures.multiply_adds, USUAL.figures.multiply_adds),
        ):
            found = re.fullmatch(r"--s:([\d.]+)", cell.get("style", "--s:0"))
            assert found
            assert float(found[1]) == pytest.approx(part / total, abs=0.0005)


def test_columns_explain_themselves_and_numbers_stand_right() -> None:
    table = ElementTree.fromstring(f"<page>{layer_table(USUAL.figures, LIGHT)}</page>")
    heads = table.findall(".//thead//th")
    assert [head.get("class") for head in heads] == [side for _, side, _ in COLUMNS]
    assert all((head[0].get("title") or "").endswith(".") for head in heads)
    for row in table.findall(".//tbody/tr"):
        assert all("r" in (cell.get("class") or "r").split() for cell in row[2:])
    style = table.findtext("style") or ""
    assert "tabular-nums" in style
    assert "sticky" in style


def test_chosen_row_is_marked_and_one_row_is_reached_with_the_tab_key() -> None:
    for selected in (None, 3):
        layers = rows(USUAL.figures, selected)[1:]
        marked = [row.get("data-layer") for row in layers if row.get("aria-selected") == "true"]
        assert marked == ([] if selected is None else ["3"])
        assert [row.get("data-layer") for row in layers if row.get("tabindex") == "0"] == [str(selected or 0)]


@BOTH
def test_text_is_large_and_dark_enough(palette: Palette) -> None:
    html = layer_table(USUAL.figures, palette, 1)
    assert min(16 * float(size) for size in re.findall(r"font-size:([\d.]+)rem", html)) >= 13
    chosen = re.search(r"aria-selected=true\][^{]*\{background-color:(#\w{6})", html)
    assert chosen
    for colour in set(re.findall(r"[{;]color:(#\w{6})", html)):
        assert contrast(colour, palette.background) >= 4.5
        assert contrast(colour, chosen[1]) >= 4.5


def test_names_are_text() -> None:
    row = replace(SMALL.figures.layers[0], name="<img src=x>")
    assert cells(rows(NetworkFigures((row,)))[1])[0] == "<img src=x>"
