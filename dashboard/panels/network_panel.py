"""A network layer by layer: shapes, parameters, multiply-adds."""

from __future__ import annotations

import streamlit as st

from cnn_core.architecture.design import NetworkDesign
from cnn_core.architecture.shapes import LayerFigures, network_figures
from cnn_core.architecture.spec import shape_text
from dashboard.controls.design_controls import choice_name
from dashboard.words import count, magnitude, some


def network_panel(design: NetworkDesign, valid_design: NetworkDesign) -> bool:
    """Show a network's figures; where the design cannot be built, those of its last state that can.

    Returns:
        Whether the design can be built.
    """
    is_valid = design == valid_design
    if not is_valid:
        st.warning("This design cannot be built yet. Below is the last one that can.")
    figures = network_figures(valid_design.to_spec())
    columns = st.columns(3)
    columns[0].metric("Parameters", count(figures.parameters), help="Numbers that training adjusts.")
    columns[1].metric(
        "Multiply-adds",
        magnitude(figures.multiply_adds),
        help="How often a number is multiplied by a weight to judge one image: the network's cost.",
    )
    columns[2].metric("Layers", len(figures.layers))
    total = max(figures.parameters, 1)
    rows = {
        "Layer": ["image", *(layer.name for layer in figures.layers)],
        "What it does": ["", *(describe_layer(layer) for layer in figures.layers)],
        "Output": [shape_text(valid_design.input_shape), *(shape_text(row.output_shape) for row in figures.layers)],
        "Parameters": ["", *(count(row.parameters) for row in figures.layers)],
        "Share": ["", *(share(row.parameters, total) for row in figures.layers)],
        "Multiply-adds": ["", *(count(row.multiply_adds) for row in figures.layers)],
    }
    st.table(rows)
    return is_valid


def share(part: int, total: int) -> str:
    """Write a part of a whole as a percentage; what is there but rounds to nothing as below one.

    Example:
        >>> share(0, 100), share(1, 1000), share(25, 100)
        ('–', '< 1 %', '25 %')
    """
    if part == 0:
        return "–"
    return f"{100 * part / total:.0f} %" if 100 * part >= total else "< 1 %"


def describe_layer(row: LayerFigures) -> str:
    """Say in a few words what a layer does, from its Keras call."""
    arguments = row.layer.keras_call().arguments
    parts = []
    if "filters" in arguments:
        size = arguments["kernel_size"]
        parts.append(f"{some(arguments['filters'], 'filter')} of {size}×{size}")
    if "units" in arguments:
        parts.append(some(arguments["units"], "unit"))
    if "pool_size" in arguments:
        parts.append(f"{getattr(row.layer, 'pooling', '')} of {arguments['pool_size']}×{arguments['pool_size']}")
    if arguments.get("strides", 1) != 1:
        parts.append(f"stride {arguments['strides']}")
    if arguments.get("padding") == "same":
        parts.append("same padding")
    if arguments.get("rate"):
        parts.append(f"{100 * arguments['rate']:.0f} % set to zero")
    if arguments.get("activation", "linear") != "linear":
        parts.append(choice_name(arguments["activation"]))
    return ", ".join(parts)
