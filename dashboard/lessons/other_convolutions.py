"""Other convolutions: 1×1, depthwise-separable, dilated and transposed, and what each costs."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import streamlit as st

from dashboard.controls.lesson_image import lesson_image
from dashboard.controls.view_choice import view_choice
from dashboard.lessons.lesson import Lesson, OwnPlace, Task
from dashboard.lessons.other_convolutions_costs import costs_stage
from dashboard.lessons.other_convolutions_dilated import dilated_stage
from dashboard.lessons.other_convolutions_pointwise import pointwise_stage
from dashboard.lessons.other_convolutions_record import PAGE, Bytes, Seen, View, colour_example
from dashboard.lessons.other_convolutions_separable import separable_stage
from dashboard.lessons.other_convolutions_transposed import transposed_stage
from dashboard.palette import Palette

VIEWS: dict[View, str] = {
    "pointwise": "1×1",
    "separable": "Separable",
    "dilated": "Dilated",
    "transposed": "Transposed",
    "costs": "Costs",
}
STAGES: dict[View, Callable[[Bytes, Palette], Seen | None]] = {
    "pointwise": pointwise_stage,
    "separable": separable_stage,
    "dilated": dilated_stage,
    "transposed": transposed_stage,
}
IN_COLOUR = ("pointwise", "separable")
COLOURS_TITLE = "A small grid in three colours"
EDGE = np.repeat(np.repeat(np.array([[1, 9]], np.uint8), [4, 5], axis=1), 9, axis=0)
POINT = np.pad(np.full((1, 1), 9, np.uint8), 4)
EXAMPLES: dict[View, Mapping[str, Bytes]] = {
    "pointwise": {COLOURS_TITLE: colour_example(4)},
    "separable": {COLOURS_TITLE: colour_example(5)},
    "dilated": {"A grid with an edge": EDGE[..., np.newaxis], "A single point": POINT[..., np.newaxis]},
    "transposed": {
        "The textbook’s 2×2 grid": np.arange(4, dtype=np.uint8).reshape(2, 2, 1),
        "A grid of 4×4 ones": np.ones((4, 4, 1), np.uint8),
    },
}
MOST_SIDE = 28
SAVING = 8


def stage(palette: Palette) -> Seen | None:
    """Draw what one operates, and return what came out of it."""
    name = f"{PAGE}.view"
    with st.container(horizontal=True):
        view = view_choice("Which convolution", name, name, VIEWS, "pointwise")
        if view != "costs":
            with st.popover("Image", icon=":material/image:"):
                image = _image(view)
    if view == "costs":
        return costs_stage(palette)
    if image is None:
        st.info("There is no image yet. Press “Image”, and bring one, or choose another kind.")
        return None
    return STAGES[view](image, palette)


def _image(view: View) -> Bytes | None:
    """One image in colour for two parts, and one for each of the others."""
    if view in IN_COLOUR:
        return lesson_image(f"{PAGE}.colour", channels=3, examples=EXAMPLES[view], most_side=MOST_SIDE)
    return lesson_image(f"{PAGE}.{view}", examples=EXAMPLES[view], most_side=MOST_SIDE)


def _lets_one_through(seen: Seen) -> bool:
    return seen.view == "pointwise" and sum(weight != 0 for weight in seen.weights) == 1


def _reaches_over_seven(seen: Seen) -> bool:
    return seen.view == "dilated" and seen.reach == 7


def _is_chessboard(seen: Seen) -> bool:
    return seen.transposed is not None and not seen.transposed.is_even


def _saves_much(seen: Seen) -> bool:
    if seen.costs is None:
        return False
    return seen.costs["ordinary"].multiply_adds.value >= SAVING * seen.costs["separable"].multiply_adds.value


LESSON = Lesson(
    slug="Other_convolutions",
    stage=stage,
    tasks=(
        Task(
            "one",
            "With 1×1, choose weights that let a single colour through.",
            _lets_one_through,
            "The feature map is that channel times a number. A convolution of 1×1 chooses and mixes channels; of a "
            "pixel’s neighbours it knows nothing.",
        ),
        Task(
            "seven",
            "Let nine weights reach over 7×7 pixels.",
            _reaches_over_seven,
            "An ordinary kernel as wide has 49. Of the 7×7 pixels 40 are left out, so a fine pattern between the taps "
            "is not seen.",
        ),
        Task(
            "chessboard",
            "Find a kernel size and a stride with which a transposed convolution makes a chessboard.",
            _is_chessboard,
            "Where the stride does not divide the kernel’s size, some places get more products than their neighbours. "
            "Networks that draw images then show that pattern (Odena, Dumoulin & Olah 2016).",
        ),
        Task(
            "saving",
            f"Under costs, set a layer in which the separable convolution needs {SAVING} times fewer multiply-adds.",
            _saves_much,
            "The more filters, the better: of 3×3 kernels it can save up to nine times, since looking around is done "
            "once a channel, and not once more for each filter.",
        ),
    ),
    own=OwnPlace("Use one in your network", "Design"),
)
