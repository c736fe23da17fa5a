"""From a probability to a decision: what a threshold finds, misses and costs, and where it is best put."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cnn_core.evaluation.curves import Flags, Floats, check_scores

STEPS = 1000
"""A threshold is a whole number of thousandths, as a slider has them."""


@dataclass(frozen=True)
class ThresholdFigures:
    """What becomes of images when those that score at least so high are taken for the class.

    Args:
        threshold: From where on.
        true_positives: Images of the class that are found.
        false_positives: Others that are taken for it: false alarms.
        false_negatives: Images of the class that are missed.
        true_negatives: Others that are left alone.
    """

    threshold: float
    true_positives: int
    false_positives: int
    false_negatives: int
    true_negatives: int

    @property
    def sensitivity(self) -> float | None:
        """The share of the class that is found, which is also called recall; nothing where there is no such image."""
        return _share(self.true_positives, self.true_positives + self.false_negatives)

    @property
    def specificity(self) -> float | None:
        """The share of the others that is left alone; nothing where there are no others."""
        return _share(self.true_negatives, self.true_negatives + self.false_positives)

    @property
    def precision(self) -> float | None:
        """Of those that are taken for the class, the share that are of it; nothing where none is."""
        return _share(self.true_positives, self.true_positives + self.false_positives)

    @property
    def accuracy(self) -> float:
        """The share of all images that is decided rightly."""
        right = self.true_positives + self.true_negatives
        return right / (right + self.false_positives + self.false_negatives)


def figures_at(scores: Floats, is_positive: Flags, threshold: float) -> ThresholdFigures:
    """Decide by a threshold, and count what comes out.

    Args:
        scores: `(count,)`, the probability of the class, at least one.
        is_positive: `(count,)`, whether an image is of the class.
        threshold: An image that scores this or more is taken for the class.

    Raises:
        ValueError: If the shapes differ, there is none, or a score is no number.

    Example:
        >>> found = figures_at(np.array([0.2, 0.6, 0.7, 0.9]), np.array([False, True, False, True]), 0.5)
        >>> found.sensitivity, found.specificity, round(found.precision, 2), found.accuracy
        (1.0, 0.5, 0.67, 0.75)

    Reference:
        Fawcett 2006, *An introduction to ROC analysis*.
    """
    is_named = check_scores(scores, is_positive) >= threshold
    return ThresholdFigures(
        threshold,
        int((is_named & is_positive).sum()),
        int((is_named & ~is_positive).sum()),
        int((~is_named & is_positive).sum()),
        int((~is_named & ~is_positive).sum()),
    )


def best_threshold(scores: Floats, is_positive: Flags) -> float:
    """Put the threshold where sensitivity and specificity together are largest.

    Choose it on images that are kept aside for choosing, such as the validation images: on those by which the network
    is judged it would fit their chance too, and flatter.

    Args:
        scores: `(count,)`, the probability of the class.
        is_positive: `(count,)`, whether an image is of the class; at least one is, and one is not.

    Returns:
        The threshold in thousandths, from 0.001 to 0.999; of several that are equally good the one nearest to 0.5.

    Raises:
        ValueError: If the shapes differ, a score is no number, or one kind of image is missing.

    Example:
        >>> best_threshold(np.array([0.1, 0.2, 0.3, 0.9]), np.array([False, False, True, True]))
        0.3
        >>> best_threshold(np.array([0.1, 0.8]), np.array([False, True]))
        0.5

    Reference:
        Youden 1950, *Index for rating diagnostic tests*.
    """
    numbers = check_scores(scores, is_positive)
    if is_positive.all() or not is_positive.any():
        raise ValueError("There must be images of the class and others. Received: one kind only.")
    places = np.arange(1, STEPS) / STEPS
    missed = _below(numbers[is_positive], places)
    left_alone = _below(numbers[~is_positive], places)
    # Youden's index times both counts, in whole numbers: so that equally good ones are equal.
    positives, others = int(is_positive.sum()), int((~is_positive).sum())
    index = (positives - missed) * others + left_alone * positives
    best = places[index == index.max()]
    return float(best[np.argmin(np.abs(best - 0.5))])


def _below(scores: npt.NDArray[np.float64], places: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    return np.searchsorted(np.sort(scores), places, side="left").astype(np.int64)


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
