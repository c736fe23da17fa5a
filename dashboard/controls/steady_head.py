"""The place above a live picture for what comes and goes."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator


def steady_head() -> DeltaGenerator:
    """Open a place for buttons, bars and sentences that come and go above a picture.

    Streamlit knows what it has drawn by its place among its neighbours. Without this one, a button that vanishes would
    let everything below it be thrown away and drawn anew: curves would flicker when a training ends.

    Returns:
        The place, to be used in a `with` statement. While nothing stands in it, it takes no room.
    """
    return st.container()
