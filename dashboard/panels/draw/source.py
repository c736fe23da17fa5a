"""Where a digit to be read comes from: the canvas, a file, or the camera."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from cnn_core.data.image_file import Picture, read_whole_picture
from cnn_core.drawing.photo import PhotoInk, ink_of_photo
from cnn_core.drawing.way import Subject, drawn_subject
from dashboard import state
from dashboard.controls.picture_file import CAMERA, UPLOAD, picture_controls
from dashboard.controls.view_choice import view_choice
from dashboard.palette import Palette
from dashboard.panels.draw.canvas import drawing_canvas
from dashboard.words import some

CANVAS = "canvas"
SOURCES = {CANVAS: "Draw", UPLOAD: "Photo", CAMERA: "Camera"}
LEAST_SIDE = 256
INVITATION = "Write one digit with a dark pen on light paper, and fill the picture with it."
_INK = "draw.photo_ink"


@dataclass(frozen=True, eq=False)
class Source:
    """What there is to be read.

    Args:
        subject: The picture and its ink; nothing where there is none yet.
        is_photo: Whether it comes from a photo.
        is_finished: Whether it stays as it is until the person does something: the pen is up.
    """

    subject: Subject | None
    is_photo: bool = False
    is_finished: bool = True


def source_choice() -> str:
    """Let people choose where the digit comes from."""
    return view_choice("Where the digit comes from", "draw.source", "draw.source", SOURCES, CANVAS)


def drawing_source(source: str, palette: Palette) -> Source:
    """Let people draw, or bring a photo of a digit on paper.

    Args:
        source: One of `SOURCES`.
        palette: The theme's colours.
    """
    if source == CANVAS:
        drawing = drawing_canvas("draw", palette)
        if drawing is None:
            return Source(None)
        subject = drawn_subject(drawing.rgba)
        return Source(None if subject.is_empty else subject, is_finished=drawing.is_finished)
    name = f"draw.{source}"
    picture = picture_controls(source, name, name, side=LEAST_SIDE, invitation=INVITATION, read=read_whole_picture)
    if picture is None:
        return Source(None, is_photo=True)
    found = _ink(picture)
    _say_what_was_found(found)
    return Source(None if found.subject.is_empty else found.subject, is_photo=True)


def _ink(picture: Picture) -> PhotoInk:
    """Find the ink once, and not again with every other control."""
    known: tuple[Picture, PhotoInk] | None = state.choice(_INK, None)
    if known is not None and known[0] is picture:
        return known[1]
    found = ink_of_photo(picture.pixels)
    state.set_choice(_INK, (picture, found))
    return found


def _say_what_was_found(found: PhotoInk) -> None:
    if found.subject.is_empty:
        st.warning("No digit was found in this photo. Write larger, with a darker pen, and come closer.")
        return
    if found.digits > 1:
        st.warning(
            f"There seem to be {some(found.digits, 'digit')} in this photo; **the largest one was taken**. "
            "Cut the photo to one digit to have another one read."
        )
    if found.notes:
        st.caption(f"{'; '.join(found.notes).capitalize()}.")
