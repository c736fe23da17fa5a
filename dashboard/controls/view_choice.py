"""A row of buttons of which one is pressed: the way in which something is shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

import streamlit as st

from dashboard import state

T = TypeVar("T", bound=str)


def view_choice(
    label: str, key: str, name: str, titles: Mapping[T, str], default: T, explanation: str | None = None
) -> T:
    """Let people choose one of a few, and keep that when the page is left.

    Args:
        label: What is chosen; only screen readers say it where there is no explanation.
        key: The widget's key.
        name: The name under which `state` keeps the choice.
        titles: What can be chosen, and how it is called.
        default: What is chosen while nobody has chosen.
        explanation: What there is to say about it.

    Returns:
        What is chosen.
    """
    chosen = state.choice(name, default) or default
    st.segmented_control(
        label,
        list(titles),
        default=chosen,
        format_func=titles.__getitem__,
        key=state.sync_widget(key, chosen),
        required=True,
        wrap=True,
        label_visibility="collapsed" if explanation is None else "visible",
        on_change=state.keep_choice(key, name),
        help=explanation,
    )
    return chosen
