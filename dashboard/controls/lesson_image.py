"""The image that a lesson works on: a digit, the person's drawing, a file, a photo, or a generated picture."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

import numpy as np
import numpy.typing as npt
import streamlit as st

from cnn_core.data.generated_image import generated_image
from cnn_core.data.image_fit import fit_picture
from cnn_core.data.registry import load_dataset
from cnn_core.errors import ClassroomError
from dashboard.controls.drawn_image import drawn_image
from dashboard.controls.lesson_controls import menu_choice, number_choice
from dashboard.controls.picture_file import CAMERA, FILE_SOURCES, UPLOAD, picture_controls

Pixels = npt.NDArray[np.uint8]

DIGIT = "digit"
DRAWING = "drawing"
GENERATED = "generated"
TITLES = {
    DIGIT: "A digit",
    DRAWING: "My drawing",
    GENERATED: "A generated picture",
    UPLOAD: "Upload an image",
    CAMERA: "Take a photo",
}
GREY_ONLY = (DIGIT, DRAWING)
FIRST_DIGIT = 7
GENERATED_SIDE = 28
MOST_GENERATED = 20
MOST_SIDE = 64
"""Pixels along a side: enough for a photo to be known again, few enough to look at each of them."""


def lesson_image(
    page: str,
    *,
    channels: Literal[1, 3] = 1,
    examples: Mapping[str, Pixels] = MappingProxyType({}),
    most_side: int = MOST_SIDE,
) -> Pixels | None:
    """Let people choose the image that a lesson works on.

    A select box, and after it what the source needs: below it, or in a horizontal container beside it. A picture that
    somebody brings is cut to the square in its middle and shrunk; all lessons have it then.

    Args:
        page: The beginning of the controls' keys, as `"pooling"`; where a lesson needs several images, one for each.
        channels: 1 for a grey image, 3 for colours. Digits and drawings are grey, so they are offered for 1 only.
        examples: Images of the lesson's own by their titles, `(height, width, channels)`; they stand first.
        most_side: Pixels along a side to which a picture that somebody brings is shrunk, 64 at most.

    Returns:
        `(height, width, channels)`, which must not be written to; nothing where there is none yet, or it cannot be
        read, after saying so.
    """
    sources = [*examples, *(source for source in TITLES if channels == 1 or source not in GREY_ONLY)]
    titles = {source: TITLES.get(source, source) for source in sources}
    source = menu_choice("Image", f"{page}.image", titles, sources[0])
    if source in examples:
        return examples[source]
    try:
        if source in FILE_SOURCES:
            return _brought_image(page, source, channels, min(most_side, MOST_SIDE))
        if source == DIGIT:
            return _digit(page)
    except ClassroomError as error:
        st.error(str(error))
        return None
    return drawn_image() if source == DRAWING else _generated_image(page, channels)


def _digit(page: str) -> Pixels:
    test = load_dataset("digits").test
    digit = number_choice("Digit", f"{page}.digit", 0, 9, FIRST_DIGIT)
    indices = np.flatnonzero(test.labels == digit)
    number = number_choice("Which one", f"{page}.number", 1, len(indices), 1)
    pixels: Pixels = test.images[indices[number - 1]]
    return pixels


def _generated_image(page: str, channels: int) -> Pixels:
    number = number_choice("Which one", f"{page}.generated", 1, MOST_GENERATED, 1)
    return generated_image((GENERATED_SIDE, GENERATED_SIDE, channels), number - 1)


def _brought_image(page: str, source: str, channels: int, most_side: int) -> Pixels | None:
    invitation = f"The picture is cut to its middle square and shrunk to {most_side}×{most_side} pixels."
    picture = picture_controls(source, f"{page}.{source}", f"lesson.{source}", side=MOST_SIDE, invitation=invitation)
    if picture is None:
        return None
    side = min(len(picture.pixels), most_side)
    fitted = fit_picture(picture, (side, side, channels))
    if fitted.steps:
        st.caption(f"{FILE_SOURCES[source].capitalize()}: {', '.join(fitted.steps)}.")
    return fitted.pixels
