"""The controls that lessons are made of: a number, a choice. What is chosen is kept when the page is left."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

import streamlit as st

from dashboard import state

T = TypeVar("T")


def number_choice(label: str, name: str, low: int, high: int, default: int, explanation: str | None = None) -> int:
    """Let people choose a whole number by a slider.

    Args:
        label: What it is.
        name: The control's key, and the name under which `state` keeps the choice.
        low: The smallest.
        high: The largest; what was chosen while more was allowed becomes this.
        default: What is chosen while nobody has chosen.
        explanation: What there is to say about it.
    """
    number = min(max(state.choice(name, default), low), high)
    key = state.sync_widget(name, number)
    st.slider(label, low, high, number, key=key, on_change=state.keep_choice(key, name), help=explanation)
    return number


def menu_choice(label: str, name: str, titles: Mapping[T, str], default: T, explanation: str | None = None) -> T:
    """Let people choose one of several from a menu.

    Args:
        label: What is chosen.
        name: The control's key, and the name under which `state` keeps the choice.
        titles: What can be chosen, and how it is called.
        default: What is chosen while nobody has chosen.
        explanation: What there is to say about it.
    """
    kept = state.choice(name, default)
    chosen = kept if kept in titles else default
    key = state.sync_widget(name, chosen)
    st.selectbox(
        label,
        list(titles),
        list(titles).index(chosen),
        key=key,
        format_func=titles.__getitem__,
        on_change=state.keep_choice(key, name),
        help=explanation,
    )
    return chosen
