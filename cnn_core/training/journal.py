"""What a training writes to disk while it goes on, so that a killed server loses a second of it at most."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from cnn_core.errors import ClassroomError
from cnn_core.store.records import StoredEvent
from cnn_core.store.retention import MOST_SNAPSHOTS, Mark
from cnn_core.store.store import RunStore
from cnn_core.training.moments import next_moment
from cnn_core.training.records import RESULT, record_of, stored_change, stored_epoch
from cnn_core.training.snapshot import WeightsSnapshot

if TYPE_CHECKING:
    from cnn_core.training.run import Run

WRITE_INTERVAL_S = 0.7
"""Numbers are written about so often: what is lost by a kill is younger than a second."""

WEIGHTS_SHARE = 0.01
"""Share of the training's time that may be spent on writing weights between the ends of epochs."""

ADVANCE_S = 5.0
"""So much of the training's time is spent on them in advance, because most of what changes changes at the beginning."""

MOST_OF_A_BRIEF_RUN = 3
"""Snapshots of a training that is one of many: the first, the best or newest, and one to go on from."""

ReadState = Callable[[], tuple[npt.NDArray[np.generic], ...]]

_log = logging.getLogger(__name__)


class Journal:
    """One run's way to the disk. What cannot be written is tried again with the next numbers, and told once.

    Args:
        store: Where the runs are kept.
        run: The run; it is stored at once.
        is_stored: Whether it is stored already, with all the numbers that it has.
        is_brief: Whether it is one of many, of which nobody looks at how it came about: few weights are kept.

    Attributes:
        problem: Why the run is not being stored, with the remedy; `""` while it is.
    """

    def __init__(self, store: RunStore, run: Run, *, is_stored: bool = False, is_brief: bool = False) -> None:
        self._store = store
        self._run = run
        self._batches = run.snapshot.step if is_stored else 0
        self._epochs = len(run.snapshot.epochs) if is_stored else 0
        self._changes = len(run.snapshot.changes) if is_stored else 0
        self._written_at_s = 0.0
        self._weights_at_s = 0.0
        self._weights_took_s = 0.0
        self._moment = run.snapshot.step
        self._moment_took_s = 0.0
        self._spent_s = 0.0
        self._is_created = is_stored
        self._is_brief = is_brief
        self._most = MOST_OF_A_BRIEF_RUN if is_brief else MOST_SNAPSHOTS
        self.problem = ""
        self.write()

    def note(self) -> None:
        """Write the newest numbers, if it is time."""
        if time.perf_counter() - self._written_at_s >= WRITE_INTERVAL_S:
            self.write()

    def write(self) -> None:
        """Write everything that has not been written yet."""
        self._written_at_s = time.perf_counter()
        try:
            self._write()
        except ClassroomError as error:
            self._complain(error)
        else:
            self.problem = ""

    def keep(
        self, weights: WeightsSnapshot, mark: Mark = "", *, state: ReadState | None = None, is_wanted: bool = True
    ) -> None:
        """Write weights, after the numbers that belong to them.

        Args:
            weights: They and their step.
            mark: `"epoch"` at the end of an epoch, `"best"` for the best one.
            state: Gives what else the training needs to go on from there; called where it is written.
            is_wanted: Whether they are written in any case, or only if writing is cheap against the time since the
                last ones.
        """
        began_s = time.perf_counter()
        if not is_wanted and self._weights_took_s > WEIGHTS_SHARE * (began_s - self._weights_at_s):
            return
        self._save(weights, mark, state)
        self._weights_at_s = time.perf_counter()
        self._weights_took_s = self._weights_at_s - began_s
        if not is_wanted:
            self._spent_s += self._weights_took_s

    def keep_moment(self, step: int, read: Callable[[], WeightsSnapshot]) -> None:
        """Write the weights of a step so that people can come back to it, if it is time and cheap enough.

        That is so in steps that grow, until the share of time for it is used up. A training cannot go on from these
        weights: what else that takes is not written.

        Args:
            step: Steps taken by now.
            read: Copies their weights.
        """
        budget_s = WEIGHTS_SHARE * (self._run.snapshot.elapsed_s + ADVANCE_S)
        if (
            self._most < MOST_SNAPSHOTS
            or step < next_moment(self._moment)
            or self._spent_s + self._moment_took_s > budget_s
        ):
            return
        began_s = time.perf_counter()
        self._save(read())
        self._moment_took_s = time.perf_counter() - began_s
        self._spent_s += self._moment_took_s

    def keep_result(self, weights: WeightsSnapshot) -> None:
        """Write the weights that the training has led to, and that it is these."""
        try:
            if weights.step not in self._store.weight_steps(self._run.id):
                self.keep(weights, "best")
            if not self.problem:
                self._store.add_event(self._run.id, StoredEvent(weights.step, RESULT))
        except ClassroomError as error:
            self._complain(error)

    def _save(self, weights: WeightsSnapshot, mark: Mark = "", state: ReadState | None = None) -> None:
        self._moment = weights.step
        self.write()
        if self.problem:
            return
        try:
            given = state() if state is not None else None
            self._store.save_weights(self._run.id, weights.step, weights.arrays, given, mark=mark, most=self._most)
        except ClassroomError as error:
            self._complain(error)

    def _write(self) -> None:
        run, snapshot = self._run, self._run.snapshot
        if not self._is_created:
            self._store.create(record_of(run))
            self._is_created = True
        count = len(snapshot.batch_loss)
        if count > self._batches:
            new = slice(self._batches, count)
            loss, accuracy, rates = snapshot.batch_loss[new], snapshot.batch_accuracy[new], snapshot.learning_rates[new]
            self._store.append_batches(run.id, self._batches, loss, accuracy, rates)
            self._batches = count
        for epoch in snapshot.epochs[self._epochs :]:
            self._store.add_epoch(run.id, stored_epoch(epoch))
            self._epochs += 1
        for change in snapshot.changes[self._changes :]:
            self._store.add_event(run.id, stored_change(change))
            self._changes += 1
        self._store.save(record_of(run))

    def _complain(self, error: ClassroomError) -> None:
        if not self.problem:
            _log.warning("Run %s is not stored: %s", self._run.id, error)
        self.problem = str(error)
