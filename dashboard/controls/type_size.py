"""The switch for large type, which a projector needs."""

from __future__ import annotations

import streamlit as st

from dashboard import state
from dashboard.teaching import session


def large_type_switch(key: str) -> None:
    """Let people enlarge everything by a third; the address keeps it.

    Args:
        key: The widget's key.
    """
    st.toggle(
        "Large type",
        session.is_large(),
        key=state.sync_widget(key, session.is_large()),
        on_change=state.when_changed(key, session.set_large),
        help="For a projector: everything a third larger, and the lines of charts thicker.",
    )
