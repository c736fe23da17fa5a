"""What is compared: trainings that there are, or two designs that are trained for it."""

from __future__ import annotations

import streamlit as st

from dashboard import state
from dashboard.palette import Palette
from dashboard.panels.comparison_panel import comparison_panel
from dashboard.panels.fair_comparison_panel import FAIR_PARAMETER, fair_comparison_panel

VIEWS = {"trainings": "Trainings", "fair": "Two designs, fairly"}

_VIEW = "compare.what"


def compare_panel(palette: Palette) -> None:
    """Let people choose what to compare, and show it; an address that names a fair comparison opens that."""
    key = "compare.what_choice"
    view = state.choice(_VIEW, "fair" if FAIR_PARAMETER in st.query_params else "trainings")
    st.segmented_control(
        "What to compare",
        list(VIEWS),
        format_func=VIEWS.__getitem__,
        key=state.sync_widget(key, view),
        required=True,
        label_visibility="collapsed",
        on_change=state.keep_choice(key, _VIEW),
    )
    if view == "fair":
        fair_comparison_panel(palette)
    else:
        comparison_panel(palette)
