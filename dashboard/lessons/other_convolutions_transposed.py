"""A transposed convolution: each number of a small map is spread over a larger one."""

from __future__ import annotations

from functools import partial

import numpy as np
import streamlit as st

from cnn_core.errors import ClassroomError
from cnn_core.operations.convolution_matrix import largest_difference
from cnn_core.operations.other_convolutions import (
    TransposedSteps,
    transposed_by_matrix,
    transposed_size_formula,
    transposed_steps,
)
from cnn_core.operations.small_image import small_image
from cnn_core.operations.windows import Floats, Padding
from dashboard import state
from dashboard.components.walk_view import walk_view
from dashboard.controls.lesson_controls import menu_choice, number_choice
from dashboard.lessons.convolution_words import written
from dashboard.lessons.other_convolutions_record import PAGE, Bytes, Seen, cost_view
from dashboard.lessons.other_convolutions_walks import transposed_walk
from dashboard.palette import Palette

MOST_SIDE = 7
PADDING = f"{PAGE}.transposed.padding"
PADDINGS: dict[Padding, str] = {"valid": "Keep all", "same": "Same: input × stride", 1: "Cut 1 off", 2: "Cut 2 off"}
KERNELS = {"counting": "Counting: 0, 1, 2 …", "ones": "All 1"}
PADDING_HELP = "Here padding takes away: so many rows and columns are cut off at each side of the output."


def transposed_stage(image: Bytes, palette: Palette) -> Seen | None:
    """Draw what one operates about transposed convolutions."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        kind = menu_choice("Kernel", f"{PAGE}.transposed.kernel", KERNELS, "counting")
        size = number_choice("Kernel size", f"{PAGE}.transposed.size", 1, 4, 2)
        words = "How far apart the kernels of two neighbouring numbers lie."
        stride = number_choice("Stride", f"{PAGE}.transposed.stride", 1, 3, 2, words)
        padding = menu_choice("Padding", PADDING, PADDINGS, "valid", PADDING_HELP)
    small = small_image(image, MOST_SIDE)[..., 0]
    kernel = np.ones((size, size)) if kind == "ones" else np.arange(float(size * size)).reshape(size, size)
    try:
        steps = transposed_steps(small, kernel, stride, padding)
    except ClassroomError as error:
        st.warning(str(error))
        st.button("Keep all", key=f"{PAGE}.transposed.repair", on_click=partial(state.set_choice, PADDING, "valid"))
        return None
    walk_view(transposed_walk(steps), f"{PAGE}.transposed.walk", palette)
    st.markdown(_size_words(small.shape, size, stride, padding, steps))
    st.markdown(_count_words(steps))
    by_matrix = transposed_by_matrix(small, kernel, stride, padding)
    st.markdown(_matrix_words(steps, by_matrix))
    cost_view(("ordinary", "transposed"), palette)
    return Seen("transposed", transposed=steps)


def _size_words(size: tuple[int, ...], kernel: int, stride: int, padding: Padding, steps: TransposedSteps) -> str:
    (height, width), (rows, columns) = size, steps.output.shape
    formula = transposed_size_formula(height, kernel, stride, padding)
    shown = f"**Output height** = {formula.words} = {formula.numbers} = **{rows}**"
    return shown.replace("height", "height and width") if height == width else f"{shown}; width {columns}"


def _count_words(steps: TransposedSteps) -> str:
    least, most = int(steps.counts.min()), int(steps.counts.max())
    each = f"{least} to {most} products" if least < most else f"{most} product{'s' if most > 1 else ''}"
    if steps.is_even:
        even = "away from the edge each gets equally many."
    else:
        even = "the stride does not divide the kernel’s size, so a larger output looks like a **chessboard**."
    return f"**Each number of the output is the sum of {each}**; {even}"


def _matrix_words(steps: TransposedSteps, by_matrix: Floats) -> str:
    (rows, columns), (height, width) = steps.output.shape, steps.image.shape
    return (
        f"**Why transposed**: a convolution from {rows}×{columns} to {height}×{width} is a matrix of "
        f"{height * width} × {rows * columns}. Transposed, times this input, it gives the same output: largest "
        f"difference {written(largest_difference(by_matrix, steps.output))}."
    )
