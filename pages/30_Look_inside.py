"""Look inside: a network's kernels, and what its layers make of one image."""

import streamlit as st

from dashboard import resources, shell
from dashboard.controls.image_choice import image_controls
from dashboard.controls.network_choice import network_controls
from dashboard.panels.feature_map_panel import feature_map_panel
from dashboard.panels.kernel_panel import kernel_panel
from dashboard.panels.verdict_panel import verdict_panel

palette = shell.open_page("Look_inside")
controls, picture = st.columns([1, 3], gap="large")
with controls:
    network = network_controls("inside", is_playable=True)
    image = image_controls(network)
shell.require_backend()
probe = resources.probe(network)
with picture:
    if image is not None:
        verdict_panel(probe, network, image, palette)
    kernel_panel(probe, palette)
    if image is not None:
        feature_map_panel(probe, image.pixels, palette)
shell.close_page("Look_inside")
