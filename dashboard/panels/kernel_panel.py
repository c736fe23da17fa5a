"""The kernels of a network's convolutions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from dashboard import state
from dashboard.charts.base import CONFIG
from dashboard.charts.images import kernel_figure
from dashboard.palette import Palette

if TYPE_CHECKING:
    from cnn_core.inspection.probe import NetworkProbe


def kernel_panel(probe: NetworkProbe, palette: Palette) -> None:
    """Show every kernel of one convolution, for one input channel at a time."""
    st.subheader("Kernels", anchor=False)
    layers = {layer.name: layer for layer in probe.kernels()}
    if not layers:
        st.info("This network has no convolution, so it has no kernels.")
        return
    key = "inside.kernel_layer"
    if state.widget_value(key) not in layers:
        state.put_widget(key, next(iter(layers)))
    name = st.segmented_control("Convolution", list(layers), key=key, required=True, label_visibility="collapsed")
    kernels = layers[str(name)].kernels
    height, width, channels, filters = kernels.shape
    channel = 1
    if channels > 1:
        channel_key = state.seed_widget("inside.kernel_channel", 1)
        state.put_widget(channel_key, min(state.widget_value(channel_key), channels))
        channel = st.slider("Input channel", 1, channels, key=channel_key)
    limit = float(np.abs(kernels).max()) or 1.0
    shown = kernels[:, :, channel - 1, :].transpose(2, 0, 1)
    of_channel = f", for input channel {channel} of {channels}" if channels > 1 else ""
    st.markdown(
        f"{filters} filters of {height}×{width}×{channels}{of_channel}. Weights from {kernels.min():.3f} (blue) "
        f"through zero to {kernels.max():.3f} (orange), one scale for the whole layer."
    )
    st.plotly_chart(
        kernel_figure(shown, limit, palette),
        key="inside.kernels",
        theme=None,
        config=CONFIG,
        alt=f"The {filters} kernels of {name}{of_channel}; weights from {kernels.min():.3f} to {kernels.max():.3f}.",
    )
