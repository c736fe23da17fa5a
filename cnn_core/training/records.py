"""A training as it is stored on disk, and back."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, fields
from functools import cache, partial
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

import numpy as np

from cnn_core.architecture.shapes import network_figures
from cnn_core.augmentation.settings import Augmentation
from cnn_core.errors import ClassroomError
from cnn_core.store.records import RunRecord, StoredEpoch, StoredEvent
from cnn_core.store.store import RunStore
from cnn_core.training.settings import TrainingSettings
from cnn_core.training.snapshot import Change, EpochResult, RunSnapshot, TestResult, WeightsSnapshot

if TYPE_CHECKING:
    from cnn_core.training.run import Run

RESULT = "result"
"""The kind of event that says which weights a training has led to."""

TAUGHT = "taught"
"""The kind of event that says with how many drawings a copy was taught."""

_TAUGHT_REMARK = re.compile(r"It is a copy of “.*”, taught with ([\d,]+) drawings?\.", re.DOTALL)

LIBRARIES = ("tensorflow", "keras", "numpy", "streamlit")


def settings_to_json(settings: TrainingSettings) -> str:
    """Write settings, the data set's slug included.

    Example:
        >>> settings_from_json(settings_to_json(TrainingSettings(epochs=5))).epochs
        5
    """
    return json.dumps(asdict(settings))


def settings_from_json(text: str) -> TrainingSettings:
    """Read what `settings_to_json` wrote; settings that a newer version has added have their defaults.

    Raises:
        ClassroomError: If the text is no settings.
    """
    try:
        given = json.loads(text)
        changes = Augmentation(**given.pop("augmentation", {}))
        known = {field.name for field in fields(TrainingSettings)}
        return TrainingSettings(**{name: given[name] for name in given if name in known}, augmentation=changes)
    except (ValueError, TypeError, AttributeError) as error:
        raise ClassroomError("The settings of this training are damaged.", "Train the network again.") from error


def record_of(run: Run) -> RunRecord:
    """Describe a run as it is now, for the store."""
    snapshot, test = run.snapshot, run.snapshot.test
    return RunRecord(
        id=run.id,
        title=run.title,
        spec_json=run.spec.to_json(),
        settings_json=settings_to_json(run.settings),
        versions=library_versions(),
        class_names=run.class_names,
        owner=run.owner,
        parameters=run.parameters,
        multiply_adds=network_figures(run.spec).multiply_adds,
        status=snapshot.status,
        message=snapshot.message if snapshot.status == "failed" else snapshot.remark,
        created_at=run.started_at,
        started_at=run.started_at,
        elapsed_s=snapshot.elapsed_s,
        step=snapshot.step,
        total_steps=snapshot.total_steps,
        steps_per_epoch=snapshot.steps_per_epoch,
        test_loss=test.loss if test else None,
        test_accuracy=test.accuracy if test else None,
        test_count=test.count if test else None,
    )


def snapshot_of(record: RunRecord, store: RunStore) -> RunSnapshot:
    """Read a stored run's numbers.

    Raises:
        ClassroomError: If they cannot be read.
    """
    loss, accuracy, rates = store.batches(record.id)
    events = store.events(record.id)
    test = None
    if record.test_loss is not None and record.test_accuracy is not None and record.test_count is not None:
        test = TestResult(record.test_loss, record.test_accuracy, record.test_count)
    has_failed = record.status == "failed"
    taught_with = next((int(event.text) for event in events if event.kind == TAUGHT), None)
    return RunSnapshot(
        status=record.status,
        message=record.message if has_failed else "",
        remark="" if has_failed else record.message,
        step=len(loss),
        steps_per_epoch=record.steps_per_epoch,
        total_steps=record.total_steps,
        batch_loss=loss,
        batch_accuracy=accuracy,
        learning_rates=rates,
        epochs=tuple(EpochResult(**asdict(epoch)) for epoch in store.epochs(record.id)),
        changes=tuple(Change(e.step, e.kind, float(e.text)) for e in events if e.kind not in (RESULT, TAUGHT)),
        taught_with=taught_with_by_remark(record.message) if taught_with is None else taught_with,
        elapsed_s=record.elapsed_s,
        images_per_second=0.0,
        time_left_s=0.0,
        test=test,
    )


def taught_with_by_remark(remark: str) -> int:
    """Find out with how many drawings a copy was taught, where that was kept in its remark only: up to version 0.7.

    Args:
        remark: What was said about the end of the training.

    Returns:
        How many; 0 if it was not taught.

    Example:
        >>> taught_with_by_remark("It is a copy of “First network”, taught with 12 drawings.")
        12
        >>> taught_with_by_remark("It ended early, after epoch 3 of 6.")
        0
    """
    found = _TAUGHT_REMARK.fullmatch(remark)
    return int(found[1].replace(",", "")) if found else 0


def weights_of(record: RunRecord, store: RunStore) -> WeightsSnapshot | None:
    """Read the weights that a stored run has led to, or the newest ones that can be read.

    Returns:
        They, or nothing where none are stored or all of them are damaged.
    """
    steps = store.weight_steps(record.id)
    results = [event.step for event in store.events(record.id) if event.kind == RESULT]
    for step in [step for step in results[-1:] if step in steps] + sorted(steps, reverse=True):
        try:
            return WeightsSnapshot(step, store.load_weights(record.id, step))
        except ClassroomError:
            continue  # damaged: an older one is better than none
    return None


def weights_at_step(run_id: str, store: RunStore, step: int) -> WeightsSnapshot | None:
    """Read a stored run's weights after some step, or nothing if they are not there or damaged."""
    try:
        return WeightsSnapshot(step, store.load_weights(run_id, step))
    except ClassroomError:
        return None


def let_look_back(run: Run, store: RunStore) -> None:
    """Let readers of a run look at the weights that are stored of it."""
    run.look_back_with(partial(store.weight_steps, run.id), partial(weights_at_step, run.id, store))


def stored_epoch(epoch: EpochResult) -> StoredEpoch:
    """Describe an epoch for the store."""
    return StoredEpoch(**asdict(epoch))


def stored_change(change: Change) -> StoredEvent:
    """Describe a change of a setting for the store."""
    return StoredEvent(change.step, change.name, repr(float(np.float64(change.value))))


@cache
def library_versions() -> dict[str, str]:
    """Name the versions of the libraries that decide what a training gives."""
    found = {}
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
