"""Convolution in two dimensions: a kernel walks over an image."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import streamlit as st

from cnn_core.data.scaling import PIXEL_MAX
from cnn_core.operations.convolution import convolution_steps, turned
from dashboard.components.pixel_view import Pictures, pixel_view
from dashboard.components.walk_view import walk_view
from dashboard.controls.lesson_image import lesson_image
from dashboard.lessons.convolution_controls import fits, kernel_controls, window_controls
from dashboard.lessons.convolution_record import PAGE, Seen
from dashboard.lessons.convolution_walks import image_walk
from dashboard.lessons.convolution_words import size_words, turn_words, written
from dashboard.palette import Palette

PART = "plane"
FIRST_KERNEL = "counting"
PICTURE_PX = 220
MOST_SIDE = 40
"""Of a photo: each place of the kernel is one step that the browser has."""
EXAMPLES = {
    "The textbook’s 3×3 grid": np.arange(9, dtype=np.uint8).reshape(3, 3, 1),
    "A small grid with an edge": np.repeat(np.array([[1, 1, 1, 9, 9, 9]], np.uint8), 6, axis=0)[..., np.newaxis],
}


def plane_stage(palette: Palette) -> Seen | None:
    """Draw what one operates in two dimensions."""
    with st.container(horizontal=True):
        image = lesson_image(f"{PAGE}.{PART}", examples=EXAMPLES, most_side=MOST_SIDE)
        kernel, named = kernel_controls(FIRST_KERNEL)
    window, is_turned = window_controls(PART)
    if image is None or not fits(image.shape[:2], kernel.shape, window, PART):
        return None
    pixels = image[..., 0]
    how = (window.stride, window.padding, window.dilation)
    steps = convolution_steps(pixels, turned(kernel) if is_turned else kernel, *how)
    walk_view(image_walk(steps, brightest(pixels)), f"{PAGE}.{PART}.walk", palette)
    st.markdown(size_words(window.windows(pixels.shape, kernel.shape)))
    results = {"Output": steps.output}
    if is_turned:
        unturned = convolution_steps(pixels, kernel, *how)
        results = {"Cross-correlation": unturned.output, "Convolution": steps.output}
        st.markdown(turn_words(kernel, unturned.output, steps.output))
    elif named is not None:
        st.caption(f"{named.title}. {named.words}")
    result_view(results, f"{PAGE}.{PART}.result", palette)
    return Seen("plane", pixels, kernel, window, is_turned, steps.output)


def brightest(pixels: npt.NDArray[np.uint8]) -> float:
    """What is drawn white: of a grid of small numbers the largest, else as usual."""
    most = int(pixels.max())
    return float(most) if 0 < most < 16 else PIXEL_MAX


def result_view(results: dict[str, npt.NDArray[np.floating]], key: str, palette: Palette) -> None:
    """Show the whole output at once, to be saved; several side by side with the same colours."""
    values = np.stack(list(results.values()))
    low, high = float(values.min()), float(values.max())
    count = f"{values[0].size:,} number{'s' if values[0].size > 1 else ''}"
    st.markdown(f"**The whole output**: {count}, from {written(low)} to {written(high)}")
    pictures = Pictures(values, list(results), (low, high), "diverging")
    pixel_view(pictures, key, palette, what="output", tile_px=PICTURE_PX, file_name="convolution")
