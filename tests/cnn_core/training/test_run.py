"""A run around its trainer: states, commands, numbers, failures. No TensorFlow here."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from cnn_core.architecture.layers import Dense, Flatten
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.data.dataset import LabelledImages
from cnn_core.errors import ClassroomError
from cnn_core.training.run import Run
from cnn_core.training.settings import TrainingSettings
from tests.cnn_core.training.fakes import SPEC, FakeTrainer, fake_trainer, small_dataset

__all__ = ["fake_trainer"]

SETTINGS = TrainingSettings(dataset="small", epochs=2, batch_size=16, validation_share=0.1, seed=3)


def until(is_so: Callable[[], bool], what: str) -> None:
    """Wait for another thread, ten seconds at most."""
    for _ in range(2000):
        if is_so():
            return
        time.sleep(0.005)
    raise AssertionError(f"never happened: {what}")


def new_run(settings: TrainingSettings = SETTINGS, spec: NetworkSpec = SPEC) -> Run:
    return Run(spec, settings, "small", lambda slug: small_dataset())


def finished(run: Run) -> Run:
    run.start()
    assert run.join(20)
    return run


def test_run_goes_over_all_images_in_every_epoch(fake_trainer: type[FakeTrainer]) -> None:
    run = finished(new_run())
    snapshot = run.snapshot
    assert snapshot.status == "finished"
    # 120 images, a tenth kept aside: 108 in batches of 16 are 7 steps.
    assert (snapshot.steps_per_epoch, snapshot.total_steps, snapshot.step) == (7, 14, 14)
    first, second = fake_trainer.latest.batches[:7], fake_trainer.latest.batches[7:]
    for epoch in (first, second):
        assert sorted(np.concatenate(epoch).tolist()) == list(range(108))
    assert [batch.tolist() for batch in first] != [batch.tolist() for batch in second]


def test_numbers_of_a_run_are_those_of_its_batches(fake_trainer: type[FakeTrainer]) -> None:
    snapshot = finished(new_run()).snapshot
    assert snapshot.batch_loss == pytest.approx([1 / n for n in range(1, 15)])
    assert [epoch.step for epoch in snapshot.epochs] == [7, 14]
    # An epoch's loss is the mean over its images: the last of its batches has 12 of them, not 16.
    sizes = [16] * 6 + [12]
    assert snapshot.epochs[1].loss == pytest.approx(np.average([1 / n for n in range(8, 15)], weights=sizes))
    assert snapshot.epochs[0].val_loss == pytest.approx(0.25)
    assert snapshot.epochs[0].val_accuracy == pytest.approx(10 / 12)
    assert snapshot.test is not None
    assert (snapshot.test.count, snapshot.test.accuracy) == (30, pytest.approx(0.9))
    assert snapshot.accuracy == snapshot.test.accuracy
    assert snapshot.progress == 1.0
    assert snapshot.time_left_s == 0.0


def test_equal_seeds_show_the_images_in_the_same_order(fake_trainer: type[FakeTrainer]) -> None:
    orders = []
    for seed in (3, 3, 4):
        finished(new_run(TrainingSettings(dataset="small", epochs=1, batch_size=16, seed=seed)))
        orders.append(np.concatenate(fake_trainer.latest.batches).tolist())
    assert orders[0] == orders[1] != orders[2]


def test_train_count_limits_what_is_learned_from(fake_trainer: type[FakeTrainer]) -> None:
    finished(new_run(TrainingSettings(dataset="small", epochs=1, train_count=100, validation_share=0.5)))
    assert len(fake_trainer.latest.train) == 50
    assert np.ptp(np.bincount(fake_trainer.latest.train.labels)) <= 1


def test_paused_run_stands_still_steps_once_and_goes_on(fake_trainer: type[FakeTrainer]) -> None:
    fake_trainer.gate.clear()
    run = new_run()
    run.start()
    run.control.pause()
    fake_trainer.gate.set()
    until(lambda: run.snapshot.status == "paused", "paused")
    stood = run.snapshot.step
    assert stood <= 1
    assert run.weights is not None
    assert run.weights.step == stood
    run.control.single_step(run.snapshot.step)
    until(lambda: run.snapshot.step == stood + 1, "one step")
    until(lambda: run.weights is not None and run.weights.step == stood + 1, "weights of that step")
    assert run.snapshot.status == "paused"
    time.sleep(0.05)
    assert run.snapshot.step == stood + 1, "a paused run takes exactly the one step it was asked for"
    run.control.resume()
    assert run.join(10)
    assert run.snapshot.status == "finished"
    assert run.snapshot.step == 14


def test_stopped_run_keeps_what_it_learned_and_is_judged(fake_trainer: type[FakeTrainer]) -> None:
    fake_trainer.gate.clear()
    run = new_run()
    run.start()
    run.control.stop()
    fake_trainer.gate.set()
    assert run.join(10)
    assert run.snapshot.status == "stopped"
    assert run.snapshot.step < 14
    assert run.snapshot.test is not None
    assert run.weights is not None
    assert run.weights.step == run.snapshot.step


def test_stop_ends_a_paused_run(fake_trainer: type[FakeTrainer]) -> None:
    run = new_run()
    run.control.pause()
    run.start()
    until(lambda: run.snapshot.status == "paused", "paused")
    run.control.stop()
    assert run.join(10)
    assert run.snapshot.status == "stopped"


def test_snapshot_once_taken_never_changes(fake_trainer: type[FakeTrainer]) -> None:
    run = new_run()
    run.control.pause()
    run.start()
    until(lambda: run.snapshot.status == "paused", "paused")
    run.control.single_step(run.snapshot.step)
    until(lambda: run.snapshot.step == 1, "one step")
    early = run.snapshot
    run.control.resume()
    assert run.join(10)
    assert early.batch_loss.tolist() == [1.0]
    assert len(run.snapshot.batch_loss) == 14


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (MemoryError(), "ran out of memory"),
        (type("ResourceExhaustedError", (Exception,), {})("OOM"), "ran out of memory"),
        (RuntimeError("secret detail"), "unexpected error (RuntimeError)"),
        (ClassroomError("The file is gone.", "Put it back."), "The file is gone. Put it back."),
    ],
)
def test_error_in_the_thread_becomes_a_sentence(fake_trainer: type[FakeTrainer], error: Exception, words: str) -> None:
    fake_trainer.error = error
    snapshot = finished(new_run()).snapshot
    assert snapshot.status == "failed"
    assert words in snapshot.message
    assert "Traceback" not in snapshot.message
    assert "secret detail" not in snapshot.message
    assert not snapshot.is_active


def test_diverging_loss_is_said_with_its_remedy(fake_trainer: type[FakeTrainer]) -> None:
    fake_trainer.losses = iter([2.0, float("nan")])
    snapshot = finished(new_run()).snapshot
    assert snapshot.status == "failed"
    assert "after 2 steps" in snapshot.message
    assert "smaller learning rate" in snapshot.message


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        (NetworkSpec((8, 8, 1), (Flatten(), Dense(units=3, activation="softmax"))), "images of 8×8×1"),
        (NetworkSpec((6, 6, 1), (Flatten(), Dense(units=10, activation="softmax"))), "10 outputs"),
    ],
)
def test_network_that_does_not_fit_the_data_is_refused_in_words(
    fake_trainer: type[FakeTrainer], spec: NetworkSpec, words: str
) -> None:
    snapshot = finished(new_run(spec=spec)).snapshot
    assert snapshot.status == "failed"
    assert words in snapshot.message


def test_time_left_is_unknown_first_and_then_shrinks(fake_trainer: type[FakeTrainer]) -> None:
    run = new_run()
    run.control.pause()
    run.start()
    until(lambda: run.snapshot.status == "paused", "paused")
    assert run.snapshot.time_left_s is None
    run.control.single_step(run.snapshot.step)
    until(lambda: run.snapshot.step == 1, "one step")
    assert run.snapshot.time_left_s is None, "the first step compiles and says nothing about the pace"
    run.control.single_step(run.snapshot.step)
    until(lambda: run.snapshot.step == 2, "two steps")
    assert run.snapshot.time_left_s is not None
    assert run.snapshot.images_per_second > 0
    run.control.stop()
    assert run.join(10)


def test_pauses_do_not_count_as_training(fake_trainer: type[FakeTrainer]) -> None:
    run = new_run()
    run.control.pause()
    run.start()
    until(lambda: run.snapshot.status == "paused", "paused")
    time.sleep(0.5)
    run.control.resume()
    assert run.join(10)
    assert 0 < run.snapshot.elapsed_s < 0.4


def test_judging_says_how_long_it_will_take(fake_trainer: type[FakeTrainer], monkeypatch: pytest.MonkeyPatch) -> None:
    run = new_run()
    seen: list[tuple[str, float | None]] = []
    evaluate = fake_trainer.evaluate

    def slow(self: FakeTrainer, part: LabelledImages) -> Iterator[tuple[float, int, int]]:
        if len(part) == 30:  # the test images
            seen.append((run.snapshot.message, run.snapshot.time_left_s))
        else:
            time.sleep(0.12)
        yield from evaluate(self, part)

    monkeypatch.setattr(fake_trainer, "evaluate", slow)
    finished(run)
    ((message, left_s),) = seen
    assert message == "Judging on the test images"
    assert left_s is not None
    assert left_s >= 0.12 * 30 / 12
