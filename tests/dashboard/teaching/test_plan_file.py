"""Lesson plans as files: the three that ship, a round trip, and every kind of damage in one sentence."""

from __future__ import annotations

import ast
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn_core.errors import ClassroomError
from dashboard.controls import design_controls, image_choice_record, lesson_image, map_controls
from dashboard.lessons import (
    activation_functions,
    convolution,
    from_dense_to_convolution,
    learning_record,
    other_convolutions,
    pooling,
    pooling_source,
    softmax_and_loss,
)
from dashboard.navigation import PAGES, PROJECT
from dashboard.panels.compare import panel as compare_panel
from dashboard.panels.inside import feature_maps as feature_map_panel
from dashboard.panels.inside import inside_views as inside_panel
from dashboard.panels.training import watch as watch_panel
from dashboard.teaching import library
from dashboard.teaching.hiding import BAR, GROUPS, hiding_style
from dashboard.teaching.library import SHIPPED, find_plan, keep_plan, shipped_plans
from dashboard.teaching.plan import Plan, Step
from dashboard.teaching.plan_file import MOST_BYTES, plan_from_bytes, plan_to_text
from dashboard.teaching.settings import SETTINGS, is_setting

STEP = {"page": "Look_inside", "minutes": 3, "text": "Look."}
PLAN = {"format": "cnn-classroom-plan", "version": 1, "title": "Mine", "minutes": 3, "steps": [STEP]}


def file_with(step: dict[str, Any] | None = None, **changes: Any) -> bytes:
    """A plan of one step, with changes; a field that is `...` is left out."""
    whole = PLAN | {"steps": [STEP | (step or {})]} | changes
    return json.dumps({name: value for name, value in whole.items() if value is not ...}).encode()


@pytest.mark.parametrize(("name", "minutes"), [("first-lesson", 45), ("lab", 90), ("explain-a-mistake", 40)])
def test_plans_that_ship_are_whole(name: str, minutes: int) -> None:
    plan = shipped_plans()[name]
    assert plan.minutes == minutes
    assert all(len(step.text) > 60 for step in plan.steps), "each step says what to say and do"
    assert {path.stem for path in library.PLANS.glob("*.json")} == set(SHIPPED)
    assert plan_to_text(plan) == (library.PLANS / f"{name}.json").read_text(encoding="utf-8")


def test_a_plan_is_read_with_settings_design_and_what_is_hidden() -> None:
    step = {"settings": {"inside.view": "why", "inside.number": 12}, "design": {"preset": "first"}, "hide": ["menu"]}
    plan = plan_from_bytes(b"\xef\xbb\xbf" + file_with(step))
    assert plan == Plan(
        "Mine",
        (Step("Look_inside", 3, "Look.", {"inside.view": "why", "inside.number": 12}, {"preset": "first"}, ("menu",)),),
    )


@given(
    st.text(st.characters(min_codepoint=32, exclude_categories=["Cs"]), min_size=1, max_size=40).filter(str.strip),
    st.lists(st.tuples(st.sampled_from([entry.slug for entry in PAGES]), st.integers(1, 240)), min_size=1, max_size=5),
    st.sets(st.sampled_from(sorted(GROUPS))),
)
def test_what_is_written_is_read_again(words: str, steps: list[tuple[str, int]], groups: set[str]) -> None:
    words = words.strip()
    name, values = next(iter(SETTINGS.items()))
    setting = {name: values[0]}
    plan = Plan(words, tuple(Step(slug, n, words, setting, {}, tuple(sorted(groups))) for slug, n in steps))
    assert plan_from_bytes(plan_to_text(plan).encode()) == plan


DAMAGED: dict[str, tuple[bytes, str]] = {
    "too large": (b" " * (MOST_BYTES + 1), "64 kB at most"),
    "no text": (b"\xff\xfe\x00", "cannot be read as JSON"),
    "no JSON": (b"# My plan", "cannot be read as JSON"),
    "nested without end": (b"[" * 60_000, "cannot be read as JSON"),
    "a number of ten thousand digits": (b"1" * 10_000, "cannot be read as JSON"),
    "a list": (b"[]", "The plan must be an object"),
    "another format": (file_with(format="zip"), "“format” is not"),
    "another version": (file_with(version=2), "Only lesson plans of version 1"),
    "a version that is true": (file_with(version=True), "Only lesson plans of version 1"),
    "no title": (file_with(title=...), "The plan has no “title”"),
    "an empty title": (file_with(title="  "), "title must be a text of 1 to 80"),
    "a title that rings": (file_with(title="a\u0007"), "title must be a text of 1 to 80"),
    "half a sign": (file_with({"text": "\ud800"}), "Step 1’s text must be a text"),
    "an unknown name": (file_with(author="me"), "The plan has a name that is not known"),
    "no steps": (file_with(steps=[]), "1 to 60 steps"),
    "too many steps": (file_with(steps=[STEP] * 61), "1 to 60 steps"),
    "steps that are no list": (file_with(steps="Start"), "“steps” must be a list"),
    "a step that is no object": (file_with(steps=["Start"]), "Step 1 must be an object"),
    "another sum": (file_with(minutes=45), "says 45 minutes, but its steps add up to 3"),
    "minutes that are true": (file_with({"minutes": True}), "Step 1’s minutes must be a whole number"),
    "half minutes": (file_with({"minutes": 1.5}), "Step 1’s minutes must be a whole number"),
    "no minutes": (file_with({"minutes": 0}), "Step 1’s minutes must be a whole number"),
    "endless minutes": (b'{"minutes": NaN}', "The plan has no “format”"),
    "unknown page": (file_with({"page": "../etc"}), "Step 1 names a page that does not exist"),
    "page of another type": (file_with({"page": ["Start"]}), "Step 1 names a page that does not exist"),
    "unknown name in a step": (file_with({"run": "rm"}), "Step 1 has a name that is not known"),
    "text too long": (file_with({"text": "a" * 501}), "Step 1’s text must be a text of 1 to 500"),
    "settings as a list": (file_with({"settings": []}), "Step 1’s “settings” must be names"),
    "a setting outside the list": (file_with({"settings": {"teach.place": 1}}), "sets something that a plan cannot"),
    "a value outside the list": (file_with({"settings": {"inside.view": "all"}}), "“inside.view” a value that it"),
    "a value of another type": (file_with({"settings": {"inside.number": True}}), "“inside.number” a value that it"),
    "a value that is a list": (file_with({"settings": {"inside.view": ["why"]}}), "“inside.view” a value that it"),
    "a run in the design": (file_with({"design": {"run": "abc"}}), "“design” has a name that is not known"),
    "a network that is none": (file_with({"design": {"net": "2_x"}}), "has a design that cannot be read"),
    "a network too large": (file_with({"design": {"net": "2_9999x9999x1_F_Nu60000"}}), "has a design that cannot"),
    "a network as a number": (file_with({"design": {"net": 2}}), "“design” must give texts"),
    "settings that are none": (file_with({"design": {"train": "9_e5"}}), "has a design that cannot be read"),
    "an unknown data set": (file_with({"design": {"data": "secret"}}), "has a design that cannot be read"),
    "an unknown preset": (file_with({"design": {"preset": "huge"}}), "one ready-made network that there is"),
    "a preset and a network": (file_with({"design": {"preset": "first", "net": "2_x"}}), "one ready-made network"),
    "an unknown group": (file_with({"hide": ["body"]}), "hides something that cannot be hidden"),
    "a group that is a list": (file_with({"hide": [["menu"]]}), "hides something that cannot be hidden"),
    "groups as a text": (file_with({"hide": "menu"}), "“hide” must be a list"),
}


@pytest.mark.parametrize("kind", DAMAGED)
def test_a_damaged_or_hostile_file_gets_one_sentence_with_a_remedy(kind: str) -> None:
    data, words = DAMAGED[kind]
    with pytest.raises(ClassroomError, match=r"\.$") as caught:
        plan_from_bytes(data)
    assert words in caught.value.problem
    assert caught.value.remedy


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=5),
        lambda part: (
            st.lists(part, max_size=3)
            | st.dictionaries(
                st.sampled_from(["page", "minutes", "text", "settings", "design", "hide"]), part, max_size=4
            )
        ),
        max_leaves=8,
    )
)
def test_whatever_a_step_is_nothing_but_a_sentence_comes_of_it(step: object) -> None:
    with pytest.raises(ClassroomError):
        plan_from_bytes(json.dumps(PLAN | {"steps": [step]}).encode())


def test_what_plans_may_set_are_choices_of_the_pages_and_their_values() -> None:
    assert set(SETTINGS["inside.view"]) == set(inside_panel.VIEWS)
    assert set(SETTINGS["inside.maps.scale"]) == set(feature_map_panel.SCALES)
    assert set(SETTINGS["inside.map.method"]) == set(map_controls.METHODS)
    assert set(SETTINGS["inside.which"]) == {image_choice_record.ALL, image_choice_record.WRONG}
    assert set(SETTINGS["design.mode"]) == set(design_controls.MODES)
    assert set(SETTINGS["training.view"]) == set(watch_panel.VIEWS)
    assert set(SETTINGS["compare.what"]) == set(compare_panel.VIEWS)
    assert set(SETTINGS["pooling.image"]) < set(lesson_image.TITLES)
    assert set(SETTINGS["convolution.view"]) == set(convolution.VIEWS)
    assert set(SETTINGS["pooling.source_chosen"]) == set(pooling_source.SOURCES)
    assert set(SETTINGS["pooling.kind_chosen"]) == set(pooling.KINDS)
    assert set(SETTINGS["pooling.size_chosen"]) == set(pooling.SIZES)
    assert set(SETTINGS["pooling.stride_chosen"]) == set(pooling.STRIDES)
    assert set(SETTINGS["activation.part"]) == set(activation_functions.PARTS)
    assert set(SETTINGS["activation.function"]) == set(activation_functions.TITLES)
    assert set(SETTINGS["softmax.part"]) == set(softmax_and_loss.PARTS)
    assert set(SETTINGS["learning.view_chosen"]) == set(learning_record.VIEWS)
    assert set(SETTINGS["dense.view"]) == set(from_dense_to_convolution.VIEWS)
    assert set(SETTINGS["other.view"]) == set(other_convolutions.VIEWS)
    for name, values in SETTINGS.items():
        assert values
        assert all(is_setting(name, value) for value in values)


def test_the_settings_of_steps_before_hold_for_a_step_that_is_opened_by_its_address() -> None:
    plan = Plan(
        "Mine",
        (
            Step("Look_inside", 1, "One", {"inside.view": "why", "inside.number": 2}, {"preset": "first"}),
            Step("Look_inside", 1, "Two", {"inside.number": 3}),
            Step("Look_inside", 1, "Three", {"inside.view": "map"}, {"preset": "lenet-5"}),
        ),
    )
    assert plan.settings_at(1) == {"inside.view": "why", "inside.number": 2}
    assert plan.settings_at(2) == {"inside.view": "why", "inside.number": 3}
    assert (plan.design_at(2), plan.design_at(3)) == ({"preset": "first"}, {"preset": "lenet-5"})


def test_own_plans_are_found_again_and_the_oldest_make_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "_brought", {})
    monkeypatch.setattr(library, "MOST_BROUGHT", 2)
    plans = [Plan(title, (Step("Start", 1, "Go."),)) for title in "abc"]
    names = [keep_plan(plan) for plan in plans]
    assert [find_plan(name) for name in names] == [None, *plans[1:]]
    assert keep_plan(plans[2]) == names[2]
    assert find_plan(names[1]) == plans[1]
    assert find_plan("first-lesson") is shipped_plans()["first-lesson"]


@pytest.mark.parametrize("group", GROUPS)
def test_no_group_hides_the_bar_with_the_button_that_shows_all(group: str) -> None:
    style = hiding_style([group])
    assert style.endswith("{ display: none !important; }")
    bar = BAR.replace(".", "-")
    is_spared = [f":not(.st-key-{bar} *)" in part for part in GROUPS[group].selectors]
    assert all(is_spared) if group == "controls" else not any("stMain" in part for part in GROUPS[group].selectors)


CHARTS = {"plotly_chart", "echarts_chart", "plotly_view", "echarts_view"}


def test_every_chart_has_words_for_those_who_do_not_see_it() -> None:
    silent = []
    for path in sorted((PROJECT / "dashboard").rglob("*.py")):
        if path.name == "shell.py":  # its charts are empty and out of sight
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = getattr(node.func, "attr", getattr(node.func, "id", "")) if isinstance(node, ast.Call) else ""
            if name in CHARTS and not any(keyword.arg == "alt" for keyword in node.keywords):  # type: ignore[attr-defined]
                silent.append(f"{path.relative_to(PROJECT)}:{node.lineno}")  # type: ignore[attr-defined]
    assert silent == []
