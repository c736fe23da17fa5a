"""What is said when the disk or the database refuses: one sentence, and what to do about it."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cnn_core.errors import ClassroomError
from cnn_core.store.folder import RUNS_FOLDER_VARIABLE

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG} if hasattr(errno, "EDQUOT") else {errno.ENOSPC})
_FORBIDDEN = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
_NO_FOLDER = frozenset({errno.EEXIST, errno.ENOTDIR})

_DAMAGED_CODES = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_FORBIDDEN_CODES = frozenset({sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM})
_BUSY_CODES = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL})


@dataclass(frozen=True)
class Kept:
    """How the sentences call what a database keeps.

    Args:
        all: All of it, as `"list of trainings"`.
        one: A part of it, as `"this training"`.
        many: The parts, as `"trainings"`.
        variable: The environment variable that names the folder.
    """

    all: str
    one: str
    many: str
    variable: str

    @property
    def elsewhere(self) -> str:
        """The remedy where the folder is of no use."""
        return f"name another folder in {self.variable} and start the app again."


TRAININGS = Kept("list of trainings", "this training", "trainings", RUNS_FOLDER_VARIABLE)


def primary_code(error: sqlite3.Error) -> int | None:
    """What kind of error SQLite reports, without its finer kinds."""
    code = getattr(error, "sqlite_errorcode", None)
    return None if code is None else int(code) & 0xFF


def is_damage(error: sqlite3.Error) -> bool:
    """Whether an error says that the database file itself is broken."""
    return primary_code(error) in _DAMAGED_CODES


def damaged_row(words: str) -> sqlite3.DatabaseError:
    """Make the error for a row that cannot be what was written, which only a damaged file can hold.

    Args:
        words: What is wrong with it, for the log.
    """
    damage = sqlite3.DatabaseError(words)
    damage.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
    return damage


@contextmanager
def explained_failures(folder: Path, kept: Kept = TRAININGS) -> Iterator[None]:
    """Turn what the disk and the database object to into sentences.

    Mistakes of the program itself, such as a number where there may be none, pass as they are.

    Args:
        folder: The folder that the sentences name.
        kept: What is kept there.

    Raises:
        ClassroomError: If the disk is full, the folder forbidden, the database damaged or the like.
    """
    try:
        yield
    except sqlite3.Error as error:
        explanation = _explain_database(error, folder, kept)
        if explanation is None:
            raise
        raise explanation from error
    except UnicodeDecodeError as error:  # Python could not read what SQLite said of damaged text
        raise _damaged(folder, kept) from error
    except OSError as error:
        raise _explain_disk(error, folder, kept) from error


def _explain_database(error: sqlite3.Error, folder: Path, kept: Kept) -> ClassroomError | None:
    code = primary_code(error)
    if code == sqlite3.SQLITE_FULL:
        return _full(folder, kept)
    if code in _DAMAGED_CODES:
        return _damaged(folder, kept)
    if code in _FORBIDDEN_CODES:
        return _forbidden(folder, kept)
    if code in _BUSY_CODES:
        return ClassroomError(
            f"The {kept.all} in {folder} was busy for too long.",
            "Try again; if it stays so, close other programs that use this folder.",
        )
    if code == sqlite3.SQLITE_IOERR:
        return ClassroomError(
            f"The disk that holds {folder} did not take or give the data.",
            f"See that it is attached and has free space, or {kept.elsewhere}",
        )
    return None


def _explain_disk(error: OSError, folder: Path, kept: Kept) -> ClassroomError:
    if error.errno in _FULL:
        return _full(folder, kept)
    if error.errno in _FORBIDDEN:
        return _forbidden(folder, kept)
    if error.errno in _NO_FOLDER:
        return ClassroomError(
            f"{kept.many.capitalize()} cannot be kept in {folder}, as there is a file where a folder is needed.",
            f"Move that file away, or {kept.elsewhere}",
        )
    return ClassroomError(
        f"The folder {folder} cannot be used ({error.strerror or type(error).__name__}).",
        f"See that its disk is attached, or {kept.elsewhere}",
    )


def _damaged(folder: Path, kept: Kept) -> ClassroomError:
    return ClassroomError(
        f"The {kept.all} in {folder} is damaged.",
        "Start the app again: it sets the damaged file aside and saves what can be saved.",
    )


def _full(folder: Path, kept: Kept) -> ClassroomError:
    return ClassroomError(
        f"The disk that holds {folder} is full, so nothing more of {kept.one} is stored.",
        f"Delete {kept.many} that are no longer needed, or make room on the disk.",
    )


def _forbidden(folder: Path, kept: Kept) -> ClassroomError:
    return ClassroomError(
        f"This program may not write into {folder}.", f"Give it permission to write there, or {kept.elsewhere}"
    )
