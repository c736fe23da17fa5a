"""A training's numbers as tables that spreadsheets and other programs read.

Both tables are CSV in UTF-8: commas between the columns, a full stop in numbers, one line of titles. A number that got
lost (a loss that is no number any more) is written as `nan`, one without end as `inf`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

import numpy as np

from cnn_core.training.snapshot import RunSnapshot

BATCH_COLUMNS = {
    "step": "which step, from 1",
    "epoch": "the epoch that it belongs to, from 1",
    "loss": "loss of the batch",
    "accuracy": "accuracy on the batch, 0 to 1",
    "learning_rate": "learning rate of the step",
}
"""The columns of the table of batches, and what each holds."""

EPOCH_COLUMNS = {
    "epoch": "which epoch, from 1",
    "step": "steps taken by its end",
    "loss": "mean training loss over its batches",
    "accuracy": "mean training accuracy over its batches, 0 to 1",
    "val_loss": "loss on the validation images at its end",
    "val_accuracy": "accuracy on the validation images at its end, 0 to 1",
}
"""The columns of the table of epochs, and what each holds."""


def batches_csv(snapshot: RunSnapshot) -> str:
    r"""Write one line a batch.

    Args:
        snapshot: The training.

    Example:
        >>> one = np.ones(1, np.float32)
        >>> batches_csv(RunSnapshot(batch_loss=2 * one, batch_accuracy=one / 8, learning_rates=one / 1000))
        'step,epoch,loss,accuracy,learning_rate\n1,1,2.0,0.125,0.001\n'
    """
    # Each number as short as float32 allows: float64 would write 0.001 as 0.0010000000474974513.
    numbers = zip(snapshot.batch_loss, snapshot.batch_accuracy, snapshot.learning_rates, strict=True)
    rows = (
        (step, epoch, *map(str, row))
        for step, (epoch, row) in enumerate(zip(step_epochs(snapshot), numbers, strict=True), start=1)
    )
    return _table(BATCH_COLUMNS, rows)


def epochs_csv(snapshot: RunSnapshot) -> str:
    r"""Write one line a complete epoch.

    Args:
        snapshot: The training.

    Example:
        >>> from cnn_core.training.snapshot import EpochResult
        >>> epochs_csv(RunSnapshot(epochs=(EpochResult(1, 20, 0.5, 0.75, 0.25, 0.875),)))
        'epoch,step,loss,accuracy,val_loss,val_accuracy\n1,20,0.5,0.75,0.25,0.875\n'
    """
    return _table(EPOCH_COLUMNS, ([getattr(epoch, name) for name in EPOCH_COLUMNS] for epoch in snapshot.epochs))


def step_epochs(snapshot: RunSnapshot) -> list[int]:
    """Say for each step which epoch it belongs to, from 1."""
    ends = [epoch.step for epoch in snapshot.epochs]
    steps = np.arange(1, len(snapshot.batch_loss) + 1)
    return [int(epoch) for epoch in np.searchsorted(ends, steps, side="left") + 1]


def _table(columns: Iterable[str], rows: Iterable[Sequence[object]]) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return buffer.getvalue()
