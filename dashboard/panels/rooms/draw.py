"""Drawing for a room: it asks for a class that has few drawings, and takes what is drawn."""

from __future__ import annotations

import streamlit as st

from cnn_core.drawing import preprocess_drawing
from cnn_core.errors import ClassroomError
from cnn_core.room import here
from dashboard.charts.class_counts import class_counts
from dashboard.palette import Palette
from dashboard.panels.draw.canvas import canvas_drawing, clear_canvas, drawing_canvas, pen_controls
from dashboard.panels.rooms.visit import Visit, complain, find_visit, show_messages, tell
from dashboard.words import literal, some

CANVAS = "room"


def draw_panel(visit: Visit, palette: Palette) -> None:
    """Show the canvas with what to draw, and how far the room is.

    Args:
        visit: The room.
        palette: The theme's colours.
    """
    if not visit.room.is_open:
        st.info("The teacher has closed this room for drawings. Look at the board.")
        return
    counts = visit.rooms.counts(visit.code, visit.person)
    left, right = st.columns([2, 3], gap="large")
    with left:
        st.fragment(_canvas)(palette, sum(counts.own))
        with st.popover("Pen and paper", icon=":material/edit:"):
            pen_controls(CANVAS, has_kinds=False)
    with right, st.container(key="room.progress"):
        st.markdown(f"**{some(counts.total, 'drawing')} of the room**, {sum(counts.own)} of them yours")
        st.html(class_counts(counts.by_class, visit.room.class_names, palette, counts.own))
        st.button(
            "Take my last drawing back",
            key="room.take_back",
            icon=":material/undo:",
            disabled=not counts.newest_own,
            on_click=_take_back,
            args=(visit,),
        )
        st.caption("Draw as you write. The room asks for what it has least of.")


def _canvas(palette: Palette, own: int) -> None:
    """The part that runs while one draws; `own` is how many of one's drawings the rest of the page knows of."""
    visit = find_visit()
    counts = visit.rooms.counts(visit.code, visit.person) if visit is not None else None
    if visit is None or counts is None or sum(counts.own) != own or not visit.room.is_open:
        st.rerun()
    names = visit.room.class_names
    asked = here.prompts.ask(visit.code, visit.person, counts.by_class)
    with st.container(horizontal=True, vertical_alignment="center", key="room.prompt"):
        st.header(f"Draw: {literal(names[asked])}", anchor=False)
        st.button(
            "Another one",
            key="room.pass",
            type="tertiary",
            on_click=_pass,
            args=(visit, counts.by_class),
        )
    drawing = drawing_canvas(CANVAS, palette, is_eager=False)
    show_messages(is_brief=True)
    st.button(
        "Add to the class's test set",
        key="room.add",
        type="primary",
        icon=":material/add_photo_alternate:",
        width="stretch",
        disabled=drawing is None,
        on_click=_add,
        args=(visit, asked),
    )


def _add(visit: Visit, label: int) -> None:
    drawing = canvas_drawing(CANVAS)
    steps = preprocess_drawing(drawing.rgba) if drawing is not None else None
    if steps is None:  # the server was started anew: the browser still shows what only the one before knew
        complain(ClassroomError("Your drawing has not reached the server.", "Draw it once more, then add it."))
        return
    try:
        visit.rooms.add_drawing(visit.code, visit.person, label, steps.network_input)
    except ClassroomError as error:
        complain(error)
        return
    here.prompts.done(visit.code, visit.person)
    clear_canvas(CANVAS)
    tell(f"Your “{literal(visit.room.class_names[label])}” is in the set. The next one?")


def _pass(visit: Visit, counts: tuple[int, ...]) -> None:
    here.prompts.pass_on(visit.code, visit.person, counts)


def _take_back(visit: Visit) -> None:
    try:
        visit.rooms.take_back(visit.code, visit.person)
    except ClassroomError as error:
        complain(error)
        return
    tell("Your last drawing is out of the set again.")
