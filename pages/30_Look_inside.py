"""Look inside: what a network sees in one image, and why it decides as it does."""

import streamlit as st

from dashboard import resources, shell
from dashboard.controls.image_choice import image_controls
from dashboard.controls.network_choice import network_controls
from dashboard.controls.unit_choice import chosen_unit
from dashboard.panels.inside_panel import inside_panel
from dashboard.panels.scene import Scene
from dashboard.panels.verdict_panel import verdict_panel

palette = shell.open_page("Look_inside")
controls, picture = st.columns([2, 5], gap="large")
with controls:
    network = network_controls("inside", is_playable=True)
    image = image_controls(network)
shell.require_backend()
if image is not None:
    scene = Scene(network, resources.probe(network), image, chosen_unit(network.spec), palette)
    with controls:
        verdict_panel(scene)
    with picture:
        inside_panel(scene)
shell.close_page("Look_inside")
