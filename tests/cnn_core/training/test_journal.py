"""Runs on disk: what a server that starts anew finds, and what happens where the disk does not take them."""

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

from cnn_core.augmentation.settings import Augmentation
from cnn_core.errors import ClassroomError
from cnn_core.store.store import RunStore
from cnn_core.training import runs
from cnn_core.training.queue import TrainingQueue
from cnn_core.training.records import settings_from_json, settings_to_json
from cnn_core.training.run import Run
from cnn_core.training.settings import TrainingSettings
from dashboard.navigation import PROJECT
from tests.cnn_core.training.fakes import SPEC, FakeTrainer, fake_trainer, small_dataset

__all__ = ["fake_trainer"]

SETTINGS = TrainingSettings(dataset="small", epochs=3, batch_size=16, seed=7, augmentation=Augmentation(shift=0.1))


@pytest.fixture
def start_server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Callable[[], None]]:
    """Forget everything that a process knows of its runs, as a new one does; all share one folder."""

    def start() -> None:
        monkeypatch.setattr(runs, "_runs", {})
        monkeypatch.setattr(runs, "_queue", TrainingQueue(2))
        monkeypatch.setattr(runs, "_is_open", False)
        monkeypatch.setattr(runs, "_store", None)
        monkeypatch.setattr(runs, "_storage_problem", "")

    monkeypatch.setenv("CNN_CLASSROOM_RUNS", str(tmp_path / "runs"))
    monkeypatch.setattr(runs, "load_dataset", lambda _slug: small_dataset())
    start()
    yield start
    for run in runs.all_runs():
        run.control.stop()
        run.join(10)
    start()


def ended(settings: TrainingSettings = SETTINGS, title: str = "a network") -> Run:
    run = runs.start_run(SPEC, settings, title)
    assert run.join(10)
    return run


def test_an_ended_run_is_found_again_with_everything(
    fake_trainer: type[FakeTrainer], start_server: Callable[[], None]
) -> None:
    before = ended(title="Ärger & <b>")
    start_server()
    after = runs.find_run(before.id)
    assert after is not None
    assert after is not before
    assert runs.all_runs() == (after,)
    assert (after.id, after.title, after.spec, after.settings) == (
        before.id,
        before.title,
        before.spec,
        before.settings,
    )
    assert (after.class_names, after.parameters) == (before.class_names, before.parameters)
    assert after.started_at == pytest.approx(before.started_at)
    ours, theirs = before.snapshot, after.snapshot
    for name in ("batch_loss", "batch_accuracy", "learning_rates"):
        np.testing.assert_array_equal(getattr(theirs, name), getattr(ours, name))
    for name in ("status", "step", "total_steps", "steps_per_epoch", "epochs", "changes", "test", "remark"):
        assert getattr(theirs, name) == getattr(ours, name), name
    assert theirs.elapsed_s == pytest.approx(ours.elapsed_s, abs=0.1)
    assert after.has_weights
    for weights, stored in ((before.weights, after.weights), (before.first_weights, after.first_weights)):
        assert weights is not None
        assert stored is not None
        assert stored.step == weights.step
        np.testing.assert_array_equal(stored.arrays[0], weights.arrays[0])


def test_changes_and_the_best_epoch_are_kept(fake_trainer: type[FakeTrainer], start_server: Callable[[], None]) -> None:
    fake_trainer.validation_losses = iter([0.5, 0.2, 0.4])
    fake_trainer.gate.clear()
    run = runs.start_run(SPEC, replace(SETTINGS, keeps_best=True), "best")
    run.control.change("learning_rate", 0.03)
    fake_trainer.gate.set()
    assert run.join(10)
    start_server()
    found = runs.find_run(run.id)
    assert found is not None
    assert [(change.name, change.value) for change in found.snapshot.changes] == [("learning_rate", 0.03)]
    assert "The weights are those of epoch 2" in found.snapshot.remark
    assert found.weights is not None
    assert found.weights.step == run.snapshot.epochs[1].step


def test_a_failed_run_says_again_why(fake_trainer: type[FakeTrainer], start_server: Callable[[], None]) -> None:
    fake_trainer.losses = iter([1.0, float("nan")])
    run = ended()
    start_server()
    found = runs.find_run(run.id)
    assert found is not None
    assert found.snapshot.status == "failed"
    assert found.snapshot.message == run.snapshot.message
    assert "training has diverged" in found.snapshot.message


def test_damaged_weights_give_way_to_older_ones(
    fake_trainer: type[FakeTrainer], start_server: Callable[[], None], tmp_path: Path
) -> None:
    run = ended()
    files = sorted((tmp_path / "runs" / f"run-{run.id}").glob("weights-*"))
    files[-1].write_bytes(b"broken")
    start_server()
    found = runs.find_run(run.id)
    assert found is not None
    assert found.weights is not None
    assert found.weights.step < run.snapshot.step
    for file in files:
        file.write_bytes(b"broken")
    start_server()
    found = runs.find_run(run.id)
    assert found is not None
    assert found.weights is None
    assert found.snapshot.step == run.snapshot.step, "its curves are there all the same"


def test_without_a_folder_the_app_goes_on_and_says_so(
    fake_trainer: type[FakeTrainer], start_server: Callable[[], None], tmp_path: Path
) -> None:
    (tmp_path / "runs").write_text("a file where the folder should be")
    run = ended()
    assert run.snapshot.status == "finished"
    assert run.journal is None
    assert runs.storage_notice().startswith("Trainings are not kept: ")
    assert runs.find_run(run.id) is run


def test_a_full_disk_is_told_and_what_it_missed_is_written_when_there_is_room(
    fake_trainer: type[FakeTrainer], start_server: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    runs.all_runs()

    def full(*_: object, **__: object) -> None:
        raise ClassroomError("The disk is full.", "Make room.")

    with monkeypatch.context() as broken:
        broken.setattr(RunStore, "append_batches", full)
        run = ended()
        assert run.journal is not None
        assert run.journal.problem == "The disk is full. Make room."
        assert run.snapshot.status == "finished"
    run.journal.write()
    assert run.journal.problem == ""
    start_server()
    found = runs.find_run(run.id)
    assert found is not None
    np.testing.assert_array_equal(found.snapshot.batch_loss, run.snapshot.batch_loss)
    assert len(found.snapshot.epochs) == 3


def test_settings_of_another_version_are_read_and_damaged_ones_refused() -> None:
    text = settings_to_json(SETTINGS)
    assert settings_from_json(text) == SETTINGS
    assert settings_from_json(text.replace('"epochs"', '"unknown"')) == replace(SETTINGS, epochs=3)
    for broken in ("", "[]", "3", '{"epochs": 0}', '{"augmentation": {"shift": 9}}', '{"augmentation": 3}'):
        with pytest.raises(ClassroomError, match="settings of this training are damaged"):
            settings_from_json(broken)


CHILD = """
    import sys, time
    from tests.cnn_core.training.fakes import SPEC, small_dataset
    from cnn_core.training import runs
    from cnn_core.training.settings import TrainingSettings

    runs.load_dataset = lambda slug: small_dataset()
    run = runs.start_run(SPEC, TrainingSettings(dataset="small", epochs=100, batch_size=1), "killed")
    while run.snapshot.step < 200:
        time.sleep(0.01)
    time.sleep(1.5)
    print(run.id, run.snapshot.step, flush=True)
    time.sleep(60)
"""


@pytest.mark.slow
def test_a_killed_process_leaves_an_interrupted_run_and_a_second_is_lost_at_most(
    start_server: Callable[[], None], tmp_path: Path
) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(CHILD)], cwd=PROJECT, stdout=subprocess.PIPE, text=True
    )
    with child:
        assert child.stdout is not None
        run_id, steps = child.stdout.readline().split()
        time.sleep(1.0)  # what was there a second before the kill must be there afterwards
        os.kill(child.pid, signal.SIGKILL)
    start_server()
    found = runs.find_run(run_id)
    assert found is not None
    assert found.snapshot.status == "interrupted"
    assert not found.snapshot.is_active
    assert found.snapshot.step >= int(steps)
    assert len(found.snapshot.batch_loss) == found.snapshot.step
    assert found.snapshot.epochs
    assert found.weights is not None
    assert found.weights.step >= int(steps)
    assert not list(tmp_path.glob("runs/**/*.part"))


def test_one_of_many_keeps_few_weights(fake_trainer: type[FakeTrainer], start_server: Callable[[], None]) -> None:
    settings = replace(SETTINGS, epochs=12)
    usual, brief = runs.start_run(SPEC, settings, "usual"), runs.start_run(SPEC, settings, "brief", is_brief=True)
    assert all(run.join(20) for run in (usual, brief))
    assert len(usual.moments()) > 12
    assert len(brief.moments()) <= 4
    start_server()
    found = runs.find_run(brief.id)
    assert found is not None
    assert found.weights is not None
    assert brief.weights is not None
    assert found.weights.step == brief.weights.step
    assert found.first_weights is not None
