"""What the lesson on other convolutions has been set to, and what came out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import streamlit as st

from cnn_core.operations.convolution_costs import ConvolutionCost, convolution_costs
from cnn_core.operations.other_convolutions import TransposedSteps
from dashboard import state
from dashboard.charts.cost_table import cost_table
from dashboard.palette import Palette

View = Literal["pointwise", "separable", "dilated", "transposed", "costs"]
Bytes = npt.NDArray[np.uint8]

PAGE = "other"
COLOURS = ("red", "green", "blue")
MOST_WEIGHT = 2.0
WEIGHT_STEP = 0.1

SIDE, CHANNELS, FILTERS, KERNEL, DILATION = (
    f"{PAGE}.costs.{name}" for name in ("side", "channels", "filters", "kernel", "dilation")
)
FIRST = {SIDE: 28, CHANNELS: 32, FILTERS: 32, KERNEL: 3, DILATION: 2}
"""The layer whose costs are worked out, until it is set otherwise."""


@dataclass(frozen=True, eq=False)
class Seen:
    """What somebody has set, and what came out; of the parts that are not shown there is nothing.

    Args:
        view: Which of the lesson's parts.
        weights: The weights of a convolution of 1×1, one a channel.
        dilation: Distance between the kernel's taps.
        reach: How many pixels the dilated kernel reaches over, along each side.
        transposed: The steps of a transposed convolution.
        costs: What each kind costs.
    """

    view: View
    weights: tuple[float, ...] = ()
    dilation: int = 1
    reach: int = 0
    transposed: TransposedSteps | None = None
    costs: Mapping[str, ConvolutionCost] | None = None


def layer_costs() -> dict[str, ConvolutionCost]:
    """What the kinds of convolution cost in the layer that is set under “Costs”."""
    side, channels, filters, kernel, dilation = (state.choice(name, first) for name, first in FIRST.items())
    costs = convolution_costs((side, side, channels), filters, kernel, dilation)
    return {cost.kind: cost for cost in costs}


def cost_view(kinds: tuple[str, ...], palette: Palette) -> None:
    """Compare what some kinds cost."""
    side, channels, filters = (state.choice(name, FIRST[name]) for name in (SIDE, CHANNELS, FILTERS))
    costs = layer_costs()
    st.markdown(
        f"**What it costs** in a layer from {side}×{side} with {channels} channels to {filters} filters "
        "(set under “Costs”)"
    )
    st.html(cost_table([costs[kind] for kind in kinds], palette))


def weight_controls(name: str, first: tuple[float, ...]) -> tuple[float, ...]:
    """Choose the weight of each of three channels.

    Args:
        name: The beginning of the controls' keys.
        first: The weights to begin with.
    """
    weights = []
    for colour, default in zip(COLOURS, first, strict=True):
        key = f"{name}.{colour}"
        weight: float = state.choice(key, default)
        weights.append(weight)
        st.number_input(
            f"Weight of {colour}",
            -MOST_WEIGHT,
            MOST_WEIGHT,
            weight,
            step=WEIGHT_STEP,
            format="%.1f",
            key=state.sync_widget(key, weight),
            on_change=state.keep_choice(key, key),
        )
    return tuple(round(weight, 3) for weight in weights)


def colour_example(side: int) -> Bytes:
    """A grid in three colours, small enough to check by hand."""
    image = np.zeros((side, side, 3), np.uint8)
    image[:, 2:, 0] = 9
    image[side // 2 :, :, 1] = 8
    image[..., 2] = np.arange(side)
    return image
