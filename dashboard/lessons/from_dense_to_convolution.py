"""From dense to convolution: fewer weights, shared weights, and what follows from that."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from dashboard.controls.lesson_image import lesson_image
from dashboard.controls.view_choice import view_choice
from dashboard.lessons.from_dense_to_convolution_field import field_stage
from dashboard.lessons.from_dense_to_convolution_matrix import matrix_stage
from dashboard.lessons.from_dense_to_convolution_record import MOST_SIDE, PAGE, Bytes, Seen, View
from dashboard.lessons.from_dense_to_convolution_shift import shift_stage
from dashboard.lessons.from_dense_to_convolution_weights import weights_stage
from dashboard.lessons.lesson import Lesson, OwnPlace, Task
from dashboard.palette import Palette

VIEWS: dict[View, str] = {
    "weights": "Weights",
    "matrix": "Matrix",
    "shift": "Shift",
    "field": "Receptive field",
}
STAGES: dict[View, Callable[[Bytes, Palette], Seen | None]] = {
    "weights": weights_stage,
    "matrix": matrix_stage,
    "shift": shift_stage,
    "field": field_stage,
}
BILLION = 1_000_000_000
MOST_CONVOLUTIONS = 6


def stage(palette: Palette) -> Seen | None:
    """Draw what one operates, and return what came out of it."""
    name = f"{PAGE}.view"
    with st.container(horizontal=True):
        view = view_choice("What is looked at", name, name, VIEWS, "weights")
        with st.popover("Image", icon=":material/image:"):
            image = lesson_image(PAGE, most_side=MOST_SIDE)
    if image is None:
        st.info("There is no image yet. Press “Image”, and bring one, or choose another kind.")
        return None
    return STAGES[view](image[..., 0], palette)


def _is_dense_huge(seen: Seen) -> bool:
    return seen.counts is not None and seen.counts.dense.value > BILLION


def _is_last_row(seen: Seen) -> bool:
    return seen.by_matrix is not None and seen.row == len(seen.by_matrix.matrix) - 1


def _is_left_behind(seen: Seen) -> bool:
    return seen.shifted is not None and seen.shift > 0 and not seen.shifted.is_followed


def _sees_all_with_little(seen: Seen) -> bool:
    return seen.sees_all and seen.kernel <= 3 and seen.convolutions <= MOST_CONVOLUTIONS


LESSON = Lesson(
    slug="From_dense_to_convolution",
    stage=stage,
    tasks=(
        Task(
            "billion",
            "Enlarge the image until the dense layer would need more than a billion weights.",
            _is_dense_huge,
            "The convolution still has as many as before: its weights are those of one patch, and how often they are "
            "used does not matter. So one kernel works on images of any size.",
        ),
        Task(
            "row",
            "In the matrix, choose the row that reads the image’s lower right corner.",
            _is_last_row,
            "It holds the same weights as every other row, only further to the right. That is weight sharing; the "
            "zeros around them are locality.",
        ),
        Task(
            "behind",
            "Shift the image so that the feature map does not simply move along. The stride helps.",
            _is_left_behind,
            "A kernel that moves two pixels at a time looks at every second place only. A shift by one pixel brings "
            "other pixels under it, and the map changes. Pooling does the same.",
        ),
        Task(
            "whole",
            "Let one number see the whole image, with kernels of 3×3 at most and no more than six convolutions.",
            _sees_all_with_little,
            "After a stride or a pooling, neighbours in the map lie further apart in the image, so each further kernel "
            "adds more pixels. Without either, every convolution of 3×3 adds just two rows and two columns.",
        ),
    ),
    own=OwnPlace("See what your layers see", "Design"),
)
