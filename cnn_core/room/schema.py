"""The database of the rooms: its tables, and how it is opened.

It is a file of its own beside the data sets, and not part of the list of trainings: what a room draws belongs to no
training, and ends by itself.
"""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

from cnn_core.data.folder import DATA_FOLDER_VARIABLE, data_folder
from cnn_core.errors import ClassroomError
from cnn_core.store.database import Database, connect, transaction
from cnn_core.store.failures import Kept, explained_failures
from cnn_core.store.opening import LATEST_THINKABLE_VERSION, alone, looks_like_damage, set_aside

DATABASE_NAME = "rooms.sqlite"
SCHEMA_VERSION = 1
ROOMS = Kept("list of rooms", "this room", "rooms", DATA_FOLDER_VARIABLE)

STATEMENTS = (
    """CREATE TABLE rooms (
        code TEXT PRIMARY KEY,
        key_hash TEXT NOT NULL,
        class_names TEXT NOT NULL,
        limit_kind TEXT NOT NULL,
        limit_amount INTEGER NOT NULL,
        is_open INTEGER NOT NULL,
        version INTEGER NOT NULL,
        fingerprint TEXT NOT NULL,
        frozen_count INTEGER NOT NULL,
        created_at REAL NOT NULL,
        expires_at REAL NOT NULL,
        drawings_stamp INTEGER NOT NULL,
        board_stamp INTEGER NOT NULL)""",
    """CREATE TABLE drawings (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        code TEXT NOT NULL REFERENCES rooms (code) ON DELETE CASCADE,
        label INTEGER NOT NULL,
        pixels BLOB NOT NULL,
        checksum INTEGER NOT NULL,
        digest TEXT NOT NULL,
        person TEXT NOT NULL,
        added_at REAL NOT NULL,
        is_frozen INTEGER NOT NULL,
        UNIQUE (code, digest))""",
    """CREATE TABLE entries (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        code TEXT NOT NULL REFERENCES rooms (code) ON DELETE CASCADE,
        name TEXT NOT NULL,
        network_id TEXT NOT NULL,
        step INTEGER NOT NULL,
        parameters INTEGER NOT NULL,
        multiply_adds INTEGER NOT NULL,
        person TEXT NOT NULL,
        UNIQUE (code, name),
        UNIQUE (code, network_id, step))""",
    """CREATE TABLE answers (
        entry_id INTEGER PRIMARY KEY REFERENCES entries (id) ON DELETE CASCADE,
        version INTEGER NOT NULL,
        guesses BLOB NOT NULL,
        sureness BLOB NOT NULL,
        checksum INTEGER NOT NULL,
        problem TEXT NOT NULL)""",
    # Each holds all that one question asks, so that nobody leafs through the pictures to count them.
    "CREATE INDEX drawings_by_person ON drawings (code, person, is_frozen)",
    "CREATE INDEX drawings_by_time ON drawings (code, added_at, person)",
    "CREATE INDEX drawings_by_class ON drawings (code, label, is_frozen, person)",
)
"""What makes the tables; SQLite keeps the text, so a database with other text is not ours, or is damaged."""


def rooms_folder() -> Path:
    """The folder of the rooms' database, in the data folder; it need not exist yet."""
    return data_folder() / "rooms"


def open_rooms_database(folder: Path) -> tuple[Database, str]:
    """Open the database of the rooms; made if there is none, set aside and made anew if it is damaged.

    Args:
        folder: Its folder; it is made if need be.

    Returns:
        The database, and a sentence for people if it was damaged, else an empty one.

    Raises:
        ClassroomError: If the folder cannot be used, or a later version of the app has written it.
    """
    path = folder / DATABASE_NAME
    with explained_failures(folder, ROOMS):
        folder.mkdir(parents=True, exist_ok=True)
        with alone(folder):
            aside = None if _is_sound(path) else set_aside(path)
            _make_if_missing(path)
    notice = ""
    if aside is not None:
        notice = (
            f"The drawings of all rooms were damaged; the file is kept as {aside.name}. "
            "Open a new room, and let the class draw again."
        )
    return Database(path, ROOMS), notice


def _is_sound(path: Path) -> bool:
    if not path.exists():
        return True
    try:
        with contextlib.closing(connect(path)) as connection:
            statements = {row[0] for row in connection.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")}
            if not statements:
                return True
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            if SCHEMA_VERSION < version <= LATEST_THINKABLE_VERSION:
                raise ClassroomError(
                    f"The rooms in {path.parent} were stored by a later version of this app.",
                    f"Install that version, or {ROOMS.elsewhere}",
                )
            known = {*STATEMENTS, "CREATE TABLE sqlite_sequence(name,seq)"}
            return statements == known and connection.execute("PRAGMA quick_check(1)").fetchone() == ("ok",)
    except UnicodeDecodeError:  # Python could not read what SQLite said of damaged text
        return False
    except sqlite3.Error as error:
        if looks_like_damage(error, path):
            return False
        raise


def _make_if_missing(path: Path) -> None:
    with contextlib.closing(connect(path, may_create=True)) as connection:
        if connection.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,):
            return
        with transaction(connection, "BEGIN IMMEDIATE"):
            for statement in STATEMENTS:
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
