"""Filling a fresh database from what is left: a damaged database, and the folders of the trainings."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cnn_core.store.arrays_file import DamagedFileError, Label, Receipt, read_label
from cnn_core.store.batch_blob import unpack_batches
from cnn_core.store.database import forgiving_text
from cnn_core.store.folder import ARRAYS_SUFFIX, RECORD_NAME, RUN_PREFIX, run_folder
from cnn_core.store.records import RunRecord, record_from_json
from cnn_core.store.schema import STORED_FIELDS, insert_record, record_of_row

_COLUMNS = {
    "batches": ("run_id", "steps_before", "count", "checksum", "numbers"),
    "epochs": ("run_id", "epoch", "step", "loss", "accuracy", "val_loss", "val_accuracy"),
    "events": ("number", "run_id", "step", "kind", "text"),
}


@dataclass(frozen=True)
class Rescued:
    """What was found.

    Args:
        runs: How many trainings are back.
        unreadable: How many folders of trainings could not be read.
    """

    runs: int = 0
    unreadable: int = 0


def rescue(connection: sqlite3.Connection, folder: Path, damaged: Path | None) -> Rescued:
    """Fill empty tables with what is left. Trainings that were going on are still marked so: nobody works on them.

    Args:
        connection: A database with empty tables, inside a transaction.
        folder: The folder of all trainings.
        damaged: The database that was set aside, if there is one.

    Returns:
        How much was found.
    """
    folders = sorted(folder.glob(f"{RUN_PREFIX}*"))
    found = [_record_beside_the_weights(path) for path in folders]
    records = {record.id: record for record in found if record is not None}
    if damaged is None:
        _insert_all(connection, records)
    else:
        names = {path.name for path in folders}  # what was purged stays so
        with contextlib.closing(sqlite3.connect(damaged)) as old:
            old.text_factory = forgiving_text
            records |= {record.id: record for record in _old_records(old) if f"{RUN_PREFIX}{record.id}" in names}
            _insert_all(connection, records)
            _copy_numbers(connection, old, set(records))
    for run_id in records:
        _find_weights(connection, folder, run_id)
    return Rescued(len(records), len(folders) - len(records))


def _record_beside_the_weights(path: Path) -> RunRecord | None:
    try:
        record = record_from_json((path / RECORD_NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    return record if path.name == f"{RUN_PREFIX}{record.id}" else None


def _old_records(old: sqlite3.Connection) -> Iterator[RunRecord]:
    for row in _readable_rows(old, "runs", STORED_FIELDS):
        with contextlib.suppress(sqlite3.DatabaseError):
            yield record_of_row((*row, 0))


def _insert_all(connection: sqlite3.Connection, records: dict[str, RunRecord]) -> None:
    for record in sorted(records.values(), key=lambda record: (record.created_at, record.id)):
        insert_record(connection, replace(record, size_bytes=0), trainer=None)


def _copy_numbers(connection: sqlite3.Connection, old: sqlite3.Connection, run_ids: set[str]) -> None:
    stored = dict.fromkeys(run_ids, 0)
    rows = [row for row in _readable_rows(old, "batches", _COLUMNS["batches"]) if row[0] in stored]
    for row in sorted((row for row in rows if isinstance(row[1], int)), key=lambda row: row[1]):
        run_id, steps_before, count, checksum, numbers = row
        if stored[run_id] == steps_before and unpack_batches(numbers, count, checksum) is not None:
            _insert(connection, "batches", row)
            stored[run_id] += count
    for table in ("epochs", "events"):
        for row in _readable_rows(old, table, _COLUMNS[table]):
            values = dict(zip(_COLUMNS[table], row, strict=True))
            if values["run_id"] in stored and isinstance(values["step"], int):
                with contextlib.suppress(sqlite3.IntegrityError):
                    _insert(connection, table, row)


def _insert(connection: sqlite3.Connection, table: str, row: tuple[Any, ...]) -> None:
    connection.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", row)


def _readable_rows(old: sqlite3.Connection, table: str, columns: tuple[str, ...]) -> Iterator[tuple[Any, ...]]:
    """Read from both ends up to the damage, each row once."""
    seen: set[int] = set()
    for order in ("ASC", "DESC"):
        query = f"SELECT rowid, {', '.join(columns)} FROM {table} ORDER BY rowid {order}"
        with contextlib.suppress(sqlite3.Error, UnicodeDecodeError):
            for number, *values in old.execute(query):
                if number not in seen:
                    seen.add(number)
                    yield tuple(values)


def _find_weights(connection: sqlite3.Connection, folder: Path, run_id: str) -> None:
    found: dict[tuple[str, int], tuple[Path, Label, Receipt]] = {}
    paths = run_folder(folder, run_id).glob(f"*{ARRAYS_SUFFIX}")
    for path in sorted(paths, key=lambda path: path.stat().st_mtime_ns):
        with contextlib.suppress(OSError, DamagedFileError):
            label, receipt = read_label(path)
            found[label.kind, label.step] = (path, label, receipt)
    for (kind, step), (path, label, receipt) in found.items():
        if kind != "weights":
            continue
        state_path, _, state = found.get(("state", step), (None, None, Receipt(0, "")))
        connection.execute(
            "INSERT INTO weights VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                run_id,
                step,
                label.mark,
                path.name,
                receipt.size_bytes,
                receipt.checksum,
                None if state_path is None else state_path.name,
                state.size_bytes,
                state.checksum,
            ),
        )
