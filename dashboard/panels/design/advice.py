"""Advice on a network, each piece with its reason and the word that explains it."""

from __future__ import annotations

import streamlit as st

from cnn_core.architecture.advice import network_advice
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.data.registry import DATASETS
from dashboard import state
from dashboard.charts.advice_list import advice_list
from dashboard.components.selectable import selectable
from dashboard.controls.fitting_button import fitting_button
from dashboard.controls.layer_controls import select_layer
from dashboard.palette import Palette
from dashboard.panels.design.clinic import is_secret
from dashboard.panels.term_link import open_term


def advice_panel(palette: Palette) -> None:
    """Show what strikes one about the session's network, the most important first."""
    st.subheader("Advice", anchor=False)
    if is_secret():
        st.caption("Kept back until you ask for the diagnosis: look at the numbers, train it, and find out yourself.")
        return
    pieces = network_advice(state.valid_network(), _class_count(state.valid_network()))
    shown = advice_list(pieces, state.valid_network().layer_names, palette)
    open_term(selectable(shown, "design.advice", select_layer))
    if _class_count(state.valid_network()) is not None:
        fitting_button(state.settings().dataset, "design.fit")


def _class_count(spec: NetworkSpec) -> int | None:
    """Count the classes of the chosen data set, if its images are the ones that the network takes."""
    entry = DATASETS.get(state.settings().dataset)
    return len(entry.class_names) if entry is not None and entry.image_shape == spec.input_shape else None
