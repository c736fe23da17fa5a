"""The training pages: start, follow, steer, fail in words. A fake trainer stands in for TensorFlow."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest
from streamlit.testing.v1 import AppTest

from cnn_core.architecture.address import spec_to_address
from cnn_core.architecture.presets import PRESETS
from cnn_core.augmentation.settings import Augmentation
from cnn_core.training import runs
from cnn_core.training.address import settings_from_address
from cnn_core.training.optimizers import OPTIMIZERS
from cnn_core.training.run import Run
from cnn_core.training.schedules import SCHEDULES
from cnn_core.training.settings import TrainingSettings
from dashboard.navigation import page
from dashboard.panels.training.watch import VIEWS
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
    checked(app.button("training.evaluate").click().run())
    assert app.session_state["state.choices"]["evaluate.network"] == run.id
    assert app.title[0].value == page("Evaluate").question


@pytest.mark.parametrize("precision", ["bfloat16", "float32"])
def test_a_word_that_few_know_leads_to_its_explanation(fake_trainer: type[FakeTrainer], precision: str) -> None:
    app = open_page("Train")
    checked(app.selectbox("settings.precision").set_value(precision).run())
    checked(app.button("train.start").click().run())
    assert only_run().join(20)
    checked(app.run())
    links = [link.proto for link in app.main.get("page_link")]
    assert [link.label for link in links if "term=bfloat16" in link.query_string] == (
        ["What is meant: brain floating point"] if precision == "bfloat16" else []
    )
    assert ("computed with bfloat16" in texts(app)) == (precision == "bfloat16")


def test_settings_reach_the_run(fake_trainer: type[FakeTrainer]) -> None:
    app = open_page("Train")
    checked(app.slider("settings.epochs").set_value(2).run())
    checked(app.selectbox("settings.optimizer").set_value("sgd").run())
    assert app.select_slider("settings.learning_rate").value == 0.05, "each optimiser begins with a rate that suits it"
    checked(app.select_slider("settings.learning_rate").set_value(0.1).run())
    checked(app.select_slider("settings.batch_size").set_value(256).run())
    checked(app.select_slider("settings.train_count").set_value(1000).run())
    checked(app.select_slider("settings.validation_share").set_value(0.2).run())
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
    assert "trainings are running or waiting on this machine already" in app.error[0].value


def test_design_for_other_images_is_told_what_to_do(fake_trainer: type[FakeTrainer]) -> None:
    app = open_page("Train")
    spec = replace(PRESETS["first"].spec, input_shape=(40, 30, 3))
    app.session_state["state.network"] = app.session_state["state.valid_network"] = spec
    checked(app.run())
    assert "No data set here has images of 40×30×3" in texts(app)
    assert app.button("train.start").disabled


def test_every_setting_has_a_control(fake_trainer: type[FakeTrainer]) -> None:
    app = open_page("Train")
    app.session_state["settings.changing"] = True
    found: set[str] = set()
    for optimizer in OPTIMIZERS:
        checked(app.selectbox("settings.optimizer").set_value(optimizer).run())
        for schedule in SCHEDULES:
            checked(app.selectbox("settings.schedule").set_value(schedule).run())
            kinds = ("slider", "select_slider", "selectbox", "number_input", "toggle")
            found |= {str(widget.key) for kind in kinds for widget in app.get(kind)}
    settings = {f"settings.{field.name}" for field in fields(TrainingSettings)} - {"settings.augmentation"}
    assert settings <= found
    assert {f"settings.augmentation.{field.name}" for field in fields(Augmentation)} <= found


def test_only_the_chosen_optimiser_s_and_schedule_s_own_settings_are_there(fake_trainer: type[FakeTrainer]) -> None:
    app = open_page("Train")
    sliders = {slider.key for slider in app.select_slider}
    assert "settings.beta_1" in sliders
    assert not {"settings.momentum", "settings.warm_up_share"} & sliders
    checked(app.selectbox("settings.optimizer").set_value("nesterov").run())
    assert app.select_slider("settings.learning_rate").value == OPTIMIZERS["nesterov"].learning_rate
    sliders = {slider.key for slider in app.select_slider}
    assert "settings.momentum" in sliders
    assert "settings.beta_1" not in sliders


def test_all_settings_reach_the_run(fake_trainer: type[FakeTrainer]) -> None:
    app = open_page("Train")
    app.session_state["settings.changing"] = True
    checked(app.run())
    checked(app.selectbox("settings.schedule").set_value("one_cycle").run())
    checked(app.select_slider("settings.warm_up_share").set_value(0.2).run())
    checked(app.select_slider("settings.l2").set_value(0.001).run())
    checked(app.select_slider("settings.label_smoothing").set_value(0.1).run())
    checked(app.slider("settings.patience").set_value(3).run())
    checked(app.toggle("settings.keeps_best").set_value(True).run())
    checked(app.toggle("settings.has_class_weights").set_value(True).run())
    checked(app.select_slider("settings.augmentation.shift").set_value(0.1).run())
    checked(app.selectbox("settings.augmentation.flip").set_value("both").run())
    checked(app.button("train.start").click().run())
    chosen = only_run().settings
    assert (chosen.schedule, chosen.warm_up_share, chosen.l2, chosen.label_smoothing) == ("one_cycle", 0.2, 0.001, 0.1)
    assert (chosen.patience, chosen.keeps_best, chosen.has_class_weights) == (3, True, True)
    assert chosen.augmentation == Augmentation(shift=0.1, flip="both")
    address = app.query_params["train"]
    kept = settings_from_address(address if isinstance(address, str) else address[0])
    assert kept.precision == "auto"
    assert replace(kept, precision="float32") == chosen, "the run says with which numbers it computes"


def paused_training(fake_trainer: type[FakeTrainer], slug: str = "first") -> tuple[AppTest, Run]:
    app = open_page("Train", net=spec_to_address(PRESETS[slug].spec))
    fake_trainer.gate.clear()
    checked(app.button("train.start").click().run())
    run = only_run()
    until(lambda: run.snapshot.status == "running", "running")
    run.control.pause()
    fake_trainer.gate.set()
    until(lambda: run.snapshot.status == "paused", "paused")
    run.control.single_step(run.snapshot.step)
    until(lambda: run.snapshot.gradients is not None, "a batch whose gradients were measured")
    return checked(app.run()), run


def test_settings_change_while_it_learns_and_are_marked(fake_trainer: type[FakeTrainer]) -> None:
    app, run = paused_training(fake_trainer)
    key = f"training.now.{run.id}."
    assert app.select_slider(f"{key}learning_rate").value == run.settings.learning_rate
    checked(app.select_slider(f"{key}learning_rate").set_value(0.1).run())
    checked(app.select_slider(f"{key}batch_size").set_value(256).run())
    stood = run.snapshot.step
    checked(app.button("training.step").click().run())
    until(lambda: run.snapshot.step == stood + 1, "one batch")
    assert fake_trainer.latest.rates[-1] == 0.1
    assert len(fake_trainer.latest.batches[-1]) == 256
    assert [(change.name, change.value) for change in run.snapshot.changes] == [
        ("learning_rate", 0.1),
        ("batch_size", 256),
    ]
    checked(app.select_slider(f"{key}delay").set_value(0.1).run())
    checked(app.switch_page(page("Design").path).run())
    checked(app.switch_page(page("Train").path).run())
    back = {name: app.select_slider(f"{key}{name}").value for name in ("learning_rate", "batch_size", "delay")}
    assert back == {"learning_rate": 0.1, "batch_size": 256, "delay": 0.1}, "as it is now, not as it was begun"
    run.control.stop()
    assert run.join(20)


def test_one_epoch_by_its_button(fake_trainer: type[FakeTrainer]) -> None:
    app, run = paused_training(fake_trainer)
    checked(app.button("training.epoch").click().run())
    until(lambda: run.snapshot.status == "paused" and len(run.snapshot.epochs) == 1, "an epoch's end")
    run.control.stop()
    assert run.join(20)


@pytest.mark.parametrize("view", VIEWS)
def test_everything_that_can_be_watched_is_shown(fake_trainer: type[FakeTrainer], view: str) -> None:
    app, run = paused_training(fake_trainer)
    checked(app.segmented_control("training.view_choice").set_value(view).run())
    assert app.segmented_control("training.view_choice").value == view
    charts = {str(chart.proto.id) for chart in app.get("echarts_chart")}
    shown = "".join(element.proto.body for element in app.get("html"))
    assert ("test images are read rightly" in shown) == (view == "verdicts")
    assert bool(charts) == (view in ("curves", "gradients"))
    run.control.stop()
    assert run.join(20)


def test_it_starts_again_with_the_same_and_with_new_initial_weights(fake_trainer: type[FakeTrainer]) -> None:
    app, first = start_on("Train", "train.start")
    assert first.join(20)
    checked(app.run())
    checked(app.button("training.again").click().run())
    same = runs.all_runs()[0]
    assert same.id != first.id
    assert (same.spec, same.settings) == (first.spec, first.settings)
    assert same.join(20)
    checked(app.run())
    checked(app.button("training.anew").click().run())
    other = runs.all_runs()[0]
    assert other.settings.seed != first.settings.seed
    assert replace(other.settings, seed=first.settings.seed) == first.settings
    assert other.join(20)
