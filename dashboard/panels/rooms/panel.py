"""Class test set: drawings of the room, and the networks ranked on them."""

from __future__ import annotations

from time import monotonic

import streamlit as st

from cnn_core.errors import ClassroomError
from cnn_core.room import here
from cnn_core.room.records import Room
from dashboard import state
from dashboard.controls.view_choice import view_choice
from dashboard.palette import Palette
from dashboard.panels.rooms.board import board_panel
from dashboard.panels.rooms.door import door_panel
from dashboard.panels.rooms.draw import draw_panel
from dashboard.panels.rooms.drawings import set_panel
from dashboard.panels.rooms.head import room_head
from dashboard.panels.rooms.teacher import claim_panel, teacher_panel
from dashboard.panels.rooms.visit import Visit, find_visit, keep_in_browser, show_messages

VIEWS = {"draw": "Draw", "board": "Board", "set": "The set"}
LOOK_AGAIN_S = 2.0
LEISURE_S = 10.0


def class_test_set_panel(palette: Palette) -> None:
    """Show the page.

    Args:
        palette: The theme's colours.
    """
    visit = find_visit()
    notice = here.notice()
    if notice:
        st.warning(notice)
    if visit is None:
        show_messages()
        door_panel()
    else:
        try:
            _room(visit, palette)
        except ClassroomError as error:
            st.warning(str(error))
    keep_in_browser(visit)


def _room(visit: Visit, palette: Palette) -> None:
    counts = visit.rooms.counts(visit.code, visit.person)
    room_head(visit, counts.total)
    usual = "set" if visit.is_teacher else "draw"
    if visit.is_teacher:
        teacher_panel(visit, counts, is_main=state.choice("room.view", usual) == "set")
    view = view_choice("View", "room.view", "room.view", VIEWS, usual)
    if view == "draw":
        draw_panel(visit, palette)
    else:
        show_messages()
        (board_panel if view == "board" else set_panel)(visit, palette)
        # No looking again beside the canvas: with every look the whole drawing would travel to the server.
        # All pictures go out anew with each change: thirty phones need not follow every stroke.
        interval_s = LOOK_AGAIN_S if view == "board" or visit.is_teacher else LEISURE_S
        st.fragment(_look_again, run_every=interval_s)(view, _stamp(view, visit.room), monotonic())
    if not visit.is_teacher:
        claim_panel(visit)


def _look_again(view: str, seen: int, drawn_at_s: float) -> None:
    """Draw the page anew where something has changed; else this costs one row of the database."""
    if monotonic() - drawn_at_s < LOOK_AGAIN_S / 2:
        return  # the page has just been drawn: thirty people who draw shall not let it be drawn without end
    visit = find_visit()
    if visit is None or _stamp(view, visit.room) != seen:
        st.rerun()


def _stamp(view: str, room: Room) -> int:
    return room.board_stamp if view == "board" else room.drawings_stamp
