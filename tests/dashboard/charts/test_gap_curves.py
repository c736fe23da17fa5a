"""The gap between training and validation as a chart and as a table."""

from __future__ import annotations

import json
import re

import pytest

from cnn_core.comparison.overfitting import Trial
from cnn_core.comparison.overfitting_words import TrialResult
from cnn_core.training.snapshot import EpochResult
from dashboard.charts.gap_curves import DrawnTrial, curves_words, gap_curves, trial_table
from dashboard.charts.run_comparison import RUN_STYLES
from dashboard.palette import DARK, LIGHT

EPOCHS = (EpochResult(1, 20, 1.5, 0.5, 1.4, 0.6), EpochResult(2, 40, 0.2, 0.95, 0.9, 0.8))
PLAIN = DrawnTrial(
    Trial(500), RUN_STYLES[0], EPOCHS, 800, "Trained", TrialResult(Trial(500), 1.0, 0.8, 0.82, 3000, 0.7)
)
GOING = DrawnTrial(Trial(50, dropout=True, l2=True), RUN_STYLES[1], EPOCHS[:1], 500, "Epoch 2 of 100", None)


def series(option: dict, name: str) -> dict:
    [found] = [row for row in option["series"] if row["name"] == name]
    return found


def test_gap_lies_between_the_two_curves_whichever_is_higher() -> None:
    option = gap_curves("accuracy", [PLAIN], PLAIN, LIGHT)
    assert series(option, "A training")["data"] == [[20, 50.0], [40, 95.0]]
    assert series(option, "A validation")["data"] == [[20, 60.0], [40, 80.0]]
    assert series(option, "gap, lower edge")["data"] == [[20, 50.0], [40, 80.0]]
    assert series(option, "gap")["data"] == [[20, 10.0], [40, 15.0]]
    assert series(option, "gap")["stack"] == series(option, "gap, lower edge")["stack"]


def test_training_is_solid_and_validation_dashed_in_the_hue_of_the_run() -> None:
    option = gap_curves("loss", [PLAIN, GOING], GOING, DARK)
    learned, aside, other = (series(option, name) for name in ("B training", "B validation", "A validation"))
    assert "type" not in learned["lineStyle"]
    assert aside["lineStyle"]["type"] == other["lineStyle"]["type"] == "dashed"
    assert learned["lineStyle"]["color"] == aside["lineStyle"]["color"] == RUN_STYLES[1].colour
    assert other["lineStyle"]["color"] == RUN_STYLES[0].colour
    assert (aside["endLabel"]["formatter"], other["endLabel"]["formatter"]) == ("B", "A")
    assert option["legend"]["data"] == ["B training", "B validation"]
    assert "A training" not in [row["name"] for row in option["series"]]


def test_axis_is_as_long_as_the_longest_training() -> None:
    assert gap_curves("loss", [PLAIN, GOING], GOING, LIGHT)["xAxis"]["max"] == 800


def test_loss_that_is_no_number_leaves_a_hole_and_no_gap() -> None:
    broken = EpochResult(1, 20, float("nan"), 0.1, float("inf"), 0.1)
    one = DrawnTrial(Trial(500), RUN_STYLES[0], (broken, EPOCHS[1]), 800, "Training", None)
    option = gap_curves("loss", [one], one, LIGHT)
    assert series(option, "A training")["data"][0] == [20, None]
    assert len(series(option, "gap")["data"]) == 1
    assert "NaN" not in json.dumps(option)


def test_before_the_first_epoch_there_is_an_empty_chart() -> None:
    one = DrawnTrial(Trial(500), RUN_STYLES[0], (), 0, "Building the network …", None)
    option = gap_curves("accuracy", [one], one, LIGHT)
    assert option["xAxis"]["max"] == 1
    assert curves_words([one], one) == "No epoch has ended yet."


@pytest.mark.parametrize("spoken", [PLAIN, GOING])
def test_table_has_figures_or_says_where_a_training_is(spoken: DrawnTrial) -> None:
    html = trial_table([PLAIN, GOING], spoken, LIGHT)
    rows = [re.sub("<[^>]+>", "|", row) for row in re.findall(r"<tr.*?</tr>", html)]
    assert [cell for cell in rows[1].split("|") if cell] == [
        "A", "500", "no help", "100.0\N{NO-BREAK SPACE}%", "80.0\N{NO-BREAK SPACE}%", "20.0",
        "82.0\N{NO-BREAK SPACE}%",
    ]  # fmt: skip
    assert [cell for cell in rows[2].split("|") if cell] == ["B", "50", "dropout and L2", "Epoch 2 of 100"]
    marked = re.findall(r'<tr class="spoken">.*?color:[^>]+>(.)<', html)
    assert marked == [spoken.style.letter]


def test_curves_are_told_in_words_too() -> None:
    words = curves_words([PLAIN, GOING], PLAIN)
    assert "A, 500 images, no help: training 95.0\N{NO-BREAK SPACE}%, validation 80.0\N{NO-BREAK SPACE}%" in words
    assert "B, 50 images, dropout, L2: validation 60.0\N{NO-BREAK SPACE}%" in words
