"""scikit-learn counts the same."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from sklearn import metrics
from sklearn.calibration import calibration_curve

from cnn_core.evaluation.calibration import equal_width_bins
from cnn_core.evaluation.class_figures import class_figures
from cnn_core.evaluation.curves import precision_recall_curve, roc_curve
from tests.cnn_core.evaluation.samples import random_predictions

pytestmark = pytest.mark.slow  # not for its own sake: importing scikit-learn takes a second


@pytest.mark.parametrize("seed", range(5))
def test_all_figures_agree(seed: int) -> None:
    said = random_predictions(300, 5, seed)
    np.testing.assert_array_equal(said.confusion, metrics.confusion_matrix(said.labels, said.guesses))
    figures = class_figures(said.confusion)
    precision, recall, f1, support = metrics.precision_recall_fscore_support(said.labels, said.guesses)
    np.testing.assert_allclose([[one.precision, one.recall, one.f1, one.images] for one in figures],
                               np.stack([precision, recall, f1, support], axis=1))  # fmt: skip
    for most in (1, 2, 3):
        # Of ties each takes another one: without them both count the same.
        untied = said.probabilities + np.random.default_rng(seed).random(said.probabilities.shape) * 1e-4
        ours = type(said)(untied.astype(np.float32), said.labels)
        assert ours.top(most) == pytest.approx(metrics.top_k_accuracy_score(said.labels, ours.probabilities, k=most))
    scores, is_positive = said.probabilities[:, 0].round(2), said.labels == 0
    roc, both = roc_curve(scores, is_positive), precision_recall_curve(scores, is_positive)
    assert roc.area == pytest.approx(metrics.roc_auc_score(is_positive, scores))
    assert both.average_precision == pytest.approx(metrics.average_precision_score(is_positive, scores))
    alarms, found, thresholds = metrics.roc_curve(is_positive, scores, drop_intermediate=False)
    np.testing.assert_allclose((roc.false_positive_rates, roc.true_positive_rates), (alarms, found))
    np.testing.assert_allclose(roc.thresholds[1:], thresholds[1:])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        shares, sure = calibration_curve(said.is_right, said.confidences, n_bins=10)
    bins = equal_width_bins(said.confidences, said.is_right, 10)
    np.testing.assert_allclose([(part.accuracy, part.confidence) for part in bins], np.stack([shares, sure], axis=1))
