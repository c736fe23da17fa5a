"""The door of the rooms: join one by its code, or open one."""

from __future__ import annotations

from functools import partial

import streamlit as st

from cnn_core.room.limits import LIMITS_IN_WORDS
from cnn_core.room.subjects import room_subjects
from dashboard import state
from dashboard.controls.action_button import action_button
from dashboard.controls.lesson_controls import menu_choice
from dashboard.panels.rooms.visit import join, open_room


def door_panel() -> None:
    """Let people join a room, and a teacher open one."""
    student, teacher = st.columns(2, gap="large")
    with student, st.container(border=True, height="stretch"):
        st.subheader("Join your class", anchor=False)
        with st.form("room.door", border=False, enter_to_submit=True):
            st.text_input("Code of the room", "", 20, key="room.typed", placeholder="K7M 2P9", autocomplete="off")
            st.form_submit_button(
                "Join this room",
                key="room.join",
                type="primary",
                icon=":material/login:",
                on_click=lambda: join(state.widget_value("room.typed") or ""),
            )
        st.caption("Your teacher shows the code. Nobody asks for your name.")
    with teacher, st.container(border=True, height="stretch"):
        st.subheader("You teach?", anchor=False)
        st.markdown(
            "Open a room, show its code, and let everybody draw. Then freeze the drawings: the board ranks the "
            "networks that your class has trained on them."
        )
        subjects = room_subjects()
        first = next(iter(subjects))
        subject = menu_choice("What the room draws", "room.subject", {title: title for title in subjects}, first)
        action_button("Open a room", partial(open_room, subjects[subject]), key="room.open", icon=":material/groups:")
        st.caption(LIMITS_IN_WORDS)
