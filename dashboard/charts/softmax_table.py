"""Softmax worked out class by class, as a table in HTML with a bar for each probability."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np

from cnn_core.operations.softmax import SoftmaxTerms
from dashboard.charts.number_text import short_number
from dashboard.palette import Palette
from dashboard.words import percent

MOST_ROWS = 10
LEAST_PERCENT = 0.0005
"""Smaller shares would be 0.0 %; they are written with a power of ten."""
_CELL = "padding:0.18rem 0.7rem 0.18rem 0;text-align:right;white-space:nowrap"


def softmax_table(
    logits: Sequence[float], names: Sequence[str], terms: SoftmaxTerms, right: int, palette: Palette
) -> str:
    """Write for every class its logit, the exponential, and its share of the sum.

    Args:
        logits: One a class.
        names: One name a class; it is escaped.
        terms: Softmax, worked out.
        right: The right class, from 0; it is marked.
        palette: The theme's colours.

    Returns:
        HTML; of more than ten classes those that matter most, and the others as one row.

    Example:
        >>> from cnn_core.operations.softmax import softmax_terms
        >>> from dashboard.palette import LIGHT
        >>> html = softmax_table([2.0, 1.0], ["<a>", "b"], softmax_terms([2.0, 1.0]), 1, LIGHT)
        >>> "&lt;a&gt;" in html, "7.39" in html, "10.1" in html, "73.1" in html
        (True, True, True, True)
    """
    has_exponents = not np.allclose(terms.exponents, logits)
    shown = _shown(terms, right)
    first = int(np.argmax(terms.probabilities))
    power = "e<sup>exponent</sup>" if has_exponents else "e<sup>logit</sup>"
    headings = ["class", "logit", *(["exponent"] if has_exponents else []), power, "share of the sum"]
    head = "".join(
        f'<th scope="col" style="{_CELL}{_left(place in (0, len(headings) - 1))}">{heading}</th>'
        for place, heading in enumerate(headings)
    )
    rows = []
    for index in shown:
        numbers = [logits[index], *([float(terms.exponents[index])] if has_exponents else [])]
        cells = [short_number(round(number, 4)) for number in [*numbers]] + [short_number(float(terms.powers[index]))]
        colour = palette.primary if index == first else palette.muted
        name = f"{escape(names[index])}{' ✓' if index == right else ''}"
        rows.append(_row(name, cells, float(terms.probabilities[index]), colour, is_bold=index == right))
    others = [index for index in range(len(logits)) if index not in shown]
    if others:
        cells = ["", *([""] if has_exponents else []), short_number(float(terms.powers[others].sum()))]
        share = float(terms.probabilities[others].sum())
        rows.append(_row(f"{len(others)} others", cells, share, palette.muted, is_bold=False))
    blank = "<td></td>" * (1 + has_exponents)
    rows.append(
        f'<tr style="border-top:1px solid {palette.muted}"><th scope="row" style="{_CELL}{_left(True)}">sum</th>{blank}'
        f'<td style="{_CELL}"><b>{short_number(terms.total)}</b></td><td style="{_CELL}{_left(True)}">100 %</td></tr>'
    )
    style = "border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums;font-size:0.95rem"
    return f'<div style="overflow-x:auto"><table style="{style}"><tr>{head}</tr>{"".join(rows)}</table></div>'


def share_text(share: float) -> str:
    r"""Write a probability: as a percentage, and a very small one with a power of ten.

    Example:
        >>> share_text(0.665), share_text(0.0), share_text(2e-9)
        ('66.5\xa0%', '0.0\xa0%', '2 × 10⁻⁹')
    """
    return short_number(share) if 0 < share < LEAST_PERCENT else percent(share)


def _shown(terms: SoftmaxTerms, right: int) -> list[int]:
    """The classes that get a row, in their own order."""
    count = len(terms.probabilities)
    if count <= MOST_ROWS:
        return list(range(count))
    likely = [int(index) for index in np.argsort(-terms.probabilities, kind="stable") if index != right]
    return sorted([right, *likely[: MOST_ROWS - 2]])


def _row(name: str, cells: Sequence[str], share: float, colour: str, *, is_bold: bool) -> str:
    weight = "font-weight:700" if is_bold else "font-weight:400"
    numbers = "".join(f'<td style="{_CELL}">{cell}</td>' for cell in cells)
    bar = f"width:{100 * share:.1f}%;height:1.1rem;background:{colour};border-radius:0.15rem;display:block"
    track = "flex:0 1 calc(100% - 4.2rem);min-width:0"
    return (
        f'<tr><th scope="row" style="{_CELL}{_left(True)};{weight}">{name}</th>{numbers}'
        f'<td style="padding:0.18rem 0;width:45%"><span style="display:flex;align-items:center;gap:0.4rem">'
        f'<span style="{track}"><span style="{bar}"></span></span>'
        f'<span style="white-space:nowrap;{weight}">{share_text(share)}</span></span></td></tr>'
    )


def _left(is_left: bool) -> str:
    return ";text-align:left" if is_left else ""
