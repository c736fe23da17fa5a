"""A run examined as the Train page does it: its own weights, its own images, nothing of it touched."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cnn_core.architecture.layers import Conv2D, Dense, Flatten
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.training.diagnosis import findings
from cnn_core.training.examination import course_of, examine
from cnn_core.training.run import Run
from cnn_core.training.settings import TrainingSettings
from tests.cnn_core.training.fakes import FakeTrainer, fake_trainer, small_dataset

__all__ = ["fake_trainer"]

SETTINGS = TrainingSettings(dataset="small", epochs=20, batch_size=8, learning_rate=0.01)


def trained(initializer: str) -> Run:
    layers = (
        Conv2D(filters=4, initializer=initializer),
        Flatten(),
        Dense(units=8, initializer=initializer),
        Dense(units=3, activation="softmax", initializer=initializer),
    )
    run = Run(NetworkSpec((6, 6, 1), layers), SETTINGS, "small", lambda _slug: small_dataset())
    run.start()
    assert run.join(120)
    assert run.snapshot.status == "finished", run.snapshot.message
    return run


@pytest.mark.slow
def test_zero_weights_are_recognised_and_a_healthy_twin_is_not_called_sick() -> None:
    sick, healthy = trained("zeros"), trained("glorot_uniform")
    before = [array.copy() for array in sick.weights.arrays]  # type: ignore[union-attr]
    health = examine(sick)
    assert [step for step, _ in health] == [0, sick.snapshot.step]
    assert [layer.name for layer in health[0][1]] == ["conv_1", "dense_1", "dense_2"]
    assert "zero-weights" in {finding.slug for finding in findings(course_of(sick, health))}
    for array, kept in zip(sick.weights.arrays, before, strict=True):  # type: ignore[union-attr]
        np.testing.assert_array_equal(array, kept)
    found = {finding.slug for finding in findings(course_of(healthy, examine(healthy)))}
    assert not found & {"zero-weights", "vanishing-gradients", "dead-relu", "exploding-loss"}


def test_a_run_without_weights_is_not_examined(fake_trainer: type[FakeTrainer]) -> None:
    run = Run(NetworkSpec((6, 6, 1), (Flatten(), Dense(units=3))), SETTINGS, "small", lambda _slug: small_dataset())
    assert examine(run) == ()
    assert findings(course_of(run)) == ()


def test_what_was_changed_on_the_way_is_what_is_judged(fake_trainer: type[FakeTrainer]) -> None:
    fake_trainer.gate.clear()
    run = Run(NetworkSpec((6, 6, 1), (Flatten(), Dense(units=3))), SETTINGS, "small", lambda _slug: small_dataset())
    for name, value in (("learning_rate", 0.5), ("batch_size", 8.0), ("dropout", 0.3)):
        run.control.change(name, value)
    run.start()
    fake_trainer.gate.set()
    assert run.join(10)
    judged = course_of(run).settings
    assert (judged.learning_rate, judged.batch_size) == (0.5, 8)
    assert replace(judged, learning_rate=SETTINGS.learning_rate, batch_size=SETTINGS.batch_size) == SETTINGS
