"""What all parts of the rooms share: the database, who may do what, and reading a room's row."""

from __future__ import annotations

import hashlib
import json
import secrets
import sqlite3
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from cnn_core.errors import ClassroomError
from cnn_core.room.records import IMAGE_SHAPE, Limit, Room, Version
from cnn_core.store.database import Database
from cnn_core.store.failures import damaged_row

FINGERPRINT_SIGNS = 8

_ROOM_SQL = """SELECT code, class_names, limit_kind, limit_amount, is_open, version, fingerprint, frozen_count,
    created_at, expires_at, drawings_stamp, board_stamp FROM rooms WHERE code = ?"""


class NoRoomError(ClassroomError):
    """There is no room of some code, or it has ended."""


class RoomsPart:
    """The ground that the parts stand on.

    Args:
        database: The open database.
        clock: Gives the seconds since 1970.
    """

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock

    def find(self, code: str) -> Room:
        """Look a room up.

        Args:
            code: Its code, as `codes.read_code` gave it.

        Raises:
            NoRoomError: If there is none, or it has ended.
            ClassroomError: If it cannot be read.
        """
        with self._database.reading() as connection:
            return self._room(connection, code)

    def is_teacher(self, code: str, key: str) -> bool:
        """Whether a key is that of a room's teacher.

        Args:
            code: The room.
            key: What somebody has.

        Raises:
            ClassroomError: If it cannot be read.
        """
        with self._database.reading() as connection:
            return _has_key(connection, code, key)

    def _room(self, connection: sqlite3.Connection, code: str) -> Room:
        row = connection.execute(_ROOM_SQL, (code,)).fetchone()
        room = _room_of_row(row) if row is not None else None
        if room is None or room.expires_at <= self._clock():
            raise NoRoomError(
                "No room on this server has this code.",
                "See that it is typed as the teacher shows it; a room ends 30 days after it was opened.",
            )
        return room

    def _room_for_teacher(self, connection: sqlite3.Connection, code: str, key: str) -> Room:
        room = self._room(connection, code)
        if not _has_key(connection, code, key):
            raise ClassroomError(
                "Only the teacher who opened this room can do that.",
                "Do it in the browser in which it was opened, or type the teacher's key there.",
            )
        return room

    @staticmethod
    def _stamp(connection: sqlite3.Connection, code: str, *, drawings: bool = False, board: bool = False) -> None:
        """Let everybody who shows the room know that something is new."""
        connection.execute(
            "UPDATE rooms SET drawings_stamp = drawings_stamp + ?, board_stamp = board_stamp + ? WHERE code = ?",
            (drawings, board, code),
        )

    def _renew_version(self, connection: sqlite3.Connection, code: str) -> None:
        """Give the frozen drawings, as they are now, the next number."""
        digest, count = hashlib.sha256(), 0
        rows = "SELECT label, pixels FROM drawings WHERE code = ? AND is_frozen ORDER BY id"
        for label, pixels in connection.execute(rows, (code,)):
            digest.update(bytes([label]) + pixels)
            count += 1
        connection.execute(
            "UPDATE rooms SET version = version + 1, fingerprint = ?, frozen_count = ? WHERE code = ?",
            (digest.hexdigest()[:FINGERPRINT_SIGNS], count, code),
        )
        self._stamp(connection, code, drawings=True, board=True)


def key_hash(key: str) -> str:
    """What is stored of a key: not the key itself."""
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()


def read_pixels(blob: object, checksum: object) -> npt.NDArray[np.uint8]:
    """Read a stored drawing.

    Raises:
        sqlite3.DatabaseError: If it is not what was written.
    """
    size = int(np.prod(IMAGE_SHAPE))
    if not isinstance(blob, bytes) or len(blob) != size or zlib.crc32(blob) != checksum:
        raise damaged_row("a drawing is damaged")
    return np.frombuffer(blob, np.uint8).reshape(IMAGE_SHAPE)


def _has_key(connection: sqlite3.Connection, code: str, key: str) -> bool:
    row = connection.execute("SELECT key_hash FROM rooms WHERE code = ?", (code,)).fetchone()
    return row is not None and secrets.compare_digest(str(row[0]), key_hash(key))


def _room_of_row(row: tuple[Any, ...]) -> Room:
    code, names, kind, amount, is_open, version, fingerprint, count, created_at, expires_at, drawings, board = row
    try:
        return Room(
            code,
            tuple(map(str, json.loads(names))),
            Limit(kind, amount),
            bool(is_open),
            Version(version, fingerprint, count),
            float(created_at),
            float(expires_at),
            drawings,
            board,
        )
    except (ValueError, TypeError) as error:
        raise damaged_row(f"a row of rooms is damaged: {error}") from error
