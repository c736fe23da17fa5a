"""The lesson on over-fitting: trainings are begun, followed and laid over each other, and tasks see what came out."""

from __future__ import annotations

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from cnn_core.comparison.overfitting import HELPS, Trial, each_help_alone, trial_of
from cnn_core.comparison.overfitting_words import TrialResult
from cnn_core.errors import ClassroomError
from cnn_core.training import runs
from cnn_core.training.queue import TrainingQueue
from dashboard import resources
from dashboard.lessons import overfitting_trials
from dashboard.lessons.overfitting import LESSON, Seen
from tests.cnn_core.training.fakes import FakeTrainer, fake_trainer, own_runs
from tests.pages.helpers import checked, places, texts, until

__all__ = ["fake_trainer", "own_runs"]

TASKS = {task.slug: task for task in LESSON.tasks}


def page() -> None:
    import streamlit as st

    from dashboard.lessons.frame import lesson_panel
    from dashboard.lessons.overfitting import LESSON
    from dashboard.palette import LIGHT

    if not st.session_state.get("test.is_away", False):
        lesson_panel(LESSON, LIGHT, lambda: None)


@pytest.fixture
def links(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What links to other pages carry along; the pages themselves are not there."""
    found: list[dict[str, Any]] = []
    monkeypatch.setattr("streamlit.page_link", lambda path, **given: found.append({"path": path, **given}))
    return found


@pytest.fixture
def app(own_runs: None, fake_trainer: type[FakeTrainer], links: list[dict[str, Any]]) -> AppTest:
    return checked(AppTest.from_function(page, default_timeout=30).run())


def wait_for_all(app: AppTest) -> AppTest:
    for run in runs.all_runs():
        assert run.join(30)
    return checked(app.run())


def train(app: AppTest) -> AppTest:
    checked(app.button("overfitting.train").click().run())
    return wait_for_all(app)


def choose_images(app: AppTest, images: str) -> AppTest:
    [group] = [group for group in app.get("button_group") if group.key == "overfitting.images_choice"]
    return checked(group.set_value(images).run())


def shown_table(app: AppTest) -> str:
    return "".join(str(html.value) for html in app.get("html"))


def keys(app: AppTest) -> set[str]:
    return {button.key for button in app.button}


def seen(*results: tuple[Trial, float, float, float]) -> Seen:
    """Trials with what they know of their images, of those kept aside, and of the test images."""
    return Seen(Trial(), tuple(TrialResult(*result, 3000, 0.5) for result in results))


def done(found: Seen) -> set[str]:
    return {slug for slug, task in TASKS.items() if task.is_done(found)}


def test_before_the_first_training_the_page_says_what_will_come(app: AppTest) -> None:
    assert "Two curves will grow here" in app.info[0].value
    assert app.button("overfitting.train").label == "Train on 500 images"
    assert {toggle.key for toggle in app.toggle} == {f"overfitting.{name}" for name in HELPS}
    assert not any(toggle.value for toggle in app.toggle)
    assert "overfitting.clear" not in keys(app)


def test_what_is_switched_on_is_what_is_trained(app: AppTest) -> None:
    choose_images(app, "50")
    checked(app.toggle("overfitting.dropout").set_value(True).run())
    checked(app.toggle("overfitting.l2").set_value(True).run())
    train(app)
    [run] = runs.all_runs()
    assert trial_of(run) == Trial(50, dropout=True, l2=True)
    assert "A: 50 images, dropout, L2." in texts(app)
    assert "It knows 90.0 % of the 50 images" in texts(app)
    assert "Train on 50 images without any help too" in texts(app)


def test_trainings_are_laid_over_each_other_and_the_last_is_spoken_of(
    app: AppTest, links: list[dict[str, Any]]
) -> None:
    train(app)
    checked(app.toggle("overfitting.augmentation").set_value(True).run())
    train(app)
    assert shown_table(app).count('<th scope="row">') == 2
    words = texts(app)
    assert "B: 500 images, augmentation." in words
    assert "augmentation made no more difference than luck does" in words, "the fake ones are alike"
    assert set(links[-1]["query_params"]["runs"].split(",")) == {run.id for run in runs.all_runs()}


def test_same_training_again_takes_the_place_of_the_one_before(app: AppTest) -> None:
    train(app)
    train(app)
    assert len(runs.all_runs()) == 2
    assert shown_table(app).count('<th scope="row">') == 1


def test_what_was_trained_last_is_spoken_of_also_where_it_was_there_before(app: AppTest) -> None:
    train(app)
    checked(app.toggle("overfitting.l2").set_value(True).run())
    train(app)
    checked(app.toggle("overfitting.l2").set_value(False).run())
    train(app)
    assert ": 500 images, no help." in texts(app)
    assert ": 500 images, L2." not in texts(app)


def test_one_click_trains_with_each_help_alone(app: AppTest) -> None:
    checked(app.button("overfitting.each").click().run())
    wait_for_all(app)
    assert {trial_of(run) for run in runs.all_runs()} == set(each_help_alone(500))
    assert shown_table(app).count('<th scope="row">') == 6
    assert "nothing helped by more than luck" in texts(app)


def test_no_more_are_shown_than_there_are_signs_for(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overfitting_trials, "MOST", 1)
    for images in ("500", "5000"):
        choose_images(app, images)
        train(app)
    assert len(runs.all_runs()) == 2
    assert shown_table(app).count('<th scope="row">') == 1
    assert "5,000 images" in texts(app)


def test_training_is_followed_in_line_and_stopped(
    app: AppTest, fake_trainer: type[FakeTrainer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "_queue", TrainingQueue(1))
    fake_trainer.gate.clear()
    checked(app.button("overfitting.each").click().run())
    until(lambda: any(run.snapshot.status == "running" for run in runs.all_runs()), "one runs")
    checked(app.run())
    [bar] = app.get("progress")
    assert bar.proto.text.startswith("**A** · ")
    assert "5 trainings in line after it: B, C, D, E, F." in texts(app)
    assert {"overfitting.train", "overfitting.each", "overfitting.clear"}.isdisjoint(keys(app))
    drawn = places(app.main, "overfitting.curves")
    assert len(drawn) == 1
    checked(app.button("overfitting.stop").click().run())
    fake_trainer.gate.set()
    wait_for_all(app)
    assert {run.snapshot.status for run in runs.all_runs()} == {"stopped"}
    assert "Stopped before it began" in shown_table(app)
    assert app.button("overfitting.train")
    assert places(app.main, "overfitting.curves") == drawn, "what changes its place is drawn anew, and flickers"


def test_place_in_line_is_told_while_others_train(app: AppTest, fake_trainer: type[FakeTrainer]) -> None:
    queue = runs._queue = TrainingQueue(1)
    queue.join("other", "somebody else")
    queue.wait("other", lambda: False)
    checked(app.button("overfitting.train").click().run())
    [run] = runs.all_runs()
    until(lambda: run.snapshot.status == "queued", "it waits")
    checked(app.run())
    assert app.get("progress")[0].proto.text == "**A** · Waiting in line: It is next"
    queue.leave("other", is_over=True)
    wait_for_all(app)
    assert "It knows" in texts(app)


def test_all_is_there_after_another_page(app: AppTest) -> None:
    checked(app.toggle("overfitting.batch_norm").set_value(True).run())
    choose_images(app, "5000")
    train(app)
    for is_away in (True, False):
        app.session_state["test.is_away"] = is_away
        checked(app.run())
    assert app.toggle("overfitting.batch_norm").value is True
    assert app.button("overfitting.train").label == "Train on 5,000 images"
    assert "A: 5,000 images, batch norm." in texts(app)
    assert len(runs.all_runs()) == 1


def test_network_is_asked_about_its_images_once(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(resources, "recall_of", lambda run: asked.append(run.id) or 0.5)
    train(app)
    checked(app.run())
    assert asked == [runs.all_runs()[0].id]
    assert "It knows 50.0 % of the 500 images" in texts(app)


def test_cleared_trainings_stay_where_all_trainings_are(app: AppTest) -> None:
    train(app)
    checked(app.button("overfitting.clear").click().run())
    assert app.info
    assert len(runs.all_runs()) == 1


def test_full_machine_is_one_sentence_and_what_began_goes_on(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = []

    def refuse_third(trial: Trial, owner: str) -> runs.Run:
        if len(begun) == 2:
            raise ClassroomError("200 trainings are running already.", "Wait until one has ended.")
        begun.append(trial)
        return runs.start_run(trial.to_spec(), trial.to_settings(), "one", owner)

    monkeypatch.setattr(overfitting_trials, "start_trial", refuse_third)
    checked(app.button("overfitting.each").click().run())
    assert [warning.value for warning in app.warning] == [
        "200 trainings are running already. Wait until one has ended."
    ]
    wait_for_all(app)
    assert shown_table(app).count('<th scope="row">') == 2


def test_training_that_failed_says_why(app: AppTest, fake_trainer: type[FakeTrainer]) -> None:
    fake_trainer.error = MemoryError()
    train(app)
    assert "ran out of memory" in app.error[0].value


PLAIN, FEW, MANY = Trial(500), Trial(50), Trial(5000)


def test_learning_by_heart_counts_without_helps_only() -> None:
    assert done(seen((FEW, 1.0, 0.5, 0.55))) == {"heart"}
    assert done(seen((FEW, 0.9, 0.5, 0.55))) == set()
    assert done(seen((PLAIN, 1.0, 0.86, 0.88))) == set()
    assert done(seen((Trial(50, l2=True), 1.0, 0.5, 0.55))) == set()


def test_gap_is_to_be_halved_by_images_alone() -> None:
    assert "data" in done(seen((FEW, 1.0, 0.56, 0.58), (PLAIN, 1.0, 0.86, 0.88)))
    assert "data" not in done(seen((PLAIN, 1.0, 0.86, 0.88), (MANY, 1.0, 0.92, 0.95)))
    assert "data" not in done(seen((PLAIN, 1.0, 0.86, 0.88), (Trial(5000, dropout=True), 0.95, 0.95, 0.95)))


def test_helps_are_held_against_none_on_as_many_images() -> None:
    plain = (PLAIN, 1.0, 0.86, 0.88)
    assert done(seen(plain, (Trial(500, augmentation=True), 0.99, 0.92, 0.92))) == {"help"}
    assert done(seen(plain, (Trial(500, augmentation=True), 0.99, 0.89, 0.89))) == set()
    assert done(seen(plain, (Trial(500, early_stopping=True), 0.98, 0.85, 0.86))) == {"harm"}
    assert done(seen(plain, (Trial(5000, augmentation=True), 0.99, 0.95, 0.95))) == set()
    assert done(seen((Trial(500, augmentation=True), 0.99, 0.92, 0.92))) == set()
