"""The moving average that calms a noisy curve."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

MOST_WEIGHT = 0.99
"""The largest weight that pages offer: each point is then an average over about a hundred."""


def smoothed(values: npt.ArrayLike, weight: float) -> npt.NDArray[np.float64]:
    """Average each number with those before it, which count the less the longer ago they are.

    A number that is `k` places back counts `weight ** k` times as much as the newest one, and the sum is divided by
    the sum of these counts. So the beginning of the curve is not pulled towards zero, as it would be if the average
    began there: that is what "debiased" means. Numbers that are not finite stay what they are and count nothing.

    Args:
        values: `(count,)`, one number after the other.
        weight: From 0, which changes nothing, to below 1.

    Returns:
        `(count,)`, the averages.

    Raises:
        ValueError: If the weight is out of range, or the values are no list of numbers.

    Example:
        >>> smoothed([1.0, 4.0, 4.0], 0.5).round(3).tolist()
        [1.0, 3.0, 3.571]

    Reference:
        Kingma & Ba 2015, *Adam: a method for stochastic optimization*, section 3, on dividing the start out. The same
        curve as TensorBoard's.
    """
    if not 0 <= weight < 1:
        raise ValueError(f"weight must be from 0 to below 1. Received: weight={weight}.")
    numbers = np.array(values, dtype=np.float64)
    if numbers.ndim != 1:
        raise ValueError(f"values must be a list of numbers, (count,). Received: shape={numbers.shape}.")
    is_finite = np.isfinite(numbers)
    known = numbers[is_finite]
    if weight > 0 and known.size:
        numbers[is_finite] = _fading_sums(known, weight) / _fading_sums(np.ones_like(known), weight)
    return numbers


def _fading_sums(values: npt.NDArray[np.float64], weight: float) -> npt.NDArray[np.float64]:
    """Return `sums[i] = values[i] + weight * sums[i - 1]` for all places at once.

    Each round doubles how far back a sum reaches, so that the number of rounds is the logarithm of the length; where
    what is still missing no longer counts, it ends early.
    """
    sums, reach, factor = values.copy(), 1, weight
    while reach < len(sums) and factor > 0:
        sums[reach:] = sums[reach:] + factor * sums[:-reach]
        reach, factor = 2 * reach, factor * factor
    return sums
