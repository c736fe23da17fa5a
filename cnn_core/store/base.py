"""What all parts of the store share: the folder, the database, and who may write to a training."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from cnn_core.errors import ClassroomError
from cnn_core.store.database import Database
from cnn_core.store.folder import run_folder
from cnn_core.store.liveness import ServerProcess, living_tokens
from cnn_core.store.records import ACTIVE, RunRecord
from cnn_core.store.schema import RECORD_SQL, record_of_row


class StorePart:
    """The ground that the parts of the store stand on.

    Args:
        folder: Where everything lies.
        database: Its open database.
        process: This process, as other processes know it.
        clock: Gives the seconds since 1970.
    """

    def __init__(self, folder: Path, database: Database, process: ServerProcess, clock: Callable[[], float]) -> None:
        self.folder = folder
        self._database = database
        self._process = process
        self._clock = clock

    def find(self, run_id: str) -> RunRecord | None:
        """Look up a training, deleted ones too.

        Returns:
            Its record, or `None` if there is none of this id.

        Raises:
            ClassroomError: If the database cannot be read.
        """
        with self._database.reading() as connection:
            return find_record(connection, run_id)

    def _folder_of(self, run_id: str) -> Path:
        return run_folder(self.folder, run_id)

    @contextmanager
    def _writing_as_trainer(self, run_id: str, *, is_durable: bool = False) -> Iterator[sqlite3.Connection]:
        """Write something that only the process may write that trains this network."""
        with self._database.writing(is_durable=is_durable) as connection:
            row = connection.execute("SELECT trainer FROM runs WHERE id = ?", (run_id,)).fetchone()
            if row is None:
                raise unknown_run(run_id)
            if row[0] not in (None, self._process.token):
                raise taken_over()
            yield connection

    def _claim(self, connection: sqlite3.Connection, run_id: str) -> None:
        """Make this process the one that trains a network, unless another is at it."""
        trainer, status = connection.execute("SELECT trainer, status FROM runs WHERE id = ?", (run_id,)).fetchone()
        is_free = trainer in (None, self._process.token) or status not in ACTIVE
        if not is_free and trainer in living_tokens(connection, self._clock()):
            raise taken_over()
        connection.execute("UPDATE runs SET trainer = ? WHERE id = ?", (self._process.token, run_id))


def find_record(connection: sqlite3.Connection, run_id: str) -> RunRecord | None:
    """Read one training's row, or `None`."""
    row = connection.execute(f"{RECORD_SQL} WHERE id = ?", (run_id,)).fetchone()
    return None if row is None else record_of_row(row)


def unknown_run(run_id: str) -> ClassroomError:
    """The error for an id that names no training."""
    return ClassroomError(f"There is no stored training {run_id}.", "It may have been removed; choose another one.")


def taken_over() -> ClassroomError:
    """The error for a training that another process works on."""
    return ClassroomError(
        "Another running copy of this app works on this training.", "Go on there, or stop it there first."
    )
