"""Data sets: look at them, bring one, or draw one."""

from __future__ import annotations

from collections.abc import Callable

from dashboard.controls.view_choice import view_choice
from dashboard.palette import Palette
from dashboard.panels.data_sets.look import look_panel
from dashboard.panels.data_sets.own_classes import own_classes_panel
from dashboard.panels.data_sets.own_data import own_data_panel

VIEWS: dict[str, tuple[str, Callable[[Palette], None]]] = {
    "look": ("Look", look_panel),
    "bring": ("Bring your own", own_data_panel),
    "draw": ("Draw your own classes", own_classes_panel),
}
"""The parts of the page: the name on the button, and what draws it."""

_VIEW = "data_sets.view"


def data_sets_panel(palette: Palette) -> None:
    """Let people choose a part of the page, and show it.

    Args:
        palette: The theme's colours.
    """
    titles = {name: title for name, (title, _) in VIEWS.items()}
    _, draw = VIEWS[view_choice("View", _VIEW, _VIEW, titles, "look")]
    draw(palette)
