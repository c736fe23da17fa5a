"""How sure a network is of each class, as bars in HTML: drawn at once, where Plotly would hold up the rest."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np
import numpy.typing as npt

from dashboard.palette import Palette
from dashboard.words import percent


def probability_bars(
    probabilities: npt.NDArray[np.float32], names: Sequence[str], palette: Palette, title: str = ""
) -> str:
    """Write the probability of each class as a bar, the first guess in full colour.

    Args:
        probabilities: `(classes,)`, 0 to 1.
        names: One name a class; it is escaped.
        palette: The theme's colours.
        title: What stands above them; it is escaped.

    Example:
        >>> from dashboard.palette import LIGHT
        >>> html = probability_bars(np.array([0.25, 0.75], np.float32), ["<a>", "b"], LIGHT)
        >>> html.count("<li"), "&lt;a&gt;" in html, "width:75.0%" in html
        (2, True, True)
    """
    first = int(np.argmax(probabilities))
    rows = (
        _row(name, float(probability), palette.primary if place == first else palette.muted)
        for place, (name, probability) in enumerate(zip(names, probabilities, strict=True))
    )
    style = "display:grid;grid-template-columns:fit-content(40%) 1fr;gap:0.2rem 0.5rem;margin:0;padding:0"
    head = f'<p style="margin:0 0 0.75rem;font-weight:600">{escape(title)}</p>' if title else ""
    return f'{head}<ul aria-label="Probability of each class" style="{style};list-style:none">{"".join(rows)}</ul>'


def _row(name: str, probability: float, colour: str) -> str:
    cell = "overflow:hidden;text-overflow:ellipsis;white-space:nowrap"
    bar = f"width:{100 * probability:.1f}%;height:1.1rem;background:{colour};border-radius:0.15rem"
    # The bar's whole length leaves room for the longest number beside it.
    track = "display:flex;flex:0 1 calc(100% - 3.8rem);min-width:0"
    return (
        f'<li style="display:contents"><span title="{escape(name)}" style="{cell}">{escape(name)}</span>'
        f'<span style="display:flex;align-items:center;gap:0.4rem;font-variant-numeric:tabular-nums">'
        f'<span style="{track}"><span style="{bar}"></span></span>{percent(probability)}</span></li>'
    )
