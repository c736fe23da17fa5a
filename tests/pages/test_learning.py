"""The lesson on learning as a student uses it: steps, races, and trainings with a fake trainer."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from cnn_core.operations.surfaces import SURFACES
from cnn_core.training import runs
from dashboard.lessons.learning import LESSON
from tests.cnn_core.training.fakes import FakeTrainer
from tests.pages.helpers import checked, open_page, places, texts

FOUND = {task.slug: task.found for task in LESSON.tasks}


def show(app: AppTest, view: str) -> AppTest:
    return press(app, "learning.view", view)


def press(app: AppTest, key: str, option: str) -> AppTest:
    """Choose in a row of buttons."""
    return checked(app.segmented_control(key).set_value(option).run())


def component(app: AppTest, mark: str) -> dict[str, Any]:
    """The data of our own component that has such a part."""
    for element in app.get("bidi_component"):
        data = json.loads(element.proto.json)
        if mark in data:
            return data
    raise AssertionError(f"no component with {mark}")


def walk(app: AppTest, name: str) -> dict[str, Any]:
    for element in app.get("bidi_component"):
        data = json.loads(element.proto.json)
        if data.get("name") == name:
            return data
    raise AssertionError(f"no walk named {name}")


def losses(app: AppTest) -> tuple[float, float]:
    found = re.search(r"\*\*loss ([\d.]+) → ([\d.]+)\*\*", texts(app))
    assert found, texts(app)
    return float(found[1]), float(found[2])


def test_a_step_goes_on_from_where_the_last_one_led() -> None:
    app = open_page("Learning")
    before, after = losses(app)
    assert after < before
    assert "−ln(" in texts(app)
    assert "19 of 144 places add something" in texts(app)
    written = walk(app, "weights of the kernel")["sentences"][0]
    checked(app.button("learning.take").click().run())
    assert losses(app)[0] == after
    assert "Step 2:" in texts(app)
    assert walk(app, "weights of the kernel")["sentences"][0] != written
    checked(app.button("learning.reset").click().run())
    assert losses(app) == (before, after)


def test_too_large_a_step_is_said_and_is_the_first_task() -> None:
    app = open_page("Learning")
    checked(app.select_slider("learning.rate").set_value(0.001).run())
    assert "A tiny step" in texts(app)
    assert FOUND["ruin"] not in texts(app)
    checked(app.select_slider("learning.rate").set_value(3.0).run())
    assert "Too large" in texts(app)
    assert FOUND["ruin"] in texts(app)
    checked(app.button("learning.rounds").click().run())
    assert "ReLU gives 0 everywhere" in texts(app)
    assert "Nothing comes back to this kernel" in texts(app)
    assert not app.error


def test_all_ten_digits_can_be_taught() -> None:
    app = open_page("Learning")
    for _ in range(2):
        assert FOUND["all-ten"] not in texts(app)
        checked(app.button("learning.rounds").click().run())
    assert "Step 101:" in texts(app)
    assert FOUND["all-ten"] in texts(app)


def test_another_image_keeps_the_weights_and_another_network_begins_anew() -> None:
    app = open_page("Learning")
    checked(app.button("learning.take").click().run())
    checked(app.slider("learning.digit").set_value(3).run())
    assert "Step 2:" in texts(app)
    assert "“3” gets" in texts(app)
    checked(app.slider("learning.seed").set_value(1).run())
    assert "Step 1:" in texts(app)


def test_race_says_who_wins_and_who_diverges() -> None:
    app = show(open_page("Learning"), "race")
    assert "**Momentum** is first at the minimum, after 44 steps." in texts(app)
    assert [runner["name"] for runner in component(app, "runners")["runners"]] == ["SGD", "Momentum", "RMSprop", "Adam"]
    checked(app.select_slider("learning.race_rate.valley").set_value(0.1).run())
    assert "**SGD** diverges" in texts(app)
    assert FOUND["diverge"] in texts(app)
    assert "diverges" in component(app, "runners")["runners"][0]["verdict"]
    press(app, "learning.mode", "best")
    assert "diverges" not in texts(app).replace(FOUND["diverge"], "")
    assert app.select_slider("learning.race_rate.valley").disabled
    checked(app.pills("learning.rules").set_value([]).run())
    assert "Choose one or more optimisers" in app.info[0].value


def test_every_surface_can_be_raced_on_and_keeps_its_start() -> None:
    app = show(open_page("Learning"), "race")
    checked(app.slider("learning.start_x.valley").set_value(2.0).run())
    for slug, surface in SURFACES.items():
        press(app, "learning.surface", slug)
        assert surface.formula in texts(app)
    press(app, "learning.surface", "valley")
    assert app.slider("learning.start_x.valley").value == 2.0
    checked(app.slider("learning.start_y.valley").set_value(-1.0).run())
    assert app.slider("learning.start_x.valley").value == 2.0


def test_real_trainings_go_through_the_line_and_end_in_a_sentence(fake_trainer: type[FakeTrainer]) -> None:
    fake_trainer.gate.clear()
    app = show(open_page("Learning"), "real")
    checked(app.button("learning.train").click().run())
    begun = runs.all_runs()
    assert {run.settings.optimizer for run in begun} == {"sgd", "momentum", "adam"}
    assert not [button for button in app.button if button.key == "learning.train"]
    assert FOUND["real"] not in texts(app)
    drawn = places(app.main, "learning.real_curves")
    assert len(drawn) == 1
    fake_trainer.gate.set()
    assert all(run.join(20) for run in begun)
    checked(app.run())
    assert re.search(r"reads .* of 3,000 test images rightly", texts(app))
    assert FOUND["real"] in texts(app)
    assert app.button("learning.train")
    assert places(app.main, "learning.real_curves") == drawn, "what changes its place is drawn anew, and flickers"


def test_refused_trainings_are_one_sentence(fake_trainer: type[FakeTrainer], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "MAX_ACTIVE_RUNS", 0)
    app = show(open_page("Learning"), "real")
    checked(app.button("learning.train").click().run())
    assert "trainings are running or waiting on this machine already" in app.warning[0].value
    checked(app.run())
    assert not app.warning
