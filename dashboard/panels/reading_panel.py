"""What the network reads in a drawing: first and second guess, every probability, and what it really saw."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import streamlit as st

from dashboard.charts.probability_bars import probability_bars
from dashboard.components.pixel_view import image_pictures, pixel_view
from dashboard.palette import Palette
from dashboard.panels.feature_map_panel import layer_output_panel
from dashboard.words import percent

if TYPE_CHECKING:
    from cnn_core.inspection.probe import NetworkProbe


def guess_panel(probabilities: npt.NDArray[np.float32], names: Sequence[str]) -> None:
    """Say the first and the second guess in words.

    Args:
        probabilities: `(classes,)`, 0 to 1.
        names: One name a class.
    """
    second, first = np.argsort(probabilities)[-2:]
    with st.container(key="draw.verdict", gap="xxsmall"):
        st.header(f"It reads “{names[first]}”", anchor=False)
        st.markdown(
            f"Sure to {percent(probabilities[first])}; its second guess is “{names[second]}” "
            f"with {percent(probabilities[second])}."
        )


def reading_panel(
    probabilities: npt.NDArray[np.float32], names: Sequence[str], pixels: npt.NDArray[np.uint8], palette: Palette
) -> None:
    """Show the probability of every class, and the 28×28 image that the network sees.

    Args:
        probabilities: `(classes,)`, 0 to 1.
        names: One name a class.
        pixels: `(28, 28, 1)`, the drawing as the network sees it.
        palette: The theme's colours.
    """
    bars, seen = st.columns([3, 2])
    with bars:
        st.markdown("**How sure it is of each class**")
        with st.container(key="draw.probabilities"):
            st.html(probability_bars(probabilities, names, palette))
    with seen:
        st.markdown("**What it sees**, 28×28")
        pixel_view(
            image_pictures(pixels[np.newaxis]),
            "draw.seen",
            palette,
            what="your drawing as the network sees it",
            tile_px=180,
            has_scale_bar=False,
        )


def first_maps_panel(probe: NetworkProbe, pixels: npt.NDArray[np.uint8], palette: Palette) -> None:
    """Show the feature maps of the first layer that convolves; nothing for a network without one."""
    convolving = {convolution.layer for convolution in probe.kernels()}
    for output, layer in zip(probe.feature_maps(pixels), probe.spec.layers, strict=True):
        if output.name in convolving:
            st.markdown("**Feature maps of the first convolution**")
            layer_output_panel(output, palette, "draw.maps", getattr(layer, "activation", "linear"))
            return
