"""All rooms of one server: opened by a teacher, joined by a code, ended by themselves."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from cnn_core.errors import ClassroomError
from cnn_core.room.base import key_hash
from cnn_core.room.codes import new_code, new_key
from cnn_core.room.entries import EntriesPart
from cnn_core.room.limits import MOST_CLASSES, MOST_ROOMS, ROOM_LASTS_S
from cnn_core.room.records import Limit
from cnn_core.room.schema import open_rooms_database

DIGITS = tuple("0123456789")
EMPTY_FOR_S = 3600.0
"""When there are too many rooms, those make way that nobody has drawn in for so long after they were opened."""


class Rooms(EntriesPart):
    """The rooms of a folder.

    One for each server is enough; all methods may be called by any thread, and several servers may use one folder.
    What a method has stored when it returns is there after the process was killed.

    Args:
        folder: Where they are kept (`schema.rooms_folder()`); it is made if need be.
        clock: Gives the seconds since 1970.

    Attributes:
        notice: A sentence for people, if the file was damaged and had to be set aside; mostly empty.

    Raises:
        ClassroomError: If the folder cannot be used.

    Example:
        >>> import tempfile
        >>> import numpy as np
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     rooms = Rooms(Path(folder))
        ...     code, key = rooms.open_room()
        ...     seven = np.zeros((28, 28, 1), np.uint8)
        ...     seven[4:6, 6:20] = seven[6:24, 17:19] = 255
        ...     rooms.add_drawing(code, "somebody", 7, seven)
        ...     print(rooms.counts(code, "somebody").total, rooms.freeze(code, key).number)
        ...     rooms.close()
        1 1
    """

    def __init__(self, folder: Path, clock: Callable[[], float] = time.time) -> None:
        database, self.notice = open_rooms_database(folder)
        super().__init__(database, clock)
        self._forget_ended()

    def open_room(self, class_names: Sequence[str] = DIGITS, limit: Limit | None = None) -> tuple[str, str]:
        """Open a room.

        Args:
            class_names: What is drawn in it, 2 to 20 names.
            limit: How large a ranked network may be; by default as large as it likes.

        Returns:
            Its code, and the teacher's key.

        Raises:
            ClassroomError: If there are too many rooms, or it cannot be written.
            ValueError: If there are too few or too many classes.
        """
        if not 2 <= len(class_names) <= MOST_CLASSES:
            raise ValueError(f"class_names must be 2 to {MOST_CLASSES} names. Received: {len(class_names)}.")
        limit = limit or Limit()
        self._forget_ended()
        key, now = new_key(), self._clock()
        with self._database.writing(is_durable=True) as connection:
            taken = {code for (code,) in connection.execute("SELECT code FROM rooms")}
            if len(taken) >= MOST_ROOMS:
                gone = connection.execute(
                    "DELETE FROM rooms WHERE created_at < ? AND NOT EXISTS "
                    "(SELECT 1 FROM drawings WHERE drawings.code = rooms.code)",
                    (now - EMPTY_FOR_S,),
                )
                if not gone.rowcount:
                    raise ClassroomError(
                        f"There are {MOST_ROOMS} rooms on this server already.", "Delete one that is no longer needed."
                    )
            code = next(code for code in iter(new_code, "") if code not in taken)
            values = (code, key_hash(key), json.dumps(list(class_names)), limit.kind, limit.amount)
            connection.execute(
                "INSERT INTO rooms VALUES (?, ?, ?, ?, ?, 1, 0, '', 0, ?, ?, 0, 0)", (*values, now, now + ROOM_LASTS_S)
            )
        return code, key

    def set_open(self, code: str, key: str, is_open: bool) -> None:
        """Take drawings, or take no more, as the teacher.

        Raises:
            ClassroomError: If the key is wrong, or it cannot be written.
        """
        self._change(code, key, "is_open = ?", is_open)

    def set_limit(self, code: str, key: str, limit: Limit) -> None:
        """Say how large a ranked network may be, as the teacher. Networks that are too large stay in sight, unranked.

        Raises:
            ClassroomError: If the key is wrong, or it cannot be written.
        """
        self._change(code, key, "limit_kind = ?, limit_amount = ?", limit.kind, limit.amount)

    def delete_room(self, code: str, key: str) -> None:
        """Delete a room with all its drawings and its board, as the teacher; this cannot be undone.

        Raises:
            ClassroomError: If the key is wrong, or it cannot be written.
        """
        with self._database.writing(is_durable=True) as connection:
            self._room_for_teacher(connection, code, key)
            connection.execute("DELETE FROM rooms WHERE code = ?", (code,))

    def close(self) -> None:
        """Close the database. Does nothing the second time."""
        self._database.close()

    def _change(self, code: str, key: str, columns: str, *values: object) -> None:
        with self._database.writing(is_durable=True) as connection:
            self._room_for_teacher(connection, code, key)
            connection.execute(f"UPDATE rooms SET {columns} WHERE code = ?", (*values, code))
            self._stamp(connection, code, drawings=True, board=True)

    def _forget_ended(self) -> None:
        with self._database.reading() as connection:
            ended = connection.execute("SELECT 1 FROM rooms WHERE expires_at <= ? LIMIT 1", (self._clock(),)).fetchone()
        if ended is not None:
            with self._database.writing() as connection:
                connection.execute("DELETE FROM rooms WHERE expires_at <= ?", (self._clock(),))
