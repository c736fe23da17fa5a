"""Design: choose the layers of a network, with their shapes, costs and reach beside them."""

import streamlit as st

from cnn_core.architecture.shapes import network_figures
from dashboard import shell, state
from dashboard.controls.design_controls import design_controls, preset_controls
from dashboard.navigation import page
from dashboard.panels.advice_panel import advice_panel
from dashboard.panels.diagnosis_panel import diagnosis_panel
from dashboard.panels.layer_panel import layer_panel
from dashboard.panels.network_panel import layer_table_panel, network_panel
from dashboard.panels.take_away_panel import take_away_panel

palette = shell.open_page("Design")
controls, picture = st.columns([2, 3], gap="large")
with controls:
    preset_controls()
    diagnosis_panel()
    design_controls()
figures = network_figures(state.valid_network())
with picture, st.container(key="design.view"):
    is_valid = network_panel(figures, palette)
    if st.button("Choose how to train it", key="design.train", type="primary", disabled=not is_valid):
        st.switch_page(page("Train").path, query_params=state.address_parameters())
    advice_panel()
layer_table_panel(figures, palette)
layer_panel(figures, palette)
take_away_panel()
shell.close_page("Design")
