"""The kernels of a network's convolutions: all of one, and what has become of one filter."""

from __future__ import annotations

import numpy as np
import streamlit as st

from cnn_core.inspection.kernels import per_filter
from cnn_core.inspection.records import FloatArray, LayerKernels
from dashboard import state
from dashboard.charts.number_text import short_number
from dashboard.components.pixel_view import Cell, Pictures, pixel_view
from dashboard.controls.lesson_controls import number_choice
from dashboard.controls.unit_choice import ChosenUnit, choose_unit
from dashboard.controls.view_choice import view_choice
from dashboard.panels.inside.filter_history import filter_history
from dashboard.panels.inside.scene import Scene
from dashboard.words import some

SCALES = {"layer": "This convolution", "network": "The whole network"}
ARRANGEMENTS = {"filters": "All filters, one channel", "channels": "One filter, all channels"}
MANY = 64
"""From so many kernels on, each is drawn smaller."""


def kernel_panel(scene: Scene) -> None:
    """Show every kernel of one convolution, and the chosen filter through its training."""
    convolutions = {convolution.name: convolution for convolution in scene.probe.kernels()}
    if not convolutions:
        st.info("This network has no convolution, so it has no kernels.")
        return
    with st.container(horizontal=True, key="inside.kernels.controls", gap="medium"):
        chosen = convolutions[_convolution_choice(scene.unit, convolutions)]
        kernels, channel = per_filter(chosen), 0
        number = min(scene.unit.channel, kernels.shape[3] - 1)
        scale = _scale_choice()
        by_channel = kernels.shape[2] == 1 or _is_by_channel()
    if kernels.shape[2] > 1 and by_channel:
        channel = _channel_choice(kernels.shape[2])
    st.markdown(_words(chosen, number, channel, by_channel=by_channel))
    if not np.isfinite(kernels).all():
        st.warning("Some weights are no numbers any more: training has diverged. Train again with a smaller rate.")
    limit = max(_largest(every.kernels) for every in (convolutions.values() if scale == "network" else [chosen]))
    shown = kernels[:, :, channel, :].transpose(2, 0, 1) if by_channel else kernels[:, :, :, number].transpose(2, 0, 1)
    pixel_view(
        Pictures(
            shown,
            [str(place + 1) for place in range(len(shown))],
            (-limit, limit),
            "diverging",
            _biases(chosen) if by_channel else (),
        ),
        "inside.kernels",
        scene.palette,
        what="filter" if by_channel else "input channel",
        tile_px=64 if len(shown) < MANY else 40,
        chosen=Cell(number, 0, 0) if by_channel else None,
        file_name=f"kernels-{chosen.name}",
        on_choose=lambda cell: _choose_filter(chosen, cell.picture, scene.unit) if by_channel else None,
    )
    filter_history(scene, chosen, number, channel if by_channel else 0)


def _convolution_choice(unit: ChosenUnit, convolutions: dict[str, LayerKernels]) -> str:
    """Let the person choose a convolution; where another layer was chosen elsewhere, take one of that."""
    of_unit = [name for name, convolution in convolutions.items() if convolution.layer == unit.layer]
    kept = state.choice("inside.kernel_layer", "")
    usual = of_unit[0] if of_unit else next(iter(convolutions))
    name = kept if kept in convolutions and (not of_unit or kept in of_unit) else usual
    key = state.sync_widget("inside.kernel_layer", name)

    def take(chosen: str) -> None:
        state.set_choice("inside.kernel_layer", chosen)
        choose_unit(ChosenUnit(convolutions[chosen].layer, 0, unit.row, unit.column))

    on_change = state.when_changed(key, take)
    st.segmented_control("Convolution", list(convolutions), default=name, key=key, required=True, on_change=on_change)
    return name


def _scale_choice() -> str:
    name = "inside.kernels.scale"
    words = "What the ends of the scale are: the largest weight of this convolution, or of all convolutions."
    return view_choice("One scale for", name, name, SCALES, "layer", words)


def _is_by_channel() -> bool:
    name = "inside.kernels.by"
    words = "Each filter has a kernel for every channel that comes in."
    return view_choice("Shown are", name, name, ARRANGEMENTS, "filters", words) == "filters"


def _channel_choice(channels: int) -> int:
    return number_choice("Input channel", "inside.kernel_channel", 1, channels, 1) - 1


def _choose_filter(convolution: LayerKernels, number: int, unit: ChosenUnit) -> None:
    choose_unit(ChosenUnit(convolution.layer, number, unit.row, unit.column))


def _words(convolution: LayerKernels, number: int, channel: int, *, by_channel: bool) -> str:
    height, width, channels, _ = convolution.kernels.shape
    each = ", one for each input channel" if channels > 1 else ""
    kernels = f"{some(channels, 'kernel')} of {height}×{width}{each}"
    if convolution.is_depthwise:
        what = kernels
    elif not by_channel:
        what = f"Filter {number + 1} of {convolution.filters}: {kernels}"
    else:
        of_channel = f", for input channel {channel + 1} of {channels}" if channels > 1 else ""
        what = f"{some(convolution.filters, 'filter')} of {height}×{width}×{channels}{of_channel}"
    lowest, highest = np.nanmin(convolution.kernels), np.nanmax(convolution.kernels)
    return f"{what}. Weights from {lowest:.3f} (blue) through zero to {highest:.3f} (orange).".replace(" -", " −")


def _biases(convolution: LayerKernels) -> list[str]:
    return [] if convolution.bias is None else [f"bias {short_number(float(bias))}" for bias in convolution.bias]


def _largest(kernels: FloatArray) -> float:
    finite = kernels[np.isfinite(kernels)]
    return float(np.abs(finite).max()) if finite.size and np.abs(finite).max() else 1.0
