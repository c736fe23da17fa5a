"""Networks as they are now, and as they were at any moment of their training."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnn_core.errors import ClassroomError
from cnn_core.networks import network_of_run, starter_network
from cnn_core.store.store import RunStore
from cnn_core.training import journal, learner, runs
from cnn_core.training.moments import epoch_at, next_moment
from cnn_core.training.run import Run
from cnn_core.training.settings import TrainingSettings
from tests.cnn_core.training.fakes import SPEC, FakeTrainer, fake_trainer, own_runs, small_runs

__all__ = ["fake_trainer", "own_runs", "small_runs"]

SETTINGS = TrainingSettings(dataset="small", epochs=2, batch_size=1, validation_share=0.1)


@pytest.fixture(autouse=True)
def _own_runs_for_each(small_runs: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no moment be kept only because a second has gone by."""
    monkeypatch.setattr(learner, "WEIGHTS_INTERVAL_S", 1e6)


def trained() -> Run:
    run = runs.start_run(SPEC, SETTINGS, "a network")
    assert run.join(20)
    assert run.snapshot.status == "finished", run.snapshot.message
    return run


def weights_file(tmp_path: Path, run: Run, step: int) -> Path:
    (path,) = (tmp_path / "runs" / f"run-{run.id}").glob(f"weights-{step:09d}-*")
    return path


def test_a_run_is_its_newest_weights_or_those_of_a_moment(fake_trainer: type[FakeTrainer]) -> None:
    run = trained()
    now = network_of_run(run)
    assert now is not None
    assert (now.step, now.newest_step, now.is_newest, now.notice) == (run.snapshot.step, run.snapshot.step, True, "")
    for step in run.moments():
        then = network_of_run(run, step)
        assert then is not None
        assert (then.step, then.newest_step, then.notice) == (step, now.step, "")
        assert then.is_newest == (step == now.step)
        np.testing.assert_array_equal(then.weights[0], np.full(3, step))


def test_a_moment_that_was_thinned_away_is_the_nearest_that_is_left(fake_trainer: type[FakeTrainer]) -> None:
    run = trained()
    assert {12, 18} <= set(run.moments())
    for asked, given in ((13, 12), (16, 18), (10**6, run.snapshot.step)):
        then = network_of_run(run, asked)
        assert then is not None
        assert (then.step, then.notice) == (given, "")
        np.testing.assert_array_equal(then.weights[0], np.full(3, given))


def test_a_damaged_moment_gives_way_to_the_newest_and_says_so(fake_trainer: type[FakeTrainer], tmp_path: Path) -> None:
    run = trained()
    weights_file(tmp_path, run, 8).write_bytes(b"broken")
    then = network_of_run(run, 8)
    assert then is not None
    assert then.is_newest
    assert then.notice == "The weights of step 8 are damaged or gone: these are the newest ones."
    np.testing.assert_array_equal(then.weights[0], np.full(3, run.snapshot.step))


def test_a_disk_that_cannot_be_read_leaves_the_newest_weights_and_its_reason(
    fake_trainer: type[FakeTrainer], monkeypatch: pytest.MonkeyPatch
) -> None:
    run = trained()

    def refuse(*_: object) -> tuple[int, ...]:
        raise ClassroomError("The disk is gone.", "Plug it in.")

    monkeypatch.setattr(RunStore, "weight_steps", refuse)
    run.look_back_with(refuse, lambda _step: None)
    then = network_of_run(run, 8)
    assert then is not None
    assert then.is_newest
    assert "these are the newest ones. The disk is gone. Plug it in." in then.notice


def test_the_starter_network_has_no_moments() -> None:
    assert starter_network().is_newest


def test_no_weights_are_stored_of_a_step_that_the_stored_curve_does_not_reach(
    fake_trainer: type[FakeTrainer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(learner, "SHOW_INTERVAL_S", 1e6)
    reached = []
    save_weights = RunStore.save_weights

    def noted(store: RunStore, run_id: str, step: int, *args: Any, **named: Any) -> None:
        reached.append((step, len(store.batches(run_id)[0])))
        save_weights(store, run_id, step, *args, **named)

    monkeypatch.setattr(RunStore, "save_weights", noted)
    trained()
    assert len(reached) > 10
    assert [step for step, _ in reached] == [count for _, count in reached]


def test_weights_are_kept_densely_at_first_and_sparsely_later(fake_trainer: type[FakeTrainer]) -> None:
    run = trained()
    expected, step = [0], 0
    while (step := next_moment(step)) < run.snapshot.epochs[0].step:
        expected.append(step)
    steps = [step for step in run.moments() if step < run.snapshot.epochs[0].step]
    assert steps == expected
    assert steps[:6] == [0, 1, 2, 3, 5, 8]


def test_no_more_time_is_spent_on_moments_than_their_share(
    fake_trainer: type[FakeTrainer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "WEIGHTS_SHARE", 1e-9)
    run = trained()
    ends = {epoch.step for epoch in run.snapshot.epochs}
    assert set(run.moments()) - ends == {0, 1}, "what one costs is known when the first is written"


def test_a_disk_that_refuses_is_not_asked_with_every_step(
    fake_trainer: type[FakeTrainer], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def refuse(_store: object, _run: str, step: int, *_: object, **__: object) -> None:
        asked.append(step)
        raise ClassroomError("The disk is full.", "Make room.")

    monkeypatch.setattr(RunStore, "save_weights", refuse)
    run = trained()
    assert len(asked) < run.snapshot.step / 4


def test_steps_belong_to_epochs(fake_trainer: type[FakeTrainer]) -> None:
    snapshot = trained().snapshot
    first = snapshot.epochs[0].step
    assert [epoch_at(snapshot, step) for step in (0, 1, first, first + 1, snapshot.step)] == [0, 1, 1, 2, 2]
