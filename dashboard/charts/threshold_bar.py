"""One probability between two classes, and the threshold that decides between them, as a bar in HTML."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from dashboard.palette import Palette
from dashboard.words import percent


def threshold_bar(probability: float, threshold: float, names: Sequence[str], palette: Palette) -> str:
    """Draw how probable the second of two classes is, with a mark where the verdict changes.

    Args:
        probability: That of the second class, 0 to 1.
        threshold: From which probability on the second class is the verdict, 0 to 1.
        names: Both classes; they are escaped.
        palette: The theme's colours.

    Example:
        >>> from dashboard.palette import LIGHT
        >>> html = threshold_bar(0.25, 0.5, ["<a>", "b"], LIGHT)
        >>> "&lt;a&gt;" in html, "width:25.0%" in html, "left:50.0%" in html
        (True, True, True)
    """
    words = (
        f"Probability of {escape(names[1])}: {percent(probability)}; from {percent(threshold)} on the verdict is "
        f"{escape(names[1])}"
    )
    row = "display:flex;justify-content:space-between;gap:1rem;font-size:0.875rem"
    end = "overflow:hidden;text-overflow:ellipsis;white-space:nowrap"
    track = f"position:relative;height:1.5rem;border:1px solid {palette.border};border-radius:0.25rem;margin:0.2rem 0"
    fill = f"width:{100 * probability:.1f}%;height:100%;background:{palette.primary};border-radius:0.2rem"
    mark = (
        f"position:absolute;top:-0.3rem;bottom:-0.3rem;left:{100 * threshold:.1f}%;width:3px;margin-left:-1.5px;"
        f"background:{palette.text};outline:1px solid {palette.background}"
    )
    return (
        f'<div role="img" aria-label="{words}">'
        f'<div style="{row}"><span style="{end}">← “{escape(names[0])}”</span>'
        f'<span style="{end}">“{escape(names[1])}” →</span></div>'
        f'<div style="{track}"><div style="{fill}"></div><div style="{mark}"></div></div>'
        f'<div style="{row};font-variant-numeric:tabular-nums"><span>bar: {percent(probability)}, the probability of '
        f"“{escape(names[1])}”</span><span>line: {percent(threshold)}, the threshold</span></div></div>"
    )
