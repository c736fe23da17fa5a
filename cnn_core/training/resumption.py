"""From where an interrupted training goes on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from cnn_core.store.records import RunRecord
from cnn_core.store.store import RunStore
from cnn_core.store.weights import Checkpoint
from cnn_core.training.records import snapshot_of
from cnn_core.training.snapshot import RunSnapshot

Weights = tuple[npt.NDArray[np.generic], ...]


@dataclass(frozen=True)
class Place:
    """How far a training is within its epochs.

    Args:
        epoch: The epoch, from 1.
        images: How many of its images have been learned from.
        sums: `(3,)`, sums of loss and accuracy over these images, and their number: for the epoch's means.
    """

    epoch: int
    images: int
    sums: npt.NDArray[np.float64]

    def to_array(self) -> npt.NDArray[np.float64]:
        """Write it as plain numbers, `(5,)`."""
        return np.array([self.epoch, self.images, *self.sums])

    @classmethod
    def from_array(cls, numbers: npt.NDArray[np.generic]) -> Place:
        """Read what `to_array` wrote.

        Raises:
            ValueError: If it is something else.
        """
        if numbers.shape != (5,) or not np.issubdtype(numbers.dtype, np.floating):
            raise ValueError(f"numbers must be five of them. Received: {numbers.shape}, {numbers.dtype}.")
        values = numbers.astype(np.float64)
        return cls(int(values[0]), int(values[1]), values[2:])


BEGINNING = Place(1, 0, np.zeros(3))


@dataclass(frozen=True)
class Resumption:
    """Everything that a training needs to go on as if nothing had happened.

    Args:
        step: Steps taken.
        weights: The network's weights after them.
        trainer_state: What `Trainer.state` gave at that moment.
        place: How far it was within its epochs.
        read_weights: Reads the weights of another step; nothing where they are not stored.
    """

    step: int
    weights: Weights
    trainer_state: Weights
    place: Place
    read_weights: Callable[[int], Weights | None]


def resumption_of(checkpoint: Checkpoint | None, read_weights: Callable[[int], Weights | None]) -> Resumption | None:
    """Make of a checkpoint what a training needs; nothing where it has to begin anew.

    Args:
        checkpoint: The newest one of the training that can be read.
        read_weights: Reads the weights of another step.
    """
    if checkpoint is None or not checkpoint.state:
        return None
    place, *state = checkpoint.state
    try:
        return Resumption(checkpoint.step, checkpoint.arrays, tuple(state), Place.from_array(place), read_weights)
    except ValueError:
        return None


def snapshot_to_go_on_from(record: RunRecord, store: RunStore, step: int) -> RunSnapshot:
    """Return how a training looked after some step: what came later is cut off.

    Args:
        record: The training.
        store: Where it is kept.
        step: The last step that stays.

    Raises:
        ClassroomError: If its numbers cannot be read.
    """
    before = snapshot_of(record, store)
    return replace(
        before,
        status="queued",
        message="",
        remark="",
        step=step,
        batch_loss=before.batch_loss[:step],
        batch_accuracy=before.batch_accuracy[:step],
        learning_rates=before.learning_rates[:step],
        epochs=tuple(epoch for epoch in before.epochs if epoch.step <= step),
        changes=tuple(change for change in before.changes if change.step <= step),
        elapsed_s=before.elapsed_s * step / before.step if before.step else 0.0,
        time_left_s=None,
        test=None,
    )
