"""The whole designer: controls at the left, what they make at the right, its numbers below.

A fragment: a control's move draws this much anew and nothing else of the page.
"""

from __future__ import annotations

import streamlit as st

from cnn_core.architecture.shapes import network_figures
from dashboard import state
from dashboard.controls.design_controls import design_controls, preset_controls
from dashboard.navigation import page
from dashboard.palette import Palette
from dashboard.panels.design.advice import advice_panel
from dashboard.panels.design.clinic import diagnosis_panel
from dashboard.panels.design.layer import layer_panel
from dashboard.panels.design.network import layer_table_panel, network_panel
from dashboard.panels.design.take_away import take_away_panel
from dashboard.panels.status_panel import show_network_line


@st.fragment
def designer_panel(palette: Palette) -> None:
    """Edit the session's network and see what it is, what it costs and what it sees."""
    controls, picture = st.columns([2, 3], gap="large")
    figures = network_figures(state.valid_network())
    with controls:
        preset_controls()
        diagnosis_panel()
        design_controls()
    with picture, st.container(key="design.view"):
        is_valid = network_panel(figures, palette)
        if st.button("Choose how to train it", key="design.train", type="primary", disabled=not is_valid):
            st.switch_page(page("Train").path, query_params=state.address_parameters())
        advice_panel(palette)
    layer_table_panel(figures, palette)
    layer_panel(figures, palette)
    if st.toggle("Take it away, or share it", False, key="design.take_away"):
        take_away_panel()
    state.write_address()
    show_network_line()
