"""The board of a room: networks ranked on its frozen drawings, how to enter one, and what most of them misread."""

from __future__ import annotations

from functools import partial

import streamlit as st

from cnn_core.errors import ClassroomError
from cnn_core.networks import TrainedNetwork
from cnn_core.room import here
from cnn_core.room.board import Hard, chance_words
from cnn_core.room.glance import Board
from cnn_core.room.judging import entry_for
from cnn_core.room.names import offered_names
from cnn_core.room.records import IMAGE_SHAPE, Room
from dashboard import state
from dashboard.charts.board_table import board_table
from dashboard.components.pixel_view import Cell, image_pictures, pixel_view
from dashboard.controls.action_button import action_button
from dashboard.controls.lesson_controls import menu_choice
from dashboard.controls.network_choice import network_controls
from dashboard.palette import Palette
from dashboard.panels.rooms.visit import Visit, complain, tell
from dashboard.words import some

NAMES_SEED = "room.names_seed"
CHOSEN = "room.chosen"


def board_panel(visit: Visit, palette: Palette) -> None:
    """Show the board.

    Args:
        visit: The room.
        palette: The theme's colours.
    """
    room = visit.room
    board = here.glances.board(visit.rooms, room)
    here.judge.keep_up(visit.rooms, room, board.entries)
    own = [entry.id for entry in board.entries if entry.person == visit.person]
    st.markdown(board_words(room, board))
    if board.waiting and room.version.count:
        judged = len(board.rows) - board.waiting
        st.progress(judged / len(board.rows), text=f"{some(board.waiting, 'network')} still to be asked")
    if board.rows:
        with st.container(key="room.board"):
            st.html(board_table(board.rows, palette, own))
    if words := chance_words(board.rows):
        st.caption(words)
    _enter(visit, board)
    _withdraw(visit, board)
    if board.hardest:
        st.subheader("What most networks misread", anchor=False)
        pixel_view(
            image_pictures(board.hard_images, *_hard_words(room, board.hardest)),
            "room.hardest",
            palette,
            what="drawing",
            tile_px=84,
            has_scale_bar=False,
            on_choose=(lambda cell: _choose(board, cell)) if visit.is_teacher else None,
        )
        st.caption(
            "Above each drawing: what it is said to be, what most of those say that misread it, and how many these "
            "are. A label may be wrong too: the teacher taps a drawing to take it out."
        )


def board_words(room: Room, board: Board) -> str:
    """Say what the networks are ranked on, and under which limit.

    Args:
        room: The room.
        board: Its board.
    """
    limit = f"Limit: **{room.limit.words}**."
    if not room.version.count:
        return f"The teacher has not frozen a test set yet: then the networks are asked. {limit}"
    shared = (
        " Networks with **=** share a place: none of them differs from the best one there by more than chance."
        if any(row.is_shared for row in board.rows)
        else ""
    )
    return f"Ranked on **{room.version.words}**. {limit}{shared}"


def _hard_words(room: Room, hardest: tuple[Hard, ...]) -> tuple[list[str], list[str]]:
    names = [f"said to be “{room.class_names[hard.label]}”" for hard in hardest]
    notes = [f"“{room.class_names[hard.guess]}”: {hard.wrong} of {hard.asked}" for hard in hardest]
    return names, notes


def _choose(board: Board, cell: Cell) -> None:
    state.set_choice(CHOSEN, board.hard_ids[cell.picture])
    state.set_choice("room.view", "set")


def _enter(visit: Visit, board: Board) -> None:
    with st.expander("Enter a network", icon=":material/add:", expanded=not board.rows, key="room.enter_box"):
        left, right = st.columns(2, gap="large")
        with left:
            network = network_controls("room", input_shape=IMAGE_SHAPE)
        with right:
            seed: int = state.choice(NAMES_SEED, int(visit.person[:6], 16))
            names = offered_names([entry.name for entry in board.entries], seed)
            name = menu_choice(
                "Its name on the board",
                "room.name",
                {name: name for name in names},
                names[0],
                "Made up: nobody is named.",
            )
            with st.container(horizontal=True):
                action_button(
                    "Put it on the board",
                    partial(_put_on_board, visit, network, name),
                    key="room.enter",
                    is_primary=True,
                )
                st.button("Other names", key="room.names", on_click=state.set_choice, args=(NAMES_SEED, seed + 1))


def _put_on_board(visit: Visit, network: TrainedNetwork, name: str) -> None:
    try:
        entry = entry_for(visit.room, network, name, visit.person)
        visit.rooms.enter(visit.code, entry)
    except ClassroomError as error:
        complain(error)
        return
    too_large = visit.room.limit.complaint(entry.parameters, entry.multiply_adds)
    outside = f" It stands outside the ranking: {too_large}." if too_large else ""
    state.set_choice(NAMES_SEED, state.choice(NAMES_SEED, 0) + 1)
    tell(f"“{name}” is on the board.{outside}")


def _withdraw(visit: Visit, board: Board) -> None:
    mine = {entry.id: entry.name for entry in board.entries if visit.is_teacher or entry.person == visit.person}
    if not mine:
        return
    with st.popover("Take a network off the board", icon=":material/remove:"):
        chosen = menu_choice(
            "Network", "room.withdrawn", {str(key): name for key, name in mine.items()}, str(next(iter(mine)))
        )
        st.button("Take it off", key="room.withdraw", on_click=_take_off, args=(visit, int(chosen), mine[int(chosen)]))


def _take_off(visit: Visit, entry_id: int, name: str) -> None:
    try:
        visit.rooms.withdraw(visit.code, entry_id, person=visit.person, key=visit.key)
    except ClassroomError as error:
        complain(error)
        return
    tell(f"“{name}” is off the board.")
