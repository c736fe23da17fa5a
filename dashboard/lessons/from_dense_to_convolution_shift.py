"""The image shifted: the feature map moves along, a dense layer's output becomes another one."""

from __future__ import annotations

import numpy as np
import streamlit as st

from cnn_core.data.scaling import PIXEL_MAX
from cnn_core.operations.weight_sharing import ShiftResponse, shift_response
from cnn_core.operations.windows import Numbers
from dashboard.components.pixel_view import Pictures, Scale, pixel_view
from dashboard.controls.lesson_controls import number_choice
from dashboard.lessons.convolution_words import written
from dashboard.lessons.from_dense_to_convolution_record import (
    PAGE,
    Bytes,
    Seen,
    kernel_choice,
)
from dashboard.palette import Palette

MOST_SHIFT, FIRST_SHIFT = 4, 2
LEAST_SIDE = 12
TILE_PX = 140


def shift_stage(image: Bytes, palette: Palette) -> Seen | None:
    """Draw what one operates about shifts."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        shift = number_choice("Shift by, in pixels", f"{PAGE}.shift", 0, MOST_SHIFT, FIRST_SHIFT)
        kernel = kernel_choice("shift")
        stride = number_choice("Stride", f"{PAGE}.shift.stride", 1, 3, 1, "How far the kernel moves each time.")
    if min(image.shape) < LEAST_SIDE:
        st.warning(
            f"This image of {image.shape[0]}×{image.shape[1]} is too small to be shifted: {LEAST_SIDE}×{LEAST_SIDE} "
            "pixels is the least. Choose a larger one."
        )
        return None
    seen = shift_response(image / PIXEL_MAX, kernel, shift, stride)
    st.markdown(f"{map_words(seen, shift, stride)}  \n{dense_words(seen)}")
    _pictures(image, seen, shift, palette)
    return Seen("shift", shift=shift, shifted=seen)


def _pictures(image: Bytes, seen: ShiftResponse, shift: int, palette: Palette) -> None:
    shape = seen.map_before.shape
    pairs: tuple[tuple[str, Numbers, Numbers, Scale], ...] = (
        ("Image", image, seen.image * PIXEL_MAX, "grey"),
        ("Feature map", seen.map_before, seen.map_after, "diverging"),
        ("Dense layer", seen.dense_before.reshape(shape), seen.dense_after.reshape(shape), "diverging"),
    )
    for column, (name, before, after, scale) in zip(st.columns(3), pairs, strict=True):
        both = np.stack([before, after])
        limits = (0.0, float(PIXEL_MAX)) if scale == "grey" else (float(both.min()), float(both.max()))
        with column:
            st.markdown(f"**{name}**")
            pixel_view(
                Pictures(both, ["before", f"shifted by {shift}" if shift else "not shifted yet"], limits, scale),
                f"{PAGE}.shift.{name.split()[0].lower()}.view",
                palette,
                what=name.lower(),
                columns=1,
                tile_px=TILE_PX,
                has_scale_bar=False,
            )


def map_words(seen: ShiftResponse, shift: int, stride: int) -> str:
    """Say whether the feature map has moved along, in numbers.

    Example:
        >>> words = map_words(shift_response(np.eye(8), np.ones((3, 3)), 2), 2, 1)
        >>> words
        '**Feature map**: moved along by 2 columns. 24 of 24 numbers are those from before; largest difference **0**.'
        >>> map_words(shift_response(np.eye(9), np.ones((3, 3)), 1, 2), 1, 2).split(". ")[0]
        '**Feature map**: a shift by 1 is no multiple of stride 2, so the map cannot move along'
    """
    equal = f"{seen.map_equal:,} of {seen.compared:,} numbers are those from before"
    difference = f"largest difference **{written(seen.map_difference)}**"
    if shift % stride:
        return (
            f"**Feature map**: a shift by {shift} is no multiple of stride {stride}, so the map cannot move along. "
            f"Laid over each other as well as possible, {equal}; {difference}."
        )
    columns = f"{seen.map_shift} column{'' if seen.map_shift == 1 else 's'}"
    moved = f"moved along by {columns}" if shift else "not moved yet"
    return f"**Feature map**: {moved}. {equal}; {difference}."


def dense_words(seen: ShiftResponse) -> str:
    """Say how much of a dense layer's output has changed, in numbers.

    Example:
        >>> dense_words(shift_response(np.eye(8), np.ones((3, 3)), 0))
        '**Dense layer**: 36 of 36 numbers are those from before; largest change **0**.'
    """
    return (
        f"**Dense layer**: {seen.dense_equal:,} of {seen.dense_before.size:,} numbers are those from before; "
        f"largest change **{written(seen.dense_difference)}**."
    )
