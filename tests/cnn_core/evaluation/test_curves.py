"""ROC and precision–recall, with ties, against counting pair by pair and threshold by threshold."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given

from cnn_core.evaluation.curves import precision_recall_curve, roc_curve
from cnn_core.evaluation.threshold import figures_at
from tests.cnn_core.evaluation.samples import Flags, Floats, few, scored, share_in_order


@few
@given(scored())
def test_area_is_how_often_a_positive_outranks_a_negative(case: tuple[Floats, Flags]) -> None:
    scores, is_positive = case
    assert roc_curve(scores, is_positive).area == pytest.approx(share_in_order(scores, is_positive))
    assert roc_curve(-scores, is_positive).area == pytest.approx(1 - share_in_order(scores, is_positive))


@few
@given(scored())
def test_each_point_is_what_its_threshold_gives(case: tuple[Floats, Flags]) -> None:
    roc, both = roc_curve(*case), precision_recall_curve(*case)
    assert (roc.false_positive_rates[0], roc.true_positive_rates[0]) == (0, 0)
    assert (roc.false_positive_rates[-1], roc.true_positive_rates[-1]) == (1, 1)
    assert roc.thresholds[1:].tolist() == sorted(set(case[0].tolist()), reverse=True)
    for place, threshold in enumerate(both.thresholds.tolist()):
        found = figures_at(*case, threshold)
        assert roc.true_positive_rates[place + 1] == pytest.approx(found.sensitivity)
        assert roc.false_positive_rates[place + 1] == pytest.approx(1 - (found.specificity or 0))
        assert both.recalls[place] == pytest.approx(found.sensitivity)
        assert both.precisions[place] == pytest.approx(found.precision)


@few
@given(scored())
def test_average_precision_is_the_sum_over_the_found(case: tuple[Floats, Flags]) -> None:
    scores, is_positive = case
    # Each image of the class counts the precision of the threshold at which it passes.
    by_image = [is_positive[scores >= mine].sum() / (scores >= mine).sum() for mine in scores[is_positive]]
    average = precision_recall_curve(scores, is_positive).average_precision
    assert average == pytest.approx(np.mean(by_image))
    assert 0 <= average <= 1 + 1e-12


def test_all_scores_equal_are_one_guess() -> None:
    curve = roc_curve(np.full(4, 0.5), np.array([True, False, False, True]))
    assert (len(curve.thresholds), curve.area) == (2, 0.5)


def test_one_kind_of_image_has_no_curve() -> None:
    for flags in (np.array([True, True]), np.array([False, False])):
        with pytest.raises(ValueError, match="one kind only"):
            roc_curve(np.array([0.1, 0.2]), flags)
    with pytest.raises(ValueError, match="Received: none"):
        precision_recall_curve(np.array([0.1]), np.array([False]))
    with pytest.raises(ValueError, match="numbers"):
        roc_curve(np.array([np.nan, 0.2]), np.array([True, False]))
