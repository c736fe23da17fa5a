"""A slider whose number is kept when the page is left."""

from __future__ import annotations

from math import floor, log10

import streamlit as st

from dashboard import state


def number_slider(
    label: str,
    name: str,
    ends: tuple[float, float],
    default: float,
    *,
    step: float = 0.1,
    explanation: str | None = None,
) -> float:
    """Let people choose a number.

    Args:
        label: What the number is.
        name: The widget's key, and the name under which `state` keeps the number, as `"softmax.temperature"`.
        ends: The smallest and the largest number. What is kept from wider ones is brought between them.
        default: The number while nobody has chosen.
        step: From one number to the next; so many digits are shown.
        explanation: What there is to say about it.

    Returns:
        The number, without the digits that a computer's arithmetic adds.
    """
    low, high = ends
    number = round(min(max(float(state.choice(name, default)), low), high), 6)
    key = state.sync_widget(name, number)
    digits = max(0, -floor(log10(step)))
    take = state.keep_choice(key, name)
    st.slider(label, low, high, number, step=step, format=f"%.{digits}f", key=key, on_change=take, help=explanation)
    return number
