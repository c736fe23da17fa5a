"""A training that is steered: one epoch, slow motion, changed settings, an early end, the best weights."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest

from cnn_core.training.best import BestEpoch
from cnn_core.training.control import Control, StopTraining
from cnn_core.training.material import VERDICT_COUNT
from cnn_core.training.recorder import MOST_MOMENTS, Recorder
from cnn_core.training.run import Run
from cnn_core.training.schedules import scheduled_rate
from cnn_core.training.settings import TrainingSettings
from cnn_core.training.snapshot import Change
from tests.cnn_core.training.fakes import SPEC, FakeTrainer, fake_trainer, small_dataset
from tests.pages.helpers import until

__all__ = ["fake_trainer"]

BASE = TrainingSettings(dataset="small", batch_size=20, epochs=4, validation_share=0.1, train_count=120)
STEPS = 6


def run_with(settings: TrainingSettings) -> Run:
    return Run(SPEC, settings, "small", lambda _slug: small_dataset())


def trained(settings: TrainingSettings) -> Run:
    run = run_with(settings)
    run.start()
    assert run.join(20)
    assert run.snapshot.status == "finished", run.snapshot.message
    return run


def test_one_epoch_ends_in_a_halt_and_the_next_one_too(fake_trainer: type[FakeTrainer]) -> None:
    run = run_with(BASE)
    run.control.single_epoch()
    run.start()
    until(lambda: run.snapshot.status == "paused", "the first epoch's end")
    assert (run.snapshot.step, len(run.snapshot.epochs)) == (STEPS, 1)
    run.control.single_epoch()
    until(lambda: run.snapshot.step == 2 * STEPS and run.snapshot.status == "paused", "the second epoch's end")
    run.control.resume()
    assert run.join(20)
    assert len(run.snapshot.epochs) == 4


@pytest.mark.parametrize("schedule", ["constant", "step", "cosine", "one_cycle"])
def test_every_step_gets_the_rate_of_its_schedule(fake_trainer: type[FakeTrainer], schedule: str) -> None:
    settings = replace(BASE, schedule=schedule, drop_epochs=1)
    run = trained(settings)
    expected = [scheduled_rate(settings, step, STEPS) for step in range(4 * STEPS)]
    assert fake_trainer.latest.rates == expected
    np.testing.assert_allclose(run.snapshot.learning_rates, expected, rtol=1e-6)


def test_changes_hold_from_the_next_batch_on_and_are_written_down(fake_trainer: type[FakeTrainer]) -> None:
    run = run_with(BASE)
    run.control.single_epoch()
    run.start()
    until(lambda: run.snapshot.status == "paused", "a halt")
    run.control.change("learning_rate", 0.5)
    run.control.change("learning_rate", 0.25)
    run.control.change("batch_size", 54)
    run.control.change("dropout", 0.4)
    run.control.resume()
    assert run.join(20)
    assert [len(batch) for batch in fake_trainer.latest.batches] == [20, 20, 20, 20, 20, 8] + 3 * [54, 54]
    assert fake_trainer.latest.rates == [0.001] * STEPS + [0.25] * 6
    assert fake_trainer.latest.dropout == 0.4
    names = ("learning_rate", "batch_size", "dropout")
    assert run.snapshot.changes == tuple(
        Change(STEPS, name, value) for name, value in zip(names, (0.25, 54, 0.4), strict=True)
    )
    assert run.snapshot.total_steps == run.snapshot.step == STEPS + 6
    for epoch, start in zip(run.snapshot.epochs[1:], (6, 8, 10), strict=True):
        losses = run.snapshot.batch_loss[start : start + 2]
        assert epoch.loss == pytest.approx(np.average(losses, weights=[54, 54]))


def test_a_change_to_what_it_is_already_is_none(fake_trainer: type[FakeTrainer]) -> None:
    run = run_with(BASE)
    run.control.change("learning_rate", BASE.learning_rate)
    run.start()
    assert run.join(20)
    assert run.snapshot.changes == ()


def test_it_ends_early_when_patience_is_over(fake_trainer: type[FakeTrainer]) -> None:
    fake_trainer.validation_losses = iter([0.5, 0.3, 0.4, 0.35, 0.1])
    run = trained(replace(BASE, epochs=20, patience=2))
    assert len(run.snapshot.epochs) == 4
    assert "It ended early, after epoch 4 of 20" in run.snapshot.remark
    assert "had not fallen for 2 epochs" in run.snapshot.remark
    assert not hasattr(fake_trainer.latest, "taken"), "the last weights are kept where nobody asked for the best"


@pytest.mark.parametrize("patience", [0, 2])
def test_the_best_epoch_s_weights_are_kept_and_judged(fake_trainer: type[FakeTrainer], patience: int) -> None:
    fake_trainer.validation_losses = iter([0.5, 0.3, 0.4, 0.35])
    run = trained(replace(BASE, patience=patience, keeps_best=True))
    weights = run.weights
    assert weights is not None
    assert weights.step == 2 * STEPS
    np.testing.assert_array_equal(weights.arrays[0], np.full(3, 2.0 * STEPS))
    np.testing.assert_array_equal(fake_trainer.latest.taken[0], weights.arrays[0])
    assert "The weights are those of epoch 2" in run.snapshot.remark


@pytest.mark.parametrize("keeps_best", [True, False])
@pytest.mark.parametrize(("loss_when_stopped", "is_best_kept"), [(0.4, True), (0.2, False)])
def test_stopping_keeps_the_best(
    fake_trainer: type[FakeTrainer], keeps_best: bool, loss_when_stopped: float, is_best_kept: bool
) -> None:
    fake_trainer.validation_losses = iter([0.3, loss_when_stopped])
    run = run_with(replace(BASE, keeps_best=keeps_best))
    run.control.single_epoch()
    run.start()
    until(lambda: run.snapshot.status == "paused" and len(run.snapshot.epochs) == 1, "an epoch's end")
    run.control.single_step(run.snapshot.step)
    until(lambda: run.snapshot.step % STEPS == 1, "one batch more")
    run.control.stop()
    assert run.join(20)
    assert run.snapshot.status == "stopped"
    assert run.weights is not None
    assert run.weights.step == (STEPS if is_best_kept else STEPS + 1)
    assert ("The weights are those of epoch 1" in run.snapshot.remark) is is_best_kept


def test_nothing_is_said_where_the_last_epoch_is_the_best(fake_trainer: type[FakeTrainer]) -> None:
    fake_trainer.validation_losses = iter([0.5, 0.4, 0.3, 0.2])
    run = trained(replace(BASE, keeps_best=True))
    assert run.snapshot.remark == ""
    assert run.weights is not None
    assert run.weights.step == 4 * STEPS


def test_slow_motion_rests_after_every_batch_and_a_command_ends_the_rest(fake_trainer: type[FakeTrainer]) -> None:
    run = run_with(BASE)
    run.control.slow_down(60.0)
    began_s = time.monotonic()
    run.start()
    until(lambda: run.snapshot.step == 1, "the first batch")
    assert run.snapshot.time_left_s is None
    run.control.slow_down(0.0)
    assert run.join(20)
    assert time.monotonic() - began_s < 20
    assert run.snapshot.elapsed_s < 20, "a rest is not training"


def test_verdicts_are_of_the_same_test_images_throughout(fake_trainer: type[FakeTrainer]) -> None:
    run = trained(BASE)
    seen = run.snapshot.verdicts
    assert seen is not None
    assert len(seen.images) == len(seen.labels) == len(seen.guesses) == VERDICT_COUNT
    test = small_dataset().test
    for image, label in zip(seen.images, seen.labels, strict=True):
        (found,) = (i for i, other in enumerate(test.images) if np.array_equal(other, image))
        assert test.labels[found] == label


def test_stop_wins_over_every_other_command() -> None:
    control = Control()
    control.stop()
    control.single_epoch()
    control.resume()
    with pytest.raises(StopTraining):
        control.wait_for_permission(0, lambda: None, lambda: None)


def test_gradients_are_kept_evenly_however_long_it_takes() -> None:
    recorder = Recorder(("conv_1", "dense_1"))
    assert recorder.gradients is None
    assert recorder.wants_gradients
    for step in range(5000):
        recorder.note_step(1.0, 0.5, 0.1, 8, 0.001)
        recorder.note_gradients(np.array([step, 2 * step], np.float32))
    assert not recorder.wants_gradients
    gradients = recorder.gradients
    assert gradients is not None
    assert gradients.norms.shape == (len(gradients.steps), 2)
    assert len(gradients.steps) < MOST_MOMENTS
    assert gradients.steps[0] == 1
    assert np.diff(gradients.steps).max() <= 5000 / 100
    np.testing.assert_array_equal(gradients.norms[:, 0] + 1, gradients.steps)


def test_patience_counts_as_keras_counts() -> None:
    """Losses, and after which epoch `EarlyStopping(patience=2)` ends the training: 1 and 2 do not fall below 0."""
    best = BestEpoch(2)
    ends = []
    for epoch, loss in enumerate([5.0, 4.0, 4.0, 3.0, 3.5, 3.0], start=1):
        best.note(epoch, loss, tuple)
        ends.append(best.is_over(epoch))
    assert ends == [False, False, False, False, False, True]
    assert best.epoch == 4
