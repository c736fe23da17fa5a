"""What a network says, what it should have said, and the difference: a small table with bars."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np
import numpy.typing as npt

from dashboard.palette import Palette


def output_error(
    probabilities: npt.NDArray[np.float64], class_index: int, names: Sequence[str], palette: Palette
) -> str:
    """Write probability, target and probability minus target of each class, as a table with a bar for the last.

    Args:
        probabilities: `(classes,)`, 0 to 1.
        class_index: The right class.
        names: One name a class; it is escaped.
        palette: The theme's colours.

    Returns:
        HTML.

    Example:
        >>> from dashboard.palette import LIGHT
        >>> html = output_error(np.array([0.25, 0.75]), 1, ["cat", "dog"], LIGHT)
        >>> html.count("<tr"), "+0.250" in html, "−0.250" in html
        (3, True, True)
    """
    cell = "padding:0.05rem 0.6rem 0.05rem 0;text-align:right"
    head = "".join(
        f'<th scope="col" style="{cell};font-weight:600">{word}</th>'
        for word in ("Class", "Probability", "Target", "Difference")
    )
    rows = []
    for place, (name, probability) in enumerate(zip(names, probabilities.tolist(), strict=True)):
        target = int(place == class_index)
        difference = probability - target
        weight = "font-weight:700" if target else ""
        rows.append(
            f'<tr style="{weight}"><th scope="row" style="{cell};font-weight:inherit">{escape(name)}</th>'
            f'<td style="{cell}">{probability:.3f}</td><td style="{cell}">{target}</td>'
            f'<td style="{cell}">{f"{difference:+.3f}".replace("-", "−")}</td>'
            f'<td style="width:45%;padding:0">{_bar(difference, palette)}</td></tr>'
        )
    style = "border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums;line-height:1.35"
    return (
        f'<table style="{style}"><thead><tr>{head}<th aria-hidden="true"></th></tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table>"
    )


def _bar(difference: float, palette: Palette) -> str:
    """A bar to the left below zero, to the right above it; at least a hair wide."""
    length = max(50 * min(abs(difference), 1.0), 0.4)
    left, colour = (50 - length, palette.negative) if difference < 0 else (50.0, palette.positive)
    return (
        f'<div style="position:relative;height:0.9rem;border-left:1px solid {palette.border};'
        f'border-right:1px solid {palette.border}"><div style="position:absolute;left:50%;top:0;bottom:0;'
        f'border-left:1px solid {palette.muted}"></div><div style="position:absolute;left:{left:.1f}%;'
        f'width:{length:.1f}%;top:1px;bottom:1px;background:{colour}"></div></div>'
    )
