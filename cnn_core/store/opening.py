"""Opening the database: made if there is none, set aside and made anew if it is damaged."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cnn_core.errors import ClassroomError
from cnn_core.store.database import Database, connect, transaction
from cnn_core.store.failures import explained_failures, is_damage, primary_code
from cnn_core.store.folder import DATABASE_NAME, RUNS_FOLDER_VARIABLE
from cnn_core.store.rescue import Rescued, rescue
from cnn_core.store.schema import RECORD_SQL, SCHEMA_VERSION, STATEMENTS, create_tables, record_of_row

LOCK_NAME = "opening.lock"
PATIENCE_S = 60.0
ASIDE = "damaged"

LATEST_THINKABLE_VERSION = 1000
"""A larger number in the place of the version is damage."""


def open_database(folder: Path) -> tuple[Database, str]:
    """Open the database of a folder.

    Args:
        folder: The folder; it is made if need be.

    Returns:
        The database, and a sentence for people if something had to be put right, else an empty one.

    Raises:
        ClassroomError: If the folder cannot be used, or a later version of the app has written it.
    """
    path = folder / DATABASE_NAME
    with explained_failures(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with alone(folder):
            aside = None if _is_sound(path) else set_aside(path)
            rescued = _make_if_missing(path)
    return Database(path), _notice(aside, rescued)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Let one process open at a time. The system takes the lock back from a process that dies."""
    lock = sqlite3.connect(folder / LOCK_NAME, timeout=PATIENCE_S, isolation_level=None)
    with contextlib.closing(lock):
        lock.execute("BEGIN EXCLUSIVE")
        yield


def _is_sound(path: Path) -> bool:
    """Whether a file is a database of ours without damage, or is not there yet.

    Raises:
        ClassroomError: If a later version of the app has written it.
    """
    if not path.exists():
        return True
    try:
        with contextlib.closing(connect(path)) as connection:
            return _is_sound_inside(connection, path.parent)
    except UnicodeDecodeError:  # Python could not read what SQLite said of damaged text
        return False
    except sqlite3.Error as error:
        if looks_like_damage(error, path):
            return False
        raise


def looks_like_damage(error: sqlite3.Error, path: Path) -> bool:
    """Damage may also look like a mistake in SQL, or like a mark that forbids to write."""
    code = primary_code(error)
    if code == sqlite3.SQLITE_READONLY:
        return os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)
    return is_damage(error) or code == sqlite3.SQLITE_ERROR


def _is_sound_inside(connection: sqlite3.Connection, folder: Path) -> bool:
    version = _version(connection)
    statements = {row[0] for row in connection.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")}
    if SCHEMA_VERSION < version <= LATEST_THINKABLE_VERSION and statements != set(STATEMENTS):
        raise ClassroomError(
            f"The trainings in {folder} were stored by a later version of this app.",
            f"Install that version, or name another folder in {RUNS_FOLDER_VARIABLE}.",
        )
    if version == 0:
        return not statements
    if version != SCHEMA_VERSION or statements != set(STATEMENTS):
        return False
    for row in connection.execute(RECORD_SQL):
        record_of_row(row)
    _try_to_write(connection, version)
    return bool(connection.execute("PRAGMA quick_check(1)").fetchone() == ("ok",))


def _try_to_write(connection: sqlite3.Connection, version: int) -> None:
    """See whether writing is possible at all. A full disk is no obstacle to opening: room is made from inside."""
    try:
        with transaction(connection, "BEGIN IMMEDIATE"):
            connection.execute(f"PRAGMA user_version = {version}")
    except sqlite3.OperationalError as error:
        if primary_code(error) != sqlite3.SQLITE_FULL:
            raise


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def set_aside(path: Path) -> Path:
    """Rename a damaged database together with its journal, which a fresh one must not meet."""
    stamp = time.strftime("%Y%m%d-%H%M%S")
    aside = path.with_name(f"{path.stem}-{ASIDE}-{stamp}-{time.time_ns() % 10**6:06d}{path.suffix}")
    for ending in ("-wal", "-shm", ""):
        source = path.with_name(path.name + ending)
        if source.exists():
            source.rename(aside.with_name(aside.name + ending))
    return aside


def _make_if_missing(path: Path) -> Rescued:
    """Make the tables if there are none, and fill them with what the folder still tells, all in one transaction."""
    with contextlib.closing(connect(path, may_create=True)) as connection:
        if _version(connection) == SCHEMA_VERSION:
            return Rescued()
        asides = sorted(path.parent.glob(f"{path.stem}-{ASIDE}-*{path.suffix}"))
        with transaction(connection, "BEGIN IMMEDIATE"):
            create_tables(connection)
            return rescue(connection, path.parent, asides[-1] if asides else None)


def _notice(aside: Path | None, rescued: Rescued) -> str:
    if aside is None and not rescued.runs and not rescued.unreadable:
        return ""
    sentences = []
    if aside is not None:
        sentences.append(f"The list of trainings was damaged and is kept as {aside.name}.")
    else:
        sentences.append("The list of trainings was missing.")
    trainings = "1 training was" if rescued.runs == 1 else f"{rescued.runs} trainings were"
    sentences.append(f"{trainings} put back from what else the folder holds; curves may end early.")
    if rescued.unreadable:
        folders = "1 folder" if rescued.unreadable == 1 else f"{rescued.unreadable} folders"
        sentences.append(f"{folders} could not be read and stayed as before.")
    return " ".join(sentences)
