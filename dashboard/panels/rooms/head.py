"""The head of a room: its code and its QR code, large enough for the last row, and the link that leads into it."""

from __future__ import annotations

from html import escape

import streamlit as st

from cnn_core.room.codes import spoken
from cnn_core.room.reach import LONGEST_ADDRESS, reaches_others, room_address
from dashboard import state
from dashboard.charts.qr_code import qr_code
from dashboard.panels.rooms.visit import Visit, leave
from dashboard.words import some

LARGE = "room.is_large"
SMALL_SIDE, LARGE_SIDE = "9.5rem", "min(100%, max(18rem, 72vh))"
"""The QR code's width beside the code, and for the last row: as much as a screen has below the page's question."""
SMALL_LETTERS, LARGE_LETTERS = "clamp(3rem, 11vw, 4.5rem)", "clamp(3rem, 5.5vw, 7rem)"


def room_head(visit: Visit, drawings: int) -> None:
    """Show the room's code: large for its teacher, in one line for everybody else.

    Args:
        visit: The room.
        drawings: How many drawings it has.
    """
    if not visit.is_teacher:
        with st.container(horizontal=True, vertical_alignment="center", key="room.line"):
            closed = "" if visit.room.is_open else " · closed for drawings"
            st.markdown(f"Room **{spoken(visit.code)}** · {some(drawings, 'drawing')}{closed}", width="content")
            st.button("Leave", key="room.leave", type="tertiary", on_click=leave)
        return
    address = _address(visit)
    with st.container(key="room.code"):
        st.html(_way_in(visit.code, address, has_qr=_has_qr(address), is_large=state.choice(LARGE, False)))
        if not reaches_others(address):
            st.caption(
                "This address works on this machine only, so there is no QR code: start the app with "
                "**--server.address 0.0.0.0** and open this page by the machine’s own address."
            )


def large_choice(visit: Visit) -> None:
    """Let the teacher show the code large, where there is one that a phone can use.

    Args:
        visit: The room.
    """
    if _has_qr(_address(visit)):
        is_large = state.choice(LARGE, False)
        key = state.sync_widget(LARGE, is_large)
        st.toggle("Show the code large", is_large, key=key, on_change=state.keep_choice(key, LARGE))


def _address(visit: Visit) -> str:
    return room_address(st.context.url or "", state.ROOM_PARAMETER, visit.code)


def _has_qr(address: str) -> bool:
    return reaches_others(address) and len(address) <= LONGEST_ADDRESS


def _way_in(code: str, address: str, *, has_qr: bool, is_large: bool) -> str:
    picture, way, size = "", "Open", SMALL_LETTERS
    if has_qr:
        side, size = (LARGE_SIDE, LARGE_LETTERS) if is_large else (SMALL_SIDE, SMALL_LETTERS)
        picture, way = qr_code(address, f"QR code that leads into room {spoken(code)}", side), "Scan this, or open"
    return (
        f'<div style="display:flex;flex-wrap:wrap;align-items:center;gap:0.6rem 2rem">{picture}'
        f'<div style="flex:1 1 15rem"><span style="display:block;font-size:{size};line-height:1.1;font-weight:700;'
        f'letter-spacing:0.06em;font-variant-numeric:tabular-nums;white-space:nowrap">{spoken(code)}</span>'
        f'<span style="font-size:1.25rem">{way} <b>Class test set</b> and type the code, or open<br>'
        f'<b style="overflow-wrap:anywhere">{escape(address)}</b></span></div></div>'
    )
