"""All runs of this machine, by the id that stands in the address: those of this process, and those on disk.

This is a plain module and not one of Streamlit's caches: "Clear cache" in its menu would lose running trainings.
"""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from functools import partial

from cnn_core.architecture.spec import NetworkSpec
from cnn_core.data.registry import load_dataset
from cnn_core.errors import ClassroomError
from cnn_core.store.folder import runs_folder
from cnn_core.store.records import RunRecord
from cnn_core.store.store import RunStore
from cnn_core.training.journal import Journal
from cnn_core.training.records import first_weights_of, settings_from_json, snapshot_of, weights_of
from cnn_core.training.run import Run
from cnn_core.training.settings import TrainingSettings

MAX_ACTIVE_RUNS = 8
MAX_KEPT_RUNS = 40
MAX_KEPT_WEIGHTS = 120_000_000
"""Runs that train at once, runs that are remembered, and how many weights these may hold together."""

BEAT_S = 1.0

_runs: dict[str, Run] = {}
_lock = threading.Lock()
_store: RunStore | None = None
_storage_problem = ""
_is_open = False


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
    _open_store()
    run = Run(spec, settings, title, load_dataset)
    with _lock:
        if sum(other.snapshot.is_active for other in _runs.values()) >= MAX_ACTIVE_RUNS:
            raise ClassroomError(
                f"{MAX_ACTIVE_RUNS} trainings are running on this machine already.",
                "Wait until one has ended, or stop one.",
            )
        _runs[run.id] = run
        _forget_oldest()
        if _store is not None:
            run.journal = Journal(_store, run)
        run.start()
    return run


def find_run(run_id: str) -> Run | None:
    """Return the run with that id, or nothing if neither this process nor the disk knows it."""
    _open_store()
    found = _runs.get(run_id)
    if found is not None or _store is None:
        return found
    try:
        record = _store.find(run_id)
        if record is None or record.is_active or record.is_deleted:
            return None
        run = _restored(record, _store)
    except (ClassroomError, ValueError):
        return None
    with _lock:
        return _runs.setdefault(run_id, run)


def all_runs() -> tuple[Run, ...]:
    """Return all runs that are remembered, the newest first."""
    _open_store()
    with _lock:
        return tuple(sorted(_runs.values(), key=lambda run: run.started_at, reverse=True))


def storage_notice() -> str:
    """Say why trainings are not kept on disk, or what had to be put right there; `""` if all is well."""
    return _storage_problem or (_store.notice if _store is not None else "")


def _open_store() -> None:
    """Open the folder of the runs at its first use, and remember the newest runs in it."""
    global _is_open, _store, _storage_problem
    with _lock:
        if _is_open:
            return
        _is_open = True
        try:
            store = RunStore(runs_folder())
            store.recover()
            records = [record for record in store.all() if not record.is_active][:MAX_KEPT_RUNS]
        except ClassroomError as error:
            _storage_problem = f"Trainings are not kept: {error}"
            return
        _store = store
        for record in records:
            with suppress(ClassroomError, ValueError):  # its folder stays as it is; the others can be opened
                _runs.setdefault(record.id, _restored(record, store))
        threading.Thread(target=partial(_beat, store), name="runs-heartbeat", daemon=True).start()


def _beat(store: RunStore) -> None:
    """Tell other servers on the same folder that this one lives, in pauses too."""
    while _store is store:
        with suppress(ClassroomError):  # the runs say so themselves: their own writing fails too
            store.heartbeat()
        time.sleep(BEAT_S)


def _restored(record: RunRecord, store: RunStore) -> Run:
    """Make a run of what is stored; it cannot be started."""
    spec = NetworkSpec.from_json(record.spec_json)
    run = Run(spec, settings_from_json(record.settings_json), record.title, load_dataset)
    run.restore(
        record.id,
        record.created_at,
        record.class_names,
        snapshot_of(record, store),
        has_weights=bool(store.weight_steps(record.id)),
        read_weights=lambda: weights_of(record, store),
        read_first_weights=lambda: first_weights_of(record, store),
    )
    return run


def _forget_oldest() -> None:
    """Drop the oldest runs that have ended until the rest is within the limits; those on disk can still be found."""
    ended = sorted((run for run in _runs.values() if not run.snapshot.is_active), key=lambda run: run.started_at)
    weights = sum(run.parameters for run in _runs.values())
    for run in ended:
        if len(_runs) <= MAX_KEPT_RUNS and weights <= MAX_KEPT_WEIGHTS:
            return
        del _runs[run.id]
        weights -= run.parameters
