"""What every layer of a network makes of one image."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from cnn_core.architecture.spec import shape_text
from dashboard import state
from dashboard.charts.base import CONFIG
from dashboard.charts.images import WIDTH_PX, feature_map_figure, vector_figure
from dashboard.palette import Palette
from dashboard.panels.scene import Scene

if TYPE_CHECKING:
    from cnn_core.inspection.records import LayerOutput

MOST_MAPS = 32
"""Feature maps in one figure; more are leafed through."""


def feature_map_panel(scene: Scene) -> None:
    """Show the output of every layer, in the order of the network, from one forward pass."""
    st.markdown("Each layer has its own scale.")
    for output in scene.probe.feature_maps(scene.image.pixels):
        layer_output_panel(output, scene.palette, "inside")


def layer_output_panel(output: LayerOutput, palette: Palette, page: str, width_px: int = WIDTH_PX) -> None:
    """Show the output of one layer with its shape and range.

    Args:
        output: The layer's numbers.
        palette: The theme's colours.
        page: The page's name, the beginning of its widgets' keys.
        width_px: Room that the figure may take.
    """
    values, minimum, maximum = output.values, output.minimum, output.maximum
    key = f"{page}.maps.{output.name}"
    with st.container(border=True, key=f"{page}.layer.{output.name}"):
        caption = f"**{output.name}** · {shape_text(values.shape)} · {minimum:.2f} to {maximum:.2f}"
        st.markdown(caption)
        limits = (minimum, maximum if maximum > minimum else minimum + 1.0)
        if not output.is_image:
            figure = vector_figure(values, limits, palette)
        else:
            first = _first_map(values.shape[2], key)
            maps = values[:, :, first - 1 : first - 1 + MOST_MAPS].transpose(2, 0, 1)
            figure = feature_map_figure(maps, first, limits, palette, width_px)
        st.plotly_chart(figure, key=key, theme=None, config=CONFIG, alt=caption.replace("*", ""))


def _first_map(count: int, key: str) -> int:
    """Let the person leaf through when there are more maps than one figure takes."""
    if count <= MOST_MAPS:
        return 1
    starts = list(range(1, count + 1, MOST_MAPS))
    widget_key = f"{key}.first"
    if state.widget_value(widget_key) not in starts:
        state.put_widget(widget_key, starts[0])
    chosen = st.segmented_control(
        "Maps",
        starts,
        key=widget_key,
        required=True,
        format_func=lambda start: f"{start}–{min(start + MOST_MAPS - 1, count)}",
    )
    return int(chosen or 1)
