"""Design: choose the layers of a network, with its shapes and costs beside them."""

import streamlit as st

from dashboard import shell, state
from dashboard.controls.design_controls import design_controls, preset_controls
from dashboard.navigation import page
from dashboard.panels.network_panel import network_panel

shell.open_page("Design")
controls, picture = st.columns([2, 3], gap="large")
with controls:
    preset_controls()
    design_controls()
with picture:
    is_valid = network_panel(state.design(), state.last_valid_design())
    if st.button("Choose how to train it", key="design.train", type="primary", disabled=not is_valid):
        st.switch_page(page("Train").path, query_params=state.address_parameters())
shell.close_page("Design")
