"""A depthwise-separable convolution: first look around in each channel, then mix the channels."""

from __future__ import annotations

import numpy as np
import streamlit as st

from cnn_core.operations.convolution import channel_steps, conv_layer, convolution_steps
from cnn_core.operations.convolution_matrix import largest_difference
from cnn_core.operations.kernels import KERNELS
from cnn_core.operations.other_convolutions import separable_kernels
from cnn_core.operations.small_image import small_image
from cnn_core.operations.windows import Floats
from dashboard import state
from dashboard.components.walk_view import walk_view
from dashboard.controls.lesson_controls import menu_choice
from dashboard.controls.view_choice import view_choice
from dashboard.lessons.convolution_plane import brightest
from dashboard.lessons.convolution_words import written
from dashboard.lessons.other_convolutions_record import COLOURS, PAGE, Bytes, Seen, cost_view, weight_controls
from dashboard.lessons.other_convolutions_walks import depthwise_walk, mixing_walk
from dashboard.palette import Palette

PARTS = {"depthwise": "First: a kernel for each channel", "mixing": "Then: mix the channels"}
FIRST_KERNELS = ("sobel-x", "sobel-y", "blur")
FIRST_WEIGHTS = (1.0, -1.0, 0.5)
LEAST_SIDE, MOST_SIDE = 3, 12


def separable_stage(image: Bytes, palette: Palette) -> Seen | None:
    """Draw what one operates about depthwise-separable convolutions."""
    name = f"{PAGE}.separable.part"
    part = view_choice("Which of the two steps", name, name, PARTS, "depthwise")
    small = small_image(image, MOST_SIDE)
    if min(small.shape[:2]) < LEAST_SIDE:
        st.warning(f"This image has only {small.shape[0]}×{small.shape[1]} pixels. Choose a larger one.")
        return None
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if part == "depthwise":
            _kernel_controls()
        else:
            weight_controls(f"{PAGE}.mixing", FIRST_WEIGHTS)
    kernels, weights = _kernels(), _weights()
    channels = [convolution_steps(small[..., place], kernels[..., place]) for place in range(len(COLOURS))]
    maps = np.stack([steps.output for steps in channels], axis=-1)
    mixed = channel_steps(maps, np.array(weights).reshape(1, 1, -1))
    walk = depthwise_walk(channels, brightest(small)) if part == "depthwise" else mixing_walk(mixed, None, "map, {}")
    walk_view(walk, f"{PAGE}.separable.{part}.walk", palette)
    ordinary = conv_layer(small, separable_kernels(kernels, np.array(weights)[:, np.newaxis]))[..., 0]
    st.caption(
        "An ordinary convolution whose kernel for each channel is that channel’s kernel times its weight gives the "
        f"same map: largest difference {written(largest_difference(ordinary, mixed.output))}. Separable filters share "
        "their kernels, and differ in the weights only."
    )
    cost_view(("ordinary", "separable"), palette)
    return Seen("separable", weights=weights)


def _kernel_name(colour: str) -> str:
    return f"{PAGE}.separable.kernel.{colour}"


def _kernel_controls() -> None:
    titles = {slug: kernel.title for slug, kernel in KERNELS.items() if kernel.weights.shape == (3, 3)}
    for colour, first in zip(COLOURS, FIRST_KERNELS, strict=True):
        menu_choice(f"Kernel for {colour}", _kernel_name(colour), titles, first)


def _kernels() -> Floats:
    """The kernels that are chosen, whether they are in sight or not: `(height, width, channels)`."""
    slugs = [state.choice(_kernel_name(colour), first) for colour, first in zip(COLOURS, FIRST_KERNELS, strict=True)]
    return np.stack([KERNELS[slug].weights for slug in slugs], axis=-1)


def _weights() -> tuple[float, ...]:
    """The weights that are chosen, whether they are in sight or not."""
    pairs = zip(COLOURS, FIRST_WEIGHTS, strict=True)
    return tuple(round(state.choice(f"{PAGE}.mixing.{colour}", first), 3) for colour, first in pairs)
