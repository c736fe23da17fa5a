"""A button that does what the controls of the page say when it is pressed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import streamlit as st


def action_button(
    label: str,
    action: Callable[[], object],
    *,
    key: str,
    icon: str | None = None,
    is_primary: bool = False,
    is_disabled: bool = False,
    explanation: str | None = None,
) -> None:
    """Let people start something that depends on what else they have chosen on the page.

    Streamlit gives a button's callback what the page knew when it was last drawn. Whoever types a name and presses the
    button leaves the field and presses in one gesture: the page is not drawn in between, and the callback would not
    know the name. Here the action follows when the page is drawn with the press, and the page is then drawn once more.

    Args:
        label: What the button says.
        action: What it does.
        key: The widget's key.
        icon: What stands before the label.
        is_primary: Whether it is the next thing to do.
        is_disabled: Whether it cannot be pressed now.
        explanation: What there is to say about it.
    """
    kind: Literal["primary", "secondary"] = "primary" if is_primary else "secondary"
    if st.button(label, key=key, icon=icon, type=kind, disabled=is_disabled, help=explanation):
        action()
        st.rerun()
