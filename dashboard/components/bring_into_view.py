"""Scrolls to a part of the page that has just changed.

Streamlit stays where it was scrolled to when a page draws itself anew: on a phone, what a link far down has opened at
the top would not be seen.
"""

from __future__ import annotations

from dashboard.components.registration import register

_component = register("bring_into_view", "<span></span>")


def bring_into_view(container_key: str, mark: str) -> None:
    """Scroll to a container, unless its beginning can be seen.

    Args:
        container_key: The container's key, as `"glossary.term"`.
        mark: What it shows; it is scrolled to only where that is not what it showed before.
    """
    _component(key=f"{container_key}.view", data={"part": container_key.replace(".", "-"), "mark": mark})
