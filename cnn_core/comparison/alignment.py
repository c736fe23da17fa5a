"""Curves of several trainings on one axis.

A chart can show the values of all curves at the cursor only where all curves have a point there. Trainings differ in
length and in their number of batches an epoch, so their batches are sorted into the same cells of the axis, and each
curve has one point a cell: the mean of the batches in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Literal

import numpy as np
import numpy.typing as npt

from cnn_core.comparison.smoothing import smoothed
from cnn_core.training.snapshot import RunSnapshot

Axis = Literal["steps", "epochs"]
Quantity = Literal["loss", "accuracy"]
Numbers = npt.NDArray[np.float64]

_ROUNDING = 1e-6
"""A position that is beyond a cell's end by less than this part of a cell is still in it."""


@dataclass(frozen=True)
class RunCurve:
    """One quantity of one run, on the common axis.

    Args:
        places: `(cells,)`, ends of the cells, from the run's first to its last.
        means: `(cells,)`, mean over the batches in each cell; a cell without batches has what lies on the straight
            line between its neighbours, which is what a chart draws there.
        calm: `(cells,)`, the same of the smoothed curve.
        latest_validation: `(cells,)`, the validation of the last epoch that was complete by then; NaN before the first.
        validation_places: `(epochs,)`, ends of the cells in which the epochs ended.
        validation: `(epochs,)`, the quantity on the validation images after each epoch.
    """

    places: Numbers
    means: Numbers
    calm: Numbers
    latest_validation: Numbers
    validation_places: Numbers
    validation: Numbers


@dataclass(frozen=True)
class AlignedCurves:
    """One quantity of several runs on a common axis.

    Args:
        axis: What the axis counts.
        cell: Length of a cell, in steps or epochs.
        extent: Length of the axis: the longest of the runs, those that still train with all that they have planned.
        curves: One a run, in the order of the runs.
    """

    axis: Axis
    cell: float
    extent: float
    curves: tuple[RunCurve, ...]

    @property
    def cells(self) -> int:
        """Cells of the axis, at least one; the last one may reach beyond the extent."""
        return max(1, ceil(self.extent / self.cell - _ROUNDING))


def aligned_curves(
    snapshots: Sequence[RunSnapshot], quantity: Quantity, axis: Axis, weight: float, most: int = 400
) -> AlignedCurves:
    """Bring one quantity of several runs onto a common axis.

    Args:
        snapshots: The runs.
        quantity: `"loss"`, or `"accuracy"` from 0 to 1.
        axis: `"steps"`, or `"epochs"`: how often a run has gone over its images.
        weight: How much to smooth, from 0 to below 1; see `smoothed`. It is done before batches are averaged in cells.
        most: Most cells of the axis, at least the number of epochs.
    """
    extent = max((_extent(snapshot, axis) for snapshot in snapshots), default=0.0)
    densest = max((snapshot.steps_per_epoch for snapshot in snapshots), default=1)
    cell = cell_length(extent, axis, densest, most)
    return AlignedCurves(
        axis, cell, extent, tuple(_curve(snapshot, quantity, axis, weight, cell) for snapshot in snapshots)
    )


def cell_length(extent: float, axis: Axis, steps_per_epoch: int, most: int) -> float:
    """Choose the length of a cell: whole steps, or a whole part of an epoch, so that epochs end where cells end.

    Args:
        extent: Length of the axis, in its unit.
        axis: What it counts.
        steps_per_epoch: The most batches an epoch of any run; cells are not shorter than such a batch.
        most: Most cells of the axis.

    Example:
        >>> cell_length(1000, "steps", 100, 400), cell_length(3, "epochs", 200, 400)
        (3.0, 0.0075...)
    """
    if axis == "steps":
        return float(max(1, ceil(extent / most)))
    return 1 / max(1, min(most // max(1, ceil(extent)), steps_per_epoch))


def batch_positions(snapshot: RunSnapshot, axis: Axis) -> Numbers:
    """Say where each batch of a run ended.

    Within an epoch all batches count the same; the size of the batches may have changed while the run went on, so
    the ends of the epochs are those that the run has noted.

    Returns:
        `(step,)`, in steps or epochs.
    """
    steps = np.arange(1, len(snapshot.batch_loss) + 1, dtype=np.float64)
    return steps if axis == "steps" else _in_epochs(steps, snapshot)


def _in_epochs(steps: Numbers, snapshot: RunSnapshot) -> Numbers:
    ends = np.array([0, *(epoch.step for epoch in snapshot.epochs)], dtype=np.float64)
    complete = np.interp(steps, ends, np.arange(len(ends)))
    begun = np.maximum(steps - ends[-1], 0) / max(snapshot.steps_per_epoch, 1)
    return np.asarray(complete + begun)


def _extent(snapshot: RunSnapshot, axis: Axis) -> float:
    last = snapshot.total_steps if snapshot.is_active else len(snapshot.batch_loss)
    if axis == "steps":
        return float(last)
    return float(_in_epochs(np.array([float(last)]), snapshot)[0])


def _curve(snapshot: RunSnapshot, quantity: Quantity, axis: Axis, weight: float, cell: float) -> RunCurve:
    values = snapshot.batch_loss if quantity == "loss" else snapshot.batch_accuracy
    positions = batch_positions(snapshot, axis)[: len(values)]
    values = values[: len(positions)]
    places, means = cell_means(positions, values, cell)
    _, calm = cell_means(positions, smoothed(values, weight), cell)
    epochs = snapshot.epochs
    validation = np.array(
        [epoch.val_loss if quantity == "loss" else epoch.val_accuracy for epoch in epochs], np.float64
    )
    noted = [epoch.step if axis == "steps" else index for index, epoch in enumerate(epochs, start=1)]
    ends = np.asarray((_cells(np.array(noted, np.float64), cell) + 1) * cell, np.float64)
    done = np.searchsorted(ends, places + _ROUNDING * cell, side="right")
    latest = np.concatenate([[np.nan], validation])[done]
    return RunCurve(places, means, calm, latest, ends, validation)


def cell_means(positions: npt.ArrayLike, values: npt.ArrayLike, cell: float) -> tuple[Numbers, Numbers]:
    """Average numbers that lie in the same cell of an axis.

    Args:
        positions: `(count,)`, rising, above 0. Cell `k` holds what is above `k * cell` up to `(k + 1) * cell`.
        values: `(count,)`, a number at each position.
        cell: Length of a cell.

    Returns:
        The ends of all cells from the first to the last that hold anything, and the means in them; cells between that
        hold nothing lie on the straight line between their neighbours.

    Example:
        >>> places, means = cell_means([1, 2, 3, 4, 9], [1.0, 3.0, 5.0, 7.0, 10.0], cell=2.0)
        >>> places.tolist(), means.tolist()
        ([2.0, 4.0, 6.0, 8.0, 10.0], [2.0, 6.0, 7.333333333333333, 8.666666666666666, 10.0])
    """
    numbers = np.asarray(values, dtype=np.float64)
    if not numbers.size:
        return np.empty(0), np.empty(0)
    filled, firsts, counts = np.unique(
        _cells(np.asarray(positions, dtype=np.float64), cell), return_index=True, return_counts=True
    )
    means = np.add.reduceat(numbers, firsts) / counts
    cells = np.arange(filled[0], filled[-1] + 1)
    return (cells + 1) * cell, np.interp(cells, filled, means)


def _cells(positions: Numbers, cell: float) -> npt.NDArray[np.int64]:
    return np.maximum(np.ceil(positions / cell - _ROUNDING).astype(np.int64) - 1, 0)
