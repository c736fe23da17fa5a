"""What a step's card is made of, as HTML: grids of numbers, lists of terms, input channels, a softmax's table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape

import numpy as np
import numpy.typing as npt

from cnn_core.inspection.provenance import ActivationStep, Position
from dashboard.charts.provenance_colours import Tint, ink
from dashboard.charts.provenance_words import bracketed, number, short_number
from dashboard.palette import Palette

Doubles = npt.NDArray[np.float64]
MOST_SHARES = 10
"""Rows of a softmax's table; the others are named together."""


@dataclass(frozen=True)
class Target:
    """What a click means: follow another number, or show another input channel in detail.

    Args:
        follow: The number to follow.
        channel: Which input channel to show, where nothing is to be followed.
    """

    follow: Position | None = None
    channel: int = 0


@dataclass
class Targets:
    """Numbers the things that can be clicked, as `components.selectable` reports them."""

    found: list[Target] = field(default_factory=list)

    def mark(self, target: Target) -> str:
        """Write the attribute that makes an element stand for a target."""
        self.found.append(target)
        return f'data-layer="{len(self.found) - 1}"'


@dataclass(frozen=True, eq=False)
class Grid:
    """A table of numbers.

    Args:
        caption: What it is.
        values: `(height, width)`.
        tint: The colour behind a number.
        is_inside: `(height, width)`, false where padding is; nothing where there is none.
        sources: Where each number stands, row by row; nothing where it cannot be followed.
        followed: The number that is followed.
    """

    caption: str
    values: Doubles
    tint: Tint
    is_inside: npt.NDArray[np.bool_] | None = None
    sources: Sequence[Sequence[Position | None]] | None = None
    followed: Position | None = None


@dataclass(frozen=True)
class Row:
    """A term in a list.

    Args:
        name: What it is.
        words: How it was made, as `"0.5 × 0.2"`; may be empty.
        value: What it adds.
        target: What a click means, if anything.
        is_chosen: Whether it is the one that is followed or shown.
    """

    name: str
    words: str
    value: float
    target: Target | None = None
    is_chosen: bool = False


def grid(table: Grid, targets: Targets) -> str:
    """Write a table of numbers, each on its colour."""
    # Exactly one cell can be reached with Tab; the arrow keys lead to the others.
    sources = [source for line in table.sources or () for source in line if source is not None]
    first = table.followed if table.followed in sources else next(iter(sources), None)
    body = ""
    for row in range(table.values.shape[0]):
        cells = "".join(_cell(table, row, column, first, targets) for column in range(table.values.shape[1]))
        body += f"<tr>{cells}</tr>"
    return f'<figure><figcaption>{escape(table.caption)}</figcaption><table class="grid">{body}</table></figure>'


def _cell(table: Grid, row: int, column: int, first: Position | None, targets: Targets) -> str:
    value = float(table.values[row, column])
    if table.is_inside is not None and not table.is_inside[row, column]:
        return '<td class="padding" title="padding: a zero beyond the edge">0</td>'
    colour = table.tint(value)
    look = f'style="background-color:{colour};color:{ink(colour)}" title="{number(value)}"'
    source = table.sources[row][column] if table.sources is not None else None
    is_followed = source is not None and source == table.followed
    state = ' aria-current="true"' if is_followed else ""
    click = ""
    if source is not None:
        click = f' {targets.mark(Target(source))} tabindex="{0 if source == first else -1}" role="button"'
        click += f' aria-label="row {source.row + 1}, column {source.column + 1}: {number(value)}"'
    return f"<td {look}{click}{state}>{short_number(value)}</td>"


def rows(terms: Sequence[Row], targets: Targets, palette: Palette, label: str) -> str:
    """Write terms as a list with a bar for each: to the right what adds, to the left what subtracts."""
    limit = max((abs(term.value) for term in terms if np.isfinite(term.value)), default=0.0) or 1.0
    items = "".join(_row(term, targets, palette, limit) for term in terms)
    return f'<ul class="terms" aria-label="{escape(label)}">{items}</ul>'


def _row(term: Row, targets: Targets, palette: Palette, limit: float) -> str:
    share = min(abs(term.value) / limit, 1.0) * 50 if np.isfinite(term.value) else 0.0
    left = 50 - share if term.value < 0 else 50.0
    colour = palette.negative if term.value < 0 else palette.positive
    bar = f'<i class="bar"><i style="left:{left:.1f}%;width:{share:.1f}%;background-color:{colour}"></i></i>'
    text = f"<span>{escape(term.name)}</span><span>{escape(term.words)}</span>{bar}<b>{number(term.value)}</b>"
    if term.target is None:
        return f'<li><div class="term">{text}</div></li>'
    state = "true" if term.is_chosen else "false"
    click = f'{targets.mark(term.target)} aria-pressed="{state}"'
    return f'<li><button type="button" class="term" {click}>{text}</button></li>'


def shares(step: ActivationStep, index: int, names: Sequence[str], what: str) -> str:
    """Write a softmax as a table: number, exponential, share. The largest are named, and always the one in question."""
    powers = step.exponentials
    total = float(powers.sum())
    order = [int(place) for place in np.argsort(-step.vector, kind="stable")]
    shown = sorted({*order[:MOST_SHARES], index}) if len(order) > MOST_SHARES else sorted(order)
    lines = ""
    for place in shown:
        name = names[place] if place < len(names) else str(place + 1)
        mark = ' aria-current="true"' if place == index else ""
        cells = (step.vector[place], powers[place], powers[place] / total)
        numbers = "".join(f"<td>{number(float(cell))}</td>" for cell in cells)
        lines += f"<tr{mark}><th>{escape(name)}</th>{numbers}</tr>"
    others = [place for place in order if place not in shown]
    if others:
        rest = float(powers[others].sum())
        lines += (
            f"<tr><th>{len(others):,} others</th><td></td><td>{number(rest)}</td><td>{number(rest / total)}</td></tr>"
        )
    lines += f"<tr><th>all</th><td></td><td>{number(total)}</td><td>1</td></tr>"
    power = f"e to the power of x − {bracketed(float(step.vector.max()))}"
    head = "".join(f"<th>{escape(name)}</th>" for name in (what, "number x", power, "its share"))
    body = f"<thead><tr>{head}</tr></thead><tbody>{lines}</tbody>"
    return f'<div class="wide"><table class="shares">{body}</table></div>'


def style(palette: Palette) -> str:
    """Write the look of all cards."""
    return (
        "<style>.step p{margin:.2rem 0 .5rem;line-height:1.5}.step .sum{font-size:1.0625rem;overflow-wrap:anywhere;"
        "font-variant-numeric:tabular-nums}"
        ".grids{display:flex;flex-wrap:wrap;gap:.5rem .75rem;align-items:center}figure{margin:0}"
        ".signed{display:flex;align-items:center;gap:.75rem}.sign{font-size:1.375rem;padding-top:1.25rem;min-width:1ch}"
        "figcaption{font-size:.875rem;margin-bottom:.2rem;max-width:18rem}"
        f".grid{{border-collapse:collapse}}.grid td{{border:1px solid {palette.border};width:3.25rem;min-width:3.25rem;"
        "height:2.1rem;padding:0;text-align:center;font-size:.9375rem;font-variant-numeric:tabular-nums}"
        f".grid .padding{{color:{palette.text};background:repeating-linear-gradient(135deg,transparent 0 5px,"
        f"{palette.border} 5px 6px)}}"
        f".grid [aria-current]{{outline:.2rem solid {palette.primary};outline-offset:-.2rem;font-weight:700}}"
        ".grid td[data-layer]:hover{text-decoration:underline}"
        ".terms{list-style:none;margin:.25rem 0;padding:0}"
        ".term{appearance:none;background:none;border:0;color:inherit;font:inherit;text-align:left;"
        "box-sizing:border-box;display:grid;width:100%;align-items:center;gap:0 .75rem;"
        "grid-template-columns:minmax(6rem,2fr) minmax(5rem,2fr) minmax(4rem,3fr) 4.5rem;min-height:2rem;"
        "padding:0 .4rem;font-variant-numeric:tabular-nums}"
        "button.term{cursor:pointer}.term b{text-align:right}.term>span{font-size:.9375rem}"
        f".bar{{position:relative;height:.9rem;background:linear-gradient({palette.muted},{palette.muted}) center/1px "
        "100% no-repeat}.bar i{position:absolute;top:0;bottom:0}"
        "summary{cursor:pointer;padding:.3rem 0}"
        ".wide{overflow-x:auto}.shares{border-collapse:collapse;font-variant-numeric:tabular-nums}"
        f".shares th,.shares td{{padding:.15rem .6rem;text-align:right;border-bottom:1px solid {palette.border};"
        "font-weight:400;font-size:.9375rem}.shares th:first-child{text-align:left}"
        ".shares [aria-current] *{font-weight:700}"
        "@media (max-width:640px){.term{grid-template-columns:1fr 1fr 4.5rem}.term .bar{display:none}"
        ".grid td{width:3rem;min-width:3rem}button.term{min-height:2.75rem}}</style>"
    )
