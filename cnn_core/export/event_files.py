"""A training's curves as TensorBoard reads them. Importing this module imports TensorFlow.

The TensorBoard package is not needed here: events and the way they lie in a file come with TensorFlow itself.
"""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cnn_core.backend import tf
from cnn_core.training.snapshot import RunSnapshot

TRAIN_FILE = "train/events.out.tfevents.0.cnn-classroom"
VALIDATION_FILE = "validation/events.out.tfevents.0.cnn-classroom"
README_FILE = "README.txt"
"""The files of the zip. Two folders are two runs to TensorBoard: it draws one line for each into the same chart."""

_README = """Curves of a training in CNN Classroom, for TensorBoard.

    pip install tensorboard
    tensorboard --logdir .

in the folder that this file lies in. Each batch has a loss, an accuracy and a learning rate (train); each epoch has a
loss and an accuracy on the validation images (validation). The steps are batches.
"""

_FIXED_TIME = (1980, 1, 1, 0, 0, 0)


def tensorboard_zip(snapshot: RunSnapshot, started_at: float) -> bytes:
    """Write a training's curves as a zip of TensorBoard's event files.

    Args:
        snapshot: The training.
        started_at: When it began, in seconds since 1970; the steps are spread evenly over the time that it took.

    Returns:
        The zip; for equal arguments the same bytes.
    """
    files = {
        TRAIN_FILE: _event_file(started_at, _training_events(snapshot, started_at)),
        VALIDATION_FILE: _event_file(started_at, _validation_events(snapshot, started_at)),
        README_FILE: _README.encode(),
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            member = zipfile.ZipInfo(name, _FIXED_TIME)
            member.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(member, content)
    return buffer.getvalue()


def _training_events(snapshot: RunSnapshot, started_at: float) -> Iterator[Any]:
    rows = zip(snapshot.batch_loss, snapshot.batch_accuracy, snapshot.learning_rates, strict=True)
    for step, (loss, accuracy, rate) in enumerate(rows, start=1):
        values = {"loss": float(loss), "accuracy": float(accuracy), "learning_rate": float(rate)}
        yield _event(_time_of(step, snapshot, started_at), step, values)


def _validation_events(snapshot: RunSnapshot, started_at: float) -> Iterator[Any]:
    for epoch in snapshot.epochs:
        values = {"loss": epoch.val_loss, "accuracy": epoch.val_accuracy}
        yield _event(_time_of(epoch.step, snapshot, started_at), epoch.step, values)


def _time_of(step: int, snapshot: RunSnapshot, started_at: float) -> float:
    return started_at + snapshot.elapsed_s * step / max(len(snapshot.batch_loss), 1)


def _event(wall_time: float, step: int, values: dict[str, float]) -> Any:
    written = [tf.compat.v1.Summary.Value(tag=tag, simple_value=value) for tag, value in values.items()]
    return tf.compat.v1.Event(wall_time=wall_time, step=step, summary=tf.compat.v1.Summary(value=written))


def _event_file(started_at: float, events: Iterator[Any]) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "events"
        with tf.io.TFRecordWriter(str(path)) as file:
            file.write(tf.compat.v1.Event(wall_time=started_at, file_version="brain.Event:2").SerializeToString())
            for event in events:
                file.write(event.SerializeToString())
        return path.read_bytes()
