"""The network as a picture and as figures; where it cannot be built, its last state that can."""

from __future__ import annotations

import streamlit as st

from cnn_core.architecture.shapes import NetworkFigures
from dashboard import state
from dashboard.charts.layer_table import layer_table
from dashboard.charts.network_diagram import network_picture
from dashboard.charts.network_sums import network_sums
from dashboard.components.selectable import selectable
from dashboard.controls.layer_controls import SELECTED, select_layer
from dashboard.palette import Palette
from dashboard.panels.term_link import open_term


def network_panel(figures: NetworkFigures, palette: Palette) -> bool:
    """Show a network's sums and its picture; a layer of it can be chosen.

    Args:
        figures: The figures of the last network that could be built.
        palette: The theme's colours.

    Returns:
        Whether that is the network as it is edited.
    """
    is_valid = state.network() == state.valid_network()
    if not is_valid:
        st.warning("This network cannot be built yet. Here is the last one that can.")
    picture = network_picture(figures, state.valid_network().input_shape, palette, shown_layer(figures))
    open_term(selectable(network_sums(figures, palette) + picture, "design.picture", select_layer))
    return is_valid


def layer_table_panel(figures: NetworkFigures, palette: Palette) -> None:
    """Show every layer's figures; a layer can be chosen."""
    st.subheader("Layer by layer", anchor=False)
    table = layer_table(figures, palette, shown_layer(figures))
    selectable(table, "design.table", select_layer)


def shown_layer(figures: NetworkFigures) -> int:
    """Return the chosen layer's index within the network that is shown."""
    return min(state.choice(SELECTED, 0), len(figures.layers) - 1)
