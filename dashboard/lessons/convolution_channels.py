"""Convolution over several channels: each has a kernel of its own, and the sums are added."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import streamlit as st

from cnn_core.data.scaling import PIXEL_MAX
from cnn_core.operations.convolution import channel_steps
from dashboard import state
from dashboard.components.pixel_view import image_pictures, pixel_view
from dashboard.components.walk_view import walk_view
from dashboard.controls.lesson_image import lesson_image
from dashboard.lessons.convolution_controls import fits, named_kernel_control, window_controls
from dashboard.lessons.convolution_plane import PICTURE_PX, brightest, result_view
from dashboard.lessons.convolution_record import PAGE, Seen
from dashboard.lessons.convolution_walks import channel_walk
from dashboard.lessons.convolution_words import COLOURS, size_words
from dashboard.palette import Palette

PART = "channels"
MOST_SIDE = 28
FIRST_KERNELS = ("sobel-x", "identity", "laplacian")
MOST_BIAS = 100


def _small_example() -> npt.NDArray[np.uint8]:
    image = np.zeros((5, 5, 3), np.uint8)
    image[:, 2:, 0] = 9
    image[3:, :, 1] = 8
    image[..., 2] = np.arange(5)
    return image


EXAMPLES = {"A small grid in three colours": _small_example()}


def channels_stage(palette: Palette) -> Seen | None:
    """Draw what one operates over three channels."""
    with st.container(horizontal=True):
        image = lesson_image(f"{PAGE}.{PART}", channels=3, examples=EXAMPLES, most_side=MOST_SIDE)
        bias = _bias_control()
    with st.container(horizontal=True):
        kernels = np.stack(
            [
                named_kernel_control(f"{PAGE}.{PART}.{colour}", f"Kernel for {colour}", first)
                for colour, first in zip(COLOURS, FIRST_KERNELS, strict=True)
            ],
            axis=-1,
        )
    window, _ = window_controls(PART, can_turn=False)
    if image is None or not fits(image.shape[:2], kernels.shape[:2], window, PART):
        return None
    steps = channel_steps(image, kernels, bias, window.stride, window.padding, window.dilation)
    walk_view(channel_walk(steps, brightest(image)), f"{PAGE}.{PART}.walk", palette)
    st.markdown(size_words(window.windows(image.shape[:2], kernels.shape[:2])))
    st.caption(
        "Three channels go in, and one feature map comes out: what the three kernels find is added up at every place, "
        "and the bias once. A layer with 16 filters does this 16 times, with 16 times three kernels."
    )
    before, after = st.columns(2) if brightest(image) == PIXEL_MAX else (None, st.container())
    if before is not None:
        with before:
            st.markdown("**The image in its colours**")
            pictures = image_pictures(image[np.newaxis])
            pixel_view(pictures, f"{PAGE}.{PART}.colours", palette, what="image", tile_px=PICTURE_PX)
    with after:
        result_view({"Feature map": steps.output}, f"{PAGE}.{PART}.result", palette)
    return Seen("channels", image, kernels, window, False, steps.output)


def _bias_control() -> int:
    name = f"{PAGE}.{PART}.bias"
    bias: int = state.choice(name, 0)
    key = state.sync_widget(name, bias)
    words = "A number that the filter adds once to every sum."
    st.number_input("Bias", -MOST_BIAS, MOST_BIAS, bias, key=key, on_change=state.keep_choice(key, name), help=words)
    return bias
