"""All runs of this machine, by the id that stands in the address: those of this process, and those on disk.

This is a plain module and not one of Streamlit's caches: "Clear cache" in its menu would lose running trainings.
"""

from __future__ import annotations

import os
import threading
import time
from contextlib import suppress
from functools import partial
from typing import Any

import numpy.typing as npt

from cnn_core.architecture.spec import NetworkSpec
from cnn_core.data.registry import load_dataset
from cnn_core.errors import ClassroomError
from cnn_core.store.folder import runs_folder
from cnn_core.store.records import RunRecord
from cnn_core.store.store import RunStore
from cnn_core.training.adoption import RunCopy, adopt
from cnn_core.training.journal import Journal
from cnn_core.training.precision import decided
from cnn_core.training.queue import TrainingQueue, Turn, usual_slots
from cnn_core.training.records import (
    let_look_back,
    record_of,
    settings_from_json,
    snapshot_of,
    weights_at_step,
    weights_of,
)
from cnn_core.training.resumption import resumption_of, snapshot_to_go_on_from
from cnn_core.training.run import Run
from cnn_core.training.settings import TrainingSettings

MAX_ACTIVE_RUNS = 200
MAX_KEPT_RUNS = 80
MAX_KEPT_WEIGHTS = 120_000_000
"""Runs that train or wait, runs that are remembered, and how many weights these may hold together."""

BEAT_S = 1.0
STORAGE_VARIABLE = "CNN_CLASSROOM_RUNS_GB"
USUAL_STORAGE_GB = 5.0
DELETED_FOR_S = 86_400.0
"""Deleted runs can be brought back so long; then the next start of a server frees their room."""

_runs: dict[str, Run] = {}
_queue = TrainingQueue(usual_slots())
_lock = threading.Lock()
_store: RunStore | None = None
_storage_problem = ""
_is_open = False


def start_run(
    spec: NetworkSpec,
    settings: TrainingSettings,
    title: str,
    owner: str = "",
    *,
    is_brief: bool = False,
    beside: str = "",
) -> Run:
    """Begin a training in the background, as soon as it is its turn.

    Args:
        spec: The network.
        settings: How to train it.
        title: A name for people.
        owner: Who asks for it: every person has one turn after the other.
        is_brief: Whether it is one of many, of which few weights are kept.
        beside: The id of a run that it is watched side by side with: both train at the same time, in one place.

    Returns:
        The run; its `snapshot` follows the training.

    Raises:
        ClassroomError: If the network cannot be built, or too many trainings are running.
    """
    _open_store()
    run = Run(spec, decided(spec, settings), title, load_dataset, owner)
    with _lock:
        _check_room()
        _runs[run.id] = run
        _forget_oldest()
        run.turn = Turn(_queue, run.id, owner, beside)
        if _store is not None:
            run.journal = Journal(_store, run, is_brief=is_brief)
            let_look_back(run, _store)
        run.start()
    return run


def turn_in_line(job_id: str, owner: str) -> Turn:
    """Return a place in the line of the trainings, for other work that is as heavy as one.

    Args:
        job_id: Tells it from all others.
        owner: Who asks for it: every person has one turn after the other.
    """
    return Turn(_queue, job_id, owner)


def resume_run(run_id: str, owner: str = "") -> Run:
    """Let an interrupted training go on from the newest weights whose optimiser's state is stored too.

    What it had learned after them is learned again: the same batches in the same order.

    Args:
        run_id: The training; its id stays.
        owner: Who asks for it.

    Returns:
        The run, which takes the place of the interrupted one.

    Raises:
        ClassroomError: If it is not interrupted, is not on disk any more, is being trained by another server, or
            cannot be read or written.
    """
    _open_store()
    store = _kept()
    with _lock:
        _check_room()
        record = store.find(run_id)
        if record is None or record.is_deleted or record.status != "interrupted":
            raise ClassroomError("This training is not interrupted, or is gone.", "Train the network again.")
        resumption = resumption_of(store.load_state(run_id), partial(_arrays_at, store, run_id))
        step = resumption.step if resumption is not None else 0
        spec = NetworkSpec.from_json(record.spec_json)
        run = Run(spec, settings_from_json(record.settings_json), record.title, load_dataset, owner)
        run.restore(
            run_id,
            record.created_at,
            record.class_names,
            snapshot_to_go_on_from(record, store, step),
            has_weights=resumption is not None,
        )
        run.go_on_from(resumption)
        store.save(record_of(run))
        store.truncate_after(run_id, step if resumption is not None else -1)
        let_look_back(run, store)
        run.turn = Turn(_queue, run_id, owner)
        run.journal = Journal(store, run, is_stored=True)
        _runs[run_id] = run
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


def stored_record(run_id: str) -> RunRecord | None:
    """Return what the disk has of a run: its note, whether it is pinned, its size; nothing where it is not kept.

    Raises:
        ClassroomError: If the disk cannot be read.
    """
    return _store.find(run_id) if _store is not None else None


def rename_run(run_id: str, title: str) -> None:
    """Give a run another name.

    Raises:
        ClassroomError: If the name is empty, the run is not kept on disk, or it cannot be written.
    """
    _kept().rename(run_id, title)
    run = _runs.get(run_id)
    if run is not None:
        run.title = title.strip()


def note_run(run_id: str, note: str) -> None:
    """Write down something about a run.

    Raises:
        ClassroomError: If the run is not kept on disk, or it cannot be written.
    """
    _kept().set_note(run_id, note)


def pin_run(run_id: str, is_pinned: bool) -> None:
    """Say whether a run stays when room is made.

    Raises:
        ClassroomError: If the run is not kept on disk, or it cannot be written.
    """
    _kept().set_pinned(run_id, is_pinned)


def delete_runs(run_ids: tuple[str, ...]) -> None:
    """Take runs that have ended out of every list. `undo_delete` brings them back for a day.

    Raises:
        ClassroomError: If they are not kept on disk, or it cannot be written.
    """
    for run_id in run_ids:
        run = _runs.get(run_id)
        if run is not None and run.snapshot.is_active:
            raise ClassroomError("This training is still going on.", "Stop it first.")
        _kept().delete(run_id)
        with _lock:
            _runs.pop(run_id, None)


def undo_delete(run_ids: tuple[str, ...]) -> None:
    """Bring deleted runs back.

    Raises:
        ClassroomError: If they are gone for good, or it cannot be written.
    """
    for run_id in run_ids:
        _kept().undo_delete(run_id)
        find_run(run_id)


def adopt_run(copy: RunCopy) -> Run:
    """Make a training that comes from elsewhere one of this machine.

    Returns:
        The run; it has ended. Where trainings are not kept on disk, it lives until the server ends.

    Raises:
        ClassroomError: If it cannot be written.
    """
    _open_store()
    run = adopt(copy, _store, load_dataset)
    with _lock:
        _runs[run.id] = run
        _forget_oldest()
    return run


def storage_use() -> tuple[int, tuple[RunRecord, ...]]:
    """Say how much room the runs take, and which ones to delete so that they take no more than the limit.

    Returns:
        Bytes, and the oldest runs that have ended and are not pinned, as many as it takes; none below the limit.

    Raises:
        ClassroomError: If the disk cannot be read.
    """
    if _store is None:
        return 0, ()
    return _store.total_bytes(), _store.deletable(storage_limit_bytes())


def storage_limit_bytes() -> int:
    """Return how much room the runs may take: `$CNN_CLASSROOM_RUNS_GB` gigabytes, else 5."""
    chosen = os.environ.get(STORAGE_VARIABLE, "")
    try:
        gigabytes = float(chosen) if chosen else USUAL_STORAGE_GB
    except ValueError:
        gigabytes = USUAL_STORAGE_GB
    return int(max(gigabytes, 0.0) * 1e9)


def storage_notice() -> str:
    """Say why trainings are not kept on disk, or what had to be put right there; `""` if all is well."""
    return _storage_problem or (_store.notice if _store is not None else "")


def _kept() -> RunStore:
    if _store is None:
        raise ClassroomError("Trainings are not kept on this machine.", "See the notice on the Train page.")
    return _store


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
            store.purge(older_than_s=DELETED_FOR_S)
            records = [record for record in store.all() if not record.is_active][:MAX_KEPT_RUNS]
        except ClassroomError as error:
            _storage_problem = f"Trainings are not kept: {error}"
            return
        _store = store
        for record in records:
            with suppress(ClassroomError, ValueError):  # its folder stays as it is; the others can be opened
                _runs.setdefault(record.id, _restored(record, store))
        threading.Thread(target=partial(_beat, store), name="runs-heartbeat", daemon=True).start()


def _check_room() -> None:
    if sum(run.snapshot.is_active for run in _runs.values()) >= MAX_ACTIVE_RUNS:
        raise ClassroomError(
            f"{MAX_ACTIVE_RUNS} trainings are running or waiting on this machine already.",
            "Wait until one has ended, or stop one.",
        )


def _arrays_at(store: RunStore, run_id: str, step: int) -> tuple[npt.NDArray[Any], ...] | None:
    weights = weights_at_step(run_id, store, step)
    return weights.arrays if weights is not None else None


def _beat(store: RunStore) -> None:
    """Tell other servers on the same folder that this one lives, in pauses too."""
    while _store is store:
        with suppress(ClassroomError):  # the runs say so themselves: their own writing fails too
            store.heartbeat()
        time.sleep(BEAT_S)


def _restored(record: RunRecord, store: RunStore) -> Run:
    """Make a run of what is stored; it cannot be started."""
    spec = NetworkSpec.from_json(record.spec_json)
    run = Run(spec, settings_from_json(record.settings_json), record.title, load_dataset, record.owner)
    run.restore(
        record.id,
        record.created_at,
        record.class_names,
        snapshot_of(record, store),
        has_weights=bool(store.weight_steps(record.id)),
        read_result=lambda: weights_of(record, store),
    )
    let_look_back(run, store)
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
