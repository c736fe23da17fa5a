"""What a fair comparison has shown: bands over the seeds, and pairs of accuracies on the test images."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from cnn_core.comparison.fair import FairTrainings, Planned
from cnn_core.comparison.significance import PairedTest, paired_t_test
from cnn_core.training.run import Run
from cnn_core.training.snapshot import RunSnapshot

Quantity = Literal["loss", "accuracy"]
Numbers = npt.NDArray[np.float64]

POINTS = 100.0
"""Percentage points in a whole: accuracies are shares, differences are told in points."""


@dataclass(frozen=True)
class Band:
    """One quantity on the validation images after each epoch, over the seeds.

    Args:
        epochs: `(epoch,)`, from 1.
        mean: `(epoch,)`, mean over the seeds that have come so far.
        low: `(epoch,)`, the lowest of them.
        high: `(epoch,)`, the highest of them.
        count: `(epoch,)`, how many seeds those are.
    """

    epochs: npt.NDArray[np.int64]
    mean: Numbers
    low: Numbers
    high: Numbers
    count: npt.NDArray[np.int64]


@dataclass(frozen=True)
class PairedResult:
    """What both designs reach on one data set, seed by seed.

    Args:
        dataset: Its slug.
        planned: How many seeds were planned.
        seeds: Those with which both trainings went on to their end, unchanged.
        first: `(seed,)`, share of the test images that the first design reads rightly, 0 to 1.
        second: `(seed,)`, the same of the second design.
        test_count: How many test images there are; 0 where no training has ended.
    """

    dataset: str
    planned: int
    seeds: tuple[int, ...]
    first: tuple[float, ...]
    second: tuple[float, ...]
    test_count: int

    @property
    def differences(self) -> tuple[float, ...]:
        """The second design's lead over the first one with each seed, in percentage points."""
        return _points(self.second, self.first)

    @property
    def test(self) -> PairedTest | None:
        """The paired t-test on the differences; nothing where there is no noise to compare with."""
        return paired_t_test(self.differences)


@dataclass(frozen=True)
class VariantCost:
    """What one design loses when images are changed.

    Args:
        contestant: 0 for the first design, 1 for the second.
        losses: Accuracy on the images as they are less that on the changed ones, in percentage points, for each seed
            with which both went on to their end.
    """

    contestant: int
    losses: tuple[float, ...]

    @property
    def test(self) -> PairedTest | None:
        """The paired t-test on the losses; nothing where there is no noise to compare with."""
        return paired_t_test(self.losses)


def seed_band(snapshots: Sequence[RunSnapshot], quantity: Quantity) -> Band:
    """Bring the validation after each epoch of several trainings together: mean, lowest and highest.

    The band reaches from the lowest to the highest seed and not over a standard deviation: of three to five numbers
    that is the plainer thing to say, and it never leaves 0 to 100 %.

    Args:
        snapshots: One a seed; one that has not come so far counts up to where it is.
        quantity: `"loss"`, or `"accuracy"` from 0 to 1.
    """
    longest = max((len(snapshot.epochs) for snapshot in snapshots), default=0)
    table = np.full((len(snapshots), longest), np.nan)
    for row, snapshot in zip(table, snapshots, strict=True):
        row[: len(snapshot.epochs)] = [
            epoch.val_loss if quantity == "loss" else epoch.val_accuracy for epoch in snapshot.epochs
        ]
    count = np.isfinite(table).sum(axis=0)
    known = table[:, count > 0]
    return Band(
        np.flatnonzero(count).astype(np.int64) + 1,
        np.nanmean(known, axis=0) if known.size else np.empty(0),
        np.nanmin(known, axis=0) if known.size else np.empty(0),
        np.nanmax(known, axis=0) if known.size else np.empty(0),
        count[count > 0].astype(np.int64),
    )


def bands_of(trainings: FairTrainings, dataset: str, quantity: Quantity) -> tuple[Band, Band]:
    """Return both designs' bands on one data set."""

    def of(contestant: int) -> Band:
        keys = [Planned(contestant, dataset, seed) for seed in trainings.comparison.seeds]
        return seed_band([trainings.runs[key].snapshot for key in keys if key in trainings.runs], quantity)

    return of(0), of(1)


def paired_result(trainings: FairTrainings, dataset: str) -> PairedResult:
    """Read what both designs reach on the test images of one data set."""
    seeds, first, second, count = [], [], [], 0
    for seed in trainings.comparison.seeds:
        results = [_test(trainings.runs.get(Planned(contestant, dataset, seed))) for contestant in range(2)]
        if results[0] is None or results[1] is None:
            continue
        seeds.append(seed)
        first.append(results[0][0])
        second.append(results[1][0])
        count = results[0][1]
    planned = len(trainings.comparison.seeds)
    return PairedResult(dataset, planned, tuple(seeds), tuple(first), tuple(second), count)


def variant_costs(trainings: FairTrainings, base: str, variant: str) -> tuple[VariantCost, VariantCost]:
    """Say what changed images cost each design, seed by seed.

    Args:
        trainings: The comparison, with both data sets in it.
        base: The images as they are.
        variant: The same images, changed.
    """

    def of(contestant: int) -> VariantCost:
        losses = []
        for seed in trainings.comparison.seeds:
            plain = _test(trainings.runs.get(Planned(contestant, base, seed)))
            changed = _test(trainings.runs.get(Planned(contestant, variant, seed)))
            if plain is not None and changed is not None:
                losses.append(POINTS * (plain[0] - changed[0]))
        return VariantCost(contestant, tuple(losses))

    return of(0), of(1)


def _test(run: Run | None) -> tuple[float, int] | None:
    """Accuracy and number of test images; only of a training that nobody cut short or changed on its way."""
    if run is None:
        return None
    snapshot = run.snapshot
    if snapshot.status != "finished" or snapshot.test is None or snapshot.changes:
        return None
    return snapshot.test.accuracy, snapshot.test.count


def _points(more: Sequence[float], less: Sequence[float]) -> tuple[float, ...]:
    return tuple(POINTS * (one - other) for one, other in zip(more, less, strict=True))
