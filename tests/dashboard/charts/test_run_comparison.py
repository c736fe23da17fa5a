"""Compared runs: signs that can be told apart, charts that hold the numbers, a table that escapes what people wrote."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np
import pytest

from cnn_core.comparison.alignment import aligned_curves
from cnn_core.comparison.differences import Difference
from cnn_core.comparison.facts import RunFacts
from cnn_core.training.snapshot import Change, EpochResult, RunSnapshot
from dashboard.charts.run_comparison import (
    RUN_STYLES,
    DrawnRun,
    accuracy_against_cost,
    curves_height,
    run_curves,
    swatch,
)
from dashboard.charts.run_table import STATUS_WORDS, run_table
from dashboard.charts.training_curves import MOST_POINTS
from dashboard.palette import DARK, LIGHT, Palette
from tests.dashboard.test_palette import DEUTERANOPIA, PROTANOPIA, contrast, linear

FACTS = RunFacts("1a", "First", "finished", 1000, 50_000, 0.95, 3000, 0.96, 12.0, 2, 3, ())


def drawn(*facts: RunFacts) -> list[DrawnRun]:
    return [DrawnRun(fact, style) for fact, style in zip(facts, RUN_STYLES, strict=False)]


def snapshot(steps: int, start: float = 2.0) -> RunSnapshot:
    losses = np.linspace(start, 0.1, steps, dtype=np.float32)
    epochs = (EpochResult(1, steps // 2, 1.0, 0.5, 0.7, 0.6), EpochResult(2, steps, 0.5, 0.8, 0.4, 0.9))
    return RunSnapshot("finished", "", steps, steps // 2, steps, losses, 1 - losses / 2, epochs=epochs)


def option(*snapshots: RunSnapshot, quantity: Any = "loss", axis: Any = "steps", is_close: bool = False) -> Any:
    runs = drawn(*[FACTS] * len(snapshots))
    return run_curves(quantity, aligned_curves(snapshots, quantity, axis, 0.5), runs, is_close, LIGHT)


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_colours_of_runs_are_seen_on_both_pages(palette: Palette) -> None:
    for style in RUN_STYLES:
        assert contrast(style.colour, palette.background) >= 3, style


@pytest.mark.parametrize("eyes", [np.eye(3), PROTANOPIA, DEUTERANOPIA], ids=["usual", "protanopia", "deuteranopia"])
def test_runs_can_be_told_apart_with_and_without_their_colours(eyes: np.ndarray) -> None:
    for one, other in combinations(RUN_STYLES, 2):
        assert np.abs(eyes @ linear(one.colour) - eyes @ linear(other.colour)).max() > 0.05, (one, other)
    for sign in ("letter", "colour", "dash", "symbol"):
        assert len({getattr(style, sign) for style in RUN_STYLES}) == len(RUN_STYLES) == 8, sign


def test_curve_holds_smoothed_and_raw_values_and_the_validation_as_marks() -> None:
    (calm, raw, marks) = (chart := option(snapshot(20)))["series"]
    rows = chart["dataset"][0]["source"]
    assert [row[0] for row in rows] == list(range(1, 21))
    np.testing.assert_allclose([row[2] for row in rows], np.linspace(2, 0.1, 20), atol=1e-4)
    assert (calm["encode"]["y"], raw["encode"]["y"]) == (1, 2)
    assert raw["lineStyle"]["opacity"] < 0.3 < calm["lineStyle"]["width"]
    assert marks["data"] == [[10, 0.7], [20, 0.4]]
    assert [row[3] for row in rows] == [None] * 9 + [0.7] * 10 + [0.4]
    assert calm["encode"]["tooltip"] == [1, 3], "the cursor reads the training and the latest validation"


def test_all_curves_answer_the_cursor_and_hide_as_one() -> None:
    chart = option(snapshot(20), snapshot(1000))
    assert chart["tooltip"]["trigger"] == "axis"
    first, second = ({row[0] for row in data["source"]} for data in chart["dataset"])
    assert first <= second, "points at the same places"
    assert max(len(data["source"]) for data in chart["dataset"]) <= MOST_POINTS
    names = [series["name"] for series in chart["series"]]
    assert names == ["A  First"] * 3 + ["B  First"] * 3
    assert chart["legend"]["data"] == ["A  First", "B  First"]
    assert chart["title"]["text"] == "Loss, mean of 3 batches"
    assert curves_height(2) > curves_height(1)


def test_accuracy_is_in_percent_and_epochs_are_whole_numbers() -> None:
    chart = option(snapshot(20), quantity="accuracy", axis="epochs")
    assert (chart["yAxis"]["min"], chart["yAxis"]["max"]) == (0, 100)
    assert chart["series"][2]["data"] == [[1.0, 60.0], [2.0, 90.0]]
    assert chart["xAxis"]["max"] == pytest.approx(2)
    assert chart["title"]["text"] == "Accuracy, mean of 1/10 epoch"


def test_close_up_shows_what_the_second_halves_need() -> None:
    whole, close = option(snapshot(20)), option(snapshot(20), is_close=True)
    assert "max" not in whole["yAxis"]
    assert 1.1 <= close["yAxis"]["max"] <= 1.5
    assert close["yAxis"]["min"] == 0
    accuracy = option(snapshot(20), quantity="accuracy", is_close=True)
    assert 30 <= accuracy["yAxis"]["min"] <= 50
    assert option(RunSnapshot(), is_close=True)["yAxis"]["min"] == 0


def test_diverged_run_ends_in_a_gap() -> None:
    losses = np.array([1.0, 2.0, np.nan], np.float32)
    failed = RunSnapshot("failed", "", 3, 5, 5, losses, losses)
    assert [row[2] for row in option(failed)["dataset"][0]["source"]] == [1.0, 2.0, None]
    assert json.dumps(option(failed, is_close=True), allow_nan=False)


@pytest.mark.parametrize("count", [0, 1])
def test_curve_of_no_or_one_batch_can_be_drawn(count: int) -> None:
    losses = np.ones(count, np.float32)
    chart = option(RunSnapshot("running", "", count, 5, 5, losses, losses))
    assert len(chart["dataset"][0]["source"]) == count
    assert chart["series"][0]["showSymbol"] == (count == 1), "a line of one point cannot be seen"


def test_options_are_plain_json() -> None:
    for given in (option(snapshot(20)), accuracy_against_cost(drawn(FACTS), "parameters", LIGHT)):
        assert json.loads(json.dumps(given, allow_nan=False)) == given


def test_points_are_named_and_tell_test_from_validation() -> None:
    learning = replace(FACTS, title="Second", test_accuracy=None, parameters=2_000_000)
    unknown = replace(learning, val_accuracy=None)
    chart = accuracy_against_cost(drawn(FACTS, learning, unknown), "parameters", LIGHT)
    tested, validated = chart["series"]
    assert (tested["data"], validated["data"]) == ([[1000, 95.0]], [[2_000_000, 96.0]])
    assert tested["itemStyle"]["color"] == RUN_STYLES[0].colour
    assert validated["itemStyle"]["color"] == LIGHT.background
    assert (tested["name"], tested["label"]["formatter"]) == ("A  First", "{a}")
    assert validated["label"]["formatter"] == "{a} (validation)"
    axis = chart["xAxis"]
    assert (axis["type"], axis["min"], axis["max"]) == ("log", 1000, 10**7)
    assert 90 <= chart["yAxis"]["min"] < 95
    assert (tested["label"]["position"], validated["label"]["position"]) == ("right", "left")


@pytest.mark.parametrize(("accuracy", "cost"), [(0.0, 0), (1.0, 10), (0.099, 1)])
def test_points_at_the_edges_have_an_axis_around_them(accuracy: float, cost: int) -> None:
    chart = accuracy_against_cost(
        drawn(replace(FACTS, test_accuracy=accuracy, multiply_adds=cost)), "multiply_adds", DARK
    )
    ((place, height),) = chart["series"][0]["data"]
    assert chart["xAxis"]["min"] <= place <= chart["xAxis"]["max"]
    assert chart["xAxis"]["min"] < chart["xAxis"]["max"]
    assert chart["yAxis"]["min"] <= height <= chart["yAxis"]["max"]
    assert chart["yAxis"]["min"] < chart["yAxis"]["max"]


def test_table_has_every_figure_with_its_explanation() -> None:
    html = run_table(drawn(FACTS), (), LIGHT)
    words = re.sub(r"<style>.*?</style>|<[^>]+>", " ", html)
    for part in ("trained", "95.0", "of 3,000", "96.0", "1,000", "50.0 thousand", "12 s", "2 of 3"):
        assert part in words
    rows = re.findall(r'<th scope="row">(.+?)</th>', html)
    assert len(rows) == 7
    assert all("title=" in row for row in rows), "each word explains itself"
    assert "In what they differ" not in words, "there is nothing to compare one run with"


def test_table_marks_what_is_other_by_more_than_colour() -> None:
    changed = replace(FACTS, changes=(Change(40, "learning_rate", 0.01),))
    rows = (Difference("Seed", ("1", "2", "1"), "Start."), Difference("Network", ("a", "a", "b")))
    html = run_table(drawn(FACTS, changed, FACTS), rows, LIGHT)
    assert re.findall(r"<mark>(.+?)</mark>", html) == ["≠ 2", "≠ b"]
    assert "learning rate 0.01<i>after step 40</i>" in html
    assert "the same in all" in run_table(drawn(FACTS, FACTS), (), LIGHT)


def test_names_that_people_gave_are_text() -> None:
    bad = replace(FACTS, title="<img src=x>")
    html = run_table(drawn(bad, bad), (Difference("<b>", ("<i>", '"')),), LIGHT)
    assert "<img" not in html
    assert "<b>:" not in html
    assert "&lt;i&gt;" in html


def test_every_status_has_its_words_and_every_style_its_swatch() -> None:
    for status in STATUS_WORDS:
        assert STATUS_WORDS[status] in run_table(drawn(replace(FACTS, status=status)), (), DARK)  # type: ignore[arg-type]
    assert len({swatch(style) for style in RUN_STYLES}) == 8
