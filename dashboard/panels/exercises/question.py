"""One exercise on the screen: what is given, the pictures, the place for the answer; then the answer worked out."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Sequence
from functools import partial
from html import escape

import numpy as np
import numpy.typing as npt
import streamlit as st

from cnn_core.exercises import Exercise, Working
from dashboard import state
from dashboard.charts.exercise_pictures import exercise_pictures
from dashboard.components.pixel_view import Cell, Frame, Pictures, Scale, pixel_view, scale_table
from dashboard.palette import Palette
from dashboard.panels.exercises.answers import Posed, give_answer, give_up, go_on, refusal

CHOICE_PX = 104
LABELS = {
    "number": "Your answer, a whole number",
    "shape": "Your answer, a shape such as 5×5×3, or one number for a flat list",
}
_MARKUP = re.compile(r"([\\`*_\[\]<>$:~#|])")


def exercise_question(posed: Posed, palette: Palette) -> None:
    """Show an exercise: while it is open with a place for the answer, then with the answer worked out."""
    exercise = posed.exercise
    st.markdown(plain(exercise.given))
    if exercise.pictures:
        st.html(exercise_pictures(exercise.pictures, scale_tables(palette)))
    st.markdown(f"**{plain(exercise.question)}**")
    _choice_pictures(posed, palette)
    if posed.given is None:
        _answer_place(posed)
    else:
        _verdict(posed)
        _solution(exercise)
        st.button("Another one", key="exercises.another", type="primary", icon=":material/redo:", on_click=go_on)


def plain(text: str) -> str:
    r"""Write words so that Markdown takes nothing in them for markup.

    Example:
        >>> plain("conv_1 of “*a*”")
        'conv\\_1 of “\\*a\\*”'
    """
    return _MARKUP.sub(r"\\\1", text)


def _answer_key(posed: Posed) -> str:
    return f"exercises.answer.{posed.id}"


def _answer_place(posed: Posed) -> None:
    exercise, key = posed.exercise, _answer_key(posed)
    if exercise.choices:
        given = state.widget_value(key)
        index = exercise.choices.index(given) if given in exercise.choices else None
        st.radio("Your answer", exercise.choices, index, plain, key=key, horizontal=True, label_visibility="collapsed")
        _buttons(posed, st.button)
    else:
        with st.form(f"exercises.form.{posed.id}", border=False):
            st.text_input(LABELS[exercise.answer_kind], "", max_chars=80, key=key, autocomplete="off", width=420)
            _buttons(posed, st.form_submit_button)
    sentence = refusal(posed)
    if sentence:
        st.warning(sentence)


def _buttons(posed: Posed, button: Callable[..., bool]) -> None:
    with st.container(horizontal=True):
        button("Check my answer", key="exercises.check", type="primary", on_click=partial(_take, posed))
        button("Show the answer", key="exercises.show", on_click=partial(give_up, posed))


def _take(posed: Posed) -> None:
    give_answer(posed, state.widget_value(_answer_key(posed)) or "")


def scale_tables(palette: Palette) -> dict[str, npt.NDArray[np.uint8]]:
    """Return the colours of pictures' scales from the lower to the upper end, `(count, 3)` each.

    Args:
        palette: The theme's colours.
    """
    scales: tuple[Scale, ...] = ("amount", "diverging")
    texts = {scale: scale_table(scale, palette) for scale in scales}
    return {scale: np.frombuffer(base64.b64decode(text), np.uint8).reshape(-1, 3) for scale, text in texts.items()}


def _choice_pictures(posed: Posed, palette: Palette) -> None:
    exercise = posed.exercise
    if not exercise.choice_pictures:
        return
    is_open, key = posed.given is None, _answer_key(posed)
    chosen = state.widget_value(key) if is_open else posed.given
    height, width = exercise.choice_pictures[0].values.shape
    frames = [Frame(place, 0, 0, height, width) for place, choice in enumerate(exercise.choices) if choice == chosen]

    def choose(cell: Cell) -> None:
        state.put_widget(key, exercise.choices[cell.picture])

    pixel_view(
        _view(exercise, () if is_open else _notes(posed)),
        "exercises.choices",
        palette,
        what="kernel",
        columns=4,
        tile_px=CHOICE_PX,
        frames=frames,
        has_scale_bar=False,
        on_choose=choose if is_open else None,
    )


def _notes(posed: Posed) -> list[str]:
    """Say below each choice's picture whether it is right, and whether it was chosen."""
    exercise = posed.exercise
    notes = []
    for place, choice in enumerate(exercise.choices):
        is_chosen = bool(posed.given) and posed.given == choice
        words = ["right"] if place == exercise.answer else []
        notes.append(", ".join([*words, *(["yours"] if is_chosen else [])]))
    return notes


def _view(exercise: Exercise, notes: Sequence[str]) -> Pictures:
    values = np.stack([picture.values for picture in exercise.choice_pictures])
    high = float(np.abs(values).max())
    return Pictures(values, exercise.choices, (-high, high), "diverging", notes)


def _verdict(posed: Posed) -> None:
    right = f"**{plain(posed.exercise.answer_text)}**"
    if posed.is_right:
        st.success(f"Right: {right}.", icon=":material/check_circle:")
    elif posed.given:
        st.error(f"Not right: you said {plain(posed.given)}, it is {right}.", icon=":material/cancel:")
    else:
        st.info(f"The answer is {right}. It counts as not solved.", icon=":material/visibility:")


def _solution(exercise: Exercise) -> None:
    rows = "".join(_line(line) for line in exercise.worked)
    st.html(f'<table class="formulas">{rows}</table>')
    if exercise.remark:
        st.markdown(plain(exercise.remark))


def _line(line: Working) -> str:
    words = f"<small>{escape(line.words)}</small>" if line.words else ""
    numbers = f"{escape(line.numbers)} = " if line.numbers else ""
    return f"<tr><th scope=row>{escape(line.title)}</th><td>{words}{numbers}<b>{escape(line.value)}</b></td></tr>"
