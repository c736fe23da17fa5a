"""Trainings side by side: chosen, followed, remembered; two at one click. A fake trainer stands in for TensorFlow."""

from __future__ import annotations

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from cnn_core.architecture.presets import preset
from cnn_core.training import runs
from cnn_core.training.run import Run
from cnn_core.training.settings import TrainingSettings
from tests.cnn_core.training.fakes import FakeTrainer
from tests.pages.helpers import checked, open_page, places, texts, until


def trained(seed: int) -> Run:
    settings = TrainingSettings(epochs=1, batch_size=50, train_count=100, seed=seed)
    run = runs.start_run(preset("fully-connected").spec, settings, f"Net {seed}")
    assert run.join(20)
    return run


def test_empty_page_says_what_will_be_here_and_how_to_get_it(fake_trainer: type[FakeTrainer]) -> None:
    app = open_page("Compare")
    assert "Nothing has been trained yet" in texts(app)
    assert app.button("compare.contest").proto.type == "primary"
    assert "Or train a network of your own" in [link.proto.label for link in app.get("page_link")]
    assert not app.multiselect


def test_one_click_trains_both_networks_and_shows_them(fake_trainer: type[FakeTrainer]) -> None:
    fake_trainer.gate.clear()
    app = open_page("Compare")
    checked(app.button("compare.contest").click().run())
    convolutional, connected = runs.all_runs()
    if connected.parameters > convolutional.parameters:
        convolutional, connected = connected, convolutional
    assert (connected.parameters, convolutional.parameters) == (669_706, 3_274_634)
    assert connected.settings == convolutional.settings
    assert app.multiselect("compare.runs").value == [connected.id, convolutional.id]
    assert app.query_params["runs"] == f"{connected.id},{convolutional.id}"
    assert app.button("compare.contest").disabled, "one contest at a time"
    until(lambda: all(run.snapshot.status == "running" for run in (connected, convolutional)), "both run")
    checked(app.run())
    assert "training" in texts(app)
    drawn = places(app.main, "compare.loss")
    assert len(drawn) == 1
    checked(app.button("compare.stop").click().run())
    fake_trainer.gate.set()
    assert connected.join(20)
    assert convolutional.join(20)
    checked(app.run())
    assert "stopped early" in texts(app)
    assert not [button for button in app.button if button.key == "compare.stop"]
    assert places(app.main, "compare.loss") == drawn, "what changes its place is drawn anew, and flickers"
    assert not app.button("compare.contest").disabled


def test_refused_contest_is_one_sentence(fake_trainer: type[FakeTrainer], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "MAX_ACTIVE_RUNS", 0)
    app = open_page("Compare")
    checked(app.button("compare.contest").click().run())
    assert "trainings are running or waiting on this machine already" in app.error[0].value
    checked(app.run())
    assert not app.error


def test_newest_four_are_shown_until_somebody_chooses(fake_trainer: type[FakeTrainer]) -> None:
    made = [trained(seed) for seed in range(5)]
    app = open_page("Compare")
    assert app.multiselect("compare.runs").value == [run.id for run in reversed(made)][:4]
    assert "runs" not in app.query_params
    assert "Seed" in texts(app)
    assert "≠ 3" in texts(app)
    checked(app.multiselect("compare.runs").set_value([made[0].id]).run())
    assert app.query_params["runs"] == made[0].id
    assert "Net 0" in texts(app)
    assert "Net 4" not in texts(app)
    assert "In what they differ" not in texts(app)


def axis_control(app: AppTest) -> Any:
    [found] = [group for group in app.get("button_group") if group.key == "compare.axis"]
    return found


def test_choice_and_controls_are_kept_when_one_comes_back(fake_trainer: type[FakeTrainer]) -> None:
    first, second, _ = (trained(seed) for seed in range(3))
    app = open_page("Compare")
    checked(app.multiselect("compare.runs").set_value([second.id, first.id]).run())
    checked(app.slider("compare.smoothing").set_value(0.9).run())
    checked(axis_control(app).set_value("epochs").run())
    checked(app.switch_page("pages/01_Start.py").run())
    checked(app.switch_page("pages/22_Compare.py").run())
    assert app.multiselect("compare.runs").value == [second.id, first.id]
    assert app.slider("compare.smoothing").value == 0.9
    assert axis_control(app).value == "epochs"


def test_link_brings_its_runs_and_passes_over_those_that_are_gone(fake_trainer: type[FakeTrainer]) -> None:
    first, second, _ = (trained(seed) for seed in range(3))
    app = open_page("Compare", runs=f"{second.id},deadbeef,{first.id}")
    assert app.multiselect("compare.runs").value == [second.id, first.id]
    assert open_page("Compare", runs="deadbeef").multiselect("compare.runs").value != []


def test_nothing_chosen_is_said(fake_trainer: type[FakeTrainer]) -> None:
    trained(0)
    app = open_page("Compare")
    checked(app.multiselect("compare.runs").set_value([]).run())
    assert "Choose one or more trainings above" in texts(app)
    assert app.multiselect("compare.runs").value == []


def test_failed_training_says_why_and_the_others_are_compared(fake_trainer: type[FakeTrainer]) -> None:
    trained(0)
    fake_trainer.error = MemoryError()
    trained(1)
    app = open_page("Compare")
    assert "A Net 1: This machine ran out of memory" in app.error[0].value
    assert "failed" in texts(app)
