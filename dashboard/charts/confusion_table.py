"""What a network takes for what: a matrix whose cells can be chosen, and the largest confusions beside it."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np
import numpy.typing as npt

from cnn_core.evaluation.class_figures import row_shares
from cnn_core.inspection.confusion import Confused
from dashboard.charts.network_tiles import mixed
from dashboard.charts.provenance_colours import amount, ink
from dashboard.palette import Palette
from dashboard.words import count, short_names

Counts = npt.NDArray[np.int64]

LONGEST_NAME = 14
LONGEST_HEAD = 3
"""Names above the columns that are longer than this stand upright."""


def confusion_table(
    confusion: Counts,
    names: Sequence[str],
    palette: Palette,
    chosen: tuple[int, int] | None = None,
    *,
    is_share: bool = False,
    file_name: str = "",
) -> str:
    """Write a confusion matrix for the screen.

    What is right stands on the diagonal, plain; a mistake is the brighter the larger its share of its row.

    Args:
        confusion: `(classes, classes)` counts; the row is what an image is, the column what the network says.
        names: One name a class.
        palette: The theme's colours.
        chosen: Row and column of the marked cell.
        is_share: Whether cells hold the share of their row, in per cent, and not counts.
        file_name: If given, a button below saves the matrix under this name, as PNG.

    Returns:
        HTML for `components.selectable`: each cell carries `data-layer`, its row times the number of classes plus its
        column.
    """
    shares, short = row_shares(confusion), short_names(names, LONGEST_NAME)
    wrong = shares * (1 - np.eye(len(names)))
    tint = amount(0.0, max(float(wrong.max()), 1e-12), palette)
    marks = (chosen or (0, 0), chosen)
    head = "".join(f'<th scope="col"><span>{escape(name)}</span></th>' for name in short)
    rows = []
    for label, name in enumerate(names):
        cells = "".join(
            _cell(
                (label, guess),
                names,
                (int(confusion[label, guess]), float(shares[label, guess])),
                tint(float(wrong[label, guess])),
                marks,
                is_share=is_share,
            )
            for guess in range(len(names))
        )
        rows.append(f'<tr><th scope="row" title="{escape(name)}">{escape(short[label])}</th>{cells}</tr>')
    upright = " upright" if any(len(name) > LONGEST_HEAD for name in short) and len(names) > 2 else ""
    save = (
        f'<button type="button" class="save" data-picture="{escape(file_name)}">Save PNG</button>' if file_name else ""
    )
    return (
        f'<style>{_style(palette)}</style><div><div class="matrix"><p class="along">The network says →</p>'
        f'<div class="across"><table class="confusion{upright}" role="grid" aria-label="Confusion matrix: the row is '
        'what an image is, the column what the network says. Arrow keys move, Enter shows the images."><thead><tr>'
        f"<td>It is ↓</td>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div></div>{save}</div>"
    )


def confusion_list(
    confused: Sequence[Confused], names: Sequence[str], palette: Palette, chosen: tuple[int, int] | None = None
) -> str:
    """Write the largest confusions, each a button, for the same element as the matrix.

    Args:
        confused: They, the most frequent first.
        names: One name a class.
        palette: The theme's colours.
        chosen: Row and column of the marked cell.

    Returns:
        HTML for `components.selectable`.
    """
    if not confused:
        return '<p class="most">Nothing is taken for something else.</p>'
    short = short_names(names, LONGEST_NAME)
    items = "".join(
        f'<li><button type="button" data-layer="{one.label * len(names) + one.guess}" '
        f'aria-pressed="{"true" if (one.label, one.guess) == chosen else "false"}" '
        f'title="{escape(confusion_words(one, names))}">{escape(confusion_words(one, short))}</button></li>'
        for one in confused
    )
    return f'<style>{_list_style(palette)}</style><div class="most"><b>Most often confused</b><ol>{items}</ol></div>'


def confusion_words(one: Confused, names: Sequence[str]) -> str:
    """Say what is taken for what, and how often.

    Example:
        >>> print(confusion_words(Confused(0, 1, 14, 1000), ["8", "3"]))
        8 read as 3: 14 times
    """
    times = "once" if one.count == 1 else f"{count(one.count)} times"
    return f"{names[one.label]} read as {names[one.guess]}: {times}"


def _cell(
    place: tuple[int, int],
    names: Sequence[str],
    numbers: tuple[int, float],
    paper: str,
    marks: tuple[tuple[int, int], tuple[int, int] | None],
    *,
    is_share: bool,
) -> str:
    """Write one cell: its count and share, its ground; the marks are the tab stop and the chosen cell."""
    (label, guess), (number, share), (tab_stop, chosen) = place, numbers, marks
    is_right = label == guess
    text = f"{100 * share:.1f}" if is_share else count(number)
    says = f"“{names[label]}” read rightly" if is_right else f"“{names[label]}” read as “{names[guess]}”"
    title = escape(f"{says}: {count(number)} {'image' if number == 1 else 'images'}, {100 * share:.1f} % of the row")
    look = ' class="right"' if is_right else f' style="background:{paper};color:{ink(paper)}"'
    return (
        f'<td data-layer="{label * len(names) + guess}" tabindex="{0 if place == tab_stop else -1}" '
        f'aria-selected="{"true" if place == chosen else "false"}" aria-label="{title}" title="{title}"{look}>'
        f"{text if number or is_right else ''}</td>"
    )


def _style(palette: Palette) -> str:
    quiet = mixed(palette.text, palette.background, 0.78)
    return (
        ".selectable{display:flex;flex-wrap:wrap;gap:1rem 1.25rem;align-items:flex-start}"
        ".selectable>div{max-width:100%}.across{overflow:auto;max-height:34rem}"
        f".along{{margin:0 0 .2rem;font-size:.875rem;color:{quiet};text-align:center}}"
        ".confusion{border-collapse:separate;border-spacing:2px;font-size:.875rem;font-variant-numeric:tabular-nums;"
        f"color:{palette.text}}}"
        f".confusion th,.confusion thead td{{font-weight:600;padding:.1rem .3rem;background:{palette.background}}}"
        f".confusion thead td{{color:{quiet};font-weight:400;white-space:nowrap;text-align:right}}"
        ".confusion tbody th{position:sticky;left:0;text-align:right;white-space:nowrap;z-index:1}"
        ".confusion thead th{position:sticky;top:0;text-align:center;vertical-align:bottom}"
        ".confusion.upright thead span{writing-mode:vertical-rl;transform:rotate(180deg);white-space:nowrap}"
        ".confusion tbody td{height:1.8rem;min-width:2.15rem;text-align:center;padding:0 .05rem;border-radius:.15rem}"
        f".confusion .right{{background:{palette.surface};font-weight:700}}"
        f".confusion td[aria-selected=true]{{outline:.2rem solid {palette.positive};outline-offset:-.05rem}}"
        "@media (max-width:640px){.confusion{font-size:.8125rem;border-spacing:1px}"
        ".confusion tbody td{min-width:1.55rem;padding:0;height:1.9rem}"
        ".confusion th,.confusion thead td{padding:.1rem .15rem}}"
    )


def _list_style(palette: Palette) -> str:
    return (
        ".most{margin:0;font-size:.9375rem}.most ol{margin:.3rem 0 0;padding:0;list-style:none}"
        f".most button{{all:unset;cursor:pointer;padding:.2rem .4rem;border-radius:.25rem;color:{palette.text};"
        "text-decoration:underline dotted;text-underline-offset:.2em}"
        f".most button:focus-visible{{outline:.15rem dashed {palette.text}}}"
        f".most button[aria-pressed=true]{{outline:.15rem solid {palette.positive}}}"
    )
