"""Many small images as one element: rows of them, each with its name, and every image can be chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
import numpy.typing as npt

from dashboard.charts.augmentation_strip import shrunk
from dashboard.charts.embedding_map import sprite
from dashboard.palette import Palette

Bytes = npt.NDArray[np.uint8]

MOST_SIDE = 64
"""Pixels of an image's longer side that are sent."""
COARSE_BELOW = 40
"""Images of fewer pixels a side are enlarged with sharp pixels, as a network sees them."""


@dataclass(frozen=True)
class Tile:
    """One image in a row.

    Args:
        number: What is reported when it is chosen.
        words: What it is, for the cursor and for screen readers.
        note: What stands below it; `""` for nothing.
        is_odd: Whether the note is a warning.
    """

    number: int
    words: str
    note: str = ""
    is_odd: bool = False


@dataclass(frozen=True)
class Row:
    """Images that belong together.

    Args:
        name: What they are; it is shown as text, whatever it holds.
        tiles: One for each image.
        note: What stands behind the name, as a count.
    """

    name: str
    tiles: Sequence[Tile]
    note: str = ""


def image_sheet(
    images: Bytes, rows: Sequence[Row], palette: Palette, *, chosen: int | None = None, is_paired: bool = False
) -> str:
    """Write rows of images.

    Args:
        images: `(tiles, height, width, channels)`: one for each tile, row by row. There may be none.
        rows: What they are.
        palette: The theme's colours.
        chosen: The number of the tile that is marked.
        is_paired: Whether a row is a small card, many of which stand side by side, and not a line of its own.

    Returns:
        HTML for `components.selectable`: every image carries its number as `data-layer`.

    Example:
        >>> from dashboard.palette import LIGHT
        >>> row = Row("<cat>", [Tile(7, "training image 8")], "1 of 5")
        >>> html = image_sheet(np.zeros((1, 2, 2, 1), np.uint8), [row], LIGHT)
        >>> 'data-layer="7"' in html, "&lt;cat&gt;" in html
        (True, True)
    """
    tiles = [tile for row in rows for tile in row.tiles]
    if len(tiles) != len(images):
        raise ValueError(f"There must be one image for each tile. Received: {len(images)} for {len(tiles)} tiles.")
    numbers = [tile.number for tile in tiles]
    focus = chosen if chosen in numbers else next(iter(numbers), None)
    look, columns = _look(images), 1
    if len(images):
        address, columns = sprite(np.stack([shrunk(image, MOST_SIDE) for image in images]))
        look += f".sheet i{{background-image:url({address})}}"
    lines = -(-len(images) // columns)
    places = iter(range(len(images)))
    written = []
    for row in rows:
        pictures = "".join(
            _picture(tile, next(places), columns, lines, tile.number == chosen, tile.number == focus)
            for tile in row.tiles
        )
        note = f" <small>{escape(row.note)}</small>" if row.note else ""
        head = f'<p title="{escape(row.name)}"><b>{escape(row.name)}</b>{note}</p>' if row.name or note else ""
        written.append(f'<section role="group" aria-label="{escape(row.name)}">{head}<div>{pictures}</div></section>')
    kind = "cards" if is_paired else "lines"
    return f'<style>{_style(palette)}{look}</style><div class="sheet {kind}">{"".join(written)}</div>'


def _picture(tile: Tile, place: int, columns: int, lines: int, is_chosen: bool, is_focus: bool) -> str:
    # Shares of the room that is left over: so the place does not depend on how large an image is shown.
    across = 100 * (place % columns) / max(columns - 1, 1)
    down = 100 * (place // columns) / max(lines - 1, 1)
    kind = ' class="odd"' if tile.is_odd else ""
    note = f"<em{kind}>{escape(tile.note)}</em>" if tile.note else ""
    style = f"background-size:{100 * columns}% {100 * lines}%;background-position:{across:.4f}% {down:.4f}%"
    words = escape(": ".join(filter(None, (tile.words, tile.note))))
    return (
        f'<span role="button" data-layer="{tile.number}" tabindex="{0 if is_focus else -1}" title="{words}" '
        f'aria-label="{words}" aria-pressed="{"true" if is_chosen else "false"}"><i style="{style}"></i>{note}</span>'
    )


def _look(images: Bytes) -> str:
    height, width = images.shape[1:3]
    sharp = "image-rendering:pixelated;" if max(height, width) < COARSE_BELOW else ""
    return f".sheet i{{{sharp}aspect-ratio:{width}/{height}}}"


def _style(palette: Palette) -> str:
    return (
        ".sheet{display:grid;gap:.45rem .9rem;font-size:.875rem;line-height:1.3}"
        ".sheet section{display:grid;grid-template-columns:minmax(0,1fr);gap:.15rem;min-width:0}"
        ".sheet p{margin:0;min-width:0;overflow:hidden;text-overflow:ellipsis;white-space:nowrap;align-self:center}"
        ".sheet small{font-size:.8125rem;opacity:.75;font-variant-numeric:tabular-nums}"
        ".sheet section>div{display:flex;flex-wrap:wrap;gap:.3rem}"
        ".sheet span{display:grid;border-radius:.2rem;padding:.12rem}"
        ".sheet i{display:block;width:var(--tile,2.6rem);background-repeat:no-repeat;border-radius:.15rem;"
        f"box-shadow:0 0 0 1px {palette.border}}}"
        ".sheet em{font-style:normal;font-size:.8125rem;max-width:var(--tile,2.6rem);overflow:hidden;"
        "text-overflow:ellipsis;white-space:nowrap}"
        f".sheet .odd{{font-weight:700;text-decoration:underline wavy {palette.positive}}}"
        ".cards{--tile:4rem;grid-template-columns:repeat(auto-fill,minmax(10rem,1fr))}"
        ".cards section>div{flex-wrap:nowrap}"
        # Eight images are a row on a phone, too.
        "@media (max-width:48rem){.lines{--tile:2.2rem}.lines section>div{gap:.2rem}.lines span{padding:.06rem}}"
        "@media (min-width:48rem){.lines section{grid-template-columns:7.5rem minmax(0,1fr);gap:.6rem}"
        ".lines p{white-space:normal;overflow-wrap:anywhere}.lines small{display:block}"
        # A long name takes two lines, and leaves the count below it in sight.
        ".lines b{display:-webkit-box;-webkit-box-orient:vertical;-webkit-line-clamp:2;overflow:hidden}}"
    )
