"""The page Look inside below its head: the choices at the left, and what they lead to.

A fragment: another image or unit draws this much anew, and neither the menu nor the texts.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import streamlit as st

from dashboard import resources
from dashboard.controls.image_choice import image_controls
from dashboard.controls.network_choice import network_controls
from dashboard.controls.unit_choice import chosen_unit
from dashboard.palette import Palette
from dashboard.panels.inside.inside_views import QUICK_VIEWS, chosen_view, inside_panel
from dashboard.panels.inside.scene import Scene
from dashboard.panels.inside.verdict import verdict_panel

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator


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
    # The browser gets first what takes it longest; but nobody waits for a verdict until a slow view is worked out.
    is_quick = chosen_view() in QUICK_VIEWS
    if not is_quick:
        _verdict(controls, scene)
    with picture:
        inside_panel(scene)
    if is_quick:
        _verdict(controls, scene)


def _verdict(place: DeltaGenerator, scene: Scene) -> None:
    with place:
        verdict_panel(scene)
