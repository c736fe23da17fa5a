"""Two designs with several seeds on the Compare page: started, followed, found again. No TensorFlow is needed."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from cnn_core.architecture.presets import preset
from cnn_core.comparison import fair
from cnn_core.comparison.fair import fair_from_runs, is_of_fair_comparison
from cnn_core.errors import ClassroomError
from cnn_core.training import runs
from cnn_core.training.run import Run
from cnn_core.training.settings import TrainingSettings
from tests.cnn_core.training.fakes import FakeTrainer
from tests.pages.helpers import checked, open_page, texts, until


def said(app: AppTest) -> str:
    """All that the page says, in its own HTML too."""
    return texts(app) + "\n".join(
        re.sub(r"<style>.*?</style>|<[^>]+>", " ", str(html.value)) for html in app.get("html")
    )


def open_fair() -> AppTest:
    app = open_page("Compare")
    [view] = [group for group in app.get("button_group") if group.key == "compare.what_choice"]
    return checked(view.set_value("fair").run())


def quick(app: AppTest) -> AppTest:
    """Three seeds, one epoch, the fewest images."""
    checked(app.get("button_group")[-1].set_value(3).run())
    checked(app.select_slider("fair.epochs").set_value(1).run())
    return checked(app.select_slider("fair.images").set_value(500).run())


def has_button(app: AppTest, key: str) -> bool:
    return any(button.key == key for button in app.button)


def wait_for_all() -> None:
    for run in runs.all_runs():
        assert run.join(30)


@pytest.fixture
def finished(fake_trainer: type[FakeTrainer]) -> AppTest:
    app = open_fair()
    checked(app.get("button_group")[-1].set_value(3).run())
    app.select_slider("fair.epochs").set_value(1)
    app.select_slider("fair.images").set_value(500)
    checked(app.button("fair.start").click().run())  # at once: the page has not been drawn in between
    wait_for_all()
    return checked(app.run())


def test_section_says_what_it_will_do_before_anything_is_started(fake_trainer: type[FakeTrainer]) -> None:
    app = open_fair()
    assert "Is the difference more than luck?" in texts(app)
    assert app.selectbox("fair.first").value == "fully-connected"
    assert app.selectbox("fair.second").value == "first"
    assert "Patient" not in " ".join(app.selectbox("fair.first").options)
    assert re.fullmatch(r"Compare both: 10 trainings, about .+", app.button("fair.start").label)
    assert re.fullmatch(r"Why convolution: 30 trainings, about .+", app.button("fair.why").label)
    assert "(101,770 and 105,866)" in texts(app)
    assert re.fullmatch(r"Compare both: 6 trainings, about \d+ s", quick(app).button("fair.start").label)
    assert not has_button(app, "fair.stop")


def test_one_click_trains_both_with_every_seed_and_judges_them(finished: AppTest) -> None:
    made = runs.all_runs()
    assert sorted((run.settings.seed, run.spec == preset("first").spec) for run in made) == [
        (seed, is_first) for seed in range(3) for is_first in (False, True)
    ]
    assert {(run.settings.epochs, run.settings.train_count, run.settings.dataset) for run in made} == {
        (1, 500, "digits")
    }
    assert len({run.owner for run in made}) == 1
    words = said(finished)
    assert "Over 3 seeds both designs read equally many test images rightly" in words, "the fake ones are all alike"
    assert "One point is 30 of the 3,000 test images" in words
    assert len(finished.get("plotly_chart")) == 2
    assert not has_button(finished, "fair.stop")
    assert not finished.button("fair.start").disabled


def test_comparison_is_followed_and_stopped(fake_trainer: type[FakeTrainer]) -> None:
    fake_trainer.gate.clear()
    app = quick(open_fair())
    checked(app.button("fair.start").click().run())
    assert app.button("fair.start").disabled
    assert app.button("fair.why").disabled
    until(lambda: any(run.snapshot.status == "running" for run in runs.all_runs()), "one runs")
    checked(app.run())
    assert "0 of 6 trainings have ended" in app.get("progress")[-1].proto.text
    assert "0 of 3 seeds have ended for both designs" in said(app)
    checked(app.button("fair.stop").click().run())
    fake_trainer.gate.set()
    wait_for_all()
    checked(app.run())
    assert {run.snapshot.status for run in runs.all_runs()} == {"stopped"}
    assert "0 of 6 trainings went on to their end: only these are judged." in texts(app)
    assert not app.button("fair.start").disabled


def test_why_convolution_trains_the_pair_on_three_kinds_of_images(fake_trainer: type[FakeTrainer]) -> None:
    app = quick(open_fair())
    checked(app.button("fair.why").click().run())
    wait_for_all()
    checked(app.run())
    made = runs.all_runs()
    assert len(made) == 18
    assert {run.settings.dataset for run in made} == {"digits", "digits-shifted", "digits-shuffled"}
    words = said(app)
    for title in (
        "Digits.",
        "Digits, shifted.",
        "Digits, shuffled.",
        "Moving the images costs",
        "Shuffling the pixels",
    ):
        assert title in words
    assert "blind" not in words, "the fake results show nothing of the kind"
    assert len(app.get("plotly_chart")) == 4


def test_comparison_is_there_after_a_reload_and_after_another_page(finished: AppTest) -> None:
    ids = finished.query_params["fair"]
    trainings = fair_from_runs(ids.split("-"))
    assert trainings is not None
    assert len(trainings.runs) == 6
    again = open_page("Compare", fair=ids)
    assert "Over 3 seeds both designs read equally many" in said(again)
    checked(finished.switch_page("pages/01_Start.py").run())
    checked(finished.switch_page("pages/22_Compare.py").run())
    assert "Over 3 seeds both designs read equally many" in said(finished)
    assert finished.select_slider("fair.images").value == 500


def test_link_to_trainings_that_are_gone_is_answered_with_a_sentence(fake_trainer: type[FakeTrainer]) -> None:
    app = open_page("Compare", fair="deadbeef-cafecafe")
    assert "are not on this machine any more" in app.error[0].value
    assert "fair" not in app.query_params
    checked(app.run())
    assert not app.error


def test_same_design_twice_is_refused(fake_trainer: type[FakeTrainer]) -> None:
    app = open_fair()
    checked(app.selectbox("fair.second").set_value("fully-connected").run())
    checked(app.button("fair.start").click().run())
    assert "Both designs are the same" in app.error[0].value
    assert runs.all_runs() == ()


def test_trainings_of_a_comparison_do_not_flood_the_curves_above(finished: AppTest) -> None:
    assert open_page("Compare").multiselect("compare.runs").value == []
    settings = TrainingSettings(epochs=1, batch_size=50, train_count=100)
    own: Run = runs.start_run(preset("first").spec, settings, "My own")
    assert own.join(20)
    app = open_page("Compare")
    assert app.multiselect("compare.runs").value == [own.id]
    assert len(app.multiselect("compare.runs").options) == 7
    assert "My own" in app.multiselect("compare.runs").options[0]
    assert all(is_of_fair_comparison(run) for run in runs.all_runs() if run is not own)


def test_design_of_a_training_and_one_s_own_take_part(fake_trainer: type[FakeTrainer]) -> None:
    settings = TrainingSettings(epochs=1, batch_size=50, train_count=100, learning_rate=0.03)
    own = runs.start_run(preset("lenet-5").spec, settings, "<b>My own</b>")
    assert own.join(20)
    app = quick(open_fair())
    checked(app.selectbox("fair.first").set_value(f"run:{own.id}").run())
    checked(app.selectbox("fair.second").set_value("own").run())
    checked(app.button("fair.start").click().run())
    wait_for_all()
    checked(app.run())
    made = [run for run in runs.all_runs() if run.id != own.id]
    assert {run.settings.learning_rate for run in made if run.spec == own.spec} == {0.03}
    assert {run.settings.batch_size for run in made} == {64}, "alike for both"
    assert any(run.title.startswith("Your design, Digits, seed 0") for run in made)
    shown = "".join(str(html.value) for html in app.get("html"))
    assert "<b>My own" not in shown
    assert "&lt;b&gt;My own" in shown


def test_interrupted_trainings_go_on_at_a_click(finished: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    cut, *_ = runs.all_runs()
    cut.snapshot = replace(cut.snapshot, status="interrupted", test=None)
    resumed: list[str] = []
    monkeypatch.setattr(fair, "resume_run", lambda run_id, owner: resumed.append(run_id))
    checked(finished.run())
    assert "1 of 6 trainings were interrupted" in texts(finished)
    checked(finished.button("fair.resume").click().run())
    assert resumed == [cut.id]


def test_refused_resumption_is_one_sentence(finished: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(run_id: str, owner: str) -> None:
        raise ClassroomError("It cannot go on.", "Start a new one.")

    cut, *_ = runs.all_runs()
    cut.snapshot = replace(cut.snapshot, status="interrupted", test=None)
    monkeypatch.setattr(fair, "resume_run", refuse)
    checked(finished.run())
    checked(finished.button("fair.resume").click().run())
    assert "It cannot go on. Start a new one." in finished.error[0].value


def test_failed_training_says_why(fake_trainer: type[FakeTrainer]) -> None:
    fake_trainer.error = MemoryError()
    app = quick(open_fair())
    checked(app.button("fair.start").click().run())
    wait_for_all()
    checked(app.run())
    assert [error.value for error in app.error if "ran out of memory" in error.value]
    assert "0 of 3 seeds have ended for both designs" in said(app)
