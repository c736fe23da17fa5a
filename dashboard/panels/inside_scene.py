"""The page Look inside below its head: the choices at the left, and what they lead to.

A fragment: another image or unit draws this much anew, and neither the menu nor the texts.
"""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from dashboard import resources
from dashboard.controls.image_choice import image_controls
from dashboard.controls.network_choice import network_controls
from dashboard.controls.unit_choice import chosen_unit
from dashboard.palette import Palette
from dashboard.panels.inside_panel import inside_panel
from dashboard.panels.scene import Scene
from dashboard.panels.verdict_panel import verdict_panel


@st.fragment
def inside_scene(palette: Palette, require_backend: Callable[[], None]) -> None:
    """Let people choose network, moment and image, and look inside.

    Args:
        palette: The theme's colours.
        require_backend: Ends the drawing here, with a progress bar, until TensorFlow is there.
    """
    controls, picture = st.columns([2, 5], gap="large")
    with controls:
        network = network_controls("inside", is_playable=True)
        image = image_controls(network)
    require_backend()
    if image is None:
        return
    scene = Scene(network, resources.probe(network), image, chosen_unit(network.spec), palette)
    with controls:
        verdict_panel(scene)
    with picture:
        inside_panel(scene)
