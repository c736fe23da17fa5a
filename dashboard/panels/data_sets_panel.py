"""Data sets: what the networks learn from."""

from __future__ import annotations

from dashboard.palette import Palette


def data_sets_panel(palette: Palette) -> None:
    """Show the page.

    Args:
        palette: The theme's colours.
    """
