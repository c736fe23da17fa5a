"""The colours of cells that have a number written in them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from math import isfinite

import numpy as np

from dashboard.palette import AMOUNT_SCALE, Palette

Tint = Callable[[float], str]
"""From a number to the colour `#rrggbb` behind it."""


def diverging(limit: float, palette: Palette) -> Tint:
    """Colour numbers about zero.

    Args:
        limit: The magnitude that gets the full colour; 0 where all numbers are 0.
        palette: The theme's colours.
    """
    stops = [colour for _, colour in palette.diverging]
    return lambda value: _mixed(stops, 0.5 + 0.5 * value / limit if limit else 0.5, palette)


def amount(low: float, high: float, palette: Palette) -> Tint:
    """Colour amounts from `low` to `high`, as feature maps are."""
    return lambda value: _mixed(_amount_stops(), (value - low) / (high - low) if high > low else 0.0, palette)


def grey(palette: Palette) -> Tint:
    """Colour pixels from 0 to 1 in their own grey."""
    return lambda value: _mixed(["#000000", "#ffffff"], value, palette)


def ink(background: str) -> str:
    """Return black or white, whichever stands out more: at least 4.5 to 1 on any colour.

    Example:
        >>> ink("#ffffff"), ink("#12141c")
        ('#000000', '#ffffff')

    Reference:
        W3C 2018, *Web Content Accessibility Guidelines 2.1*, relative luminance.
    """
    parts = [int(background[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    luminance = float(np.dot(linear, (0.2126, 0.7152, 0.0722)))
    return "#000000" if (luminance + 0.05) / 0.05 >= 1.05 / (luminance + 0.05) else "#ffffff"


def _mixed(stops: Sequence[str], share: float, palette: Palette) -> str:
    if not isfinite(share):
        return palette.muted
    place = min(max(share, 0.0), 1.0) * (len(stops) - 1)
    index = min(int(place), len(stops) - 2)
    parts = []
    for start in (1, 3, 5):
        first, last = (int(stops[index + step][start : start + 2], 16) for step in (0, 1))
        parts.append(round(first + (last - first) * (place - index)))
    return "#" + "".join(f"{part:02x}" for part in parts)


@lru_cache(maxsize=1)
def _amount_stops() -> tuple[str, ...]:
    from plotly.colors import get_colorscale  # here, because words need not wait for Plotly

    return tuple(colour for _, colour in get_colorscale(AMOUNT_SCALE))
