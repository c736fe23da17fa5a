"""Teaching: plans that lead through the pages, the room's settings, files that are brought."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from cnn_core import warm_up
from cnn_core.architecture.address import spec_to_address
from cnn_core.architecture.presets import PRESETS
from dashboard.navigation import page
from dashboard.teaching.library import shipped_plans
from dashboard.teaching.plan import Plan, Step
from dashboard.teaching.plan_file import plan_to_text
from tests.pages.helpers import checked, open_page, texts

FIRST = shipped_plans()["first-lesson"]


def bar(app: AppTest) -> str:
    """What the bar at the top says, without its marks."""
    said = [html.proto.body for html in app.get("html")]
    (words,) = [one for one in said if one.startswith(("<p><strong>Step", "<p>Out of sight"))] or [""]
    return words


def style(app: AppTest) -> str:
    return next(html.proto.body for html in app.get("html") if "<style>" in html.proto.body)


def parameter(app: AppTest, name: str) -> str:
    value = app.query_params[name]
    return value if isinstance(value, str) else str(value[0])


def settings_of(app: AppTest) -> dict[str, object]:
    return dict(app.session_state["state.choices"])


@dataclass
class Follower:
    """Goes where the app leads: AppTest itself stays on the page that it was told to run."""

    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def note(self, path: str, query_params: dict[str, str]) -> None:
        self.asked.append((path, dict(query_params)))
        st.stop()

    def follow(self, app: AppTest) -> AppTest:
        """Open the page that was asked for since the last time; none may be asked for on the way."""
        ((path, parameters),) = self.asked
        self.asked.clear()
        app.switch_page(path)
        app.query_params.clear()
        for name, value in parameters.items():
            app.query_params[name] = value
        checked(app.run())
        assert self.asked == []
        return app


@pytest.fixture
def follower(monkeypatch: pytest.MonkeyPatch) -> Follower:
    one = Follower()
    monkeypatch.setattr(st, "switch_page", one.note)
    return one


def press(app: AppTest, key: str) -> AppTest:
    return checked(app.button(key=key).click().run())


def test_a_step_s_address_opens_its_page_with_the_settings_of_all_steps_so_far(follower: Follower) -> None:
    app = follower.follow(open_page("Draw_a_digit", plan="first-lesson", step="4", large="1"))
    assert app.title[0].value == page("Look_inside").question
    assert "Step 4 of 11 · 4 min" in bar(app)
    kept = settings_of(app)
    assert (kept["inside.view"], kept["training.view"]) == ("maps", "curves")
    assert [parameter(app, name) for name in ("plan", "step", "large")] == ["first-lesson", "4", "1"]
    assert parameter(app, "net") == spec_to_address(PRESETS["first"].spec), "the design of the second step"


def test_a_step_s_design_takes_the_place_of_the_one_that_is_there(follower: Follower) -> None:
    app = open_page("Design", plan="lab", step="4", net="2_28x28x1_F_Nu10a8")
    assert follower.asked == []
    assert app.session_state["state.network"] == PRESETS["first"].spec


def test_next_back_and_end_lead_through_the_plan_and_keep_what_the_room_did(follower: Follower) -> None:
    app = open_page("Draw_a_digit", plan="first-lesson", step="3")
    assert ".st-key-shell-reading" in style(app), "the step hides the texts"
    assert app.button(key="teach.next").proto.shortcut == "pagedown"
    assert app.button(key="teach.back").proto.shortcut == "pageup"
    follower.follow(press(app, "teach.next"))
    assert "Step 4 of 11" in bar(app)
    assert app.title[0].value == page("Look_inside").question
    assert ".st-key-shell-reading" not in style(app)
    app.session_state["state.choices"]["inside.which"] = "wrong"
    follower.follow(press(app, "teach.next"))
    assert "Step 5 of 11" in bar(app)
    assert settings_of(app)["inside.which"] == "wrong", "the next step changes only what it says"
    follower.follow(press(app, "teach.back"))
    assert "Step 4 of 11" in bar(app)
    assert settings_of(app)["inside.which"] == "all", "going back restores"
    press(app, "teach.end")
    assert bar(app) == ""
    assert "plan" not in app.query_params
    assert "step" not in app.query_params


def test_whoever_leaves_a_step_s_page_is_led_back(follower: Follower) -> None:
    app = open_page("Start", plan="first-lesson", step="1")
    app.switch_page(page("Glossary").path)
    checked(app.run())
    assert "Step 1 of 11" in bar(app)
    follower.follow(press(app, "teach.return"))
    assert app.title[0].value == page("Start").question


def test_the_last_step_has_no_next_and_the_first_no_back() -> None:
    assert open_page("Start", plan="first-lesson").button(key="teach.back").disabled
    assert open_page("Draw_a_digit", plan="first-lesson", step="11").button(key="teach.next").disabled


@pytest.mark.parametrize(
    ("plan", "step", "words"),
    [
        ("nothing", "1", "not known here"),
        ("lab", "11", "has 10 steps"),
        ("lab", "0", "has 10 steps"),
        ("lab", "-1", "has 10 steps"),
        ("lab", "9" * 5000, "has 10 steps"),
        ("lab", "two", "has 10 steps"),
    ],
)
def test_an_address_without_such_a_step_is_said_and_changes_nothing(plan: str, step: str, words: str) -> None:
    app = open_page("Start", plan=plan, step=step)
    assert [words in warning.value for warning in app.warning] == [True]
    assert app.title[0].value == page("Start").question
    assert bar(app) == ""
    assert "plan" not in app.query_params


def test_large_type_stays_in_the_address_until_it_is_switched_off() -> None:
    app = open_page("Start", large="1")
    assert "133.3333%" in style(app)
    assert all("large=1" in link.proto.query_string for link in app.get("page_link"))
    checked(app.toggle(key="shell.large").set_value(False).run())
    assert "133.3333%" not in style(app)
    assert "large" not in app.query_params


def test_a_plan_is_told_in_the_words_of_the_pages() -> None:
    said = "".join(html.proto.body for html in open_page("Teach").get("html"))
    assert "Chosen for you – View: Where a number came from" in said
    assert "Chosen for you – View: Curves · Network: First network" in said
    assert "inside.view" not in said


def test_teach_begins_a_plan_at_the_chosen_step(follower: Follower) -> None:
    app = open_page("Teach")
    checked(app.selectbox(key="teach.plan").set_value("explain-a-mistake").run())
    app.selectbox(key="teach.from.explain-a-mistake").set_value(2)
    follower.follow(press(app, "teach.begin"))
    assert "Step 2 of 9" in bar(app)
    assert settings_of(app)["inside.which"] == "wrong"


def test_what_is_out_of_sight_comes_back_by_the_button_that_is_always_there() -> None:
    app = open_page("Teach")
    checked(app.button_group(key="teach.hide").set_value(["controls", "sidebar"]).run())
    assert bar(app) == "<p>Out of sight: side bar, controls of the pages.</p>"
    assert '[data-testid="stSidebar"], ' in style(app)
    checked(app.button(key="teach.show").click().run())
    assert bar(app) == ""


def test_a_plan_that_is_brought_is_shown_begun_and_found_by_its_address(follower: Follower) -> None:
    own = Plan("Mine <b>", (Step("Start", 2, "Say <img src=x> & go."), Step("Glossary", 3, "Look up.")))
    app = open_page("Teach")
    app.get("file_uploader")[0].upload("mine.json", plan_to_text(own).encode(), "application/json").run()
    assert "Mine &lt;b&gt;" in "".join(html.proto.body for html in checked(app).get("html"))
    follower.follow(press(app, "teach.begin"))
    assert bar(app) == "<p><strong>Step 1 of 2 · 2 min</strong> · Say &lt;img src=x&gt; &amp; go.</p>"
    name = parameter(app, "plan")
    elsewhere = follower.follow(open_page("Start", plan=name, step="2"))
    assert elsewhere.title[0].value == page("Glossary").question


def test_a_damaged_file_gets_one_sentence_and_what_was_there_stays() -> None:
    app = open_page("Teach")
    damaged = json.dumps({"format": "cnn-classroom-plan"}).encode()
    app.get("file_uploader")[0].upload("mine.json", damaged, "application/json").run()
    assert [warning.value.partition(".")[0] for warning in checked(app).warning] == ["The plan has no “version”"]
    assert app.selectbox(key="teach.plan").value == "first-lesson"
    assert FIRST.title in texts(app) + "".join(html.proto.body for html in app.get("html"))


@pytest.mark.slow
@pytest.mark.parametrize("name", shipped_plans())
def test_every_step_opens_its_page_as_it_says(name: str) -> None:
    warm_up.start()
    assert warm_up.wait(120)
    for number, step in enumerate(shipped_plans()[name].steps, start=1):
        app = open_page(step.page, plan=name, step=str(number))
        assert app.title[0].value == page(step.page).question
        assert bar(app).startswith(f"<p><strong>Step {number} of")
        assert not app.error
        assert not app.warning
        # What the step sets, the page has taken: it has not put anything else in its place.
        assert {setting: settings_of(app)[setting] for setting in step.settings} == step.settings
