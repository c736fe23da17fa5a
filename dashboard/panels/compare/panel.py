"""What is compared: trainings that there are, or two designs that are trained for it."""

from __future__ import annotations

import streamlit as st

from dashboard.controls.view_choice import view_choice
from dashboard.palette import Palette
from dashboard.panels.compare.fair import FAIR_PARAMETER, fair_comparison_panel
from dashboard.panels.compare.trainings import comparison_panel

VIEWS = {"trainings": "Trainings", "fair": "Two designs, fairly"}


def compare_panel(palette: Palette) -> None:
    """Let people choose what to compare, and show it; an address that names a fair comparison opens that."""
    default = "fair" if FAIR_PARAMETER in st.query_params else "trainings"
    view = view_choice("What to compare", "compare.what_choice", "compare.what", VIEWS, default)
    if view == "fair":
        fair_comparison_panel(palette)
    else:
        comparison_panel(palette)
