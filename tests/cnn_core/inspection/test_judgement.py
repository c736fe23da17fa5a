"""From probabilities to a verdict."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from cnn_core.evaluation.threshold import figures_at
from cnn_core.inspection.judgement import judge


@given(some.floats(0, 1), some.integers(1, 99))
def test_the_verdict_on_two_classes_is_that_of_the_evaluation(second: float, percent: int) -> None:
    threshold = percent / 100
    verdict = judge(np.array([1 - second, second]), threshold)
    counted = figures_at(np.array([second]), np.array([True]), threshold)
    if threshold != 0.5:
        assert verdict.class_index == counted.true_positives
    assert verdict.probability == (second if verdict.class_index else 1 - second)


def test_at_one_half_it_is_the_more_probable_class_as_in_training() -> None:
    assert judge(np.array([0.5, 0.5])).class_index == 0, "training takes an image for the first one then"
    assert judge(np.array([0.49, 0.51])).class_index == 1


def test_a_verdict_against_the_odds_is_said_to_be_one() -> None:
    assert judge(np.array([0.3, 0.7]), 0.9).is_against_the_odds
    assert judge(np.array([0.95, 0.05]), 0.02).is_against_the_odds
    assert not judge(np.array([0.3, 0.7]), 0.6).is_against_the_odds


def test_of_many_classes_the_threshold_says_nothing() -> None:
    assert judge(np.array([0.2, 0.5, 0.3]), 0.9).class_index == 1


@pytest.mark.parametrize(
    ("probabilities", "threshold", "words"),
    [([1.0], 0.5, "at least 2"), ([[0.5, 0.5]], 0.5, "at least 2"), ([0.5, 0.5], 1.5, "from 0 to 1")],
)
def test_what_is_no_question_is_refused(probabilities: list[float], threshold: float, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        judge(np.array(probabilities), threshold)
