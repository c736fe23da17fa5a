"""Convolution in one dimension: three weights walk along a line of numbers."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np
import numpy.typing as npt
import streamlit as st

from cnn_core.errors import ClassroomError
from cnn_core.operations.convolution import convolution_steps, turned
from cnn_core.operations.rows import LEAST_NUMBERS, MOST_NUMBERS, ROW_KERNELS, ROWS, TAPS, NamedRow
from cnn_core.operations.typed_numbers import numbers_text, row_from_text
from dashboard import state
from dashboard.components.walk_view import walk_view
from dashboard.lessons.convolution_controls import fits, window_controls
from dashboard.lessons.convolution_record import PAGE, Seen
from dashboard.lessons.convolution_walks import row_walk
from dashboard.lessons.convolution_words import size_words, turn_words
from dashboard.palette import Palette

PART = "line"
OWN = "own"
FIRST_ROW, FIRST_KERNEL = "step", "slope"
NAMES_WIDTH_PX, WEIGHTS_WIDTH_PX = 150, 110
"""So that line and kernel stand in one row."""


def line_stage(palette: Palette) -> Seen | None:
    """Draw what one operates in one dimension."""
    with st.container(horizontal=True):
        values, _ = _row_controls("Line of numbers", "row", ROWS, FIRST_ROW, LEAST_NUMBERS, MOST_NUMBERS)
        kernel, named = _row_controls("Kernel", "taps", ROW_KERNELS, FIRST_KERNEL, TAPS, TAPS)
    window, is_turned = window_controls(PART)
    for what in ("row", "taps"):
        problem = state.choice(_name(what, "problem"), "")
        if problem:
            st.warning(f"{problem} Until then the numbers stay as they were.")
    if not fits(values.shape, kernel.shape, window, PART):
        return None
    laid_on = turned(kernel[np.newaxis])[0] if is_turned else kernel
    steps = convolution_steps(values, laid_on, window.stride, window.padding, window.dilation)
    walk_view(row_walk(steps), f"{PAGE}.{PART}.walk", palette)
    st.markdown(size_words(window.windows(values.shape, kernel.shape)))
    if is_turned:
        unturned = convolution_steps(values, kernel, window.stride, window.padding, window.dilation)
        st.markdown(turn_words(kernel[np.newaxis], unturned.output, steps.output))
    elif named is not None:
        st.caption(f"{named.title.partition(':')[0]}. {named.words}")
    return Seen("line", values, kernel, window, is_turned, steps.output[0])


def _row_controls(
    label: str, what: str, known: Mapping[str, NamedRow], default: str, least: int, most: int
) -> tuple[npt.NDArray[np.float64], NamedRow | None]:
    """Choose a row of numbers by name, and type over it; what cannot be read changes nothing."""
    values: tuple[float, ...] = state.choice(_name(what), known[default].values)
    slug = next((row.slug for row in known.values() if row.values == values), OWN)
    key = state.sync_widget(_name(what, "named"), slug)
    titles = {row.slug: row.title for row in known.values()} | {OWN: "My own"}
    st.selectbox(
        label,
        list(titles),
        list(titles).index(slug),
        key=key,
        format_func=titles.__getitem__,
        on_change=state.when_changed(key, partial(_take_named, what, known)),
        width=NAMES_WIDTH_PX,
    )
    has_problem = bool(state.choice(_name(what, "problem"), ""))
    text = state.choice(_name(what, "text"), "") if has_problem else numbers_text(values)
    key = state.sync_widget(_name(what, "typed"), text)
    allowed = f"{least}" if least == most else f"{least} to {most}"
    st.text_input(
        f"Its {allowed} numbers",
        text,
        key=key,
        on_change=state.when_changed(key, partial(_take_typed, what, least, most)),
        help="Type your own, with blanks between, and press Enter.",
        width=WEIGHTS_WIDTH_PX if least == most else "stretch",
    )
    return np.array(values, np.float64), known.get(slug)


def _name(what: str, part: str = "values") -> str:
    return f"{PAGE}.{PART}.{what}.{part}"


def _take_named(what: str, known: Mapping[str, NamedRow], slug: str) -> None:
    if slug in known:  # “My own” keeps the numbers, to be typed over
        state.set_choice(_name(what), known[slug].values)
        state.set_choice(_name(what, "problem"), "")


def _take_typed(what: str, least: int, most: int, text: str) -> None:
    state.set_choice(_name(what, "text"), text)
    try:
        values = row_from_text(text, least, most)
    except ClassroomError as error:
        state.set_choice(_name(what, "problem"), str(error))
        return
    state.set_choice(_name(what), tuple(values.tolist()))
    state.set_choice(_name(what, "problem"), "")
