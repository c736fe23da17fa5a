"""The training pages: start, follow, steer, fail in words. A fake trainer stands in for TensorFlow."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from cnn_core.architecture.presets import PRESETS
from cnn_core.training import runs
from cnn_core.training.run import Run
from tests.cnn_core.training.fakes import FakeTrainer
from tests.pages.helpers import checked, open_page, texts, until


def only_run() -> Run:
    (run,) = runs.all_runs()
    return run


def start_on(slug: str, button: str) -> tuple[AppTest, Run]:
    app = open_page(slug)
    checked(app.button(button).click().run())
    return app, only_run()


def test_one_click_on_the_start_page_trains_the_first_network(fake_trainer: type[FakeTrainer]) -> None:
    app, run = start_on("Start", "start.train")
    assert run.spec == PRESETS["first"].spec
    assert run.settings.dataset == "digits"
    assert app.query_params["run"] == run.id
    assert run.join(20)
    checked(app.run())
    assert "of 3,000 test images rightly" in texts(app)
    assert app.button("training.draw").label == "Draw a digit for it"


def test_settings_reach_the_run(fake_trainer: type[FakeTrainer]) -> None:
    app = open_page("Train")
    checked(app.slider("settings.epochs").set_value(2).run())
    checked(app.selectbox("settings.optimizer").set_value("sgd").run())
    assert app.select_slider("settings.learning_rate").value == 0.05, "each optimiser begins with a rate that suits it"
    checked(app.select_slider("settings.learning_rate").set_value(0.1).run())
    checked(app.select_slider("settings.batch_size").set_value(256).run())
    checked(app.select_slider("settings.train_count").set_value(1000).run())
    checked(app.slider("settings.validation_share").set_value(0.2).run())
    checked(app.number_input("settings.seed").set_value(7).run())
    checked(app.button("train.start").click().run())
    chosen = only_run().settings
    assert (chosen.epochs, chosen.optimizer, chosen.learning_rate) == (2, "sgd", 0.1)
    assert (chosen.batch_size, chosen.train_count, chosen.validation_share, chosen.seed) == (256, 1000, 0.2, 7)


def test_pause_step_resume_and_stop_by_buttons(fake_trainer: type[FakeTrainer]) -> None:
    fake_trainer.gate.clear()
    app, run = start_on("Train", "train.start")
    until(lambda: run.snapshot.status == "running", "running")
    checked(app.run())
    assert app.button("training.step").disabled, "one batch is for a training that stands still"
    checked(app.button("training.pause").click().run())
    fake_trainer.gate.set()
    until(lambda: run.snapshot.status == "paused", "paused")
    stood = run.snapshot.step
    checked(app.run())
    assert not app.button("training.step").disabled
    assert app.button("train.start").disabled, "one training at a time for one person"
    checked(app.button("training.step").click().run())
    until(lambda: run.snapshot.step == stood + 1, "one batch")
    checked(app.run())
    assert any(f"step {stood + 1} of" in bar.proto.text for bar in app.get("progress"))
    fake_trainer.gate.clear()
    checked(app.button("training.resume").click().run())
    until(lambda: run.snapshot.status == "running", "resumed")
    checked(app.run())
    checked(app.button("training.stop").click().run())
    fake_trainer.gate.set()
    assert run.join(20)
    checked(app.run())
    assert "Stopped early" in texts(app)


def test_second_session_finds_the_run_by_its_address(fake_trainer: type[FakeTrainer]) -> None:
    _, run = start_on("Start", "start.train")
    assert run.join(20)
    other = open_page("Train", run=run.id)
    assert "of 3,000 test images rightly" in texts(other)


def test_error_in_the_thread_is_a_sentence_on_the_page(fake_trainer: type[FakeTrainer]) -> None:
    fake_trainer.error = MemoryError()
    app, run = start_on("Start", "start.train")
    assert run.join(20)
    checked(app.run())
    assert "ran out of memory" in app.error[0].value
    assert not app.button("start.train").disabled


def test_too_many_trainings_are_refused_on_the_page(
    fake_trainer: type[FakeTrainer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "MAX_ACTIVE_RUNS", 0)
    app = open_page("Start")
    checked(app.button("start.train").click().run())
    assert "trainings are running on this machine already" in app.error[0].value


def test_design_for_other_images_is_told_what_to_do(fake_trainer: type[FakeTrainer]) -> None:
    app = open_page("Train")
    app.session_state["state.network"] = PRESETS["colour-images"].spec
    app.session_state["state.valid_network"] = PRESETS["colour-images"].spec
    checked(app.run())
    assert "No data set here has images of 32×32×3" in texts(app)
    assert app.button("train.start").disabled
