"""The costs of all kinds of convolution beside each other, for one layer that can be set."""

from __future__ import annotations

import streamlit as st

from dashboard.charts.cost_table import cost_table
from dashboard.controls.lesson_controls import menu_choice, number_choice
from dashboard.lessons.other_convolutions_record import (
    CHANNELS,
    DILATION,
    FILTERS,
    FIRST,
    KERNEL,
    SIDE,
    Seen,
    layer_costs,
)
from dashboard.palette import Palette

COUNTS = (1, 3, 8, 16, 32, 64, 128, 256, 512)
SIDES = {side: f"{side}×{side}" for side in (28, 32, 56, 112, 224)}
MOST_KERNEL, MOST_DILATION = 5, 3
"""Together they reach over 13 pixels: that is no wider than the widest ordinary kernel that a layer may have."""


def costs_stage(palette: Palette) -> Seen:
    """Draw what one operates about costs."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        menu_choice("Image or map", SIDE, SIDES, FIRST[SIDE], "Height and width of what comes in.")
        menu_choice("Channels in", CHANNELS, {count: str(count) for count in COUNTS}, FIRST[CHANNELS])
        menu_choice("Filters", FILTERS, {count: str(count) for count in COUNTS}, FIRST[FILTERS], "Channels out.")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        number_choice("Kernel size", KERNEL, 1, MOST_KERNEL, FIRST[KERNEL], "Of all but 1×1.")
        words = "Of the dilated one; the ordinary one beside it is as wide."
        number_choice("Dilation", DILATION, 1, MOST_DILATION, FIRST[DILATION], words)
    costs = layer_costs()
    st.html(cost_table(list(costs.values()), palette))
    st.caption(
        "Stride 1, no padding, biases counted among the parameters; the transposed one has stride 2. The percentages "
        "and factors compare with the ordinary convolution."
    )
    return Seen("costs", costs=costs)
