"""The rooms of this server: one of each thing for the whole process.

A plain module and not one of Streamlit's caches: "Clear cache" in its menu would lose who was asked for what.
"""

from __future__ import annotations

import threading

from cnn_core.room.base import NoRoomError
from cnn_core.room.door import Door
from cnn_core.room.glance import Glances
from cnn_core.room.judging import Judge
from cnn_core.room.prompts import Prompts
from cnn_core.room.rooms import Rooms
from cnn_core.room.schema import rooms_folder

door = Door()
prompts = Prompts()
judge = Judge()
glances = Glances()

_lock = threading.Lock()
_rooms: Rooms | None = None


def rooms() -> Rooms:
    """Return the rooms of the data folder; opened when they are asked for first.

    Raises:
        ClassroomError: If the folder cannot be used; the next call tries again.
    """
    global _rooms
    with _lock:
        if _rooms is None:
            _rooms = Rooms(rooms_folder())
        return _rooms


def enter(code: str, person: str) -> None:
    """Let somebody into a room, if there is one.

    Args:
        code: What `codes.read_code` made of what they typed.
        person: Who is at the door.

    Raises:
        ClassroomError: If no room has this code, or they have tried too often.
    """
    door.check(person)
    try:
        rooms().find(code)
    except NoRoomError:
        door.note_wrong(person)
        raise


def notice() -> str:
    """Say what had to be put right when the rooms were opened; `""` if nothing, or if nobody has opened them yet."""
    return _rooms.notice if _rooms is not None else ""


def forget() -> None:
    """Close the rooms, as a server that ends; what is stored stays, and the next call opens it again."""
    global _rooms
    with _lock:
        if _rooms is not None:
            _rooms.close()
        _rooms = None
