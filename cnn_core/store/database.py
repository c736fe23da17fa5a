"""The SQLite file: many readers at any time, one writer at a time, and nobody waits long.

In SQLite's write-ahead mode readers never wait for the writer. Each reader borrows a connection and gives it back, so
there are as many as read at the same moment; a connection for each thread would pile up, as Streamlit starts a thread
whenever a page is drawn. All writing of this process goes through one connection behind one lock: writers queue for
milliseconds there, where SQLite's own waiting is a sleep of growing length. Other processes are waited for by SQLite.
"""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cnn_core.errors import ClassroomError
from cnn_core.store.failures import TRAININGS, Kept, explained_failures

BUSY_S = 15.0
"""How long another process's transaction is waited for."""

MOST_IDLE_READERS = 8


def connect(path: Path, *, may_create: bool = False) -> sqlite3.Connection:
    """Open a database file in the mode in which readers do not wait for the writer.

    Args:
        path: The file.
        may_create: Whether an empty one is made if it is not there.
    """
    address = f"{path.absolute().as_uri()}?mode={'rwc' if may_create else 'rw'}"
    connection = sqlite3.connect(address, timeout=BUSY_S, isolation_level=None, check_same_thread=False, uri=True)
    try:
        connection.text_factory = forgiving_text
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA foreign_keys = ON")
    except BaseException:
        connection.close()
        raise
    return connection


def forgiving_text(content: bytes) -> str:
    """Read text of the database, damaged text too: what it stands for is checked where it matters."""
    return content.decode("utf-8", "replace")


@contextmanager
def transaction(connection: sqlite3.Connection, begin: str) -> Iterator[sqlite3.Connection]:
    """Do everything inside or nothing of it."""
    connection.execute(begin)
    try:
        yield connection
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # SQLite may have taken it back itself
            with contextlib.suppress(sqlite3.Error):
                connection.execute("ROLLBACK")
        raise


class Database:
    """One database file, used by many threads.

    Args:
        path: The file. Its tables are there already.
        kept: What it keeps, for the sentences that people get.
    """

    def __init__(self, path: Path, kept: Kept = TRAININGS) -> None:
        self._path = path
        self._folder = path.parent
        self._kept = kept
        self._idle: deque[sqlite3.Connection] = deque()
        self._write_lock = threading.Lock()
        self.is_closed = False
        with explained_failures(self._folder, self._kept):
            self._writer = connect(path)
            self._identity = self._current_identity()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Borrow a connection that sees the database as it is at one moment.

        Raises:
            ClassroomError: If the database cannot be read.
        """
        with explained_failures(self._folder, self._kept):
            self._check_still_there()
            connection = self._borrow()
            try:
                with transaction(connection, "BEGIN"):
                    yield connection
            except sqlite3.Error:
                connection.close()
                raise
            except BaseException:
                self._give_back(connection)
                raise
            self._give_back(connection)

    @contextmanager
    def writing(self, *, is_durable: bool = False) -> Iterator[sqlite3.Connection]:
        """Borrow the connection that writes; what is done with it is stored as a whole or not at all.

        Once this ends, a killed process loses nothing of it.

        Args:
            is_durable: Whether a power failure shall lose nothing of it either; takes a few milliseconds more.

        Raises:
            ClassroomError: If the database cannot be written to.
        """
        with self._write_lock, explained_failures(self._folder, self._kept):
            self._check_still_there()
            if is_durable:
                self._writer.execute("PRAGMA synchronous = FULL")
            try:
                with transaction(self._writer, "BEGIN IMMEDIATE"):
                    yield self._writer
            finally:
                if is_durable:
                    self._writer.execute("PRAGMA synchronous = NORMAL")

    def close(self) -> None:
        """Close the file. Does nothing the second time."""
        with self._write_lock:
            self.is_closed = True
            self._writer.close()
            while self._idle:
                self._idle.pop().close()

    def _current_identity(self) -> tuple[int, int] | None:
        try:
            status = self._path.stat()
        except FileNotFoundError:
            return None
        return status.st_dev, status.st_ino

    def _check_still_there(self) -> None:
        """Writing into a file that was removed seems to work on many systems, and all of it would be lost."""
        if self._current_identity() != self._identity:
            raise ClassroomError(
                f"The {self._kept.all} in {self._folder} was moved or replaced while the app was running.",
                "Put it back, or start the app again.",
            )

    def _borrow(self) -> sqlite3.Connection:
        if self.is_closed:
            raise sqlite3.ProgrammingError("The store is closed.")
        try:
            return self._idle.pop()
        except IndexError:
            connection = connect(self._path)
            connection.execute("PRAGMA query_only = ON")
            return connection

    def _give_back(self, connection: sqlite3.Connection) -> None:
        if self.is_closed or len(self._idle) >= MOST_IDLE_READERS:
            connection.close()
        else:
            self._idle.append(connection)
