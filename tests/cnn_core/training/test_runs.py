"""The list of runs: found by id, bounded in number and in memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cnn_core.errors import ClassroomError
from cnn_core.training import runs
from cnn_core.training.queue import TrainingQueue
from cnn_core.training.run import Run
from cnn_core.training.settings import TrainingSettings
from tests.cnn_core.training.fakes import SPEC, FakeTrainer, fake_trainer, small_dataset

__all__ = ["fake_trainer"]

SETTINGS = TrainingSettings(dataset="small", epochs=1, batch_size=16)


@pytest.fixture(autouse=True)
def own_list(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    monkeypatch.setattr(runs, "_runs", {})
    monkeypatch.setattr(runs, "_queue", TrainingQueue(2))
    monkeypatch.setattr(runs, "_is_open", False)
    monkeypatch.setattr(runs, "_store", None)
    monkeypatch.setattr(runs, "_storage_problem", "")
    monkeypatch.setenv("CNN_CLASSROOM_RUNS", str(tmp_path / "runs"))
    monkeypatch.setattr(runs, "load_dataset", lambda slug: small_dataset())
    yield
    for run in runs.all_runs():
        run.control.stop()
        run.join(10)


def start(title: str = "a network") -> Run:
    return runs.start_run(SPEC, SETTINGS, title)


def test_run_is_found_by_its_id_while_it_goes_and_afterwards(fake_trainer: type[FakeTrainer]) -> None:
    run = start()
    assert runs.find_run(run.id) is run
    assert run.join(10)
    assert runs.find_run(run.id) is run
    assert runs.find_run("no such id") is None


def test_newest_run_comes_first(fake_trainer: type[FakeTrainer]) -> None:
    titles = [start(title).title for title in ("one", "two", "three")]
    assert [run.title for run in runs.all_runs()] == titles[::-1]


def test_too_many_trainings_at_once_are_refused_in_words(
    fake_trainer: type[FakeTrainer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "MAX_ACTIVE_RUNS", 2)
    fake_trainer.gate.clear()
    going = [start(), start()]
    with pytest.raises(ClassroomError, match="2 trainings are running or waiting on this machine already"):
        start()
    fake_trainer.gate.set()
    assert all(run.join(10) for run in going)
    assert start().join(10)


def test_oldest_ended_runs_are_forgotten_first(
    fake_trainer: type[FakeTrainer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "MAX_KEPT_RUNS", 3)
    all_started = []
    for number in range(5):
        run = start(str(number))
        assert run.join(10)
        all_started.append(run)
    assert [run.title for run in runs.all_runs()] == ["4", "3", "2"]


def test_weights_kept_are_bounded(fake_trainer: type[FakeTrainer], monkeypatch: pytest.MonkeyPatch) -> None:
    each = 6 * 6 * 3 + 3
    monkeypatch.setattr(runs, "MAX_KEPT_WEIGHTS", 2 * each)
    for number in range(4):
        assert start(str(number)).join(10)
    assert [run.title for run in runs.all_runs()] == ["3", "2"]
