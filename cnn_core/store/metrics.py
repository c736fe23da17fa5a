"""The part of the store that keeps curves: the numbers of every batch, of every epoch, and what happened between."""

from __future__ import annotations

import sqlite3
from dataclasses import astuple

import numpy as np
import numpy.typing as npt

from cnn_core.errors import ClassroomError
from cnn_core.store.base import StorePart
from cnn_core.store.batch_blob import Numbers, pack_batches, unpack_batches
from cnn_core.store.records import LONGEST_NOTE, StoredEpoch, StoredEvent, clean_text
from cnn_core.store.schema import number_or_nan


class MetricsPart(StorePart):
    """Curves of trainings. What a call has stored is there after the process was killed."""

    def append_batches(
        self,
        run_id: str,
        steps_before: int,
        loss: npt.ArrayLike,
        accuracy: npt.ArrayLike,
        learning_rate: npt.ArrayLike,
    ) -> None:
        """Store the numbers of the latest batches; meant to be called about once a second.

        Args:
            run_id: The training.
            steps_before: How many batches are stored already: 0 the first time. So none can be missing between.
            loss: `(count,)`, loss of each batch.
            accuracy: `(count,)`, accuracy of each batch, 0 to 1.
            learning_rate: `(count,)`, learning rate of each step.

        Raises:
            ClassroomError: If they cannot be stored. The same call may be tried again.
            ValueError: If the arrays differ in length, or there would be a gap or an overlap.
        """
        numbers, count, checksum = pack_batches(loss, accuracy, learning_rate)
        with self._writing_as_trainer(run_id) as connection:
            stored = stored_batches(connection, run_id)
            if steps_before != stored:
                raise ValueError(f"steps_before must be {stored}. Received: steps_before={steps_before}.")
            if count:
                connection.execute(
                    "INSERT INTO batches VALUES (?, ?, ?, ?, ?)", (run_id, steps_before, count, checksum, numbers)
                )
                connection.execute("UPDATE runs SET step = ? WHERE id = ?", (steps_before + count, run_id))

    def batches(self, run_id: str, after: int = 0) -> tuple[Numbers, Numbers, Numbers]:
        """Read the numbers of the batches.

        Args:
            run_id: The training.
            after: How many batches are left out at the beginning.

        Returns:
            Loss, accuracy and learning rate, `(stored - after,)` each.

        Raises:
            ClassroomError: If they are damaged.
        """
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT steps_before, count, checksum, numbers FROM batches "
                "WHERE run_id = ? AND steps_before + count > ? ORDER BY steps_before",
                (run_id, after),
            ).fetchall()
        pieces: list[Numbers] = []
        expected = rows[0][0] if rows else 0
        start = expected
        for steps_before, count, checksum, numbers in rows:
            piece = unpack_batches(numbers, count, checksum)
            if piece is None or steps_before != expected:
                raise ClassroomError(
                    f"The curves of this training are damaged from step {expected} on.",
                    "Its weights may still be whole: look at those, or train the network again.",
                )
            pieces.append(piece)
            expected += count
        together = np.concatenate(pieces, axis=1) if pieces else np.empty((3, 0), np.float32)
        loss, accuracy, learning_rate = together[:, max(0, after - start) :].astype(np.float32)
        return loss, accuracy, learning_rate

    def add_epoch(self, run_id: str, epoch: StoredEpoch) -> None:
        """Store how an epoch ended.

        Raises:
            ClassroomError: If it cannot be stored.
            ValueError: If this epoch is stored already.
        """
        with self._writing_as_trainer(run_id) as connection:
            try:
                connection.execute("INSERT INTO epochs VALUES (?, ?, ?, ?, ?, ?, ?)", (run_id, *astuple(epoch)))
            except sqlite3.IntegrityError as error:
                raise ValueError(f"epoch must be a new one. Received: epoch={epoch.epoch}.") from error

    def epochs(self, run_id: str) -> tuple[StoredEpoch, ...]:
        """Read how the epochs ended, in their order."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT epoch, step, loss, accuracy, val_loss, val_accuracy FROM epochs "
                "WHERE run_id = ? ORDER BY epoch",
                (run_id,),
            ).fetchall()
        return tuple(StoredEpoch(epoch, step, *map(number_or_nan, numbers)) for epoch, step, *numbers in rows)

    def add_event(self, run_id: str, event: StoredEvent) -> None:
        """Store something that happened.

        Raises:
            ClassroomError: If it cannot be stored.
        """
        with self._writing_as_trainer(run_id) as connection:
            connection.execute(
                "INSERT INTO events (run_id, step, kind, text) VALUES (?, ?, ?, ?)",
                (run_id, event.step, clean_text(event.kind, 100), clean_text(event.text, LONGEST_NOTE)),
            )

    def events(self, run_id: str) -> tuple[StoredEvent, ...]:
        """Read what happened, in the order of the steps."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT step, kind, text FROM events WHERE run_id = ? ORDER BY step, number", (run_id,)
            ).fetchall()
        return tuple(StoredEvent(*row) for row in rows)


def stored_batches(connection: sqlite3.Connection, run_id: str) -> int:
    """How many batches of a training are stored."""
    row = connection.execute(
        "SELECT steps_before + count FROM batches WHERE run_id = ? ORDER BY steps_before DESC LIMIT 1", (run_id,)
    ).fetchone()
    return 0 if row is None else int(row[0])


def cut_numbers(connection: sqlite3.Connection, run_id: str, step: int) -> None:
    """Remove the batches, epochs and events that came after a step.

    Raises:
        ClassroomError: If the batches around the step are damaged.
    """
    row = connection.execute(
        "SELECT steps_before, count, checksum, numbers FROM batches "
        "WHERE run_id = ? AND steps_before < ? AND steps_before + count > ?",
        (run_id, step, step),
    ).fetchone()
    connection.execute("DELETE FROM batches WHERE run_id = ? AND steps_before + count > ?", (run_id, step))
    if row is not None:
        steps_before, count, checksum, numbers = row
        piece = unpack_batches(numbers, count, checksum)
        if piece is None:
            raise ClassroomError(
                f"The curves of this training are damaged before step {step}.",
                "It cannot go on from there: train the network again.",
            )
        kept, kept_count, kept_checksum = pack_batches(*piece[:, : step - steps_before])
        connection.execute(
            "INSERT INTO batches VALUES (?, ?, ?, ?, ?)", (run_id, steps_before, kept_count, kept_checksum, kept)
        )
    connection.execute("DELETE FROM epochs WHERE run_id = ? AND step > ?", (run_id, step))
    connection.execute("DELETE FROM events WHERE run_id = ? AND step > ?", (run_id, step))
    connection.execute("UPDATE runs SET step = min(step, ?) WHERE id = ?", (step, run_id))
