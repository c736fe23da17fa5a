"""The lesson on vanishing gradients: what is chosen is measured, tasks see when they are done, both are trained."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from cnn_core.architecture.deep_stack import DeepStack
from cnn_core.architecture.presets import preset
from cnn_core.errors import ClassroomError
from cnn_core.training import runs
from cnn_core.training.gradient_survey import GradientSurvey
from cnn_core.training.settings import TrainingSettings
from dashboard import resources
from dashboard.lessons import vanishing_gradients_race
from dashboard.lessons.vanishing_gradients import LESSON
from tests.cnn_core.training.fakes import FakeTrainer, fake_trainer, own_runs
from tests.pages.helpers import checked, places, texts, until

__all__ = ["fake_trainer", "own_runs"]

TASKS = {task.slug: task for task in LESSON.tasks}


def page() -> None:
    import streamlit as st

    from dashboard.lessons.frame import lesson_panel
    from dashboard.lessons.vanishing_gradients import LESSON
    from dashboard.palette import LIGHT

    if not st.session_state.get("test.is_away", False):
        lesson_panel(LESSON, LIGHT, lambda: None)


def fake_survey(stack: DeepStack, tell: Callable[[float], None]) -> GradientSurvey:
    """Slopes as they are in the large: a fifth for each sigmoid, a half for each poorly begun layer, else nothing."""
    factor = 0.2 if stack.activation == "sigmoid" and not stack.has_batch_norm else 0.9
    factor *= 1 if stack.has_good_start or stack.has_batch_norm else 0.5
    tell(1.0)
    names = tuple(f"layer_{index}" for index in range(stack.layers))
    return GradientSurvey(names, tuple(factor ** (stack.layers - 1 - index) for index in range(stack.layers)))


@pytest.fixture
def links(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What links to other pages carry along; the pages themselves are not there."""
    found: list[dict[str, Any]] = []
    monkeypatch.setattr("streamlit.page_link", lambda path, **given: found.append({"path": path, **given}))
    return found


@pytest.fixture
def app(
    monkeypatch: pytest.MonkeyPatch, own_runs: None, fake_trainer: type[FakeTrainer], links: list[dict[str, Any]]
) -> AppTest:
    monkeypatch.setattr(resources, "gradient_survey", fake_survey)
    return checked(AppTest.from_function(page, default_timeout=30).run())


def done(app: AppTest) -> set[str]:
    words = texts(app)
    return {slug for slug, task in TASKS.items() if task.found in words}


def train_to_the_end(app: AppTest) -> AppTest:
    checked(app.button("vanishing.train").click().run())
    for run in runs.all_runs():
        assert run.join(30)
    return checked(app.run())


def leave_and_come_back(app: AppTest) -> None:
    for is_away in (True, False):
        app.session_state["test.is_away"] = is_away
        checked(app.run())


def shown_sums(app: AppTest) -> str:
    return "".join(str(html.value) for html in app.get("html"))


def test_two_networks_are_measured_at_once(app: AppTest) -> None:
    assert app.selectbox("vanishing.a.activation").value == "sigmoid"
    assert app.selectbox("vanishing.b.activation").value == "relu"
    assert "(1/4)⁷ = 6.1 × 10⁻⁵" in shown_sums(app)
    assert "× 0.2" in shown_sums(app)
    assert done(app) == set()
    assert len(app.selectbox) + len(app.slider) + len(app.toggle) + len(app.button) <= 10


def test_what_is_chosen_is_what_is_measured(app: AppTest) -> None:
    checked(app.slider("vanishing.a.layers").set_value(5).run())
    assert "(1/4)⁴ = 0.0039" in shown_sums(app)
    checked(app.selectbox("vanishing.a.activation").set_value("gelu").run())
    assert "1.13⁴ = " in shown_sums(app)


def test_choices_are_kept_when_the_page_is_left(app: AppTest) -> None:
    checked(app.slider("vanishing.b.layers").set_value(17).run())
    checked(app.toggle("vanishing.b.has_batch_norm").set_value(True).run())
    train_to_the_end(app)
    leave_and_come_back(app)
    assert app.slider("vanishing.b.layers").value == 17
    assert app.toggle("vanishing.b.has_batch_norm").value is True
    assert app.slider("vanishing.a.layers").value == 8
    assert "Both have learned" in texts(app)
    assert len(runs.all_runs()) == 2


def test_deep_sigmoids_fade_and_batch_norm_rescues_them(app: AppTest) -> None:
    checked(app.slider("vanishing.a.layers").set_value(12).run())
    assert done(app) == set()
    checked(app.slider("vanishing.a.layers").set_value(14).run())
    assert done(app) == {"fade"}
    checked(app.toggle("vanishing.a.has_batch_norm").set_value(True).run())
    assert done(app) == {"fade", "rescue"}


def test_shallow_sigmoids_are_no_rescue(app: AppTest) -> None:
    checked(app.slider("vanishing.a.layers").set_value(3).run())
    assert done(app) == set()


def test_poor_start_lets_relu_fade(app: AppTest) -> None:
    checked(app.toggle("vanishing.b.has_good_start").set_value(False).run())
    assert done(app) == set()
    checked(app.slider("vanishing.b.layers").set_value(20).run())
    assert done(app) == {"start"}


def test_both_are_trained_and_one_sentence_says_what_came_out(app: AppTest, links: list[dict[str, Any]]) -> None:
    train_to_the_end(app)
    made = runs.all_runs()
    assert sorted(run.title for run in made) == [
        "8 layers, ReLU (vanishing gradients)",
        "8 layers, sigmoid (vanishing gradients)",
    ]
    assert "Both have learned: each reads 90.0 % of 3,000 test images rightly." in texts(app), "the fake ones are alike"
    assert "train" not in done(app), "none of them learned nothing"
    assert app.button("vanishing.train").label == "Train both again"
    assert set(links[-1]["query_params"]["runs"].split(",")) == {run.id for run in made}


def test_curves_say_when_they_belong_to_networks_of_before(app: AppTest) -> None:
    train_to_the_end(app)
    assert "has been changed since" not in texts(app)
    checked(app.slider("vanishing.a.layers").set_value(9).run())
    assert "has been changed since" in texts(app)


def test_one_that_learned_beside_one_that_did_not_does_the_task(app: AppTest) -> None:
    train_to_the_end(app)
    for run, share in zip(runs.all_runs(), (0.1, 0.9), strict=True):
        test = run.snapshot.test
        assert test is not None
        object.__setattr__(test, "accuracy", share)
    checked(app.run())
    assert done(app) == {"train"}
    assert "has learned nothing: its 10.0 % are no better than guessing" in texts(app)


def test_training_is_followed_and_stopped(app: AppTest, fake_trainer: type[FakeTrainer]) -> None:
    fake_trainer.gate.clear()
    checked(app.button("vanishing.train").click().run())
    until(lambda: all(run.snapshot.status == "running" for run in runs.all_runs()), "both run")
    checked(app.run())
    assert [bar.proto.text[:5] for bar in app.get("progress")] == ["**A**", "**B**"]
    assert not [button for button in app.button if button.key == "vanishing.train"]
    drawn = places(app.main, "vanishing.curves")
    assert len(drawn) == 1
    checked(app.button("vanishing.stop").click().run())
    fake_trainer.gate.set()
    for run in runs.all_runs():
        assert run.join(30)
    checked(app.run())
    assert {run.snapshot.status for run in runs.all_runs()} == {"stopped"}
    assert app.button("vanishing.train").label == "Train both again"
    assert places(app.main, "vanishing.curves") == drawn, "what changes its place is drawn anew, and flickers"


def test_place_in_line_is_told_while_others_train(
    app: AppTest, fake_trainer: type[FakeTrainer], monkeypatch: pytest.MonkeyPatch
) -> None:
    from cnn_core.training.queue import TrainingQueue

    monkeypatch.setattr(runs, "_queue", TrainingQueue(1))
    fake_trainer.gate.clear()
    other = runs.start_run(preset("first").spec, TrainingSettings(), "of somebody else", "somebody")
    until(lambda: other.snapshot.status == "running", "the other one trains")
    checked(app.button("vanishing.train").click().run())
    checked(app.run())
    assert app.get("progress")[0].proto.text == "**A** · Waiting in line: It is next"
    other.control.stop()
    fake_trainer.gate.set()
    until(lambda: not any(run.snapshot.is_active for run in runs.all_runs()), "all have ended")
    first, second = (run for run in runs.all_runs() if run is not other)
    assert first.turn is not None
    assert second.turn is not None
    assert second.turn.beside == first.id or first.turn.beside == second.id


def test_full_machine_is_one_sentence_and_nothing_is_lost(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*given: object) -> None:
        raise ClassroomError("200 trainings are running already.", "Wait until one has ended.")

    monkeypatch.setattr(vanishing_gradients_race, "start_race", refuse)
    checked(app.button("vanishing.train").click().run())
    assert [warning.value for warning in app.warning] == [
        "200 trainings are running already. Wait until one has ended."
    ]
    checked(app.run())
    assert not app.warning
    assert app.button("vanishing.train")


def test_training_that_failed_says_why(app: AppTest, fake_trainer: type[FakeTrainer]) -> None:
    fake_trainer.error = MemoryError()
    train_to_the_end(app)
    assert all("ran out of memory" in error.value for error in app.error)
    assert len(app.error) == 2
    assert "A and B did not come to an end" in texts(app)


def test_digits_that_cannot_be_read_are_one_sentence(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*given: object) -> None:
        raise ClassroomError("The digits cannot be read.", "Start again.")

    monkeypatch.setattr(resources, "gradient_survey", fail)
    checked(app.run())
    assert [warning.value for warning in app.warning] == ["The digits cannot be read. Start again."]


def test_each_network_is_measured_once(monkeypatch: pytest.MonkeyPatch, own_runs: None) -> None:
    measured: list[DeepStack] = []

    def survey(stack: DeepStack, tell: Callable[[float], None]) -> GradientSurvey:
        measured.append(stack)
        return fake_survey(stack, tell)

    monkeypatch.setattr(resources, "_answers", type(resources._answers)())
    monkeypatch.setattr(resources, "survey_gradients", survey)
    app = checked(AppTest.from_function(page, default_timeout=30).run())
    checked(app.slider("vanishing.a.layers").set_value(9).run())
    checked(app.slider("vanishing.a.layers").set_value(8).run())
    assert [stack.words for stack in measured] == ["8 layers, sigmoid", "8 layers, ReLU", "9 layers, sigmoid"]
