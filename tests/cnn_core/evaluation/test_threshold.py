"""Decisions by a threshold, and the best one by Youden, against trying every place."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn_core.evaluation.threshold import ThresholdFigures, best_threshold, figures_at
from tests.cnn_core.evaluation.samples import Flags, Floats, few, scored


@few
@given(scored(), st.integers(0, 10))
def test_counts_are_those_of_a_loop(case: tuple[Floats, Flags], tenths: int) -> None:
    scores, is_positive = case
    counts = [0, 0, 0, 0]
    for score, flag in zip(scores.tolist(), is_positive.tolist(), strict=True):
        counts[(0 if flag else 1) if score >= tenths / 10 else (2 if flag else 3)] += 1
    found = figures_at(scores, is_positive, tenths / 10)
    assert found == ThresholdFigures(tenths / 10, *counts)
    right = sum(bool(score >= tenths / 10) == flag for score, flag in zip(scores, is_positive.tolist(), strict=True))
    assert found.accuracy == pytest.approx(right / len(scores))


@few
@given(scored())
def test_no_other_place_has_a_larger_youden_index(case: tuple[Floats, Flags]) -> None:
    scores, is_positive = case
    best, places = best_threshold(scores, is_positive), np.arange(1, 1000) / 1000
    is_named = scores >= places[:, np.newaxis]
    index = is_named[:, is_positive].mean(axis=1) - is_named[:, ~is_positive].mean(axis=1)
    found = figures_at(scores, is_positive, best)
    assert (found.sensitivity or 0) + (found.specificity or 0) - 1 == pytest.approx(index.max())
    assert abs(best - 0.5) == pytest.approx(np.abs(places[index > index.max() - 1e-12] - 0.5).min())


def test_a_score_at_the_threshold_counts_and_float32_is_not_rounded_away() -> None:
    assert figures_at(np.array([0.5]), np.array([True]), 0.5).true_positives == 1
    just_below = np.array([np.float32(0.7)])  # 0.699999988…
    assert figures_at(just_below, np.array([True]), 0.7).true_positives == 0


def test_what_cannot_be_divided_is_nothing() -> None:
    none = figures_at(np.array([0.1, 0.2]), np.array([True, True]), 0.5)
    assert (none.precision, none.specificity, none.sensitivity, none.accuracy) == (None, None, 0.0, 0.0)
    with pytest.raises(ValueError, match="one kind only"):
        best_threshold(np.array([0.1, 0.2]), np.array([True, True]))
