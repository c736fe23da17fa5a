"""The part of the store that keeps weights: one file for each snapshot, and a row that vouches for it.

A file is written whole before its row is, and its row is removed before the file is. So a process that is killed at any
moment leaves at worst a file that no row knows; such files are swept away later.
"""

from __future__ import annotations

import contextlib
import secrets
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from cnn_core.errors import ClassroomError
from cnn_core.store.arrays_file import Array, DamagedFileError, Label, Receipt, read_arrays, write_arrays
from cnn_core.store.base import unknown_run
from cnn_core.store.failures import explained_failures
from cnn_core.store.folder import ARRAYS_SUFFIX, PART_SUFFIX
from cnn_core.store.metrics import MetricsPart, cut_numbers, stored_batches
from cnn_core.store.retention import MOST_BYTES, MOST_SNAPSHOTS, Mark, Snapshot, kept_steps

KEPT_STATES = 2
"""From so many snapshots a training can go on: the newest, and one before it in case that is damaged."""


@dataclass(frozen=True)
class Checkpoint:
    """Everything that a training needs to go on.

    Args:
        step: Steps taken by then.
        arrays: The network's weights, in the order in which they were given.
        state: The optimiser's numbers and counters, in the order in which they were given.
    """

    step: int
    arrays: tuple[Array, ...]
    state: tuple[Array, ...]


class WeightsPart(MetricsPart):
    """Weights of trainings. What a call has stored is there after the process was killed, or the power failed."""

    def save_weights(
        self,
        run_id: str,
        step: int,
        arrays: Sequence[Array],
        state: Sequence[Array] | None = None,
        *,
        mark: Mark = "",
        most: int = MOST_SNAPSHOTS,
        most_bytes: int = MOST_BYTES,
    ) -> None:
        """Store the weights of a network at one step, and drop those that are too many by now.

        Append the batches up to this step first: a training goes on only from where its curves reach.

        Args:
            run_id: The training.
            step: Steps taken by now. Weights of this step that are stored already are replaced.
            arrays: Its weights.
            state: What else it needs to go on from here: the optimiser's numbers and counters.
            mark: Why this snapshot is worth keeping.
            most: How many snapshots are kept.
            most_bytes: How much room they may take.

        Raises:
            ClassroomError: If they cannot be stored. What was stored before is still there.
            ValueError: If an array holds something else than plain numbers.
        """
        if self.find(run_id) is None:
            raise unknown_run(run_id)
        folder = self._folder_of(run_id)
        stem = f"{step:09d}-{secrets.token_hex(4)}{ARRAYS_SUFFIX}"
        files = [folder / f"weights-{stem}", folder / f"state-{stem}"][: 1 if state is None else 2]
        try:
            with explained_failures(self.folder):
                kept = write_arrays(files[0], Label(step, "weights", mark), arrays)
                kept_state = None if state is None else write_arrays(files[1], Label(step, "state"), state)
            with self._writing_as_trainer(run_id, is_durable=True) as connection:
                for path in files:
                    path.stat()  # a server that took this one for dead may have swept it away
                outdated = _forget(connection, run_id, {step})
                state_row = None if kept_state is None else (files[1], kept_state)
                _note(connection, run_id, step, mark, (files[0], kept), state_row)
                outdated += _thin(connection, run_id, most, most_bytes)
        except BaseException:
            _remove(files)
            raise
        _remove(folder / name for name in outdated)

    def load_weights(self, run_id: str, step: int) -> tuple[Array, ...]:
        """Read the weights of a network at one step.

        Args:
            run_id: The training.
            step: One of `weight_steps`.

        Returns:
            The arrays as they were given.

        Raises:
            ClassroomError: If there are none of this step, or they are damaged.
        """
        with self._database.reading() as connection:
            row = connection.execute(
                "SELECT file, size_bytes, checksum FROM weights WHERE run_id = ? AND step = ?", (run_id, step)
            ).fetchone()
        if row is None:
            raise _missing(step)
        return self._read(run_id, step, row[0], Receipt(row[1], row[2]))

    def load_state(self, run_id: str) -> Checkpoint | None:
        """Read the newest weights from which a training can go on.

        Damaged ones are passed over, and so are those that are ahead of the stored curves.

        Returns:
            Weights and state, or `None` if there is nothing whole to go on from.

        Raises:
            ClassroomError: If the database cannot be read.
        """
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT step, file, size_bytes, checksum, state_file, state_size_bytes, state_checksum FROM weights "
                "WHERE run_id = ? AND state_file IS NOT NULL AND step <= ? ORDER BY step DESC",
                (run_id, stored_batches(connection, run_id)),
            ).fetchall()
        for step, file, size_bytes, checksum, state_file, state_size_bytes, state_checksum in rows:
            with contextlib.suppress(ClassroomError):
                arrays = self._read(run_id, step, file, Receipt(size_bytes, checksum))
                state = self._read(run_id, step, state_file, Receipt(state_size_bytes, state_checksum))
                return Checkpoint(step, arrays, state)
        return None

    def weight_steps(self, run_id: str) -> tuple[int, ...]:
        """List the steps whose weights are stored, in rising order."""
        with self._database.reading() as connection:
            rows = connection.execute("SELECT step FROM weights WHERE run_id = ? ORDER BY step", (run_id,))
            return tuple(row[0] for row in rows)

    def truncate_after(self, run_id: str, step: int) -> None:
        """Remove what came after a step, so that a training can go on from there.

        Args:
            run_id: The training.
            step: The last step that stays, with its batch, epoch, events and weights.

        Raises:
            ClassroomError: If it cannot be done; then all is as before.
        """
        with self._writing_as_trainer(run_id, is_durable=True) as connection:
            cut_numbers(connection, run_id, step)
            rows = connection.execute("SELECT step FROM weights WHERE run_id = ? AND step > ?", (run_id, step))
            outdated = _forget(connection, run_id, {row[0] for row in rows.fetchall()})
        _remove(self._folder_of(run_id) / name for name in outdated)

    def _read(self, run_id: str, step: int, name: str, receipt: Receipt) -> tuple[Array, ...]:
        try:
            with explained_failures(self.folder):
                return read_arrays(self._folder_of(run_id) / name, receipt)
        except DamagedFileError as error:
            raise ClassroomError(f"The weights of step {step} are damaged.", "Choose those of another step.") from error
        except ClassroomError as error:
            if isinstance(error.__cause__, FileNotFoundError):
                raise _missing(step) from error
            raise

    def _sweep(self, run_id: str) -> None:
        """Remove the files that no row knows, of a training that nobody works on."""
        with self._database.writing() as connection, contextlib.suppress(OSError):
            rows = connection.execute("SELECT file, state_file FROM weights WHERE run_id = ?", (run_id,))
            known = {name for row in rows for name in row}
            paths = self._folder_of(run_id).iterdir()
            _remove(path for path in paths if path.suffix in (ARRAYS_SUFFIX, PART_SUFFIX) and path.name not in known)


def _note(
    connection: sqlite3.Connection,
    run_id: str,
    step: int,
    mark: Mark,
    weights: tuple[Path, Receipt],
    state: tuple[Path, Receipt] | None,
) -> None:
    state_columns = (None, 0, None) if state is None else (state[0].name, state[1].size_bytes, state[1].checksum)
    connection.execute(
        "INSERT INTO weights VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (run_id, step, mark, weights[0].name, weights[1].size_bytes, weights[1].checksum, *state_columns),
    )


def _forget(connection: sqlite3.Connection, run_id: str, steps: set[int]) -> list[str]:
    """Remove rows, and return the names of their files."""
    names: list[str] = []
    for step in steps:
        row = connection.execute(
            "DELETE FROM weights WHERE run_id = ? AND step = ? RETURNING file, state_file", (run_id, step)
        ).fetchone()
        names += [name for name in row or () if name is not None]
    return names


def _thin(connection: sqlite3.Connection, run_id: str, most: int, most_bytes: int) -> list[str]:
    """Remove the rows of what is too much, and return the names of their files."""
    rows = connection.execute(
        "SELECT step, size_bytes, mark, state_file FROM weights WHERE run_id = ? ORDER BY step", (run_id,)
    ).fetchall()
    with_state = [row[0] for row in rows if row[3] is not None]
    names = [row[3] for row in rows if row[0] in with_state[:-KEPT_STATES]]
    for step in with_state[:-KEPT_STATES]:
        connection.execute(
            "UPDATE weights SET state_file = NULL, state_size_bytes = 0, state_checksum = NULL "
            "WHERE run_id = ? AND step = ?",
            (run_id, step),
        )
    snapshots = [Snapshot(step, size_bytes, mark) for step, size_bytes, mark, _ in rows]
    kept = kept_steps(snapshots, most=most, most_bytes=most_bytes, needed=with_state[-KEPT_STATES:])
    return names + _forget(connection, run_id, {row[0] for row in rows} - kept)


def _remove(paths: Iterable[Path]) -> None:
    """Remove files; one that cannot be removed now, as a reader on Windows holds it, is swept away later."""
    for path in paths:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)


def _missing(step: int) -> ClassroomError:
    return ClassroomError(f"There are no stored weights of step {step}.", "Choose those of another step.")
