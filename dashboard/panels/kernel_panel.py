"""The kernels of a network's convolutions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from dashboard import state
from dashboard.charts.base import CONFIG
from dashboard.charts.images import kernel_figure
from dashboard.panels.scene import Scene
from dashboard.words import some

if TYPE_CHECKING:
    from cnn_core.inspection.records import FloatArray, LayerKernels


def kernel_panel(scene: Scene) -> None:
    """Show every kernel of one convolution, for one input channel at a time where each filter has several."""
    probe, palette = scene.probe, scene.palette
    convolutions = {convolution.name: convolution for convolution in probe.kernels()}
    if not convolutions:
        st.info("This network has no convolution, so it has no kernels.")
        return
    key = "inside.kernel_layer"
    if state.widget_value(key) not in convolutions:
        state.put_widget(key, next(iter(convolutions)))
    name = str(
        st.segmented_control("Convolution", list(convolutions), key=key, required=True, label_visibility="collapsed")
    )
    chosen = convolutions[name]
    shown, what = _depthwise(chosen) if chosen.is_depthwise else _of_one_channel(chosen)
    kernels = chosen.kernels
    limit = float(np.abs(kernels).max()) or 1.0
    st.markdown(
        f"{what}. Weights from {kernels.min():.3f} (blue) through zero to {kernels.max():.3f} (orange), one scale for "
        "the whole layer."
    )
    st.plotly_chart(
        kernel_figure(shown, limit, palette),
        key="inside.kernels",
        theme=None,
        config=CONFIG,
        alt=f"The kernels of {name}: {what}; weights from {kernels.min():.3f} to {kernels.max():.3f}.",
    )


def _depthwise(convolution: LayerKernels) -> tuple[FloatArray, str]:
    """Take the one kernel of every channel, and say so."""
    height, width, channels, _ = convolution.kernels.shape
    what = f"{some(channels, 'kernel')} of {height}×{width}, one for each input channel"
    return convolution.kernels[:, :, :, 0].transpose(2, 0, 1), what


def _of_one_channel(convolution: LayerKernels) -> tuple[FloatArray, str]:
    """Let the person choose an input channel, take every filter's kernel for it, and say so."""
    height, width, channels, filters = convolution.kernels.shape
    channel = 1
    if channels > 1:
        key = state.seed_widget("inside.kernel_channel", 1)
        state.put_widget(key, min(state.widget_value(key), channels))
        channel = st.slider("Input channel", 1, channels, key=key)
    of_channel = f", for input channel {channel} of {channels}" if channels > 1 else ""
    shown = convolution.kernels[:, :, channel - 1, :].transpose(2, 0, 1)
    return shown, f"{some(filters, 'filter')} of {height}×{width}×{channels}{of_channel}"
