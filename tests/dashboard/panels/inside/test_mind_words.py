"""What would change its mind, said in words and written as a table."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest

from cnn_core.inspection.robustness import NO_CLASS, Sweep, Turn
from dashboard.panels.inside.mind_words import smallest_words, sweep_csv, sweep_words, verdict_words

NAMES = ("cup", "ball, red", "fan")


def swept(slug: str, values: list[float], guesses: list[int], start: int) -> Sweep:
    probabilities = np.eye(3, dtype=np.float32)[guesses] * 0.75 + 0.25 / 3
    return Sweep(slug, np.array(values, float), probabilities.astype(np.float32), np.abs(np.array(values)) / 9, start)


@pytest.mark.parametrize(
    ("sweep", "words"),
    [
        (
            swept("right", [-2, -1, 0, 1, 2], [1, 0, 0, 0, 2], 2),
            "The verdict stays “cup” from −1 px to +1 px; at −2 px it becomes “ball, red” and at +2 px it becomes "
            "“fan”.",
        ),
        (
            swept("rotation", [-5, 0, 5, 10], [0, 0, 0, 2], 1),
            "The verdict stays “cup” from −5° to +5°; at +10° it becomes “fan”.",
        ),
        (swept("noise", [0, 2, 4], [0, 0, 1], 0), "The verdict stays “cup” up to 2 %; at 4 % it becomes “ball, red”."),
        (
            swept("scale", [96, 100, 104], [1, 0, 2], 1),
            "The verdict stays “cup” only where nothing is changed, at 100 %; at 96 % it becomes “ball, red” and at "
            "104 % it becomes “fan”.",
        ),
        (swept("erase", [0, 1], [2, 2], 0), "The verdict stays “fan” over the whole range, from 0 px to 1 px."),
    ],
)
def test_from_where_to_where_the_verdict_stays(sweep: Sweep, words: str) -> None:
    assert sweep_words(sweep, NAMES).replace("\N{NO-BREAK SPACE}", " ") == words


def test_answers_that_are_no_numbers_are_said_to_be_none() -> None:
    sweep = swept("noise", [0, 2], [0, 0], 0)
    sweep.probabilities[1] = np.nan
    assert sweep_words(sweep, NAMES).endswith("there are no numbers any more.")
    lost = Turn("noise", 2, NO_CLASS, float("nan"), 0.1)
    assert "Then it gives no number any more." in smallest_words(lost, NAMES, "cup", None)


def said(turn: Turn | None, verdict: str = "cup", class_name: str | None = None) -> str:
    return smallest_words(turn, NAMES, verdict, class_name).replace("\N{NO-BREAK SPACE}", " ")


def test_the_smallest_change_is_named_with_what_comes_of_it() -> None:
    turn = Turn("right", -3, 2, 0.553, 0.1)
    words = "**a shift of 3 px to the left** is enough. Then it says “fan” with 55.3 %"
    assert said(turn) == f"The smallest change that fools it: {words}."
    assert said(turn, class_name="cup") == f"The smallest change that fools it: {words}."
    assert said(turn, class_name="fan") == f"The smallest change that changes its mind: {words}, and is right."
    assert said(turn, class_name="ball, red") == f"The smallest change that changes its mind: {words}."
    assert "None of these changes alone brings it off “cup”" in said(None)


def test_the_verdict_is_said_against_the_one_before() -> None:
    before, still, now = (np.float32(row) for row in ([0.9, 0.1, 0], [0.6, 0.4, 0], [0.2, 0.1, 0.7]))

    def words(after: np.ndarray, is_changed: bool = True) -> str:
        return verdict_words(before, after, NAMES, is_changed=is_changed).replace("\N{NO-BREAK SPACE}", " ")

    assert words(before, is_changed=False) == "**“cup”** with 90.0 %. Nothing is changed yet: move a slider."
    assert words(still) == "Still **“cup”**, with 60.0 % (90.0 % unchanged)."
    assert words(now) == "Now **“fan”**, with 70.0 %. “cup” is down from 90.0 % to 20.0 %."


def test_the_table_has_a_row_a_value_and_a_column_a_class() -> None:
    rows = list(csv.reader(io.StringIO(sweep_csv(swept("right", [-1, 0, 1], [1, 0, 0], 1), NAMES))))
    assert rows[0] == ["Shift to the right (px)", "verdict", "pixel difference (RMS)", "cup", "ball, red", "fan"]
    assert [row[:2] for row in rows[1:]] == [["-1", "ball, red"], ["0", "cup"], ["1", "cup"]]
    assert [float(cell) for cell in rows[1][2:]] == pytest.approx(
        [1 / 9, 0.25 / 3, 0.75 + 0.25 / 3, 0.25 / 3], rel=1e-4
    )
