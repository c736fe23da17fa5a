"""A training's numbers as tables and as TensorBoard's event files, read back by others' programs."""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnn_core.export.metrics_files import BATCH_COLUMNS, EPOCH_COLUMNS, batches_csv, epochs_csv, step_epochs
from cnn_core.training.snapshot import RunSnapshot
from tests.cnn_core.export.run_samples import sample_copy

SNAPSHOT = sample_copy().snapshot


def test_batches_are_read_back_to_the_last_digit() -> None:
    rows = list(csv.DictReader(io.StringIO(batches_csv(SNAPSHOT))))
    assert list(rows[0]) == list(BATCH_COLUMNS)
    assert [int(row["step"]) for row in rows] == [1, 2, 3, 4, 5, 6, 7]
    for column, expected in (
        ("loss", SNAPSHOT.batch_loss),
        ("accuracy", SNAPSHOT.batch_accuracy),
        ("learning_rate", SNAPSHOT.learning_rates),
    ):
        np.testing.assert_array_equal(np.array([row[column] for row in rows], np.float32), expected)


def test_epochs_are_read_back_to_the_last_digit() -> None:
    rows = list(csv.DictReader(io.StringIO(epochs_csv(SNAPSHOT))))
    assert list(rows[0]) == list(EPOCH_COLUMNS)
    read = [tuple(float(row[name]) for name in EPOCH_COLUMNS) for row in rows]
    assert read == [tuple(getattr(epoch, name) for name in EPOCH_COLUMNS) for epoch in SNAPSHOT.epochs]


def test_every_step_belongs_to_the_epoch_that_it_is_in() -> None:
    assert step_epochs(SNAPSHOT) == [1, 1, 1, 1, 2, 2, 2]
    assert step_epochs(replace(SNAPSHOT, epochs=SNAPSHOT.epochs[:1])) == [1, 1, 1, 1, 2, 2, 2]
    assert step_epochs(RunSnapshot()) == []


def test_numbers_that_are_none_are_named() -> None:
    odd = np.array([np.nan, np.inf], np.float32)
    text = batches_csv(RunSnapshot(batch_loss=odd, batch_accuracy=odd, learning_rates=odd))
    assert text.splitlines()[1:] == ["1,1,nan,nan,nan", "2,1,inf,inf,inf"]


def test_a_training_without_steps_gives_titles_only() -> None:
    assert batches_csv(RunSnapshot()).splitlines() == [",".join(BATCH_COLUMNS)]
    assert epochs_csv(RunSnapshot()).splitlines() == [",".join(EPOCH_COLUMNS)]


def read_events(content: bytes, name: str, folder: Path) -> list[Any]:
    from cnn_core.backend import tf

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        path = archive.extract(name, folder)
    return [tf.compat.v1.Event.FromString(record.numpy()) for record in tf.data.TFRecordDataset(path)]


@pytest.mark.slow
def test_event_files_hold_every_number_at_its_step(tmp_path: Path) -> None:
    from cnn_core.export.event_files import TRAIN_FILE, VALIDATION_FILE, tensorboard_zip

    content = tensorboard_zip(SNAPSHOT, started_at=1000.0)
    header, *events = read_events(content, TRAIN_FILE, tmp_path)
    assert header.file_version == "brain.Event:2"
    assert [event.step for event in events] == [1, 2, 3, 4, 5, 6, 7]
    for tag, expected in (("loss", SNAPSHOT.batch_loss), ("learning_rate", SNAPSHOT.learning_rates)):
        read = [value.simple_value for event in events for value in event.summary.value if value.tag == tag]
        np.testing.assert_array_equal(np.array(read, np.float32), expected)
    assert events[-1].wall_time == pytest.approx(1001.5)
    _, *events = read_events(content, VALIDATION_FILE, tmp_path)
    read = [(event.step, *(round(value.simple_value, 5) for value in event.summary.value)) for event in events]
    assert read == [(4, 0.55, 0.58), (7, 0.3, 0.8)]


@pytest.mark.slow
def test_equal_trainings_give_equal_event_files() -> None:
    from cnn_core.export.event_files import tensorboard_zip

    assert tensorboard_zip(SNAPSHOT, 5.0) == tensorboard_zip(SNAPSHOT, 5.0)
    assert tensorboard_zip(RunSnapshot(), 5.0)
