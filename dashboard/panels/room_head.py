"""The head of a room: its code, large enough for the last row, and the link that leads into it."""

from __future__ import annotations

from html import escape
from urllib.parse import urlencode, urlsplit

import streamlit as st

from cnn_core.room.codes import spoken
from dashboard import state
from dashboard.palette import Palette
from dashboard.panels.room_visit import Visit, leave
from dashboard.words import some


def room_head(visit: Visit, palette: Palette, drawings: int) -> None:
    """Show the room's code: large for its teacher, in one line for everybody else.

    Args:
        visit: The room.
        palette: The theme's colours.
        drawings: How many drawings it has.
    """
    if not visit.is_teacher:
        with st.container(horizontal=True, vertical_alignment="center", key="room.line"):
            closed = "" if visit.room.is_open else " · closed for drawings"
            st.markdown(f"Room **{spoken(visit.code)}** · {some(drawings, 'drawing')}{closed}", width="content")
            st.button("Leave", key="room.leave", type="tertiary", on_click=leave)
        return
    code = (
        f'<div style="display:flex;flex-wrap:wrap;align-items:baseline;gap:0.2rem 2rem;color:{palette.text}">'
        f'<span style="font-size:4.5rem;line-height:1.1;font-weight:700;letter-spacing:0.06em;'
        f'font-variant-numeric:tabular-nums;white-space:nowrap">{spoken(visit.code)}</span>'
        f'<span style="font-size:1.25rem">open <b>Class test set</b> and type the code, or open<br>'
        f'<b style="overflow-wrap:anywhere">{escape(room_link(visit.code))}</b></span></div>'
    )
    with st.container(key="room.code"):
        st.html(code)
        if urlsplit(st.context.url or "").hostname in ("localhost", "127.0.0.1"):
            st.caption("This address works on this machine only: the README says how to open the app to a class.")


def room_link(code: str) -> str:
    """Return the address that leads into a room.

    Args:
        code: The room.
    """
    base = (st.context.url or "").partition("?")[0]
    return f"{base}?{urlencode({state.ROOM_PARAMETER: code})}"
