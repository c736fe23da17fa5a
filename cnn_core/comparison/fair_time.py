"""How far a fair comparison is, and how long it will still take."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cnn_core.architecture.shapes import network_figures
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.comparison.fair import FairComparison, FairTrainings
from cnn_core.data.registry import DATASETS
from cnn_core.training.queue import usual_slots
from cnn_core.training.run import Run
from cnn_core.training.settings import TrainingSettings, steps_per_epoch

START_S = 1.0
"""What a training takes besides learning, on a laptop: to build the network, to compile it, to judge it."""

_IMAGE_S = 25e-6
_OPERATIONS_PER_S = 120e9
_OPERATIONS_PER_MULTIPLY_ADD = 6
"""A multiply-add is two operations, done once forward and twice backward. Measured on two cores with the ready-made
networks; `pace` corrects it by what this machine has shown."""

_LATEST = 20
_SHORTEST_S = 0.2


@dataclass(frozen=True)
class FairProgress:
    """How far a comparison is.

    Args:
        ended: Trainings that have ended, however that came about.
        total: Trainings that belong to it.
        finished: Those that went on to their planned end.
        failures: What the failed ones say, each sentence once.
        interrupted: How many were cut off when a server ended.
        current: Titles of those that learn just now.
        share: Share of the work that is done, 0 to 1.
        time_left_s: Seconds that it will still take, if nobody else trains.
    """

    ended: int
    total: int
    finished: int
    failures: tuple[str, ...]
    interrupted: int
    current: tuple[str, ...]
    share: float
    time_left_s: float


def fair_progress(trainings: FairTrainings) -> FairProgress:
    """Say how far a comparison is; each training is looked at once."""
    seen = [(run, run.snapshot) for run in trainings.runs.values()]
    speed = pace(trainings.runs.values())
    whole = left = 0.0
    for run, snapshot in seen:
        expected_s = START_S + speed * learning_s(run.spec, run.settings)
        whole += expected_s
        if snapshot.time_left_s is not None and snapshot.status == "running":
            left += min(snapshot.time_left_s, expected_s)
        elif snapshot.is_active:
            left += expected_s * (1 - snapshot.progress)
    failures = dict.fromkeys(snapshot.message for _, snapshot in seen if snapshot.status == "failed")
    active = sum(snapshot.is_active for _, snapshot in seen)
    return FairProgress(
        ended=len(seen) - active,
        total=len(seen),
        finished=sum(snapshot.status == "finished" for _, snapshot in seen),
        failures=tuple(failures),
        interrupted=len(trainings.interrupted),
        current=tuple(run.title for run, snapshot in seen if snapshot.status in ("preparing", "running")),
        share=1 - left / whole if whole else 0.0,
        time_left_s=left / max(1, min(usual_slots(), active)),
    )


def expected_duration_s(comparison: FairComparison, runs: Iterable[Run] = ()) -> float:
    """Say how long a comparison will take about, in seconds, if nobody else trains.

    Args:
        comparison: What is to be trained.
        runs: Trainings of this machine, from which its pace is known.
    """
    speed = pace(runs)
    plan = comparison.plan()
    total = sum(
        START_S + speed * learning_s(comparison.contestants[one.contestant].spec, comparison.settings_of(one))
        for one in plan
    )
    return total / max(1, min(usual_slots(), len(plan)))


def learning_s(spec: NetworkSpec, settings: TrainingSettings) -> float:
    """Say how long a network learns about, in seconds, on two cores.

    Example:
        >>> from cnn_core.architecture.presets import preset
        >>> settings = TrainingSettings(epochs=3, train_count=2000, validation_share=0.2)
        >>> round(learning_s(preset("large-cnn").spec, settings), 1)
        3.5
    """
    entry = DATASETS.get(settings.dataset)
    available = entry.train_count if entry is not None else settings.train_count
    steps = settings.epochs * steps_per_epoch(settings, available)
    return steps * _step_s(spec, settings.batch_size)


def pace(runs: Iterable[Run]) -> float:
    """Say how many times as long as expected trainings have taken on this machine; 1 where none is known.

    Args:
        runs: Trainings, the newest first; the first twenty that have learned anything are looked at.
    """
    took = expected = 0.0
    looked_at = 0
    for run in runs:
        snapshot = run.snapshot
        if snapshot.elapsed_s < _SHORTEST_S or looked_at == _LATEST:
            continue
        looked_at += 1
        took += snapshot.elapsed_s
        expected += snapshot.step * _step_s(run.spec, run.settings.batch_size)
    return took / expected if expected else 1.0


def _step_s(spec: NetworkSpec, batch_size: int) -> float:
    operations = _OPERATIONS_PER_MULTIPLY_ADD * network_figures(spec).multiply_adds
    return batch_size * (_IMAGE_S + operations / _OPERATIONS_PER_S)
