"""What a browser remembers of rooms: the teacher's key of those that were opened in it, and who a tab is.

The key is not in the address, because a room sees that on the projector. Who a tab is says nothing about a person: it
bounds how much comes from one of them, and lets them take back their own drawing after a reload.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dashboard import state
from dashboard.components.registration import register

_component = register("room_keeper", '<div class="room-keeper"></div>')

_PERSON = re.compile(r"[0-9a-f]{16}")
_KEY = re.compile(r"[0-9a-f]{0,64}")


@dataclass(frozen=True)
class Remembered:
    """What a browser has kept.

    Args:
        room: The room that it was asked about.
        person: Who its tab is.
        key: The teacher's key of that room; `""` if it was not opened in it.
    """

    room: str
    person: str
    key: str


def room_keeper(
    key: str, *, room: str, person: str, teacher_key: str, refused: str, on_remember: Callable[[Remembered], None]
) -> None:
    """Let the browser keep who this is, and tell what it has kept; there is nothing to see.

    Args:
        key: The component's key.
        room: The room's code; `""` where there is none.
        person: Who this session is, as long as the tab knows no better.
        teacher_key: The room's key, where the session has it.
        refused: A room whose kept key has turned out to be wrong, so that it is forgotten.
        on_remember: Called once after the page has been loaded, if the browser knows more than the session.
    """
    data = {"room": room, "person": person, "key": teacher_key, "refused": refused}

    def take(value: Any) -> None:
        remembered = read_remembered(value.get("kept"))
        if remembered is not None:
            on_remember(remembered)

    _component(key=key, data=data, on_kept_change=state.when_changed(key, take))


def read_remembered(value: Any) -> Remembered | None:
    """Read what the browser sent; it is a browser's word, so what does not fit is passed over.

    Example:
        >>> read_remembered({"room": "K7M2P9", "person": "0123456789abcdef", "key": ""}).room
        'K7M2P9'
        >>> read_remembered({"room": "K7M2P9", "person": "<b>me</b>", "key": ""}) is None
        True
    """
    match value:
        case {"room": str(room), "person": str(person), "key": str(key)}:
            if len(room) <= 40 and _PERSON.fullmatch(person) and _KEY.fullmatch(key):
                return Remembered(room, person, key)
    return None
