"""Evaluate: how good a network is, and where it fails."""

from __future__ import annotations

from dashboard.palette import Palette


def evaluate_panel(palette: Palette) -> None:
    """Show the page.

    Args:
        palette: The theme's colours.
    """
