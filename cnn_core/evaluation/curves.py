"""One class against all others, whatever the threshold: the ROC curve and the precision–recall curve."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating[Any]]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class RocCurve:
    """How many are found against how many false alarms that costs.

    Args:
        false_positive_rates: `(points,)`, the share of the others that is taken for the class; rising from 0 to 1.
        true_positive_rates: `(points,)`, the share of the class that is found; rising from 0 to 1.
        thresholds: `(points,)`, from where on an image is taken for the class; falling, infinite at the first point.
    """

    false_positive_rates: npt.NDArray[np.float64]
    true_positive_rates: npt.NDArray[np.float64]
    thresholds: npt.NDArray[np.float64]

    @property
    def area(self) -> float:
        """The area under it, 0 to 1: how often an image of the class scores above one of the others, ties by half."""
        return float(np.trapezoid(self.true_positive_rates, self.false_positive_rates))


@dataclass(frozen=True, eq=False)
class PrecisionRecallCurve:
    """How many of those that are named are right, against how many are found.

    Args:
        recalls: `(points,)`, the share of the class that is found; rising to 1.
        precisions: `(points,)`, the share of those that are taken for the class which are of it.
        thresholds: `(points,)`, from where on an image is taken for the class; falling.
    """

    recalls: npt.NDArray[np.float64]
    precisions: npt.NDArray[np.float64]
    thresholds: npt.NDArray[np.float64]

    @property
    def average_precision(self) -> float:
        """The precisions, each as far as recall grows with it, 0 to 1."""
        return float(np.sum(np.diff(self.recalls, prepend=0.0) * self.precisions))


def roc_curve(scores: Floats, is_positive: Flags) -> RocCurve:
    """Follow the threshold from above all scores to below them, and see what is found and what it costs.

    Images with equal scores pass the threshold at once, so that ties are one slanted step.

    Args:
        scores: `(count,)`, the larger the more like the class.
        is_positive: `(count,)`, whether an image is of the class; at least one is, and one is not.

    Raises:
        ValueError: If the shapes differ, a score is no number, or one kind of image is missing.

    Example:
        >>> curve = roc_curve(np.array([0.1, 0.4, 0.35, 0.8]), np.array([False, False, True, True]))
        >>> curve.true_positive_rates.tolist(), curve.false_positive_rates.tolist(), curve.area
        ([0.0, 0.5, 0.5, 1.0, 1.0], [0.0, 0.0, 0.5, 0.5, 1.0], 0.75)

    Reference:
        Fawcett 2006, *An introduction to ROC analysis*.
    """
    thresholds, found, alarms = _passed(scores, is_positive)
    if found[-1] == 0 or alarms[-1] == 0:
        raise ValueError("There must be images of the class and others. Received: one kind only.")
    return RocCurve(
        np.concatenate([[0.0], alarms / alarms[-1]]),
        np.concatenate([[0.0], found / found[-1]]),
        np.concatenate([[np.inf], thresholds]),
    )


def precision_recall_curve(scores: Floats, is_positive: Flags) -> PrecisionRecallCurve:
    """Follow the threshold down, and see how pure and how complete is what passes it.

    Args:
        scores: `(count,)`, the larger the more like the class.
        is_positive: `(count,)`, whether an image is of the class; at least one is.

    Raises:
        ValueError: If the shapes differ, a score is no number, or there is no image of the class.

    Example:
        >>> curve = precision_recall_curve(np.array([0.1, 0.4, 0.35, 0.8]), np.array([False, False, True, True]))
        >>> curve.recalls.tolist(), curve.precisions.round(3).tolist(), round(curve.average_precision, 3)
        ([0.5, 0.5, 1.0, 1.0], [1.0, 0.5, 0.667, 0.5], 0.833)

    Reference:
        Davis & Goadrich 2006, *The relationship between precision-recall and ROC curves*.
    """
    thresholds, found, alarms = _passed(scores, is_positive)
    if found[-1] == 0:
        raise ValueError("There must be images of the class. Received: none.")
    return PrecisionRecallCurve(found / found[-1], found / (found + alarms), thresholds)


def _passed(
    scores: Floats, is_positive: Flags
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """For each different score, falling: how many of the class, and how many others, score at least so high."""
    numbers = check_scores(scores, is_positive)
    order = np.argsort(-numbers, kind="stable")
    ordered, flags = numbers[order], is_positive[order]
    last_of_equals = np.append(np.flatnonzero(np.diff(ordered)), len(ordered) - 1)
    found = np.cumsum(flags)[last_of_equals]
    return ordered[last_of_equals], found, last_of_equals + 1 - found


def check_scores(scores: Floats, is_positive: Flags) -> npt.NDArray[np.float64]:
    """Return scores as float64, so that comparing them with a threshold is exact.

    Args:
        scores: `(count,)`, at least one.
        is_positive: `(count,)`.

    Raises:
        ValueError: If the shapes differ, there is none, or a score is no number.

    Example:
        >>> check_scores(np.array([0.5], np.float32), np.array([True])).dtype.name
        'float64'
    """
    numbers = np.asarray(scores, np.float64)
    if numbers.shape != is_positive.shape or numbers.ndim != 1 or not numbers.size or np.isnan(numbers).any():
        raise ValueError(
            "scores must be (count,) numbers, and is_positive (count,), at least one. "
            f"Received: scores={numbers.shape}, is_positive={is_positive.shape}."
        )
    return numbers
