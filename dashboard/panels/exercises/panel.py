"""Exercises about a real network: predict, then see the answer worked out; a score, and sheets to print."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from cnn_core.errors import ClassroomError
from cnn_core.exercises import EXERCISE_KINDS, Exercise, fresh_exercise, next_exercise, next_kind, subject_of
from cnn_core.networks import TrainedNetwork
from dashboard import state
from dashboard.components.score_keeper import score_keeper
from dashboard.controls.lesson_controls import menu_choice
from dashboard.controls.network_choice import network_controls
from dashboard.palette import Palette
from dashboard.panels.exercises.answers import (
    KIND,
    MIXED,
    NUMBER,
    Place,
    current_place,
    newest_result,
    posed_exercise,
)
from dashboard.panels.exercises.question import exercise_question
from dashboard.panels.exercises.sheet import exercise_sheet_panel
from dashboard.panels.exercises.subject import seeing_subject


@st.fragment
def exercise_panel(palette: Palette, require_backend: Callable[[], None]) -> None:
    """Ask about a network. A fragment: an answer draws this much anew, and neither the menu nor the texts.

    Args:
        palette: The theme's colours.
        require_backend: Ends the drawing here, with a progress bar, until TensorFlow is there.
    """
    stage, side = st.columns([7, 3], gap="large")
    with stage:
        network_place, kind_place = st.columns(2)
        with network_place:
            network = network_controls("exercises")
        with kind_place:
            _kind_controls()
        card = st.container(border=True, key="exercises.card")
    with side:
        st.subheader("Your score", anchor=False)
        # An answer is taken before anything is drawn, so the score can come first and is never late.
        score_keeper("exercises.score", {slug: kind.title for slug, kind in EXERCISE_KINDS.items()}, newest_result())
        exercise_sheet_panel(network)
    with card:
        _exercise(network, palette, require_backend)


def _kind_controls() -> None:
    titles = {MIXED: "All kinds in turn"} | {slug: kind.title for slug, kind in EXERCISE_KINDS.items()}
    menu_choice("Kind of question", KIND, titles, MIXED)


def _exercise(network: TrainedNetwork, palette: Palette, require_backend: Callable[[], None]) -> None:
    place = current_place(network)
    try:
        posed = posed_exercise(place, lambda asked: _make(network, place, asked, require_backend))
    except ClassroomError as error:
        st.info(str(error))
        return
    st.caption(f"Exercise {state.choice(NUMBER, 0) + 1} · {EXERCISE_KINDS[posed.exercise.kind].title}")
    exercise_question(posed, palette)


def _make(network: TrainedNetwork, place: Place, asked: list[str], require_backend: Callable[[], None]) -> Exercise:
    kind, number = place[2:]
    subject, name = subject_of(network), f"{state.person()} {network.id}"
    wanted = next_kind(subject, name, number) if kind == MIXED else kind
    missing = EXERCISE_KINDS[wanted].missing(subject)
    if missing:
        raise ClassroomError(missing, "Choose another kind of question, or another network.")
    if EXERCISE_KINDS[wanted].needs_images:
        require_backend()
        subject = seeing_subject(network)
    if kind == MIXED:
        return next_exercise(subject, name, number, asked)
    return fresh_exercise(kind, subject, name, number, asked)
