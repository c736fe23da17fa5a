"""All runs of this process, by the id that stands in the address.

This is a plain module and not one of Streamlit's caches: "Clear cache" in its menu would lose running trainings.
"""

from __future__ import annotations

import threading

from cnn_core.architecture.spec import NetworkSpec
from cnn_core.data.registry import load_dataset
from cnn_core.errors import ClassroomError
from cnn_core.training.run import Run
from cnn_core.training.settings import TrainingSettings

MAX_ACTIVE_RUNS = 8
MAX_KEPT_RUNS = 40
MAX_KEPT_WEIGHTS = 120_000_000
"""Runs that train at once, runs that are remembered, and how many weights these may hold together."""

_runs: dict[str, Run] = {}
_lock = threading.Lock()


def start_run(spec: NetworkSpec, settings: TrainingSettings, title: str) -> Run:
    """Begin a training in the background.

    Args:
        spec: The network.
        settings: How to train it.
        title: A name for people.

    Returns:
        The run; its `snapshot` follows the training.

    Raises:
        ClassroomError: If the network cannot be built, or too many trainings are running.
    """
    run = Run(spec, settings, title, load_dataset)
    with _lock:
        if sum(other.snapshot.is_active for other in _runs.values()) >= MAX_ACTIVE_RUNS:
            raise ClassroomError(
                f"{MAX_ACTIVE_RUNS} trainings are running on this machine already.",
                "Wait until one has ended, or stop one.",
            )
        _runs[run.id] = run
        _forget_oldest()
        run.start()
    return run


def find_run(run_id: str) -> Run | None:
    """Return the run with that id, or nothing if this process does not know it."""
    return _runs.get(run_id)


def all_runs() -> tuple[Run, ...]:
    """Return all runs, the newest first."""
    with _lock:
        return tuple(sorted(_runs.values(), key=lambda run: run.started_at, reverse=True))


def _forget_oldest() -> None:
    """Drop the oldest runs that have ended until the rest is within the limits."""
    ended = sorted((run for run in _runs.values() if not run.snapshot.is_active), key=lambda run: run.started_at)
    weights = sum(run.parameters for run in _runs.values())
    for run in ended:
        if len(_runs) <= MAX_KEPT_RUNS and weights <= MAX_KEPT_WEIGHTS:
            return
        del _runs[run.id]
        weights -= run.parameters
