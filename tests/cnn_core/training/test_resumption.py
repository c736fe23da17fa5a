"""An interrupted training goes on as if nothing had happened."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cnn_core.architecture.layers import BatchNormalization, Conv2D, Dense, Dropout, Flatten
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.augmentation.settings import Augmentation
from cnn_core.errors import ClassroomError
from cnn_core.training import runs
from cnn_core.training.queue import TrainingQueue
from cnn_core.training.resumption import Place
from cnn_core.training.run import Run
from cnn_core.training.settings import TrainingSettings
from dashboard.navigation import PROJECT
from tests.cnn_core.training.fakes import SPEC, FakeTrainer, fake_trainer, small_dataset

__all__ = ["fake_trainer"]

SETTINGS = TrainingSettings(dataset="small", epochs=3, batch_size=16, seed=7)
STEPS_PER_EPOCH = 7
"""108 of the 120 images are learned from, 16 at a time."""


@pytest.fixture(autouse=True)
def own_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    monkeypatch.setenv("CNN_CLASSROOM_RUNS", str(tmp_path / "runs"))
    monkeypatch.setattr(runs, "load_dataset", lambda _slug: small_dataset())
    start_server(monkeypatch)
    yield
    for run in runs.all_runs():
        run.control.stop()
        run.join(10)


def start_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget everything that a process knows of its runs, as a new one does."""
    for name, value in (("_runs", {}), ("_queue", TrainingQueue(1)), ("_is_open", False), ("_store", None)):
        monkeypatch.setattr(runs, name, value)


@pytest.fixture
def interrupt(monkeypatch: pytest.MonkeyPatch, fake_trainer: type[FakeTrainer]) -> Callable[..., Run]:
    """Begin a training, pause it after some steps, and end its server; the next one has not started anything yet."""

    def begun(settings: TrainingSettings, after: int, **changes: float) -> Run:
        run = runs.start_run(SPEC, settings, "cut short")
        halt = pause_after(run, after, changes)
        monkeypatch.setattr(fake_trainer, "after_step", staticmethod(halt))
        fake_trainer.gate.set()
        wait_for(lambda: run.snapshot.status == "paused")
        die(run)
        monkeypatch.setattr(fake_trainer, "after_step", None)
        start_server(monkeypatch)
        found = runs.find_run(run.id)
        assert found is not None
        assert found.snapshot.status == "interrupted"
        return found

    fake_trainer.gate.clear()
    return begun


def pause_after(run: Run, after: int, changes: dict[str, float]) -> Callable[[int], None]:
    def halt(steps: int) -> None:
        if steps == after - 1:
            for name, value in changes.items():
                run.control.change(name, value)
        if steps == after:
            run.control.pause()

    return halt


def die(*going: Run) -> None:
    """End a server: what trains there writes nothing any more, and the next server finds it going on."""
    for run in going:
        run.journal = None
        run.control.stop()
    for run in going:
        assert run.join(10)
    assert runs._store is not None
    runs._store.close()


def wait_for(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.01)


def resumed(run: Run) -> Run:
    going = runs.resume_run(run.id)
    assert going.join(10)
    return going


def test_training_goes_on_with_the_next_batch(interrupt: Callable[..., Run], fake_trainer: type[FakeTrainer]) -> None:
    before = interrupt(SETTINGS, after=10)
    run = resumed(before)
    learned = fake_trainer.latest.batches[10:]
    whole = runs.start_run(SPEC, SETTINGS, "in one go")
    assert whole.join(10)
    assert (run.id, run.title, run.started_at) == (before.id, before.title, before.started_at)
    assert run.snapshot.status == "finished"
    assert run.snapshot.step == 3 * STEPS_PER_EPOCH
    np.testing.assert_allclose(run.snapshot.batch_loss, whole.snapshot.batch_loss)
    assert [epoch.loss for epoch in run.snapshot.epochs] == pytest.approx([e.loss for e in whole.snapshot.epochs])
    for ours, theirs in zip(learned, fake_trainer.latest.batches[10:], strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert runs.find_run(run.id) is run


def test_what_was_resumed_is_on_disk_as_if_trained_in_one_go(
    interrupt: Callable[..., Run], fake_trainer: type[FakeTrainer], monkeypatch: pytest.MonkeyPatch
) -> None:
    run = resumed(interrupt(SETTINGS, after=10))
    start_server(monkeypatch)
    found = runs.find_run(run.id)
    assert found is not None
    for name in ("status", "step", "epochs", "test"):
        assert getattr(found.snapshot, name) == getattr(run.snapshot, name)
    np.testing.assert_array_equal(found.snapshot.batch_loss, run.snapshot.batch_loss)
    assert found.weights is not None
    assert found.weights.step == 3 * STEPS_PER_EPOCH
    assert found.moments()[0] == 0
    assert found.first_weights is not None


def test_settings_changed_on_the_way_stay_changed(
    interrupt: Callable[..., Run], fake_trainer: type[FakeTrainer]
) -> None:
    run = resumed(interrupt(SETTINGS, after=3, learning_rate=0.03, batch_size=8, dropout=0.4))
    assert {change.name: change.value for change in run.snapshot.changes} == {
        "learning_rate": 0.03,
        "batch_size": 8,
        "dropout": 0.4,
    }
    assert set(fake_trainer.latest.rates) == {0.03}
    assert max(len(batch) for batch in fake_trainer.latest.batches) == 8
    assert fake_trainer.latest.dropout == 0.4
    assert run.snapshot.step == 2 + -(-(108 - 2 * 16) // 8) + 2 * -(-108 // 8)


def test_best_epoch_before_the_interruption_is_remembered(
    interrupt: Callable[..., Run], fake_trainer: type[FakeTrainer]
) -> None:
    fake_trainer.validation_losses = iter([0.2, 0.5, 0.4])
    run = resumed(interrupt(replace(SETTINGS, keeps_best=True), after=STEPS_PER_EPOCH + 2))
    assert "those of epoch 1" in run.snapshot.remark
    assert run.weights is not None
    assert run.weights.step == STEPS_PER_EPOCH
    np.testing.assert_array_equal(run.weights.arrays[0], np.full(3, STEPS_PER_EPOCH))


def test_patience_counts_the_epochs_before_the_interruption(
    interrupt: Callable[..., Run], fake_trainer: type[FakeTrainer]
) -> None:
    fake_trainer.validation_losses = iter([0.2, 0.5, 0.4, 0.4, 0.4, 0.4, 0.4])
    settings = replace(SETTINGS, epochs=6, patience=2)
    run = resumed(interrupt(settings, after=2 * STEPS_PER_EPOCH + 1))
    assert len(run.snapshot.epochs) == 3
    assert "ended early, after epoch 3 of 6" in run.snapshot.remark


def test_training_without_a_stored_state_begins_anew(
    fake_trainer: type[FakeTrainer], monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_trainer.gate.clear()
    first = runs.start_run(SPEC, SETTINGS, "in front")
    waiting = runs.start_run(SPEC, SETTINGS, "waiting")
    assert waiting.snapshot.status == "queued"
    assert waiting.place in (1, 2)
    fake_trainer.gate.set()
    die(waiting, first)
    start_server(monkeypatch)
    run = resumed(waiting)
    assert run.snapshot.status == "finished"
    assert run.snapshot.step == 3 * STEPS_PER_EPOCH


def test_only_an_interrupted_training_is_resumed(fake_trainer: type[FakeTrainer]) -> None:
    run = runs.start_run(SPEC, SETTINGS, "whole")
    assert run.join(10)
    with pytest.raises(ClassroomError, match="not interrupted, or is gone"):
        runs.resume_run(run.id)
    with pytest.raises(ClassroomError, match="not interrupted, or is gone"):
        runs.resume_run("unknown")


def test_training_resumed_and_stopped_in_the_line_is_as_interrupted_as_before(
    interrupt: Callable[..., Run], fake_trainer: type[FakeTrainer], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = interrupt(SETTINGS, after=10)
    fake_trainer.gate.clear()
    in_front = runs.start_run(SPEC, SETTINGS, "in front")
    wait_for(lambda: in_front.snapshot.status == "running")
    going = runs.resume_run(before.id)
    going.control.stop()
    assert going.join(10)
    assert going.snapshot.status == "interrupted"
    assert going.snapshot.step == 10
    fake_trainer.gate.set()
    assert in_front.join(10)
    assert resumed(going).snapshot.step == 3 * STEPS_PER_EPOCH


def test_place_is_read_as_it_was_written_and_nothing_else() -> None:
    place = Place(3, 48, np.array([1.5, 24.0, 48.0]))
    again = Place.from_array(place.to_array())
    assert (again.epoch, again.images, again.sums.tolist()) == (3, 48, [1.5, 24.0, 48.0])
    for wrong in (np.zeros(4), np.zeros((5, 1)), np.zeros(5, np.int64)):
        with pytest.raises(ValueError, match="five of them"):
            Place.from_array(wrong)


CHILD = """
    import sys, time
    from tests.cnn_core.training.fakes import small_dataset
    from tests.cnn_core.training.test_resumption import REAL_SETTINGS, REAL_SPEC
    from cnn_core.training import runs

    runs.load_dataset = lambda slug: small_dataset(1200)
    run = runs.start_run(REAL_SPEC, REAL_SETTINGS, "killed")
    while run.snapshot.step < 30:
        time.sleep(0.001)
    run.control.slow_down(0.1)
    while run.snapshot.step < 45:
        time.sleep(0.01)
    print(run.id, flush=True)
    time.sleep(60)
"""


REAL_SPEC = NetworkSpec(
    (6, 6, 1), (Conv2D(filters=4), BatchNormalization(), Flatten(), Dropout(rate=0.3), Dense(units=3))
)
REAL_SETTINGS = TrainingSettings(
    dataset="small", epochs=3, batch_size=32, schedule="cosine", augmentation=Augmentation(shift=0.1)
)


@pytest.mark.slow
def test_curve_of_a_killed_and_resumed_training_is_that_of_one_that_was_never_killed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(runs, "load_dataset", lambda _slug: small_dataset(1200))
    child = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(CHILD)], cwd=PROJECT, stdout=subprocess.PIPE, text=True
    )
    with child:
        assert child.stdout is not None
        run_id = child.stdout.readline().strip()
        os.kill(child.pid, signal.SIGKILL)
    killed = runs.find_run(run_id)
    assert killed is not None
    assert killed.snapshot.status == "interrupted"
    going = runs.resume_run(run_id)
    assert going.snapshot.step >= 34, "it does not begin anew: an epoch has 34 steps, and its end is always kept"
    assert going.join(60)
    whole = runs.start_run(REAL_SPEC, REAL_SETTINGS, "in one go")
    assert whole.join(60)
    np.testing.assert_allclose(going.snapshot.batch_loss, whole.snapshot.batch_loss, rtol=2e-4)
    np.testing.assert_allclose(going.snapshot.learning_rates, whole.snapshot.learning_rates, rtol=1e-6)
    assert going.snapshot.test is not None
    assert whole.snapshot.test is not None
    assert going.snapshot.test.loss == pytest.approx(whole.snapshot.test.loss, rel=1e-3)
    for ours, theirs in zip(going.weights.arrays, whole.weights.arrays, strict=True):  # type: ignore[union-attr]
        np.testing.assert_allclose(ours, theirs, rtol=1e-3, atol=1e-5)
