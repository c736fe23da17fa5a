"""What everybody in a room looks at, gathered once for all of them.

Thirty people see the same board and the same drawings. Each change of a room gives it another stamp, so that whoever
looks again asks the database for one row, and gathers the rest only where the stamp is new.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, TypeVar, cast

import numpy as np
import numpy.typing as npt

from cnn_core.room.board import Hard, Row, board_rows, hardest_drawings
from cnn_core.room.records import Drawings, Entry, Room
from cnn_core.room.rooms import Rooms

MOST_KEPT = 12
"""Views of rooms; one takes up to 1.2 MB."""

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Board:
    """A board as everybody sees it.

    Args:
        entries: Its networks, as they were entered.
        rows: The same, ranked.
        hardest: The drawings that most of them misread.
        hard_images: `(count, 28, 28, 1)` uint8, these drawings.
        hard_ids: Their ids.
    """

    entries: tuple[Entry, ...]
    rows: tuple[Row, ...]
    hardest: tuple[Hard, ...]
    hard_images: npt.NDArray[np.uint8]
    hard_ids: tuple[int, ...]

    @property
    def waiting(self) -> int:
        """How many networks are still to be asked."""
        return sum(row.is_waiting for row in self.rows)


class Glances:
    """What was gathered of the rooms that were looked at last; one for each server."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Hashable, Any] = OrderedDict()
        # One gathers, and all others wait for that; a board gathers the drawings on its way.
        self._lock = threading.RLock()

    def drawings(self, rooms: Rooms, room: Room) -> Drawings:
        """Return all drawings of a room; not to be changed, as others see the same.

        Args:
            rooms: The rooms.
            room: The room as it is now.

        Raises:
            ClassroomError: If it cannot be read.
        """
        key = ("drawings", room.code, room.created_at, room.drawings_stamp)
        return self._recall(key, lambda: rooms.drawings(room.code))

    def board(self, rooms: Rooms, room: Room) -> Board:
        """Return the board of a room.

        Args:
            rooms: The rooms.
            room: The room as it is now.

        Raises:
            ClassroomError: If it cannot be read.
        """

        def gather() -> Board:
            entries, frozen = rooms.entries(room.code), self.drawings(rooms, room).frozen
            if len(frozen) != room.version.count:  # the room has changed since: the next look sees it whole
                frozen = frozen.part(slice(0, 0))
            hardest = hardest_drawings(room, entries, frozen.labels)
            places = np.array([hard.index for hard in hardest], np.int64)
            rows = board_rows(room, entries, frozen.labels)
            ids = tuple(frozen.ids[places].tolist())
            return Board(entries, rows, hardest, frozen.images[places], ids)

        return self._recall(("board", room.code, room.created_at, room.board_stamp), gather)

    def _recall(self, key: Hashable, gather: Callable[[], T]) -> T:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return cast(T, self._kept[key])
            found = gather()
            self._kept[key] = found
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
            return found
