"""Which room a session is in, who it is there, and what it has been told."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from time import monotonic

import streamlit as st

from cnn_core.errors import ClassroomError
from cnn_core.room import here
from cnn_core.room.base import NoRoomError
from cnn_core.room.codes import read_code
from cnn_core.room.records import Room
from cnn_core.room.rooms import Rooms
from dashboard import state
from dashboard.components.room_keeper import Remembered, room_keeper
from dashboard.words import literal

CLASS, EVERY = "room.class", "all"
"""Which class of the drawings is shown: another room has other classes."""

ENDED = ClassroomError(
    "This room is not here any more: its time has ended, or its teacher has deleted it.",
    "Ask for the code of another one.",
)
"""What whoever was in a room is told: they have typed nothing wrong."""

_CODE = "room.code"
_PERSON = "room.person"
_KEYS = "room.keys"
_REFUSED = "room.refused"
_MESSAGE = "room.message"
SHOWN_FOR_S = 8.0


@dataclass(frozen=True)
class _Message:
    words: str
    is_complaint: bool
    at_s: float


@dataclass(frozen=True)
class Visit:
    """A session in a room.

    Args:
        rooms: The rooms of this server.
        room: The room as it is now.
        person: Who the session is in it; says nothing about them.
        key: The teacher's key; `""` for everybody else.
    """

    rooms: Rooms
    room: Room
    person: str
    key: str

    @property
    def code(self) -> str:
        """The room's code."""
        return self.room.code

    @property
    def is_teacher(self) -> bool:
        """Whether this is who opened the room."""
        return bool(self.key)


def find_visit() -> Visit | None:
    """Return the room that the address names or the session is in; nothing outside of rooms.

    A room that cannot be entered leaves the address, and `show_messages` says why.
    """
    kept = state.choice(_CODE, "")
    named = st.query_params.get(state.ROOM_PARAMETER, "")
    code = (read_code(named) or named) if named else kept
    if not code:
        return None
    try:
        if code != kept:
            here.enter(code, person())
            _stay(code)
        rooms = here.rooms()
        return Visit(rooms, rooms.find(code), person(), _keys().get(code, ""))
    except NoRoomError as error:
        leave()
        complain(ENDED if code == kept else error)
    except ClassroomError as error:  # the disk refuses: the room may be there again at the next try
        complain(error)
    return None


def join(text: str) -> None:
    """Enter the room of a code; made for a button's callback."""
    code = read_code(text)
    try:
        if not code:
            raise ClassroomError(
                "A room's code has six signs, letters and digits in turn, as K7M 2P9.",
                "Type the one the teacher shows.",
            )
        here.enter(code, person())
    except ClassroomError as error:
        complain(error)
        return
    _stay(code)


def open_room(class_names: tuple[str, ...]) -> None:
    """Open a room as its teacher, and enter it."""
    try:
        code, key = here.rooms().open_room(class_names)
    except ClassroomError as error:
        complain(error)
        return
    state.set_choice(_KEYS, {**_keys(), code: key})
    _stay(code)


def claim(code: str, key: str) -> None:
    """Become a room's teacher by the key; made for a button's callback."""
    try:
        if not here.rooms().is_teacher(code, key.strip()):
            raise ClassroomError("This is not the key of this room.", "Copy it from where the room was opened.")
    except ClassroomError as error:
        complain(error)
        return
    state.set_choice(_KEYS, {**_keys(), code: key.strip()})
    hush()


def leave() -> None:
    """Leave the room; the drawings stay. Made to be a button's callback too."""
    state.set_choice(_CODE, "")
    state.carry(state.ROOM_PARAMETER, "")


def person() -> str:
    """Return who this session is in rooms: a number by chance, the same as long as the browser's tab is open."""
    kept = state.choice(_PERSON, "")
    if not kept:
        kept = secrets.token_hex(8)
        state.set_choice(_PERSON, kept)
    return kept


def keep_in_browser(visit: Visit | None) -> None:
    """Let the browser keep what a reload would lose; it shows nothing.

    Args:
        visit: The room that the session is in, if any.
    """
    room_keeper(
        "room.keeper",
        room=visit.code if visit else "",
        person=person(),
        teacher_key=visit.key if visit else "",
        refused=state.choice(_REFUSED, ""),
        on_remember=remember,
    )


def remember(kept: Remembered) -> None:
    """Take over what the browser has kept: who the tab is, and the key, if it is the right one."""
    state.set_choice(_PERSON, kept.person)
    if not kept.key:
        return
    try:
        is_right = here.rooms().is_teacher(kept.room, kept.key)
    except ClassroomError as error:
        complain(error)
        return
    if is_right:
        state.set_choice(_KEYS, {**_keys(), kept.room: kept.key})
    else:
        state.set_choice(_REFUSED, kept.room)


def complain(error: ClassroomError) -> None:
    """Keep what went wrong until the page is drawn."""
    state.set_choice(_MESSAGE, _Message(literal(str(error)), is_complaint=True, at_s=monotonic()))


def tell(words: str) -> None:
    """Keep what has been done until the page is drawn."""
    state.set_choice(_MESSAGE, _Message(words, is_complaint=False, at_s=monotonic()))


def hush() -> None:
    """Forget what went wrong before: it has been done right now."""
    state.set_choice(_MESSAGE, None)


def show_messages(*, is_brief: bool = False) -> None:
    """Show what went wrong or has been done.

    Args:
        is_brief: Whether it is shown once only, and success in a corner, so that nothing on the page moves. Else it
            stays for some seconds, as a page that looks for news may be drawn anew at any moment.
    """
    message: _Message | None = state.choice(_MESSAGE, None)
    if message is None:
        return
    if is_brief or monotonic() - message.at_s > SHOWN_FOR_S:
        state.set_choice(_MESSAGE, None)
    if is_brief or monotonic() - message.at_s <= SHOWN_FOR_S:
        show = st.warning if message.is_complaint else st.toast if is_brief else st.success
        show(message.words)


def _keys() -> dict[str, str]:
    kept: dict[str, str] = state.choice(_KEYS, {})
    return kept


def _stay(code: str) -> None:
    state.set_choice(_CODE, code)
    state.set_choice(CLASS, EVERY)
    state.carry(state.ROOM_PARAMETER, code)
    hush()
