"""What only the teacher of a room does: freeze the set, set the limit, close the door, delete the room."""

from __future__ import annotations

from functools import partial

import streamlit as st

from cnn_core.errors import ClassroomError
from cnn_core.room.records import LIMIT_KINDS, LIMIT_WORDS, MOST_LIMIT, Counts, Limit, LimitKind
from dashboard import state
from dashboard.panels.rooms.head import large_choice
from dashboard.panels.rooms.visit import Visit, claim, complain, leave, tell
from dashboard.words import some

USUAL_AMOUNTS: dict[LimitKind, int] = {"none": 0, "parameters": 50_000, "multiply_adds": 1_000_000}


def teacher_panel(visit: Visit, counts: Counts, *, is_main: bool) -> None:
    """Show the teacher's controls.

    Args:
        visit: The room.
        counts: Its drawings.
        is_main: Whether freezing is the page's next thing to do.
    """
    room = visit.room
    with st.container(horizontal=True, vertical_alignment="center", key="room.teacher"):
        again = f" as version {room.version.number + 1}" if room.version.number else ""
        st.button(
            f"Freeze {some(counts.total, 'drawing')}{again}",
            key="room.freeze",
            type="primary" if is_main else "secondary",
            icon=":material/ac_unit:",
            disabled=not counts.late,
            on_click=_freeze,
            args=(visit,),
            help="Makes all drawings that are there the test set on which networks are ranked. What is drawn later "
            "waits for the next version, so that all ranks compare the same drawings.",
        )
        key = "room.is_open"
        st.toggle(
            "Takes drawings",
            room.is_open,
            key=state.sync_widget(key, room.is_open),
            on_change=state.when_changed(key, partial(_set_open, visit)),
        )
        with st.popover(f"Limit: {room.limit.words}", icon=":material/speed:"):
            _limit(visit)
        with st.popover("More", icon=":material/more_horiz:"):
            st.markdown("**Your key.** This browser keeps it. On another machine, join the room and type it there.")
            st.code(visit.key, language=None)
            st.button("Leave the room", key="room.leave", on_click=leave, help="The room and its drawings stay.")
            st.divider()
            is_sure = st.checkbox("Delete this room with all its drawings and its board", False, key="room.sure")
            st.button("Delete the room", key="room.delete", disabled=not is_sure, on_click=_delete, args=(visit,))
        large_choice(visit)


def claim_panel(visit: Visit) -> None:
    """Let whoever opened the room show so, on another machine.

    Args:
        visit: The room.
    """
    with (
        st.popover("I opened this room", type="tertiary"),
        st.form("room.claim_form", border=False, enter_to_submit=True),
    ):
        st.text_input("Teacher's key", "", key="room.claim", type="password", autocomplete="off")
        st.form_submit_button(
            "Use this key",
            key="room.use_key",
            on_click=lambda: claim(visit.code, state.widget_value("room.claim") or ""),
        )


def _limit(visit: Visit) -> None:
    limit = visit.room.limit
    titles = {kind: LIMIT_WORDS[kind].capitalize() for kind in LIMIT_KINDS}
    kind_key, amount_key = "room.limit_kind", "room.limit_amount"
    st.radio(
        "What is limited",
        LIMIT_KINDS,
        LIMIT_KINDS.index(limit.kind),
        format_func=titles.__getitem__,
        key=state.sync_widget(kind_key, limit.kind),
        on_change=state.when_changed(kind_key, lambda kind: _set_limit(visit, Limit(kind, USUAL_AMOUNTS[kind]))),
    )
    if limit.kind != "none":
        st.number_input(
            "At most",
            1,
            MOST_LIMIT,
            max(1, limit.amount),
            step=max(1, limit.amount // 10),
            key=state.sync_widget(amount_key, max(1, limit.amount)),
            on_change=state.when_changed(amount_key, lambda amount: _set_limit(visit, Limit(limit.kind, int(amount)))),
        )
    st.caption("Networks above the limit stay in sight below the ranking, with the reason.")


def _freeze(visit: Visit) -> None:
    try:
        version = visit.rooms.freeze(visit.code, visit.key)
    except ClassroomError as error:
        complain(error)
        return
    tell(f"Frozen: {version.words}. The board asks every network anew.")


def _set_open(visit: Visit, is_open: bool) -> None:
    try:
        visit.rooms.set_open(visit.code, visit.key, is_open)
    except ClassroomError as error:
        complain(error)


def _set_limit(visit: Visit, limit: Limit) -> None:
    try:
        visit.rooms.set_limit(visit.code, visit.key, limit)
    except ClassroomError as error:
        complain(error)


def _delete(visit: Visit) -> None:
    try:
        visit.rooms.delete_room(visit.code, visit.key)
    except ClassroomError as error:
        complain(error)
        return
    leave()
    tell("The room is deleted, with everything in it.")
