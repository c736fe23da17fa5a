"""Sentences of the lesson on learning, where its examples leave something open."""

from __future__ import annotations

import pytest

from cnn_core.operations.optimizer_race import race, race_at_best
from cnn_core.operations.surfaces import SURFACES
from dashboard.lessons.learning_race import AT_FIRST, NAMES, RATES, STYLES
from dashboard.lessons.learning_words import race_sentence, step_sentence, verdict_words

NAN = float("nan")


@pytest.mark.parametrize(
    ("numbers", "beginning"),
    [
        ((2.3, 1.5, 2.4, 2.5), "A good step"),
        ((2.3, 2.26, 2.4, 2.4), "A tiny step"),
        ((2.3, 2.4, 2.4, 2.4), "Too large: the step jumps over"),
        ((2.3, 0.1, 2.4, 3.7), "Too large: this image gains"),
        ((0.01, 0.005, 0.01, 0.3), "A good step"),
        ((2.3, NAN, 2.4, NAN), "Far too large"),
        ((2.3, 0.0, 2.4, float("inf")), "Far too large"),
    ],
)
def test_step_is_judged_by_its_own_image_and_by_the_others(numbers: tuple[float, ...], beginning: str) -> None:
    assert step_sentence(*numbers).startswith(beginning)


def said(surface: str, rules: list[str], rate: float, start: tuple[float, float] | None = None, steps: int = 60) -> str:
    there = SURFACES[surface]
    return race_sentence(NAMES, race(there, rules, start or there.start, rate, steps))


def test_race_is_told_whatever_becomes_of_it() -> None:
    assert said("bowl", ["sgd", "adam"], 0.1, (0.0, 0.0)) == "All begin at the minimum."
    assert said("plain", ["sgd"], 0.1) == "Nobody has reached the minimum."
    both = said("bowl", ["sgd", "momentum"], 50.0, steps=9)
    assert both == "**SGD** and **Momentum** diverge: their steps are too long for such slopes."
    assert "**SGD** and **RMSprop** are stuck" in said("saddle", ["sgd", "rmsprop"], 0.1, (0.0, 0.0))
    assert said("saddle", ["adam", "adamw"], 0.1, steps=150).startswith("**AdamW** is first")
    assert said("bowl", ["sgd", "sgd"], 0.5).startswith("**SGD** and **SGD** are first")


def test_every_optimizer_has_a_name_a_style_and_an_end() -> None:
    assert list(NAMES) == list(STYLES)
    assert set(AT_FIRST) < set(NAMES)
    for surface in SURFACES.values():
        assert surface.learning_rate in RATES, "the slider can show it"
        assert all(map(verdict_words, race_at_best(surface, list(NAMES), surface.start, 20)))
