"""Back through a training: one choice of the moment for all pages."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from cnn_core import warm_up
from cnn_core.architecture.layers import Conv2D, Dense, Flatten
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.data.registry import load_dataset
from cnn_core.networks import network_of_run
from cnn_core.training import journal, runs
from cnn_core.training.run import Run
from cnn_core.training.settings import TrainingSettings
from dashboard.controls.moment_choice import NEWEST
from dashboard.navigation import page
from tests.cnn_core.training.fakes import FakeTrainer
from tests.pages.helpers import checked, open_page, texts, until

SPEC = NetworkSpec((28, 28, 1), (Flatten(), Dense(units=10, activation="softmax")))
SETTINGS = TrainingSettings(epochs=2, train_count=200, batch_size=16)


@pytest.fixture(autouse=True)
def _generous(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "ADVANCE_S", 1e6)


def ended(spec: NetworkSpec = SPEC) -> Run:
    run = runs.start_run(spec, SETTINGS, "a network")
    assert run.join(60)
    assert run.snapshot.status == "finished", run.snapshot.message
    return run


def go_back(app: AppTest, where: str, run: Run, step: int) -> AppTest:
    return checked(app.select_slider(f"{where}.moment.{run.id}").set_value(step).run())


def marks(app: AppTest) -> str:
    """The specification of the curve of the loss."""
    (chart,) = [chart for chart in app.get("echarts_chart") if "training.loss" in chart.proto.id]
    return str(chart.proto.spec)


def test_a_moment_is_chosen_beside_the_curves_and_marked_on_them(fake_trainer: type[FakeTrainer]) -> None:
    run = ended()
    app = open_page("Train", run=run.id)
    choice = app.select_slider(f"training.moment.{run.id}")
    assert choice.value == NEWEST
    assert choice.options[:4] == ["step 0", "step 1 · epoch 1", "step 2 · epoch 1", "step 3 · epoch 1"]
    assert choice.options[-1] == "newest"
    assert "As it was" not in texts(app)
    assert "step 8" not in marks(app)
    go_back(app, "training", run, 8)
    total = run.snapshot.step
    assert f"As it was after step 8 of {total}, in epoch 1**; its newest weights are" in texts(app)
    assert f"are those of step {total}." in texts(app)
    assert "step 8" in marks(app)
    go_back(app, "training", run, 0)
    assert "As it was before its first step" in texts(app)
    go_back(app, "training", run, NEWEST)
    assert "As it was" not in texts(app)


def test_a_moment_that_has_been_thinned_away_gives_way_to_its_neighbour(
    fake_trainer: type[FakeTrainer], monkeypatch: pytest.MonkeyPatch
) -> None:
    run = ended()
    app = open_page("Train", run=run.id)
    go_back(app, "training", run, 8)
    left = [step for step in run.moments() if step not in (5, 8)]
    assert 3 in left
    assert 12 in left
    run.look_back_with(lambda: left, lambda step: None)
    checked(app.run())
    assert app.select_slider(f"training.moment.{run.id}").value == 12


def test_a_damaged_moment_is_said_and_the_newest_shown(fake_trainer: type[FakeTrainer], tmp_path: Path) -> None:
    run = ended()
    (file,) = (tmp_path / "runs" / f"run-{run.id}").glob("weights-000000008-*")
    file.write_bytes(b"broken")
    app = go_back(open_page("Train", run=run.id), "training", run, 8)
    assert "The weights of step 8 are damaged or gone: these are the newest ones." in texts(app)


def test_a_run_without_earlier_moments_has_no_slider(fake_trainer: type[FakeTrainer]) -> None:
    run = ended()
    run.look_back_with(tuple, lambda _step: None)
    run._first_weights = None
    app = open_page("Train", run=run.id)
    assert not [control for control in app.select_slider if "moment" in (control.key or "")]


def test_the_newest_is_followed_while_a_training_goes_on_until_somebody_goes_back(
    fake_trainer: type[FakeTrainer],
) -> None:
    fake_trainer.gate.clear()
    run = runs.start_run(SPEC, TrainingSettings(epochs=3, train_count=500, batch_size=1), "going")
    until(lambda: run.snapshot.status == "running", "running")
    run.control.pause()
    fake_trainer.gate.set()
    until(lambda: run.snapshot.status == "paused", "paused")
    for step in range(run.snapshot.step, 8):
        run.control.single_step(run.snapshot.step)
        until(lambda step=step: run.snapshot.step == step + 1, "a step")  # type: ignore[misc]
    until(lambda: run.snapshot.status == "paused", "paused")
    app = open_page("Train", run=run.id)
    key = f"training.moment.{run.id}"
    assert app.select_slider(key).value == NEWEST
    go_back(app, "training", run, 5)
    before = run.snapshot.step
    run.control.single_step(run.snapshot.step)
    until(lambda: run.snapshot.step == before + 1 and run.snapshot.status == "paused", "one more")
    checked(app.run())
    assert app.select_slider(key).value == 5, "it stays where it was put"
    go_back(app, "training", run, NEWEST)
    run.control.resume()
    assert run.join(60)
    checked(app.run())
    assert app.select_slider(key).value == NEWEST


@pytest.mark.slow
def test_every_page_follows_the_moment_that_was_chosen_on_one_of_them() -> None:
    warm_up.start()
    assert warm_up.wait(120)
    spec = NetworkSpec((28, 28, 1), (Conv2D(filters=4), Flatten(), Dense(units=10, activation="softmax")))
    run = ended(spec)
    final, early = network_of_run(run), network_of_run(run, 3)
    assert final is not None
    assert early is not None
    app = open_page("Look_inside", run=run.id)
    checked(app.segmented_control("inside.view").set_value("kernels").run())
    assert f"Its final weights, of step {final.step} of {final.step}: epoch 2." in texts(app)
    words = {weights.step: _range_of(weights.weights[0]) for weights in (final, early)}
    assert words[final.step] in texts(app)
    checked(app.button("moment.play").click().run())
    assert "As it was before its first step" in texts(app), "playing begins at the beginning"
    assert app.button("moment.play").label == "Stop"
    go_back(app, "inside", run, 3)
    assert app.button("moment.play").label == "Play the training", "a hand on the slider ends the playing"
    assert words[3] in texts(app)
    assert words[final.step] not in texts(app)
    assert "As it was after step 3 of" in texts(app)

    app.session_state["state.drawn_image"] = load_dataset("digits").test.images[0]
    app.switch_page(page("Draw_a_digit").path)
    checked(app.run())
    assert app.select_slider(f"draw.moment.{run.id}").value == 3
    assert "As it was after step 3 of" in texts(app)
    go_back(app, "draw", run, NEWEST)
    assert "As it was" not in texts(app)

    app.switch_page(page("Look_inside").path)
    checked(app.run())
    assert app.select_slider(f"inside.moment.{run.id}").value == NEWEST
    assert words[final.step] in texts(app)


def _range_of(kernels: object) -> str:
    words = f"Weights from {kernels.min():.3f} (blue) through zero to {kernels.max():.3f} (orange)"  # type: ignore[attr-defined]
    return words.replace(" -", " −")
