"""What a run file says about the training in it: JSON, read value by value."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass
from typing import Any, NoReturn, get_args

import numpy as np
import numpy.typing as npt

from cnn_core.architecture.fields import short_repr
from cnn_core.architecture.shapes import class_count
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.errors import ClassroomError
from cnn_core.export.run_archive import MOST_MEMBERS, refused
from cnn_core.store.records import LONGEST_NOTE, LONGEST_TITLE, clean_text
from cnn_core.training.adoption import RunCopy
from cnn_core.training.records import settings_from_json, taught_with_by_remark
from cnn_core.training.settings import TrainingSettings
from cnn_core.training.snapshot import ACTIVE, Change, EpochResult, RunSnapshot, Status, TestResult, WeightsSnapshot

FORMAT = 1
"""Raised when a file of this version would be misread by an earlier one."""

MOST_STEPS = 10_000_000
"""More than 100 epochs of 100,000 images one by one."""

MOST_CHANGES = 2_000
MOST_VERSIONS = 20
LONGEST_NAME = 80
LONGEST_MESSAGE = 2_000
LATEST_S = 1e11
"""Some three thousand years: beyond that a time is a mistake."""

_CHANGEABLE = ("learning_rate", "dropout", "batch_size")
_ENDED = tuple(status for status in get_args(Status) if status not in ACTIVE)
_OTHER_FILES = 3


@dataclass(frozen=True)
class Manifest:
    """What a run file says about itself, checked.

    Args:
        title: A name for people.
        note: What a person wrote about it.
        spec: The network; it can be built.
        settings: How it was trained.
        class_names: One name for each class of the network; none only where there are no weights.
        versions: The versions of what computed it.
        started_at: When it began, in seconds since 1970.
        elapsed_s: Seconds of training.
        status: How it ended.
        message: One sentence on that; may be empty.
        taught_with: Of a copy that was taught with drawings, how many they were; 0 of every other training.
        step: Steps taken: so many batches have numbers.
        steps_per_epoch: Steps in one epoch.
        total_steps: Steps that were meant to be taken.
        epochs: How many epochs are complete.
        changes: Settings that were changed while it ran.
        test: The result on the test images, or nothing.
        moments: The steps whose weights are in the file, in rising order.
        result_step: The one of them that the training has led to, or nothing.
    """

    title: str
    note: str
    spec: NetworkSpec
    settings: TrainingSettings
    class_names: tuple[str, ...]
    versions: dict[str, str]
    started_at: float
    elapsed_s: float
    status: Status
    message: str
    taught_with: int
    step: int
    steps_per_epoch: int
    total_steps: int
    epochs: int
    changes: tuple[Change, ...]
    test: TestResult | None
    moments: tuple[int, ...]
    result_step: int | None

    def copy(
        self,
        curves: npt.NDArray[np.float32],
        epochs: tuple[EpochResult, ...],
        moments: tuple[WeightsSnapshot, ...],
    ) -> RunCopy:
        """Put it together with the numbers of the file.

        Args:
            curves: `(3, steps)`: loss, accuracy and learning rate.
            epochs: How the epochs ended.
            moments: The weights.
        """
        has_failed = self.status == "failed"
        snapshot = RunSnapshot(
            status=self.status,
            message=self.message if has_failed else "",
            remark="" if has_failed else self.message,
            taught_with=self.taught_with,
            step=self.step,
            steps_per_epoch=self.steps_per_epoch,
            total_steps=self.total_steps,
            batch_loss=curves[0],
            batch_accuracy=curves[1],
            learning_rates=curves[2],
            changes=self.changes,
            epochs=epochs,
            elapsed_s=self.elapsed_s,
            time_left_s=0.0,
            test=self.test,
        )
        return RunCopy(
            title=self.title,
            note=self.note,
            spec=self.spec,
            settings=self.settings,
            class_names=self.class_names,
            snapshot=snapshot,
            started_at=self.started_at,
            versions=self.versions,
            result_step=self.result_step,
            moments=moments,
        )


def manifest_of(copy: RunCopy) -> dict[str, Any]:
    """Write down what a run file says about a training, apart from its numbers."""
    snapshot, test = copy.snapshot, copy.snapshot.test
    return {
        "format": FORMAT,
        "made_by": "CNN Classroom",
        "title": copy.title,
        "note": copy.note,
        "design": json.loads(copy.spec.to_json()),
        "training": asdict(copy.settings),
        "class_names": [clean_text(name, LONGEST_NAME) for name in copy.class_names],
        "versions": dict(copy.versions),
        "started_at": copy.started_at,
        "elapsed_s": snapshot.elapsed_s,
        "status": snapshot.status,
        "message": snapshot.message if snapshot.status == "failed" else snapshot.remark,
        "taught_with": snapshot.taught_with,
        "steps": len(snapshot.batch_loss),
        "steps_per_epoch": snapshot.steps_per_epoch,
        "total_steps": snapshot.total_steps,
        "epochs": len(snapshot.epochs),
        "changes": [[change.step, change.name, change.value] for change in snapshot.changes[:MOST_CHANGES]],
        "test": {"loss": _number_or_null(test.loss), "accuracy": test.accuracy, "count": test.count} if test else None,
        "weights": [weights.step for weights in copy.moments],
        "result": copy.result_step,
    }


def read_manifest(content: bytes) -> Manifest:
    """Read what a run file says about itself; what a later version may have added is left out.

    Args:
        content: The manifest, of a size that has been looked at.

    Raises:
        ClassroomError: If it is not one of this version, a value is missing or out of range, or the design is beyond
            the limits of this app.
    """
    try:
        raw = json.loads(content, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise refused("its manifest is not valid JSON") from error
    if not isinstance(raw, dict):
        raise refused("its manifest is not valid JSON")
    version = raw.get("format")
    if version != FORMAT or isinstance(version, bool):
        raise refused(f"it has format {short_repr(version, 20)}, but this version reads {FORMAT}")
    spec = _spec(raw.get("design"))
    settings = _settings(raw.get("training"))
    step = _whole(raw, "steps", MOST_STEPS)
    moments = _list(raw, "weights", MOST_MEMBERS - _OTHER_FILES)
    if any(not _is_whole(moment, step) for moment in moments) or moments != sorted(set(moments)):
        raise refused("the steps of its weights are not in order")
    result = raw.get("result")
    if (result is not None) != bool(moments) or (moments and (isinstance(result, bool) or result not in moments)):
        raise refused("it does not say which of its weights are the result")
    status: Any = raw.get("status")
    if status not in _ENDED:
        raise refused("it does not say how the training ended")
    message = _text(raw, "message", LONGEST_MESSAGE)
    is_of_before = "taught_with" not in raw
    return Manifest(
        title=_text(raw, "title", LONGEST_TITLE).strip() or "Opened training",
        note=_text(raw, "note", LONGEST_NOTE),
        spec=spec,
        settings=settings,
        class_names=_class_names(raw, spec, has_weights=bool(moments)),
        versions=_versions(raw),
        started_at=_number(raw, "started_at", LATEST_S),
        elapsed_s=_number(raw, "elapsed_s", LATEST_S),
        status=status,
        message=message,
        taught_with=taught_with_by_remark(message) if is_of_before else _whole(raw, "taught_with", MOST_STEPS),
        step=step,
        steps_per_epoch=_whole(raw, "steps_per_epoch", MOST_STEPS),
        total_steps=_whole(raw, "total_steps", MOST_STEPS),
        epochs=_whole(raw, "epochs", settings.epochs),
        changes=_changes(raw, step),
        test=_test(raw.get("test")),
        moments=tuple(moments),
        result_step=result,
    )


def _spec(raw: object) -> NetworkSpec:
    spec = NetworkSpec.from_json(json.dumps(raw))
    if not class_count(spec):
        raise refused("its network names no class")
    return spec


def _settings(raw: object) -> TrainingSettings:
    dataset = raw.get("dataset") if isinstance(raw, dict) else None
    if not isinstance(dataset, str) or not 0 < len(dataset) <= LONGEST_NAME or not dataset.isprintable():
        raise refused("its settings name no data set")
    try:
        return settings_from_json(json.dumps(raw))
    except ClassroomError as error:
        raise refused("its settings are damaged") from error


def _class_names(raw: dict[str, Any], spec: NetworkSpec, *, has_weights: bool) -> tuple[str, ...]:
    expected = class_count(spec)
    names = _list(raw, "class_names", expected)
    if len(names) != expected and (names or has_weights):
        raise refused(f"it names {len(names)} classes, but its network tells {expected} apart")
    if not all(isinstance(name, str) for name in names):
        raise refused("the names of its classes are not text")
    return tuple(clean_text(name, LONGEST_NAME) for name in names)


def _versions(raw: dict[str, Any]) -> dict[str, str]:
    versions = raw.get("versions")
    if not isinstance(versions, dict) or len(versions) > MOST_VERSIONS:
        raise refused("its “versions” is not a short list of names")
    if not all(isinstance(version, str) for version in versions.values()):
        raise refused("its “versions” is not a short list of names")
    return {clean_text(name, LONGEST_NAME): clean_text(versions[name], LONGEST_NAME) for name in versions}


def _changes(raw: dict[str, Any], step: int) -> tuple[Change, ...]:
    changes = []
    for item in _list(raw, "changes", MOST_CHANGES):
        if not isinstance(item, list) or len(item) != 3:
            raise refused("its “changes” are not what they should be")
        at, name, value = item
        if not _is_whole(at, step) or name not in _CHANGEABLE or not _is_number(value, LATEST_S):
            raise refused("its “changes” are not what they should be")
        changes.append(Change(at, name, float(value)))
    return tuple(changes)


def _test(raw: object) -> TestResult | None:
    if raw is None:
        return None
    if not isinstance(raw, dict):
        raise refused("its “test” is not a result")
    loss = math.nan if raw.get("loss") is None else _number(raw, "loss", LATEST_S)
    return TestResult(loss, _number(raw, "accuracy", 1.0), _whole(raw, "count", MOST_STEPS))


def _text(raw: dict[str, Any], name: str, most: int) -> str:
    value = raw.get(name)
    if not isinstance(value, str):
        raise refused(f"its “{name}” is not text")
    return clean_text(value, most)


def _list(raw: dict[str, Any], name: str, most: int) -> list[Any]:
    value = raw.get(name)
    if not isinstance(value, list) or len(value) > most:
        raise refused(f"its “{name}” is not a list of at most {most}")
    return value


def _whole(raw: dict[str, Any], name: str, most: int) -> int:
    value = raw.get(name)
    if not isinstance(value, int) or not _is_whole(value, most):
        raise refused(f"its “{name}” is not a whole number from 0 to {most}")
    return value


def _number(raw: dict[str, Any], name: str, most: float) -> float:
    value = raw.get(name)
    if not isinstance(value, int | float) or not _is_number(value, most):
        raise refused(f"its “{name}” is not a number from 0 to {most:g}")
    return float(value)


def _is_whole(value: object, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= most


def _is_number(value: object, most: float) -> bool:
    """Whether it is a number from 0 to the most; one that is not finite is none."""
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= most


def _number_or_null(number: float) -> float | None:
    return number if math.isfinite(number) else None


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"numbers must be finite. Received: {name}.")
