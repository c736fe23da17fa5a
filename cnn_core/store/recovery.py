"""The part of the store that tells trainings that go on from those whose process died."""

from __future__ import annotations

import sqlite3
import time

from cnn_core.store.liveness import BEAT_INTERVAL_S, forget_here, living_tokens, write_beat
from cnn_core.store.metrics import stored_batches
from cnn_core.store.record_file import write_record_file
from cnn_core.store.schema import ACTIVE_SQL
from cnn_core.store.weights import WeightsPart

INTERRUPTED_MESSAGE = "The app was closed while this training was going on; what it had learned by then is kept."


class RecoveryPart(WeightsPart):
    """Signs of life of the processes that train."""

    _beaten_at_s: float | None = None

    def heartbeat(self) -> None:
        """Say that this process lives. Whoever trains calls it about once a second, in pauses too; more often is free.

        Raises:
            ClassroomError: If it cannot be written down.
        """
        now_s = time.monotonic()
        if self._beaten_at_s is not None and now_s - self._beaten_at_s < BEAT_INTERVAL_S:
            return
        self._beaten_at_s = now_s
        with self._database.writing() as connection:
            write_beat(connection, self._process, self._clock())

    def recover(self) -> tuple[str, ...]:
        """Mark the trainings as interrupted whose process is dead. Trainings of living processes are left alone.

        To be called when the server starts; later calls cost little and find what died meanwhile.

        Returns:
            The ids of the trainings that were marked now.

        Raises:
            ClassroomError: If the database cannot be read or written to.
        """
        with self._database.reading() as connection:
            if not self._orphans(connection):
                return ()
        with self._database.writing(is_durable=True) as connection:
            orphans = self._orphans(connection)
            for run_id, ended_at in orphans.items():
                self._interrupt(connection, run_id, ended_at)
            living = living_tokens(connection, self._clock())
            for (token,) in connection.execute("SELECT token FROM processes").fetchall():
                if token not in living:
                    connection.execute("DELETE FROM processes WHERE token = ?", (token,))
        for run_id in orphans:
            self._sweep(run_id)
        return tuple(orphans)

    def close(self) -> None:
        """Mark the trainings of this process that are not ended as interrupted, and close the database.

        Does nothing the second time.

        Raises:
            ClassroomError: If the marks cannot be written; the database is closed all the same.
        """
        if self._database.is_closed:
            return
        token = self._process.token
        forget_here(token)
        try:
            with self._database.writing() as connection:
                own = f"SELECT id FROM runs WHERE trainer = ? AND status IN {ACTIVE_SQL}"
                for (run_id,) in connection.execute(own, (token,)).fetchall():
                    self._interrupt(connection, run_id, self._clock())
                connection.execute("DELETE FROM processes WHERE token = ?", (token,))
        finally:
            self._database.close()

    def _interrupt(self, connection: sqlite3.Connection, run_id: str, ended_at: float) -> None:
        connection.execute(
            "UPDATE runs SET status = 'interrupted', message = ?, step = max(step, ?), ended_at = ? WHERE id = ?",
            (INTERRUPTED_MESSAGE, stored_batches(connection, run_id), ended_at, run_id),
        )
        write_record_file(self.folder, connection, run_id)

    def _orphans(self, connection: sqlite3.Connection) -> dict[str, float]:
        """The trainings that nobody works on though they are marked as going on, and when they ended."""
        now = self._clock()
        living = living_tokens(connection, now) | {self._process.token}
        rows = connection.execute(
            "SELECT id, trainer, coalesce(beat_at, started_at, created_at) "
            f"FROM runs LEFT JOIN processes ON token = trainer WHERE status IN {ACTIVE_SQL}"
        ).fetchall()
        return {run_id: min(ended_at, now) for run_id, trainer, ended_at in rows if trainer not in living}
