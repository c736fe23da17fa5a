"""A network as a table: a row for each layer, with what it does and what it costs."""

from __future__ import annotations

from html import escape

from cnn_core.architecture.layers.base import Shape
from cnn_core.architecture.shapes import LayerFigures, NetworkFigures
from cnn_core.architecture.spec import shape_text
from dashboard.charts.network_tiles import mixed, shape_words
from dashboard.palette import Palette
from dashboard.words import count, magnitude, memory, share

COLUMNS = (
    ("Layer", "", "The layer’s name in the network."),
    ("What it does", "", "Its kind’s settings; those that are as usual are left out."),
    ("Output", "r", "Shape of what goes out for one image: height × width × channels, or how many numbers in a list."),
    ("Parameters", "r", "Numbers that the layer keeps, nearly all of them learned; and their share of the network’s."),
    ("Multiply-adds", "r", "Multiplications with a weight for one image; and their share of the network’s."),
    ("Memory", "r", "Room for the numbers that the layer computes for one image, in 32-bit floats."),
    ("Receptive field", "r", "How many pixels of the image, height × width, one number of the output depends on."),
)

MOST_DIGITS = 100_000
"""From here on a number of multiply-adds is rounded and has a word."""


def layer_table(figures: NetworkFigures, palette: Palette, selected: int | None = None) -> str:
    """Write a network's figures as a table for the screen.

    Args:
        figures: The network.
        palette: The theme's colours.
        selected: Which layer's row is marked, counted from 0; nothing for none.

    Returns:
        HTML for `components.selectable`: each layer's row carries `data-layer` with its index.
    """
    head = "".join(
        f'<th scope="col" class="{side}"><abbr title="{escape(words)}">{name}</abbr></th>'
        for name, side, words in COLUMNS
    )
    tab_stop = min(selected or 0, len(figures.layers) - 1)
    rows = [_image_row(figures.layers[0].input_shape)]
    rows += [
        f'<tr data-layer="{index}" tabindex="{0 if index == tab_stop else -1}" '
        f'aria-selected="{"true" if index == selected else "false"}">{_cells(row, figures)}</tr>'
        for index, row in enumerate(figures.layers)
    ]
    return (
        f"<style>{_style(palette)}</style>"
        '<div class="across"><table role="grid" aria-label="Layers with their sizes and costs. Arrow keys move, Enter '
        f'chooses."><thead><tr>{head}</tr></thead><tbody>{"".join(rows)}</tbody>'
        f"<tfoot>{_total_row(figures)}</tfoot></table></div>"
    )


def _image_row(shape: Shape) -> str:
    return (
        '<tr><th scope="row">image</th><td>what comes in</td>'
        f'<td class="r">{shape_text(shape)}</td><td></td><td></td><td></td><td class="r">1×1</td></tr>'
    )


def _cells(row: LayerFigures, figures: NetworkFigures) -> str:
    seen = "all" if row.fields is None else shape_text(tuple(field.size for field in row.fields))
    return (
        f'<th scope="row">{escape(row.name)}</th><td>{escape(row.layer.details())}</td>'
        f'<td class="r">{shape_words(row.output_shape)}</td>'
        f"{_share_cell(count(row.parameters), row.parameters, figures.parameters)}"
        f"{_share_cell(_large(row.multiply_adds), row.multiply_adds, figures.multiply_adds)}"
        f'<td class="r">{memory(row.held_bytes)}</td><td class="r">{seen}</td>'
    )


def _share_cell(text: str, part: int, total: int) -> str:
    """Write a number with its share, and the share as the length of a thin bar below."""
    if part == 0:
        return '<td class="r s z">0<i></i></td>'
    return f'<td class="r s" style="--s:{part / total:.3f}">{text}<i>{escape(share(part, total))}</i></td>'


def _large(number: int) -> str:
    return count(number) if number < MOST_DIGITS else magnitude(number)


def _total_row(figures: NetworkFigures) -> str:
    return (
        '<tr><th scope="row">network</th><td></td>'
        f'<td class="r">{shape_words(figures.output_shape)}</td>'
        f'<td class="r s">{count(figures.parameters)}<i></i></td>'
        f'<td class="r s">{_large(figures.multiply_adds)}<i></i></td>'
        f'<td class="r">{memory(figures.held_bytes)}</td><td></td></tr>'
    )


def _style(palette: Palette) -> str:
    quiet = mixed(palette.text, palette.background, 0.78)
    chosen = mixed(palette.primary, palette.background, 0.16)
    return (
        ".across{overflow:auto;max-height:34rem}"
        f"table{{border-collapse:separate;border-spacing:0;width:100%;font-size:.875rem;line-height:1.35;"
        f"color:{palette.text};font-variant-numeric:tabular-nums}}"
        f"th,td{{padding:.3rem .6rem;text-align:left;border-bottom:1px solid {palette.border}}}"
        f"thead th{{font-size:.8125rem;font-weight:600;color:{quiet};vertical-align:bottom}}"
        "abbr{text-decoration:underline dotted;text-underline-offset:.2em;cursor:help}"
        f"thead th{{position:sticky;top:0;background:{palette.background}}}thead th:first-child{{z-index:1}}"
        f"th:first-child{{position:sticky;left:0;background:{palette.background};white-space:nowrap}}"
        "tbody th{font-weight:600}td:nth-child(2){min-width:11rem}"
        ".r{text-align:right;white-space:nowrap}"
        f".z{{color:{quiet}}}"
        f".s{{background:linear-gradient({palette.muted},{palette.muted}) no-repeat .6rem calc(100% - .1rem)/"
        "calc((100% - 1.2rem)*var(--s,0)) 3px}"
        f".s i{{display:inline-block;width:3rem;font-style:normal;color:{quiet}}}"
        f"[aria-selected=true]>*,[aria-selected=true]>th:first-child{{background-color:{chosen}}}"
        f"[aria-selected=true]>th{{box-shadow:inset .2rem 0 {palette.primary}}}"
        f"tfoot th,tfoot td{{font-weight:600;border-bottom:0;border-top:1px solid {palette.muted}}}"
    )
