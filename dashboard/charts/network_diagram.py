"""A network as a picture: one tile a layer, on the screen in rows that wrap like words, or in a file of its own."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from itertools import accumulate
from math import sqrt

from cnn_core.architecture.layers import Shape
from cnn_core.architecture.shapes import NetworkFigures
from dashboard.charts.network_tiles import (
    ANY_LETTER_EM,
    TEXT_PX,
    Tile,
    TileScale,
    image_tile,
    layer_tile,
    tile_scale,
    tile_style,
)
from dashboard.palette import Palette
from dashboard.words import magnitude, some

ROOT_PX = 16
"""The page's font size: lengths are written in multiples of it, so that they grow with it on a projector."""
LEGEND = (
    (True, "has weights to learn"),
    (False, "has none"),
)
SCALE_WORDS = (
    "Heights and widths are to one scale. A volume’s thickness grows with the square root of its channels, a list’s "
    "length with the square root of its numbers. At the arrows: window, /stride, d\N{NO-BREAK SPACE}= dilation."
)
FONT = "'Source Sans 3','Source Sans Pro','Source Sans',Arial,Helvetica,sans-serif"
MARGIN_PX = 20
ROW_GAP_PX = 12
LEAST_WIDTH_PX = 600
PROPORTION = 2.6
"""Width of a downloaded picture beside its height, as near as rows allow."""


def network_picture(figures: NetworkFigures, image_shape: Shape, palette: Palette, selected: int | None) -> str:
    """Draw a network for the screen.

    Args:
        figures: The network.
        image_shape: `(height, width, channels)` of its image.
        palette: The theme's colours.
        selected: Which layer is outlined, counted from 0; nothing for none.

    Returns:
        HTML for `components.selectable`: each layer's tile carries `data-layer` with its index.
    """
    scale = tile_scale(image_shape, figures.layers)
    image = image_tile(image_shape, scale)
    tiles = [f'<div class="tile" role="img" aria-label="{escape(image.words)}">{_inline(image, scale)}</div>']
    tab_stop = min(selected or 0, len(figures.layers) - 1)
    for index, row in enumerate(figures.layers):
        tile = layer_tile(row, scale)
        words = escape(tile.words)
        tiles.append(
            f'<div class="tile" role="button" data-layer="{index}" tabindex="{0 if index == tab_stop else -1}" '
            f'aria-pressed="{"true" if index == selected else "false"}" aria-label="{words}" title="{words}">'
            f"{_inline(tile, scale)}</div>"
        )
    return (
        f"<style>{tile_style(palette)}{_page_style(palette)}</style>"
        f'<div class="tiles" role="toolbar" aria-label="The network’s layers. Arrow keys move, Enter chooses.">'
        f'{"".join(tiles)}</div><p class="legend">{_html_legend()}</p>'
    )


def network_svg(figures: NetworkFigures, image_shape: Shape, palette: Palette) -> str:
    """Draw a network as an SVG document that needs nothing else.

    Args:
        figures: The network.
        image_shape: `(height, width, channels)` of its image.
        palette: The colours of the page that it goes on.
    """
    scale = tile_scale(image_shape, figures.layers, ANY_LETTER_EM)
    tiles = [image_tile(image_shape, scale), *(layer_tile(row, scale) for row in figures.layers)]
    rows = _even_rows([tile.width for tile in tiles], scale)
    room = max(LEAST_WIDTH_PX, *(sum(tiles[i].width for i in row) for row in rows))
    title = f"{some(len(figures.layers), 'layer')}, {some(figures.parameters, 'parameter')}"
    parts = [
        _line(title, MARGIN_PX + 14, "t"),
        _line(f"{magnitude(figures.multiply_adds)} multiply-adds for one image", MARGIN_PX + 36),
    ]
    y = MARGIN_PX + 54
    for row in rows:
        lefts = accumulate((tiles[i].width for i in row), initial=MARGIN_PX)
        parts += [f'<g transform="translate({x} {y})">{tiles[i].body}</g>' for x, i in zip(lefts, row, strict=False)]
        y += scale.height_px + ROW_GAP_PX
    parts.append(_svg_swatches(y + 10, scale))
    lines = _legend_lines(room, scale)
    parts += [_line(line, y + 43 + 20 * number) for number, line in enumerate(lines)]
    height = y + 30 + 20 * len(lines) + MARGIN_PX
    return _document(title, room + 2 * MARGIN_PX, height, "".join(parts), palette)


def wrapped(widths: Sequence[float], room: float) -> list[list[int]]:
    """Break items into rows as words break into lines.

    Args:
        widths: The items' widths.
        room: Width of a row; an item that is wider has a row for itself.

    Returns:
        The items' positions, row by row.

    Example:
        >>> wrapped([3, 3, 3, 9, 1], 6)
        [[0, 1], [2], [3], [4]]
    """
    rows: list[list[int]] = []
    filled = 0.0
    for index, width in enumerate(widths):
        if not rows or filled + width > room:
            rows.append([])
            filled = 0.0
        rows[-1].append(index)
        filled += width
    return rows


def _inline(tile: Tile, scale: TileScale) -> str:
    return (
        f'<svg aria-hidden="true" viewBox="0 0 {tile.width} {scale.height_px}" '
        f'style="width:{tile.width / ROOT_PX:g}rem;height:{scale.height_px / ROOT_PX:g}rem">{tile.body}</svg>'
    )


def _page_style(palette: Palette) -> str:
    return (
        ".tiles{line-height:0;text-wrap:balance}"
        ".tile{display:inline-block;padding:.2rem 0;margin-bottom:.3rem;border-radius:.4rem}"
        f".legend{{margin:.5rem 0 0;font-size:.875rem;line-height:1.45;color:{palette.text}}}"
        ".legend svg{width:1rem;height:.875rem;vertical-align:-.1rem;margin-right:.3rem}"
        ".legend b{font-weight:400;white-space:nowrap;margin-right:1rem}"
        "@media(max-width:768px){.tiles{white-space:nowrap;overflow-x:auto}"
        ".legend{margin-top:0}.legend span{display:none}"
        f".selectable{{background:{palette.background};box-shadow:0 0 0 1rem {palette.background}}}}}"
    )


def _html_legend() -> str:
    swatches = "".join(
        f'<b><svg aria-hidden="true" viewBox="0 0 16 14">{_swatch(0, 0, is_filled=is_filled)}</svg>{words}</b>'
        for is_filled, words in LEGEND
    )
    return f"{swatches}<span>{SCALE_WORDS}</span>"


def _document(title: str, width: int, height: int, body: str, palette: Palette) -> str:
    style = (
        f"{tile_style(palette)}svg{{font-family:{FONT}}}"
        ".l{text-anchor:start}.t{text-anchor:start;font-size:16px;font-weight:600}"
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        f'role="img" aria-labelledby="title"><title id="title">{escape(title)}</title><style>{style}</style>'
        f'<rect width="{width}" height="{height}" fill="{palette.background}"/>{body}</svg>\n'
    )


def _line(text: str, y: float, name: str = "", x: float = MARGIN_PX) -> str:
    return f'<text class="{f"l {name}".strip()}" x="{x:.0f}" y="{y:.0f}">{escape(text)}</text>'


def _svg_swatches(y: float, scale: TileScale) -> str:
    parts, x = [], float(MARGIN_PX)
    for is_filled, words in LEGEND:
        parts += [_swatch(x, y, is_filled=is_filled), _line(words, y + 11, x=x + 22)]
        x += scale.text_width(words, TEXT_PX) + 46
    return "".join(parts)


def _swatch(x: float, y: float, *, is_filled: bool) -> str:
    return f'<rect class="{"b w" if is_filled else "b"}" x="{x + 1:.0f}" y="{y + 1:.0f}" width="14" height="12"/>'


def _legend_lines(room: float, scale: TileScale) -> list[str]:
    words = SCALE_WORDS.split(" ")
    widths = [scale.text_width(f"{word} ", TEXT_PX) for word in words]
    return [" ".join(words[i] for i in line) for line in wrapped(widths, room)]


def _even_rows(widths: list[int], scale: TileScale) -> list[list[int]]:
    """Break tiles into about equally long rows, so many that the whole is somewhat wider than high."""
    total = sum(widths)
    count = max(1, round(sqrt(total / (PROPORTION * (scale.height_px + ROW_GAP_PX)))))
    room = max(total / count, LEAST_WIDTH_PX)
    while len(rows := wrapped(widths, room)) > count:
        room += 8
    return rows
