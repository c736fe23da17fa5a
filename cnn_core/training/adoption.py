"""A training that comes from elsewhere: what is passed on of one, and how this machine makes it its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial

from cnn_core.architecture.spec import NetworkSpec
from cnn_core.data.dataset import Dataset
from cnn_core.errors import ClassroomError
from cnn_core.store.records import RunRecord, StoredEvent
from cnn_core.store.retention import Snapshot, kept_steps
from cnn_core.store.store import RunStore
from cnn_core.training.records import (
    RESULT,
    TAUGHT,
    let_look_back,
    library_versions,
    record_of,
    stored_change,
    stored_epoch,
    weights_of,
)
from cnn_core.training.run import Run
from cnn_core.training.settings import TrainingSettings
from cnn_core.training.snapshot import RunSnapshot, WeightsSnapshot

MOST_MOMENTS = 20
"""Weights of so many moments are passed on."""

MOST_MOMENT_BYTES = 40_000_000
"""Room that they may take together, so that the file is not too large to be uploaded; the result goes along anyway."""


@dataclass(frozen=True)
class RunCopy:
    """A training that has ended, apart from where it is kept.

    Args:
        title: A name for people.
        note: What a person wrote about it.
        spec: The network.
        settings: How it was trained.
        class_names: One name a class.
        snapshot: How it ended: its curves and its result.
        started_at: When it began, in seconds since 1970.
        versions: The versions of what computed it.
        result_step: The step whose weights it has led to; `None` where there are none.
        moments: Weights, in the order of their steps.
    """

    title: str
    note: str
    spec: NetworkSpec
    settings: TrainingSettings
    class_names: tuple[str, ...]
    snapshot: RunSnapshot
    started_at: float = 0.0
    versions: Mapping[str, str] = field(default_factory=dict)
    result_step: int | None = None
    moments: tuple[WeightsSnapshot, ...] = ()


def copy_run(run: Run, record: RunRecord | None = None, *, has_moments: bool = True) -> RunCopy:
    """Take down all that is passed on of a training.

    Args:
        run: A training that has ended.
        record: What the disk has of it, for its note and the versions; nothing where it is not kept.
        has_moments: Whether its weights are wanted too. Weights that cannot be read are left out.
    """
    result = run.weights if has_moments else None
    return RunCopy(
        title=run.title,
        note=record.note if record is not None else "",
        spec=run.spec,
        settings=run.settings,
        class_names=run.class_names,
        snapshot=replace(run.snapshot, gradients=None, verdicts=None, images_per_second=0.0),
        started_at=record.started_at or run.started_at if record is not None else run.started_at,
        versions=dict(record.versions if record is not None else library_versions()),
        result_step=result.step if result is not None else None,
        moments=_moments(run, result) if result is not None else (),
    )


def adopt(copy: RunCopy, store: RunStore | None, load: Callable[[str], Dataset]) -> Run:
    """Make a copy a training of this machine, with an id of its own.

    Args:
        copy: The training.
        store: Where it is to be kept; nothing where it is to live in memory only.
        load: Reads a data set by its slug.

    Returns:
        A training that has ended. It is as new as its adoption, so that it is not the first to make room.

    Raises:
        ClassroomError: If it cannot be stored; then nothing of it is left in the list of trainings.
    """
    run = Run(copy.spec, copy.settings, copy.title, load)
    _become(run, copy)
    if store is None:
        moments = {weights.step: weights for weights in copy.moments}
        run.look_back_with(partial(tuple, moments), moments.get)
        if copy.result_step is not None:
            run.keep_weights(moments[copy.result_step])
        return run
    record = replace(record_of(run), note=copy.note, versions=copy.versions, started_at=copy.started_at)
    try:
        _store(copy, record, store)
    except ClassroomError:
        for tidy_up in (partial(store.save, record), partial(store.delete, record.id)):
            with suppress(ClassroomError):  # the disk may be full; it is taken out of the list where that can be
                tidy_up()
        raise
    _become(run, copy, lambda: weights_of(record, store))
    let_look_back(run, store)
    return run


def _moments(run: Run, result: WeightsSnapshot) -> tuple[WeightsSnapshot, ...]:
    """Choose among the weights that are kept as the store does: many from the beginning, fewer from later."""
    steps: Iterable[int] = ()
    with suppress(ClassroomError):  # the result at least goes along
        steps = run.moments()
    size_bytes = sum(array.nbytes for array in result.arrays)
    snapshots = [Snapshot(step, size_bytes) for step in {*steps, result.step}]
    kept = kept_steps(snapshots, most=MOST_MOMENTS, most_bytes=MOST_MOMENT_BYTES, needed=(result.step,))
    for spare in (max(kept), min(kept)):  # both always stay in a store; here large ones are spared, the first one last
        if spare != result.step and len(kept) * size_bytes > MOST_MOMENT_BYTES:
            kept -= {spare}
    found = (result if step == result.step else run.weights_at(step) for step in sorted(kept))
    return tuple(weights for weights in found if weights is not None)


def _become(run: Run, copy: RunCopy, read_result: Callable[[], WeightsSnapshot | None] | None = None) -> None:
    """Give a run what the copy has; it is as new as it was when it was made."""
    run.restore(
        run.id,
        run.started_at,
        copy.class_names,
        copy.snapshot,
        has_weights=bool(copy.moments),
        read_result=read_result,
    )


def _store(copy: RunCopy, record: RunRecord, store: RunStore) -> None:
    snapshot, run_id = copy.snapshot, record.id
    store.create(replace(record, status="preparing"))  # what a kill leaves of it is seen to be incomplete
    store.append_batches(run_id, 0, snapshot.batch_loss, snapshot.batch_accuracy, snapshot.learning_rates)
    for epoch in snapshot.epochs:
        store.add_epoch(run_id, stored_epoch(epoch))
    for change in snapshot.changes:
        store.add_event(run_id, stored_change(change))
    if snapshot.taught_with:
        store.add_event(run_id, StoredEvent(snapshot.step, TAUGHT, str(snapshot.taught_with)))
    for weights in copy.moments:
        store.save_weights(run_id, weights.step, weights.arrays)
    if copy.result_step is not None:
        store.add_event(run_id, StoredEvent(copy.result_step, RESULT))
    store.save(record)
