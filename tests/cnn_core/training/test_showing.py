"""Readers of a training see its numbers now and then, and all of them wherever that matters."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial

import pytest

from cnn_core.training import learner
from cnn_core.training.run import Run
from cnn_core.training.settings import TrainingSettings
from tests.cnn_core.training.fakes import SPEC, FakeTrainer, fake_trainer, small_dataset

__all__ = ["fake_trainer"]

SETTINGS = TrainingSettings(dataset="small", epochs=2, batch_size=16, validation_share=0.1)


@pytest.fixture(autouse=True)
def hardly_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """After the first step, let readers see nothing just because time has passed."""
    monkeypatch.setattr(learner, "SHOW_INTERVAL_S", float(sys.maxsize))


def run_with(trainer: type[FakeTrainer], after_step: Callable[[Run, int], None]) -> Run:
    run = Run(SPEC, SETTINGS, "small", lambda _slug: small_dataset())
    trainer.after_step = staticmethod(partial(after_step, run))
    run.start()
    return run


def test_numbers_are_shown_now_and_then_and_at_the_end_of_an_epoch(fake_trainer: type[FakeTrainer]) -> None:
    seen = []
    run = run_with(fake_trainer, lambda run, _count: seen.append(run.snapshot.step))
    assert run.join(20)
    assert seen == [0, 1, 1, 1, 1, 1, 1, 7, 7, 7, 7, 7, 7, 7]
    assert run.snapshot.step == len(run.snapshot.batch_loss) == 14


def test_all_numbers_are_shown_of_a_training_that_was_stopped(fake_trainer: type[FakeTrainer]) -> None:
    run = run_with(fake_trainer, lambda run, count: run.control.stop() if count == 5 else None)
    assert run.join(20)
    assert (run.snapshot.status, run.snapshot.step) == ("stopped", 5)
    assert run.weights is not None
    assert run.weights.step == 5


def test_all_numbers_are_shown_of_a_training_that_diverged(fake_trainer: type[FakeTrainer]) -> None:
    fake_trainer.losses = iter([2.0, 3.0, 9.0, float("inf")])
    run = run_with(fake_trainer, lambda _run, _count: None)
    assert run.join(20)
    assert run.snapshot.status == "failed"
    assert run.snapshot.batch_loss.tolist() == [2.0, 3.0, 9.0, float("inf")]
