"""Which filter is looked at: a layer, and one of what it gives out."""

from __future__ import annotations

import streamlit as st

from cnn_core.architecture.layers import Conv2D, ResidualBlock, SeparableConv2D
from cnn_core.architecture.shapes import network_figures
from cnn_core.architecture.spec import NetworkSpec
from dashboard import state
from dashboard.controls.unit_choice import MIDDLE, ChosenUnit, choose_unit

FILTERING = (Conv2D, ResidualBlock, SeparableConv2D)


def filter_controls(spec: NetworkSpec, unit: ChosenUnit) -> None:
    """Let people choose a layer, and leaf through its filters; every panel follows.

    Args:
        spec: The network.
        unit: What is looked at now.
    """
    channels = network_figures(spec).layers[spec.layer_names.index(unit.layer)].output_shape[-1]
    with st.container(horizontal=True, key="inside.filter.controls", gap="medium", vertical_alignment="bottom"):
        layer_key = state.sync_widget("inside.filter.layer", unit.layer)
        st.selectbox(
            "Layer",
            spec.layer_names,
            spec.layer_names.index(unit.layer),
            key=layer_key,
            width=200,
            on_change=state.when_changed(layer_key, lambda name: choose_unit(ChosenUnit(name, 0, MIDDLE, MIDDLE))),
        )
        noun = unit_noun(spec, unit.layer).capitalize()
        number_key = state.sync_widget(f"inside.filter.number.{unit.layer}", unit.channel + 1)
        st.number_input(
            f"{noun}, 1 to {channels:,}",
            1,
            channels,
            unit.channel + 1,
            key=number_key,
            width=200,
            on_change=state.when_changed(
                number_key, lambda number: choose_unit(ChosenUnit(unit.layer, int(number) - 1, unit.row, unit.column))
            ),
        )


def unit_noun(spec: NetworkSpec, layer: str) -> str:
    """Return what one of the things is that a layer gives out.

    Example:
        >>> from cnn_core.architecture.layers import Flatten
        >>> spec = NetworkSpec((8, 8, 1), (Conv2D(), Flatten()))
        >>> [unit_noun(spec, name) for name in spec.layer_names]
        ['filter', 'unit']
    """
    row = network_figures(spec).layers[spec.layer_names.index(layer)]
    if len(row.output_shape) == 1:
        return "unit"
    return "filter" if isinstance(row.layer, FILTERING) else "feature map"
