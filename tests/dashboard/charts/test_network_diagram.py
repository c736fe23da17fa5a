"""The picture of a network: every layer, to scale, legible, and valid wherever it is shown."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from math import sqrt
from typing import ClassVar
from xml.etree import ElementTree

import pytest

from cnn_core.architecture.layers import Layer, Shape, Window
from cnn_core.architecture.shapes import NetworkFigures
from dashboard.charts.network_diagram import network_picture, network_svg, wrapped
from dashboard.charts.network_tiles import shape_words, tile_scale, tile_style
from dashboard.palette import DARK, LIGHT, Palette
from tests.dashboard.charts.networks import DEEP, EXAMPLES, LARGE, LONGEST, SMALL, USUAL, Example, each_kind
from tests.dashboard.test_palette import contrast

SVG = "{http://www.w3.org/2000/svg}"
ALL = pytest.mark.parametrize("network", [*EXAMPLES, *each_kind()], ids=str)
BOTH = pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
PHONE_PX = 390 - 2 * 16
"""What a phone has between its page's margins."""


@dataclass(frozen=True)
class Strange(Layer):
    """A kind that nobody has thought of: three windows, hostile words."""

    kind: ClassVar[str] = "strange"
    title: ClassVar[str] = "<b>Strange</b> & new"
    name_stem: ClassVar[str] = "strange"

    def details(self) -> str:
        return '5 < 6 "quoted" & more'

    def windows(self) -> tuple[Window, ...]:
        return (Window(1, 7), Window(7, 1, stride=2), Window(3, 3, dilation_rate=3))


def tiles(network: Example) -> list[ElementTree.Element]:
    """Read the picture's tiles, the image's first."""
    html = network_picture(network.figures, network.shape, LIGHT, None)
    return list(ElementTree.fromstring(f"<page>{html}</page>").findall("div/div"))


def texts(element: ElementTree.Element) -> list[str]:
    return [text.text or "" for text in element.iter() if text.tag.endswith("text")]


def rectangle(tile: ElementTree.Element) -> dict[str, float]:
    (found,) = (element for element in tile.iter() if element.tag.endswith("rect"))
    return {name: float(found.get(name, 0)) for name in ("x", "y", "width", "height")}


def thickness(tile: ElementTree.Element) -> float:
    edge = next(path.get("d") for path in tile.iter("path") if (path.get("class") or "").startswith("b"))
    found = re.match(r"M\S+ \S+l(\S+) ", edge or "")
    assert found
    return float(found[1])


@ALL
def test_every_layer_is_there_with_its_name_and_its_shape(network: Example) -> None:
    image, *layers = tiles(network)
    assert texts(image) == ["image", shape_words(network.shape)]
    assert len(layers) == len(network.figures.layers)
    for index, (tile, row) in enumerate(zip(layers, network.figures.layers, strict=True)):
        assert tile.get("data-layer") == str(index)
        assert row.name in texts(tile)
        assert shape_words(row.output_shape) in (tile.get("aria-label") or "")
        keeps_shape = row.output_shape == row.input_shape and not row.layer.windows()
        assert keeps_shape or shape_words(row.output_shape) in texts(tile)


@ALL
def test_the_file_is_valid_and_holds_every_layer_inside_its_edges(network: Example) -> None:
    text = network_svg(network.figures, network.shape, LIGHT)
    assert text.startswith("<?xml")
    root = ElementTree.fromstring(text)
    assert root.tag == f"{SVG}svg"
    assert "," in (root.findtext(f"{SVG}title") or "")
    shown = texts(root)
    assert all(row.name in shown for row in network.figures.layers)
    assert not re.search(r'href|url\(|@import|https?://(?!www\.w3\.org/2000/svg")', text)
    width, height = float(root.get("width", 0)), float(root.get("height", 0))
    scale = tile_scale(network.shape, network.figures.layers)
    for group in root.findall(f"{SVG}g"):
        found = re.fullmatch(r"translate\((\d+) (\d+)\)", group.get("transform", ""))
        assert found
        assert 0 <= float(found[1]) < width
        assert float(found[2]) + scale.height_px < height


@pytest.mark.parametrize(("network", "least", "most"), [(SMALL, 1.2, 3), (DEEP, 1.2, 3), (LONGEST, 1, 3)], ids=str)
def test_the_file_is_wider_than_high(network: Example, least: float, most: float) -> None:
    root = ElementTree.fromstring(network_svg(network.figures, network.shape, DARK))
    assert least <= float(root.get("width", 0)) / float(root.get("height", 1)) <= most


@pytest.mark.parametrize("network", [SMALL, USUAL, LARGE], ids=str)
def test_lengths_are_to_one_scale(network: Example) -> None:
    volumes: list[tuple[Shape, ElementTree.Element]] = []
    lists: list[tuple[Shape, ElementTree.Element]] = []
    shapes = [network.shape, *(row.output_shape for row in network.figures.layers)]
    for shape, tile in zip(shapes, tiles(network), strict=True):
        if shape_words(shape) in texts(tile):
            (volumes if len(shape) == 3 else lists).append((shape, tile))
    unit = rectangle(volumes[0][1])["height"] / volumes[0][0][0]
    for (height, width, _), tile in volumes:
        assert rectangle(tile)["height"] == pytest.approx(unit * height, abs=0.001)
        assert rectangle(tile)["width"] == pytest.approx(unit * width, abs=0.001)
    thick = thickness(volumes[0][1]) / sqrt(volumes[0][0][2])
    for shape, tile in volumes:
        assert thickness(tile) == pytest.approx(thick * sqrt(shape[2]), rel=0.01, abs=0.02)
    long = rectangle(lists[0][1])["height"] / sqrt(lists[0][0][0])
    for shape, tile in lists:
        assert rectangle(tile)["height"] == pytest.approx(long * sqrt(shape[0]), abs=0.001)


def test_only_layers_with_weights_to_learn_are_filled() -> None:
    _, *layers = tiles(USUAL)
    for tile, row in zip(layers, USUAL.figures.layers, strict=True):
        fills = {element.get("class") for element in tile.iter() if element.tag.endswith("rect")}
        assert fills == ({"b w"} if row.trainable_parameters else {"b"})


def test_windows_stand_at_the_arrows() -> None:
    by_name = dict(zip((row.name for row in USUAL.figures.layers), tiles(USUAL)[1:], strict=True))
    assert texts(by_name["pool_1"])[:2] == ["2×2", "/2"]
    assert texts(by_name["residual_1"])[:2] == ["3×3 /2", "3×3"]
    assert texts(by_name["separable_1"])[0] == "5×3"
    assert texts(by_name["conv_2"])[:2] == ["3×3", "d2"]


def test_a_layer_that_keeps_the_shape_is_a_slab_unless_it_mixes_everything() -> None:
    by_name = dict(zip((row.name for row in USUAL.figures.layers), tiles(USUAL)[1:], strict=True))
    assert texts(by_name["norm_1"]) == ["norm_1"]
    assert texts(by_name["dense_2"]) == ["dense_2", "64"]


@ALL
def test_a_tile_fits_on_a_phone_and_holds_its_picture(network: Example) -> None:
    for tile in tiles(network):
        svg = next(element for element in tile if element.tag == "svg")
        _, _, width, height = map(float, (svg.get("viewBox") or "").split())
        assert width <= PHONE_PX
        found = re.fullmatch(r"width:([\d.]+)rem;height:([\d.]+)rem", svg.get("style", ""))
        assert found
        assert (float(found[1]) * 16, float(found[2]) * 16) == pytest.approx((width, height), rel=1e-3)
        box = rectangle(tile)
        assert box["x"] >= 0
        assert box["y"] >= 0
        assert box["x"] + box["width"] <= width
        assert box["y"] + box["height"] <= height


def test_one_tile_is_chosen_and_one_is_reached_with_the_tab_key() -> None:
    for selected in (None, 0, 2):
        html = network_picture(USUAL.figures, USUAL.shape, LIGHT, selected)
        buttons = ElementTree.fromstring(f"<page>{html}</page>").findall("div/div[@data-layer]")
        pressed = [int(tile.get("data-layer", -1)) for tile in buttons if tile.get("aria-pressed") == "true"]
        assert pressed == ([] if selected is None else [selected])
        assert [int(tile.get("data-layer", -1)) for tile in buttons if tile.get("tabindex") == "0"] == [selected or 0]
        assert {tile.get("role") for tile in buttons} == {"button"}


@BOTH
def test_text_is_large_and_dark_enough(palette: Palette) -> None:
    picture = network_picture(USUAL.figures, USUAL.shape, palette, 1)
    file = network_svg(USUAL.figures, USUAL.shape, palette)
    sizes = [float(size) for size in re.findall(r"font-size:([\d.]+)px", picture + file)]
    sizes += [16 * float(size) for size in re.findall(r"font-size:([\d.]+)rem", picture + file)]
    assert len(sizes) >= 4
    assert min(sizes) >= 13
    grounds = re.findall(r"fill:(#\w{6})", re.sub(r"text\{.*?\}|\.h\{.*?\}", "", tile_style(palette)))
    assert len(grounds) == 3
    for ground in grounds[:2]:
        assert contrast(palette.text, ground) >= 4.5
    assert all(contrast(palette.text, ground) >= 3 for ground in grounds)


def test_a_new_kind_appears_by_itself_and_its_words_are_text() -> None:
    row = replace(USUAL.figures.layers[0], name="<script>1</script>", layer=Strange(), output_shape=(9, 4, 700))
    figures = NetworkFigures((row,))
    html = network_picture(figures, USUAL.shape, LIGHT, None)
    root = ElementTree.fromstring(f"<page>{html}</page>")
    (tile,) = root.findall("div/div[@data-layer]")
    assert texts(tile) == ["7×1 /2", "1×7", "3×3 d3", "<script>1</script>", "9×4×700"]
    assert '<b>Strange</b> & new: 5 < 6 "quoted" & more.' in (tile.get("aria-label") or "")
    assert "<script>1</script>" in texts(ElementTree.fromstring(network_svg(figures, USUAL.shape, LIGHT)))


def test_thirty_layers_stay_light() -> None:
    html = network_picture(DEEP.figures, DEEP.shape, LIGHT, 3)
    assert len(html) < 1000 * len(DEEP.figures.layers)
    assert sum(1 for _ in ElementTree.fromstring(f"<page>{html}</page>").iter()) < 10 * len(DEEP.figures.layers)


def test_rows_break_like_lines() -> None:
    assert wrapped([], 10) == []
    assert wrapped([5, 5, 5], 10) == [[0, 1], [2]]
