"""Trainings that wait, and those that were interrupted, as people see them."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from cnn_core.training import runs
from cnn_core.training.queue import TrainingQueue
from cnn_core.training.run import Run
from tests.cnn_core.training.fakes import FakeTrainer
from tests.pages.helpers import checked, open_page, texts, until


def progress(app: AppTest) -> str:
    """What stands in the bars of the page and of the side bar."""
    return " | ".join(bar.proto.text for bar in app.get("progress"))


def started() -> tuple[AppTest, Run]:
    app = open_page("Start")
    checked(app.button("start.train").click().run())
    return app, runs.all_runs()[0]


@pytest.fixture
def one_at_a_time(monkeypatch: pytest.MonkeyPatch, fake_trainer: type[FakeTrainer]) -> type[FakeTrainer]:
    monkeypatch.setattr(runs, "_queue", TrainingQueue(1))
    fake_trainer.gate.clear()
    return fake_trainer


def test_waiting_training_shows_its_place_and_begins_when_it_is_its_turn(one_at_a_time: type[FakeTrainer]) -> None:
    _, first = started()
    until(lambda: first.snapshot.status == "running", "the first one runs")
    _, second = started()
    app, third = started()
    assert second.owner != third.owner
    assert progress(app).count("Waiting in line: 1 training before it") == 2, "on the page and in the side bar"
    assert not [button for button in app.button if button.key == "training.pause"]
    one_at_a_time.gate.set()
    assert all(run.join(20) for run in (first, second, third))
    checked(app.run())
    assert "of 3,000 test images rightly" in texts(app)


def test_who_leaves_the_line_is_told_so_and_others_move_up(one_at_a_time: type[FakeTrainer]) -> None:
    _, first = started()
    until(lambda: first.snapshot.status == "running", "the first one runs")
    leaving, second = started()
    staying, _third = started()
    checked(leaving.button("training.stop").click().run())
    assert second.join(10)
    checked(leaving.run())
    assert "stopped before it began" in texts(leaving)
    checked(staying.run())
    assert "Waiting in line: It is next" in progress(staying)


def test_own_trainings_wait_behind_those_of_others(one_at_a_time: type[FakeTrainer]) -> None:
    _, first = started()
    until(lambda: first.snapshot.status == "running", "the first one runs")
    again = runs.start_run(first.spec, first.settings, "one more of the same person", first.owner)
    other = runs.start_run(first.spec, first.settings, "somebody else's", "another")
    assert (other.place, again.place) == (1, 2)
    one_at_a_time.gate.set()


def test_interrupted_training_is_resumed_by_one_click(
    fake_trainer: type[FakeTrainer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fake_trainer, "after_step", staticmethod(lambda steps: pause_at(30, steps)))
    _, run = started()
    until(lambda: run.snapshot.status == "paused", "it is paused")
    run.journal = None
    run.control.stop()
    assert run.join(20)
    assert runs._store is not None
    runs._store.close()
    for name, value in (("_runs", {}), ("_is_open", False), ("_store", None)):
        monkeypatch.setattr(runs, name, value)
    monkeypatch.setattr(fake_trainer, "after_step", None)
    app = open_page("Train", run=run.id)
    assert "interrupted after step 30" in texts(app)
    checked(app.button("training.go_on").click().run())
    going = runs.find_run(run.id)
    assert going is not None
    assert going.join(20)
    checked(app.run())
    assert "of 3,000 test images rightly" in texts(app)
    assert going.snapshot.batch_loss[30:].tolist() == pytest.approx([1 / n for n in range(31, going.snapshot.step + 1)])


def test_training_that_cannot_be_resumed_says_so(
    fake_trainer: type[FakeTrainer], monkeypatch: pytest.MonkeyPatch
) -> None:
    app, run = started()
    assert run.join(20)
    run.snapshot = type(run.snapshot)(status="interrupted", step=3, total_steps=9)
    checked(app.run())
    checked(app.button("training.go_on").click().run())
    assert "not interrupted, or is gone" in app.error[0].value


def pause_at(step: int, steps: int) -> None:
    if steps == step:
        for run in runs.all_runs():
            run.control.pause()
