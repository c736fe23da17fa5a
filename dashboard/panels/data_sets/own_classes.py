"""A data set of one's own classes, drawn here: a canvas, a button for each class, and what has been drawn."""

from __future__ import annotations

from functools import partial

import streamlit as st

from cnn_core.data.drawn.drawings import RECOMMENDED_EACH, Drawings
from cnn_core.drawing import preprocess_drawing
from cnn_core.errors import ClassroomError
from dashboard import state
from dashboard.charts.image_sheet import Row, Tile, image_sheet
from dashboard.components.selectable import selectable
from dashboard.palette import Palette
from dashboard.panels.data_sets.own_classes_book import book, change, is_something_said, say, take_said
from dashboard.panels.data_sets.own_classes_set import set_panel
from dashboard.panels.draw.canvas import canvas_drawing, clear_canvas, drawing_canvas, pen_controls
from dashboard.words import some

CANVAS = "own_classes"

_NAMES = "own_classes.names"
_MARKED = "own_classes.marked"


@st.fragment
def own_classes_panel(palette: Palette) -> None:
    """Let people name classes, draw for each of them, and make a data set of it.

    Args:
        palette: The theme's colours.
    """
    drawings, complaint = book(), take_said()
    left, right = st.columns([4, 5], gap="large")
    with left:
        _names(drawings)
        # While one draws only the canvas is run again, ten times a second.
        st.fragment(_canvas)(len(drawings), palette)
        _class_buttons(drawings)
        if complaint:
            st.warning(complaint)
        with st.expander("Pen and paper"):
            pen_controls(CANVAS)
    with right:
        _drawn(drawings, palette)
        set_panel(drawings)


def _canvas(seen: int, palette: Palette) -> None:
    """The part that runs while one draws; `seen` is how many drawings the rest of the page shows."""
    # Where a stroke's end and a key arrive together, Streamlit runs only this part, and not what the key belongs to.
    if len(book()) != seen or is_something_said():
        st.rerun()
    drawing_canvas(CANVAS, palette)


def _names(drawings: Drawings) -> None:
    names = ", ".join(drawings.class_names)
    st.text_input(
        "Your classes, with a comma between them",
        names,
        key=state.sync_widget(_NAMES, names),
        max_chars=500,
        on_change=state.when_changed(_NAMES, _rename),
        help="2 to 10 classes. More can be added while you draw, and names changed.",
    )


def _rename(text: str) -> None:
    try:
        change(book().renamed(text.split(",")))
    except ClassroomError as error:
        say(str(error))


def _class_buttons(drawings: Drawings) -> None:
    st.caption("Draw, then say what it is: with a button, or by its key.")
    with st.container(horizontal=True, gap="xsmall", key="own_classes.buttons"):
        for index, (name, number) in enumerate(zip(drawings.class_names, drawings.counts, strict=True)):
            st.button(
                f"{name} · {number}",
                key=f"own_classes.add.{index}",
                shortcut=str((index + 1) % 10),
                on_click=_add,
                args=(index,),
            )


def _add(class_index: int) -> None:
    drawing = canvas_drawing(CANVAS)
    steps = preprocess_drawing(drawing.rgba) if drawing is not None else None
    if steps is None:
        say("The canvas is empty: draw something first.")
        return
    try:
        change(book().with_drawing(steps.network_input, class_index))
    except ClassroomError as error:
        say(str(error))
        return
    clear_canvas(CANVAS)


def _drawn(drawings: Drawings, palette: Palette) -> None:
    """Show what has been drawn, by class, the newest first; a chosen one can be removed."""
    if not len(drawings):
        st.info(
            f"Your drawings will appear here, small as the network sees them: 28×28 pixels. Some {RECOMMENDED_EACH} of "
            "each class are a good start."
        )
        return
    marked = state.choice(_MARKED, -1)
    places = [
        [int(place) for place in (drawings.labels == index).nonzero()[0][::-1]]
        for index in range(len(drawings.class_names))
    ]
    rows = [
        Row(name, [Tile(place, f"{name}, drawing {place + 1}") for place in mine], some(len(mine), "drawing"))
        for name, mine in zip(drawings.class_names, places, strict=True)
    ]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{some(len(drawings), 'drawing')}**, the newest first. Choose one that went wrong to remove it.")
        is_marked = 0 <= marked < len(drawings)
        if is_marked:
            st.button(
                "Remove this drawing",
                key="own_classes.remove",
                icon=":material/delete:",
                on_click=_remove,
                args=(marked,),
            )
    selectable(
        image_sheet(drawings.images[[place for mine in places for place in mine]], rows, palette, chosen=marked),
        "own_classes.sheet",
        partial(state.set_choice, _MARKED),
    )


def _remove(place: int) -> None:
    state.set_choice(_MARKED, -1)
    change(book().without(place))
