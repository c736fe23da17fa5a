"""What the network reads in a drawing: first and second guess, every probability, and what it really saw."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import streamlit as st

from cnn_core.networks import TrainedNetwork
from dashboard.charts.base import CONFIG
from dashboard.charts.images import picture_figure
from dashboard.charts.probabilities import probability_figure
from dashboard.palette import Palette
from dashboard.panels.feature_map_panel import layer_output_panel
from dashboard.words import percent

if TYPE_CHECKING:
    from cnn_core.inspection.probe import NetworkProbe


def reading_panel(
    probe: NetworkProbe, network: TrainedNetwork, pixels: npt.NDArray[np.uint8], palette: Palette
) -> None:
    """Show the guesses, the bars, and the 28×28 image that the network sees."""
    probabilities = probe.probabilities(pixels[np.newaxis])[0]
    second, first = np.argsort(probabilities)[-2:]
    with st.container(key="draw.verdict"):
        st.markdown(f"## It reads a {network.class_names[first]}")
        st.markdown(
            f"with {percent(probabilities[first])}; its second guess is a {network.class_names[second]} "
            f"with {percent(probabilities[second])}."
        )
    bars, seen = st.columns([3, 2])
    with bars:
        st.plotly_chart(
            probability_figure(probabilities, network.class_names, palette),
            key="draw.probabilities",
            theme=None,
            config=CONFIG,
            alt="; ".join(f"{n}: {percent(p)}" for n, p in zip(network.class_names, probabilities, strict=True)),
        )
    with seen:
        st.markdown("What the network sees, 28×28")
        st.plotly_chart(
            picture_figure(pixels, palette, size_px=200),
            key="draw.seen",
            theme=None,
            config=CONFIG,
            alt="Your drawing, cut out, scaled to 20 by 20 pixels and centred by its mass in 28 by 28.",
        )


def first_maps_panel(probe: NetworkProbe, pixels: npt.NDArray[np.uint8], palette: Palette) -> None:
    """Show the feature maps of the first convolution; nothing for a network without one."""
    convolutions = {layer.name for layer in probe.kernels()}
    for output in probe.feature_maps(pixels):
        if output.name in convolutions:
            st.subheader("Feature maps of the first convolution", anchor=False)
            layer_output_panel(output, palette, "draw")
            return
