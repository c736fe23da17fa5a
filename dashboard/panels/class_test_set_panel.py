"""Class test set: drawings of the room, and the networks ranked on them."""

from __future__ import annotations

from dashboard.palette import Palette


def class_test_set_panel(palette: Palette) -> None:
    """Show the page.

    Args:
        palette: The theme's colours.
    """
