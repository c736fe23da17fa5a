"""All drawings of a room in one picture; the teacher takes out what does not belong, and everybody takes them along."""

from __future__ import annotations

import numpy as np
import streamlit as st

from cnn_core.data.own.sets import owner_mark, save_own
from cnn_core.errors import ClassroomError
from cnn_core.room import here
from cnn_core.room.records import Drawings
from cnn_core.room.take_away import drawings_npz, learning_parts, sheet_png, source_words
from dashboard import state
from dashboard.charts.image_sheet import Row, Tile, image_sheet
from dashboard.components.selectable import selectable
from dashboard.controls.view_choice import view_choice
from dashboard.palette import Palette
from dashboard.panels.rooms.board import CHOSEN
from dashboard.panels.rooms.visit import CLASS, EVERY, Visit, complain, tell
from dashboard.words import count, literal, some

MOST_SHOWN = 300


def set_panel(visit: Visit, palette: Palette) -> None:
    """Show the drawings.

    Args:
        visit: The room.
        palette: The theme's colours.
    """
    room = visit.room
    drawings = here.glances.drawings(visit.rooms, room)
    if not len(drawings):
        st.info("Nobody has drawn yet. What the room draws appears here, as it comes in.")
        return
    late = len(drawings) - len(drawings.frozen)
    frozen = f"Frozen: {room.version.words}." if room.version.number else "Nothing is frozen yet."
    waiting = f" {count(late)} wait for the next version." if late and room.version.number else ""
    st.markdown(f"**{some(len(drawings), 'drawing')}.** {frozen}{waiting}")
    _chosen(visit, drawings)
    _pictures(visit, drawings, palette)
    _take_along(visit, drawings)


def _pictures(visit: Visit, drawings: Drawings, palette: Palette) -> None:
    names = visit.room.class_names
    titles = {EVERY: "All"} | {str(index): name for index, name in enumerate(map(literal, names))}
    wanted = view_choice("Class", CLASS, CLASS, titles, EVERY)
    most = MOST_SHOWN // len(names) if wanted == EVERY else MOST_SHOWN
    rows, shown = [], []
    for index, name in enumerate(names):
        places = np.flatnonzero(drawings.labels == index)[::-1]
        if wanted not in (EVERY, str(index)):
            continue
        newest = places[:most].tolist()
        tiles = [Tile(int(drawings.ids[place]), f"drawing {place + 1}, said to be “{name}”") for place in newest]
        some_of = "" if len(newest) == len(places) else f"newest {count(len(newest))} of "
        rows.append(Row(name, tiles, f"{some_of}{count(len(places))}"))
        shown += newest
    html = image_sheet(drawings.images[shown], rows, palette, chosen=state.choice(CHOSEN, -1))
    with st.container(key="room.pictures"):
        selectable(html, "room.sheet_view", lambda drawing: state.set_choice(CHOSEN, drawing))


def _chosen(visit: Visit, drawings: Drawings) -> None:
    """What the chosen drawing is said to be, and what the teacher can do with it."""
    found = np.flatnonzero(drawings.ids == state.choice(CHOSEN, -1))
    if not len(found):
        st.caption(
            "Tap a drawing to take it out." if visit.is_teacher else "Tap a drawing to see what it is said to be."
        )
        return
    place = int(found[0])
    with st.container(horizontal=True, vertical_alignment="center", key="room.chosen"):
        name = literal(visit.room.class_names[drawings.labels[place]])
        st.markdown(f"Drawing {place + 1}, said to be “{name}”", width="content")
        if not visit.is_teacher:
            return
        chosen = int(drawings.ids[place])
        st.button("Take it out", key="room.remove", on_click=_remove, args=(visit, chosen, False))
        st.button(
            "Take out all of whoever drew it", key="room.remove_all", on_click=_remove, args=(visit, chosen, True)
        )


def _remove(visit: Visit, drawing: int, all_of_person: bool) -> None:
    try:
        removed = visit.rooms.remove_drawings(visit.code, visit.key, [drawing], all_of_person=all_of_person)
    except ClassroomError as error:
        complain(error)
        return
    tell(f"{some(removed, 'drawing')} taken out.")


def _take_along(visit: Visit, drawings: Drawings) -> None:
    room, frozen = visit.room, drawings.frozen
    name = f"class-{room.code}-version-{room.version.number}"
    with st.expander("Take it along", key="room.take_along"), st.container(horizontal=True):
        st.download_button(
            "Save the frozen set (npz)",
            lambda: drawings_npz(room, frozen),
            f"{name}.npz",
            "application/octet-stream",
            key="room.npz",
            on_click="ignore",
            disabled=not len(frozen),
            help="In Keras's layout: x_test, y_test. There is nothing to learn from in it.",
        )
        st.download_button(
            "Save a sheet of all drawings (PNG)",
            lambda: sheet_png(drawings, room.class_names),
            f"class-{room.code}.png",
            "image/png",
            key="room.sheet",
            on_click="ignore",
        )
        if visit.is_teacher:
            st.button(
                "Make it a data set of this server",
                key="room.save_own",
                disabled=not len(frozen),
                on_click=_save_own,
                args=(visit, frozen),
                help="Half of the drawings of each class to learn from, half to be judged on. Every menu has it then; "
                "a network that has learned from it is not ranked in this room any more.",
            )


def _save_own(visit: Visit, frozen: Drawings) -> None:
    room = visit.room
    try:
        train, test = learning_parts(room, frozen)
        title, owner = f"Class {room.code}", owner_mark(state.person())
        entry = save_own(title, room.class_names, train, test, source=source_words(room), owner=owner)
    except ClassroomError as error:
        complain(error)
        return
    parts = f"{some(len(train), 'drawing')} to learn from, {len(test)} to be judged on"
    tell(f"“{literal(entry.title)}” is a data set now: {parts}.")
