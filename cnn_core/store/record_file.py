"""The copy of a training's record that lies beside its weights, for the day on which the database is damaged."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from cnn_core.store.base import find_record
from cnn_core.store.files import whole_file
from cnn_core.store.folder import RECORD_NAME, run_folder
from cnn_core.store.records import record_to_json


def write_record_file(folder: Path, connection: sqlite3.Connection, run_id: str) -> None:
    """Write the copy anew, as the row is now. To be called before the row's transaction ends.

    Args:
        folder: The folder of all trainings.
        connection: The connection that has just changed the row.
        run_id: The training.

    Raises:
        OSError: If the disk refuses.
    """
    record = find_record(connection, run_id)
    if record is not None:
        with whole_file(run_folder(folder, run_id) / RECORD_NAME) as file:
            file.write(record_to_json(record).encode("utf-8"))
