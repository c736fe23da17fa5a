"""How many images there are of each class, as bars in HTML."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from dashboard.palette import Palette
from dashboard.words import count


def class_counts(counts: Sequence[int], names: Sequence[str], palette: Palette, own: Sequence[int] = ()) -> str:
    """Write the number of each class as a bar.

    Args:
        counts: One number a class.
        names: One name a class; it is escaped.
        palette: The theme's colours.
        own: How many of each are one's own: the bar's darker beginning. The words say them too.

    Example:
        >>> from dashboard.palette import LIGHT
        >>> html = class_counts([4, 0], ["<a>", "b"], LIGHT, [1, 0])
        >>> html.count("<li"), "&lt;a&gt;" in html, "width:25.0%" in html, "4 · 1 yours" in html
        (2, True, True, True)
    """
    most = max(1, *counts)
    shares = own or [0] * len(counts)
    rows = "".join(
        _row(name, number, mine, most, palette) for name, number, mine in zip(names, counts, shares, strict=True)
    )
    style = "display:grid;grid-template-columns:fit-content(40%) 1fr;gap:0.2rem 0.6rem;margin:0;padding:0"
    return f'<ul aria-label="Drawings of each class" style="{style};list-style:none">{rows}</ul>'


def _row(name: str, number: int, mine: int, most: int, palette: Palette) -> str:
    words = f"{count(number)} · {count(mine)} yours" if mine else count(number)
    bars = (
        f'<span style="width:{100 * mine / most:.1f}%;background:{palette.primary}"></span>'
        f'<span style="width:{100 * (number - mine) / most:.1f}%;background:{palette.muted}"></span>'
    )
    return (
        f'<li style="display:contents"><span style="overflow:hidden;text-overflow:ellipsis;white-space:nowrap" '
        f'title="{escape(name)}">{escape(name)}</span><span style="display:flex;align-items:center;gap:0.5rem;'
        f'font-variant-numeric:tabular-nums"><span style="display:flex;height:1rem;flex:0 1 calc(100% - 6.5rem);'
        f'min-width:0">{bars}</span>{words}</span></li>'
    )
