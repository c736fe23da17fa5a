"""What a network's probabilities come to: a verdict, where two classes are told apart by a threshold of our choice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

USUAL_THRESHOLD = 0.5
"""Training and testing take an image for the more probable of two classes."""


@dataclass(frozen=True)
class Judgement:
    """What one image is taken for.

    Args:
        class_index: The class.
        probability: How probable the network finds it, 0 to 1.
        is_against_the_odds: Whether another class is more probable, and only the threshold decides so.
    """

    class_index: int
    probability: float
    is_against_the_odds: bool


def judge(probabilities: npt.NDArray[np.floating[Any]], threshold: float = USUAL_THRESHOLD) -> Judgement:
    """Say what an image is taken for.

    Of two classes it is the second one where its probability is the threshold or more, else the first one; at one half
    that is the more probable class, as in training. A low threshold misses few images of the second class and raises
    more false alarms; a high one does the opposite. Of more classes it is the most probable one.

    Args:
        probabilities: `(classes,)`, at least two, from 0 to 1.
        threshold: From 0 to 1; only asked where there are two classes.

    Raises:
        ValueError: If there are fewer than two classes, or the threshold is no probability.

    Example:
        >>> judge(np.array([0.3, 0.7])).class_index
        1
        >>> judge(np.array([0.3, 0.7]), threshold=0.9)
        Judgement(class_index=0, probability=0.3, is_against_the_odds=True)
        >>> judge(np.array([0.2, 0.5, 0.3])).class_index
        1

    Reference:
        Fawcett 2006, *An introduction to ROC analysis*, section 3.
    """
    if probabilities.ndim != 1 or len(probabilities) < 2:
        raise ValueError(f"probabilities must be (classes,), at least 2. Received: shape={probabilities.shape}.")
    if not 0 <= threshold <= 1:
        raise ValueError(f"threshold must be from 0 to 1. Received: threshold={threshold}.")
    likeliest = int(np.argmax(probabilities))
    is_by_threshold = len(probabilities) == 2 and threshold != USUAL_THRESHOLD
    index = int(probabilities[1] >= threshold) if is_by_threshold else likeliest
    probability = float(probabilities[index])
    return Judgement(index, probability, bool(probability < probabilities[likeliest]))
