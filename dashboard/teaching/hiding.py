"""What a lesson can put out of sight, and how: each group is a few CSS selectors.

Nothing of it is lost: what is hidden still holds its values, and the bar at the top always has "Show controls".
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

BAR = "teach.bar"
"""The key of the bar at the top, which is never hidden."""

_MAIN = '[data-testid="stMain"]'
_WIDGETS = [
    "stSlider",
    "stSelectbox",
    "stMultiSelect",
    "stNumberInput",
    "stTextInput",
    "stTextArea",
    "stRadio",
    "stCheckbox",
    "stButtonGroup",
    "stButton",
    "stDownloadButton",
    "stFileUploader",
    "stCameraInput",
    "stPopover",
]


@dataclass(frozen=True)
class HidingGroup:
    """Things that are hidden together.

    Args:
        title: What they are, as a person says it.
        selectors: CSS selectors of all of them.
    """

    title: str
    selectors: tuple[str, ...]


GROUPS: dict[str, HidingGroup] = {
    "sidebar": HidingGroup("Side bar", ('[data-testid="stSidebar"]', '[data-testid="stExpandSidebarButton"]')),
    "menu": HidingGroup("List of pages", (".st-key-shell-menu",)),
    "reading": HidingGroup(
        "Texts",
        (".st-key-shell-reading", '[data-testid="stColumn"]:has(.st-key-lesson-tasks)'),
    ),
    "tasks": HidingGroup("What to try", (".st-key-lesson-tasks",)),
    "controls": HidingGroup(
        "Controls of the pages",
        tuple(
            f'{_MAIN} [data-testid="stElementContainer"]:has(> .{kind}):not(.st-key-{BAR.replace(".", "-")} *)'
            for kind in _WIDGETS
        ),
    ),
}
"""The groups by their names, as plans and switches use them."""


def hiding_style(groups: Iterable[str]) -> str:
    """Write the CSS that puts groups out of sight, and out of the keyboard's way.

    Example:
        >>> hiding_style(["tasks"])
        '.st-key-lesson-tasks { display: none !important; }'
        >>> hiding_style([])
        ''
    """
    selectors = [selector for group in groups for selector in GROUPS[group].selectors]
    return f"{', '.join(selectors)} {{ display: none !important; }}" if selectors else ""
