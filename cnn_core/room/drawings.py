"""The part of the rooms that holds the drawings."""

from __future__ import annotations

import hashlib
import sqlite3
import zlib
from collections.abc import Collection

import numpy as np
import numpy.typing as npt

from cnn_core.errors import ClassroomError
from cnn_core.room.base import RoomsPart, read_pixels
from cnn_core.room.limits import MINUTE_S, check_drawing, check_pace
from cnn_core.room.records import IMAGE_SHAPE, Counts, Drawings, Room, Version

_PACE_SQL = """SELECT count(*), coalesce(sum(person = :person), 0),
    coalesce(sum(person = :person AND added_at > :since), 0), coalesce(sum(added_at > :since), 0)
    FROM drawings WHERE code = :code"""
_COUNTS_SQL = "SELECT label, count(*), sum(NOT is_frozen), sum(person = ?) FROM drawings WHERE code = ? GROUP BY label"
_NEWEST_SQL = "SELECT id, is_frozen FROM drawings WHERE code = ? AND person = ? ORDER BY id DESC LIMIT 1"


class DrawingsPart(RoomsPart):
    """Adding, removing, counting, freezing."""

    def add_drawing(self, code: str, person: str, label: int, pixels: npt.NDArray[np.uint8]) -> None:
        """Add a drawing to a room. Once this ends, neither a killed server nor a power failure loses it.

        Args:
            code: The room.
            person: Who drew it; says nothing about them.
            label: The class that it is said to be.
            pixels: `(28, 28, 1)` uint8, bright ink on dark paper.

        Raises:
            ClassroomError: If it is empty, is there already, comes too fast, or the room is closed, full, or gone.
        """
        check_drawing(pixels)
        blob, now = pixels.tobytes(), self._clock()
        with self._database.writing(is_durable=True) as connection:
            room = self._room(connection, code)
            if not room.is_open:
                raise ClassroomError("The teacher has closed this room for drawings.", "Look at the board.")
            _check_label(room, label)
            pace = connection.execute(_PACE_SQL, {"code": code, "person": person, "since": now - MINUTE_S})
            check_pace(*pace.fetchone())
            try:
                connection.execute(
                    "INSERT INTO drawings (code, label, pixels, checksum, digest, person, added_at, is_frozen) "
                    "VALUES (?, ?, ?, ?, ?, ?, ?, 0)",
                    (code, label, blob, zlib.crc32(blob), hashlib.sha256(blob).hexdigest(), person, now),
                )
            except sqlite3.IntegrityError as error:
                raise ClassroomError("This very drawing is in the room already.", "Clear it, and draw anew.") from error
            self._stamp(connection, code, drawings=True)

    def take_back(self, code: str, person: str) -> None:
        """Remove somebody's own newest drawing.

        Args:
            code: The room.
            person: Who drew it.

        Raises:
            ClassroomError: If there is none, or it is part of the frozen test set.
        """
        with self._database.writing(is_durable=True) as connection:
            self._room(connection, code)
            row = connection.execute(_NEWEST_SQL, (code, person)).fetchone()
            if row is None:
                raise ClassroomError("You have no drawing in this room.", "Draw one, and add it.")
            if row[1]:
                raise ClassroomError(
                    "Your newest drawing is part of the frozen test set.", "Ask the teacher to remove it."
                )
            connection.execute("DELETE FROM drawings WHERE id = ?", (row[0],))
            self._stamp(connection, code, drawings=True)

    def remove_drawings(self, code: str, key: str, ids: Collection[int], *, all_of_person: bool = False) -> int:
        """Remove drawings, as the teacher. If they were part of the test set, that becomes a new version.

        Args:
            code: The room.
            key: The teacher's key.
            ids: The drawings.
            all_of_person: Whether everything goes that the same people drew.

        Returns:
            How many were removed.

        Raises:
            ClassroomError: If the key is wrong, or it cannot be written.
        """
        with self._database.writing(is_durable=True) as connection:
            self._room_for_teacher(connection, code, key)
            marks = ", ".join("?" * len(ids))
            which = f"code = ? AND id IN ({marks})"
            if all_of_person:
                which = f"code = ? AND person IN (SELECT person FROM drawings WHERE id IN ({marks}))"
            values = (code, *map(int, ids))
            frozen = connection.execute(f"SELECT count(*) FROM drawings WHERE {which} AND is_frozen", values).fetchone()
            removed = connection.execute(f"DELETE FROM drawings WHERE {which}", values).rowcount
            self._stamp(connection, code, drawings=True)
            if frozen[0]:
                self._renew_version(connection, code)
            return removed

    def freeze(self, code: str, key: str) -> Version:
        """Make all drawings that are there the test set on which networks are ranked, as the teacher.

        What is drawn later waits for the next version, so that all ranks compare the same drawings.

        Args:
            code: The room.
            key: The teacher's key.

        Returns:
            The new version.

        Raises:
            ClassroomError: If the key is wrong, or there is no new drawing.
        """
        with self._database.writing(is_durable=True) as connection:
            self._room_for_teacher(connection, code, key)
            late = connection.execute("UPDATE drawings SET is_frozen = 1 WHERE code = ? AND NOT is_frozen", (code,))
            if not late.rowcount:
                raise ClassroomError("There is no new drawing to freeze.", "Let the room draw first.")
            self._renew_version(connection, code)
            return self._room(connection, code).version

    def drawings(self, code: str) -> Drawings:
        """Return all drawings of a room.

        Args:
            code: The room.

        Raises:
            ClassroomError: If the room is gone, or a drawing is damaged.
        """
        with self._database.reading() as connection:
            classes = len(self._room(connection, code).class_names)
            rows = connection.execute(
                "SELECT id, label, pixels, checksum, is_frozen FROM drawings WHERE code = ? ORDER BY id", (code,)
            ).fetchall()
            images = [read_pixels(pixels, checksum) for _, _, pixels, checksum, _ in rows]
        labels = np.array([label for _, label, _, _, _ in rows], np.int64)
        return Drawings(
            np.array([row[0] for row in rows], np.int64),
            np.stack(images) if images else np.zeros((0, *IMAGE_SHAPE), np.uint8),
            np.clip(labels, 0, classes - 1),
            np.array([bool(row[4]) for row in rows], np.bool_),
        )

    def counts(self, code: str, person: str) -> Counts:
        """Count a room's drawings.

        Args:
            code: The room.
            person: Whose are counted apart.

        Raises:
            ClassroomError: If the room is gone, or it cannot be read.
        """
        with self._database.reading() as connection:
            classes = len(self._room(connection, code).class_names)
            by_class, own, late = [0] * classes, [0] * classes, 0
            for label, count, late_count, own_count in connection.execute(_COUNTS_SQL, (person, code)):
                if 0 <= label < classes:
                    by_class[label], own[label] = count, own_count
                    late += late_count
            newest = connection.execute(_NEWEST_SQL, (code, person)).fetchone()
        return Counts(tuple(by_class), late, tuple(own), newest is not None and not newest[1])


def _check_label(room: Room, label: int) -> None:
    if not 0 <= label < len(room.class_names):
        raise ValueError(f"label must be from 0 to {len(room.class_names) - 1}. Received: label={label}.")
