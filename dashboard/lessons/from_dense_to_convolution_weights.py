"""The same image into a dense layer and into a convolution: weights counted, and what comes out."""

from __future__ import annotations

import numpy as np
import streamlit as st

from cnn_core.data.scaling import PIXEL_MAX
from cnn_core.operations.kernels import random_kernel
from cnn_core.operations.weight_sharing import shift_response, weight_counts
from cnn_core.operations.windows import Numbers
from dashboard.charts.connections import connection_table
from dashboard.components.pixel_view import Pictures, Scale, pixel_view
from dashboard.controls.lesson_controls import menu_choice, number_choice
from dashboard.lessons.from_dense_to_convolution_record import PAGE, Bytes, Seen
from dashboard.palette import Palette

ENLARGED = {times: f"{times} times as high and wide" for times in (2, 4, 8, 32)}
LARGEST_KERNEL = 7
MOST_FILTERS = 64
SEED = 3
TILE_PX = 132


def weights_stage(image: Bytes, palette: Palette) -> Seen | None:
    """Draw what one operates about the number of weights."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        kernel = number_choice("Kernel size", f"{PAGE}.size", 2, LARGEST_KERNEL, 3, "Side of the patch, in pixels.")
        filters = number_choice(
            "Filters", f"{PAGE}.filters", 1, MOST_FILTERS, 1, "How many feature maps come out; each has its own kernel."
        )
        sizes = {1: "As it is"} | ENLARGED
        times = menu_choice("Enlarge the image", f"{PAGE}.times", sizes, 1, "How the weights grow with the image.")
    if kernel > min(image.shape):
        st.warning(
            f"A kernel of {kernel}×{kernel} does not fit into this image of {image.shape[0]}×{image.shape[1]}. "
            "Choose a larger image, or a smaller kernel."
        )
        return None
    height, width = (side * times for side in image.shape)
    counts = weight_counts((height, width), kernel, filters)
    outputs = f"{height - kernel + 1}×{width - kernel + 1}"
    each = f"{filters} feature maps of {outputs}" if filters > 1 else f"one feature map of {outputs}"
    st.markdown(f"**From {height:,}×{width:,} pixels to {each} numbers**, weights and biases counted:")
    st.html(connection_table(counts, palette))
    _pictures(image, kernel, palette)
    return Seen("weights", counts=counts)


def _pictures(image: Bytes, kernel: int, palette: Palette) -> None:
    st.markdown("**The same image into both, before any training**: all weights are random")
    seen = shift_response(image / PIXEL_MAX, random_kernel(SEED, kernel), 0)
    shape = seen.map_before.shape
    shown: tuple[tuple[str, Numbers, Scale], ...] = (
        ("Image", image, "grey"),
        ("Dense layer’s outputs", seen.dense_before.reshape(shape), "diverging"),
        ("Feature map", seen.map_before, "diverging"),
    )
    for column, (name, values, scale) in zip(st.columns(3), shown, strict=True):
        with column:
            limits = (0.0, float(PIXEL_MAX)) if scale == "grey" else (float(values.min()), float(values.max()))
            pixel_view(
                Pictures(values[np.newaxis], [name], limits, scale),
                f"{PAGE}.weights.{name.split()[0].lower()}",
                palette,
                what="",
                columns=1,
                tile_px=TILE_PX,
                has_scale_bar=False,
            )
    st.caption(
        f"The dense layer’s {seen.dense_before.size:,} outputs have no places; they are only laid out like the feature "
        "map. Neighbours there have nothing to do with each other, since each reads all pixels with other weights."
    )
