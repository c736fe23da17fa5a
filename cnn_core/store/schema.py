"""The tables of the database, and how records become rows.

A column of `runs` is named as the field of `RunRecord` that it holds. `trainer` is the token of the process that last
wrote to the training. SQLite itself keeps no checksum, so the blobs of numbers carry one.
"""

from __future__ import annotations

import json
import math
import sqlite3
from dataclasses import fields
from typing import Any

from cnn_core.store.failures import damaged_row
from cnn_core.store.records import ACTIVE, LONGEST_NOTE, LONGEST_TITLE, RunRecord, clean_text, record_from_values

SCHEMA_VERSION = 1

TABLES = {
    "runs": """
        id TEXT PRIMARY KEY,
        title TEXT NOT NULL,
        spec_json TEXT NOT NULL,
        settings_json TEXT NOT NULL,
        note TEXT NOT NULL,
        is_pinned INTEGER NOT NULL,
        owner TEXT NOT NULL,
        versions TEXT NOT NULL,
        class_names TEXT NOT NULL,
        parameters INTEGER NOT NULL,
        multiply_adds INTEGER NOT NULL,
        status TEXT NOT NULL,
        message TEXT NOT NULL,
        created_at REAL NOT NULL,
        started_at REAL,
        ended_at REAL,
        elapsed_s REAL NOT NULL,
        step INTEGER NOT NULL,
        total_steps INTEGER NOT NULL,
        steps_per_epoch INTEGER NOT NULL,
        test_loss REAL,
        test_accuracy REAL,
        test_count INTEGER,
        deleted_at REAL,
        trainer TEXT""",
    "batches": """
        run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
        steps_before INTEGER NOT NULL,
        count INTEGER NOT NULL,
        checksum INTEGER NOT NULL,
        numbers BLOB NOT NULL,
        PRIMARY KEY (run_id, steps_before)""",
    "epochs": """
        run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
        epoch INTEGER NOT NULL,
        step INTEGER NOT NULL,
        loss REAL,
        accuracy REAL,
        val_loss REAL,
        val_accuracy REAL,
        PRIMARY KEY (run_id, epoch)""",
    "events": """
        number INTEGER PRIMARY KEY,
        run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
        step INTEGER NOT NULL,
        kind TEXT NOT NULL,
        text TEXT NOT NULL""",
    "weights": """
        run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
        step INTEGER NOT NULL,
        mark TEXT NOT NULL,
        file TEXT NOT NULL,
        size_bytes INTEGER NOT NULL,
        checksum TEXT NOT NULL,
        state_file TEXT,
        state_size_bytes INTEGER NOT NULL,
        state_checksum TEXT,
        PRIMARY KEY (run_id, step)""",
    "processes": """
        token TEXT PRIMARY KEY,
        pid INTEGER NOT NULL,
        host TEXT NOT NULL,
        beat_at REAL NOT NULL""",
}

STATEMENTS = (
    *(f"CREATE TABLE {name} ({columns})" for name, columns in TABLES.items()),
    "CREATE INDEX runs_by_age ON runs (created_at)",
    "CREATE INDEX events_by_run ON events (run_id, step)",
    "CREATE INDEX weights_by_size ON weights (run_id, size_bytes, state_size_bytes)",
)
"""What makes the tables; SQLite keeps the text, so a database with other text is not ours, or is damaged."""

STORED_FIELDS = tuple(f.name for f in fields(RunRecord) if f.name != "size_bytes")

KEPT_BY_SAVE = frozenset({"id", "title", "note", "is_pinned", "owner", "created_at", "deleted_at"})
"""What only a person's own commands change: a training thread that saves its record does not undo a new title."""

SIZE_SQL = """(
    length(CAST(spec_json AS BLOB)) + length(CAST(settings_json AS BLOB)) + length(CAST(note AS BLOB))
    + 12 * coalesce(
        (SELECT steps_before + count FROM batches WHERE run_id = runs.id ORDER BY steps_before DESC LIMIT 1), 0)
    + coalesce((SELECT sum(size_bytes + state_size_bytes) FROM weights WHERE run_id = runs.id), 0)
)"""
"""What a training takes on disk. Its batches have no gaps, so the last row tells how many there are."""

RECORD_SQL = f"SELECT {', '.join(STORED_FIELDS)}, {SIZE_SQL} FROM runs"

ACTIVE_SQL = "(" + ", ".join(f"'{status}'" for status in sorted(ACTIVE)) + ")"


def create_tables(connection: sqlite3.Connection) -> None:
    """Make the tables. They are there when the transaction ends, all or none."""
    for statement in STATEMENTS:
        connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")


def record_values(record: RunRecord) -> dict[str, Any]:
    """The columns of a record's row."""
    values = {name: getattr(record, name) for name in STORED_FIELDS}
    for name, most in (("title", LONGEST_TITLE), ("note", LONGEST_NOTE), ("message", LONGEST_NOTE), ("owner", 200)):
        values[name] = clean_text(values[name], most)
    values["versions"] = json.dumps(dict(record.versions))
    values["class_names"] = json.dumps(list(record.class_names))
    return values


def record_of_row(row: tuple[Any, ...]) -> RunRecord:
    """Read a row of `RECORD_SQL`.

    Raises:
        sqlite3.DatabaseError: If it holds no record, which only a damaged file can do.
    """
    values = dict(zip((*STORED_FIELDS, "size_bytes"), row, strict=True))
    try:
        values["is_pinned"] = bool(values["is_pinned"])
        values["versions"] = json.loads(values["versions"])
        values["class_names"] = json.loads(values["class_names"])
        if values["test_count"] is not None:
            values["test_loss"] = number_or_nan(values["test_loss"])
            values["test_accuracy"] = number_or_nan(values["test_accuracy"])
        return record_from_values(values)
    except (ValueError, TypeError) as error:
        raise damaged_row(f"a row of runs is damaged: {error}") from error


def insert_record(connection: sqlite3.Connection, record: RunRecord, trainer: str | None) -> None:
    """Write a new row.

    Raises:
        sqlite3.IntegrityError: If there is a training of this id.
    """
    values = {**record_values(record), "trainer": trainer}
    marks = ", ".join(f":{name}" for name in values)
    connection.execute(f"INSERT INTO runs ({', '.join(values)}) VALUES ({marks})", values)


def number_or_nan(value: float | None) -> float:
    """SQLite stores what is no number, such as the loss of a training that broke down, as nothing."""
    return math.nan if value is None else float(value)
