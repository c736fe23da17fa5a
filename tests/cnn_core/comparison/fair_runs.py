"""Comparisons whose trainings have ended as a test says, without any training."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from cnn_core.architecture.presets import preset
from cnn_core.comparison.fair import Contestant, FairComparison, FairTrainings, Planned, ready_made, title_suffix
from cnn_core.data.dataset import Dataset
from cnn_core.training.run import Run
from cnn_core.training.settings import TrainingSettings
from cnn_core.training.snapshot import EpochResult, RunSnapshot, TestResult

TEST_COUNT = 3000


def no_data(slug: str) -> Dataset:
    raise AssertionError(f"nothing is trained here: {slug}")


def rivals() -> tuple[Contestant, Contestant]:
    """The fully connected network and the first one."""
    return ready_made(preset("fully-connected")), ready_made(preset("first"))


def ended(accuracy: float, curve: Sequence[float] = (0.5, 0.8), count: int = TEST_COUNT) -> RunSnapshot:
    """A training that went on to its end: what it reached on the test images, and after each epoch."""
    epochs = tuple(EpochResult(n, n, 1.0, 0.5, 1 - share, share) for n, share in enumerate(curve, start=1))
    losses = np.ones(len(curve), np.float32)
    return RunSnapshot(
        "finished", "", len(curve), 1, len(curve), losses, losses, epochs=epochs, test=TestResult(0.3, accuracy, count)
    )


def run_of(comparison: FairComparison, planned: Planned, snapshot: RunSnapshot) -> Run:
    """A run of a comparison that is in some state."""
    contestant, settings = comparison.contestants[planned.contestant], comparison.settings_of(planned)
    run = Run(contestant.spec, settings, contestant.title + title_suffix(settings), no_data)
    run.snapshot = snapshot
    return run


def comparison_of(datasets: Sequence[str] = ("digits",), seeds: int = 3) -> FairComparison:
    """Two rivals on some data sets."""
    return FairComparison(rivals(), tuple(datasets), tuple(range(seeds)))


def trainings_of(accuracies: Mapping[str, tuple[Sequence[float], Sequence[float]]]) -> FairTrainings:
    """A comparison that has ended: for each data set what both designs reach, seed by seed."""
    seeds = len(next(iter(accuracies.values()))[0])
    comparison = comparison_of(tuple(accuracies), seeds)
    runs = {
        planned: run_of(comparison, planned, ended(accuracies[planned.dataset][planned.contestant][planned.seed]))
        for planned in comparison.plan()
    }
    return FairTrainings(comparison, runs)


def with_settings(contestant: Contestant, **changes: object) -> Contestant:
    """A contestant with some settings of its own."""
    settings: TrainingSettings = replace(contestant.settings, **changes)  # type: ignore[arg-type]
    return replace(contestant, settings=settings)
