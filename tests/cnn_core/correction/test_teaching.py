"""Teaching a copy: what comes of it, and that the network itself, the line and the rest stay as they are."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from cnn_core.architecture.layers import Conv2D, Dense, Flatten, Pooling2D
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.architecture.weight_shapes import weight_shapes
from cnn_core.correction import lesson, teaching
from cnn_core.correction.kept import KeptDrawing, new_drawing
from cnn_core.correction.teaching import Marks, Score, TeachingJob, is_taught_copy, start_teaching, teaching_of
from cnn_core.data.registry import load_dataset
from cnn_core.errors import ClassroomError
from cnn_core.networks import TrainedNetwork, network_of_run, starter_network
from cnn_core.training import runs
from cnn_core.training.queue import TrainingQueue
from cnn_core.training.records import taught_with_by_remark
from tests.cnn_core.correction.drawings import ANN, BEN, drawing
from tests.cnn_core.training.fakes import FakeTrainer, fake_trainer, own_runs

__all__ = ["fake_trainer", "own_runs"]


@pytest.fixture(autouse=True)
def alone(own_runs: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(teaching, "_jobs", {})
    monkeypatch.setattr(teaching, "STEPS", 6)
    yield
    for job in teaching._jobs.values():
        job.stop()
        assert job.join(20)


def begun(person: str = ANN, drawings: tuple[KeptDrawing, ...] = (drawing(), drawing("3", seed=1))) -> TeachingJob:
    return start_teaching(replace(starter_network(), dataset="digits"), drawings, person)


def ended(job: TeachingJob) -> TeachingJob:
    assert job.join(30)
    return job


def test_the_copy_is_a_training_with_the_network_before_and_after(fake_trainer: type[FakeTrainer]) -> None:
    job = ended(begun())
    result = job.snapshot.result
    assert job.snapshot.status == "finished", job.snapshot.problem
    assert result is not None
    assert result.title == "Starter network, taught"
    # The fake reads all but one of every ten rightly.
    assert result.after == Marks(Score(1, 2), Score(0, 0), Score(900, 1000))
    assert result.after.drawings == Score(1, 2)
    run = runs.find_run(result.run_id)
    assert run is not None
    assert run.moments() == (0, job.steps)
    assert run.snapshot.step == job.steps == len(run.snapshot.batch_loss)
    assert run.snapshot.test is not None
    assert (run.snapshot.test.accuracy, run.snapshot.test.count) == (0.9, 1000)
    assert taught_with_by_remark(run.snapshot.remark) == run.snapshot.taught_with == 2
    assert is_taught_copy(run)
    run.update(taught_with=0)
    assert not is_taught_copy(run)
    np.testing.assert_array_equal(fake_trainer.latest.taken[0], starter_network().weights[0])
    assert len(fake_trainer.latest.batches) == job.steps


def test_one_at_a_time_for_each_person_and_it_waits_in_the_line(
    fake_trainer: type[FakeTrainer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "_queue", TrainingQueue(1))
    fake_trainer.gate.clear()
    first = begun()
    with pytest.raises(ClassroomError, match="being taught already"):
        begun()
    second = begun(BEN)
    assert second.snapshot.status == "queued"
    assert teaching_of(BEN) is second
    fake_trainer.gate.set()
    assert ended(first).snapshot.status == ended(second).snapshot.status == "finished"
    assert ended(begun()).snapshot.status == "finished"


def test_it_can_be_stopped_and_leaves_nothing(fake_trainer: type[FakeTrainer]) -> None:
    reached = threading.Event()
    fake_trainer.after_step = staticmethod(lambda count: reached.set() or (count == 1 and fake_trainer.gate.clear()))
    job = begun()
    assert reached.wait(20)
    job.stop()
    fake_trainer.gate.set()
    assert ended(job).snapshot.status == "stopped"
    assert job.snapshot.result is None
    assert runs.all_runs() == ()
    assert len(runs._queue) == 0


def test_a_loss_that_is_no_number_is_said(fake_trainer: type[FakeTrainer]) -> None:
    fake_trainer.losses = iter([1.0, float("nan")])
    job = ended(begun())
    assert job.snapshot.status == "failed"
    assert "diverged" in job.snapshot.problem


def test_whatever_goes_wrong_is_a_sentence(fake_trainer: type[FakeTrainer]) -> None:
    fake_trainer.error = RuntimeError("no")
    job = ended(begun())
    assert (job.snapshot.status, "RuntimeError" in job.snapshot.problem) == ("failed", True)


def test_without_old_images_nothing_is_taught(fake_trainer: type[FakeTrainer]) -> None:
    stranger = replace(starter_network(), class_names=tuple("abcdefghij"))
    job = ended(start_teaching(stranger, [drawing("a")], ANN))
    assert "would forget" in job.snapshot.problem


def test_drawings_that_the_network_has_no_class_for_are_nothing_to_teach() -> None:
    with pytest.raises(ClassroomError, match="nothing to teach"):
        begun(drawings=(drawing("owl"),))


def test_what_is_remembered_is_bounded(fake_trainer: type[FakeTrainer], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(teaching, "MOST_JOBS", 2)
    people = [f"{number:016x}" for number in range(4)]
    for person in people:
        ended(begun(person))
    assert [teaching_of(person) is not None for person in people] == [False, False, True, True]


@pytest.mark.slow
def test_a_real_network_learns_upside_down_sevens_and_keeps_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lesson, "HELD_OUT", 300)
    monkeypatch.setattr(lesson, "MOST_OLD", 1000)
    monkeypatch.setattr(lesson, "LEARNING_RATE", 0.002)  # a small network needs longer steps
    spec = NetworkSpec((28, 28, 1), (Pooling2D(), Conv2D(filters=8), Pooling2D(), Flatten(), Dense(units=10)))
    network = trained(spec)
    sevens = load_dataset("digits").test
    images = sevens.images[sevens.labels == 7][:12, ::-1]
    drawings = tuple(new_drawing(np.ascontiguousarray(image), "7", "?", 0.5) for image in images)
    job = TeachingJob(network, drawings, ANN, steps=100)
    job.start()
    result = ended(job).snapshot.result
    assert result is not None, job.snapshot.problem
    assert result.before.drawings.share < 0.5
    assert result.after.learned.share > 0.8
    assert result.after.left_out.count == 3
    assert result.after.left_out.right > result.before.left_out.right
    assert result.after.held_out.share > result.before.held_out.share - 0.05
    run = runs.find_run(result.run_id)
    assert run is not None
    taught = network_of_run(run)
    assert taught is not None
    assert (taught.weights[0] != network.weights[0]).any()


def trained(spec: NetworkSpec) -> TrainedNetwork:
    """A small network after a hundred batches of digits."""
    from cnn_core.training.trainer import Trainer

    settings = lesson.lesson_settings("digits")
    trainer = Trainer(spec, replace(settings, learning_rate=0.01), load_dataset("digits").train)
    for start in range(0, 100 * 64, 64):
        trainer.step(np.arange(start, start + 64))
    assert len(trainer.weights()) == len(weight_shapes(spec))
    names = tuple(str(digit) for digit in range(10))
    return TrainedNetwork("small", 100, "Small", spec, trainer.weights(), names, "digits", 100)
