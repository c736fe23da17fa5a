"""All stored trainings of one folder."""

from __future__ import annotations

import secrets
import shutil
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cnn_core.errors import ClassroomError
from cnn_core.store.base import unknown_run
from cnn_core.store.folder import PURGED_PREFIX
from cnn_core.store.liveness import register_here
from cnn_core.store.opening import open_database
from cnn_core.store.record_file import write_record_file
from cnn_core.store.records import LONGEST_NOTE, LONGEST_TITLE, RunRecord, clean_text
from cnn_core.store.recovery import RecoveryPart
from cnn_core.store.schema import KEPT_BY_SAVE, RECORD_SQL, insert_record, record_of_row, record_values

_WORTH_A_COPY = ("status", "message", "started_at", "ended_at", "total_steps", "test_count")
"""When one of these changes, the copy of the record beside the weights is written anew."""


class RunStore(RecoveryPart):
    """Trainings on disk: their records, curves and weights.

    One for each server and folder is enough; all methods may be called by any thread. Reading never waits for writing.
    What a method has stored when it returns is there after the process was killed.

    Args:
        folder: Where they are kept (`runs_folder()`); it is made if need be.
        clock: Gives the seconds since 1970.

    Attributes:
        notice: What had to be put right on opening, or cannot be done now, as sentences for people; mostly empty.

    Raises:
        ClassroomError: If the folder cannot be used.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     store = RunStore(Path(folder))
        ...     store.create(RunRecord("a-1", "First try", "{}", "{}", status="running"))
        ...     store.append_batches("a-1", 0, [2.3, 1.9], [0.1, 0.4], [0.01, 0.01])
        ...     loss, _, _ = store.batches("a-1")
        ...     print(store.find("a-1").title, loss)
        ...     store.close()
        First try [2.3 1.9]
    """

    def __init__(self, folder: Path, clock: Callable[[], float] = time.time) -> None:
        database, self.notice = open_database(folder)
        super().__init__(folder, database, register_here(), clock)
        try:
            self.heartbeat()
        except ClassroomError as error:  # what is stored can still be looked at and deleted
            self.notice = f"{self.notice} {error}".strip()

    def create(self, record: RunRecord) -> None:
        """Store a new training. This process is the one that trains it.

        Args:
            record: What it is to be; `size_bytes` is not looked at. Without a time of creation it gets the present one.

        Raises:
            ClassroomError: If it cannot be stored.
            ValueError: If there is one of this id.
        """
        with self._database.writing(is_durable=True) as connection:
            try:
                insert_record(connection, record, self._process.token)
            except sqlite3.IntegrityError as error:
                raise ValueError(f"id must be a new one. Received: id={record.id!r}.") from error
            if not record.created_at:
                connection.execute("UPDATE runs SET created_at = ? WHERE id = ?", (self._clock(), record.id))
            write_record_file(self.folder, connection, record.id)

    def save(self, record: RunRecord) -> None:
        """Store how a training is now, and make this process the one that trains it.

        What people change by themselves stays as it is: title, note, pin, owner, deletion. So a training thread may
        save the record that it holds without undoing a new title. A training that goes on after an interruption is
        saved with its new status first; then its curves and weights may be written to.

        Raises:
            ClassroomError: If there is none of this id, another living process trains it, or it cannot be stored.
        """
        values = {name: value for name, value in record_values(record).items() if name not in KEPT_BY_SAVE}
        changes = ", ".join(f"{name} = :{name}" for name in values)
        watched = f"SELECT {', '.join(_WORTH_A_COPY)} FROM runs WHERE id = ?"
        with self._database.writing(is_durable=not record.is_active) as connection:
            before = connection.execute(watched, (record.id,)).fetchone()
            if before is None:
                raise unknown_run(record.id)
            self._claim(connection, record.id)
            connection.execute(f"UPDATE runs SET {changes} WHERE id = :id", {**values, "id": record.id})
            if connection.execute(watched, (record.id,)).fetchone() != before:
                write_record_file(self.folder, connection, record.id)
        if not record.is_active:
            self._sweep(record.id)

    def all(self, include_deleted: bool = False) -> tuple[RunRecord, ...]:
        """List the trainings, newest first.

        Args:
            include_deleted: Whether those are listed too that were deleted and can still be brought back.

        Raises:
            ClassroomError: If the database cannot be read.
        """
        condition = "" if include_deleted else "WHERE deleted_at IS NULL"
        with self._database.reading() as connection:
            rows = connection.execute(f"{RECORD_SQL} {condition} ORDER BY created_at DESC, rowid DESC")
            return tuple(record_of_row(row) for row in rows)

    def rename(self, run_id: str, title: str) -> None:
        """Give a training another name.

        Raises:
            ClassroomError: If the name is empty, there is no such training, or it cannot be stored.
        """
        cleaned = clean_text(title, LONGEST_TITLE).strip()
        if not cleaned:
            raise ClassroomError("A training needs a name.", "Type at least one letter.")
        self._change(run_id, title=cleaned)

    def set_note(self, run_id: str, note: str) -> None:
        """Write down something about a training.

        Raises:
            ClassroomError: If there is no such training, or it cannot be stored.
        """
        self._change(run_id, note=clean_text(note, LONGEST_NOTE))

    def set_pinned(self, run_id: str, is_pinned: bool) -> None:
        """Say whether a training is to be kept when room is made.

        Raises:
            ClassroomError: If there is no such training, or it cannot be stored.
        """
        self._change(run_id, is_pinned=is_pinned)

    def delete(self, run_id: str) -> None:
        """Take a training out of the list. Its files stay until `purge`, so this can be undone.

        Raises:
            ClassroomError: If it is going on, there is no such training, or it cannot be stored.
        """
        record = self.find(run_id)
        if record is not None and record.is_active:
            raise ClassroomError("This training is still going on.", "Stop it, and then delete it.")
        self._change(run_id, deleted_at=self._clock())

    def undo_delete(self, run_id: str) -> None:
        """Bring a deleted training back.

        Raises:
            ClassroomError: If its files were removed already, or it cannot be stored.
        """
        self._change(run_id, needs_files=True, deleted_at=None)

    def purge(self, older_than_s: float = 0.0) -> int:
        """Remove the files of deleted trainings; this cannot be undone.

        Args:
            older_than_s: Those stay that were deleted later than so many seconds ago.

        Returns:
            How many trainings were removed.

        Raises:
            ClassroomError: If the database cannot be written to.
        """
        latest = self._clock() - older_than_s
        with self._database.writing() as connection:  # writes nothing, but lets nobody undo a deletion meanwhile
            rows = connection.execute("SELECT id FROM runs WHERE deleted_at <= ?", (latest,)).fetchall()
            purged = [run_id for (run_id,) in rows if self._move_out(run_id)]
        for leftover in self.folder.glob(f"{PURGED_PREFIX}*"):
            shutil.rmtree(leftover, ignore_errors=True)
        if purged:  # only now: on a full disk the database has no room before the files are gone
            with self._database.writing(is_durable=True) as connection:
                connection.executemany("DELETE FROM runs WHERE id = ?", [(run_id,) for run_id in purged])
        return len(purged)

    def total_bytes(self) -> int:
        """What all trainings take on disk, deleted ones too as long as they are not purged."""
        return sum(record.size_bytes for record in self.all(include_deleted=True))

    def deletable(self, limit_bytes: int) -> tuple[RunRecord, ...]:
        """Find trainings whose removal makes room: the oldest ended ones that are not pinned.

        Deleted trainings are not counted, as `purge` removes them anyway.

        Args:
            limit_bytes: How much room all trainings may take.

        Returns:
            As few as bring the total under the limit, oldest first. If all of them cannot, all of them.

        Raises:
            ClassroomError: If the database cannot be read.
        """
        records = self.all()
        excess = sum(record.size_bytes for record in records) - limit_bytes
        chosen: list[RunRecord] = []
        for record in reversed(records):
            if excess <= 0:
                break
            if not record.is_pinned and not record.is_active:
                chosen.append(record)
                excess -= record.size_bytes
        return tuple(chosen)

    def _move_out(self, run_id: str) -> bool:
        """Rename a training's folder. Windows refuses while somebody reads a file in it: then it is left for later."""
        goal = self.folder / f"{PURGED_PREFIX}{run_id}-{secrets.token_hex(4)}"
        try:
            self._folder_of(run_id).rename(goal)
        except FileNotFoundError:
            return True
        except OSError:
            return False
        return True

    def _change(self, run_id: str, *, needs_files: bool = False, **values: Any) -> None:
        changes = ", ".join(f"{name} = :{name}" for name in values)
        with self._database.writing(is_durable=True) as connection:
            done = connection.execute(f"UPDATE runs SET {changes} WHERE id = :id", {**values, "id": run_id})
            if not done.rowcount:
                raise unknown_run(run_id)
            if needs_files and not self._folder_of(run_id).exists():
                raise ClassroomError("The files of this training were removed.", "Train the network again.")
            write_record_file(self.folder, connection, run_id)
