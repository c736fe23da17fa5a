"""Whether a difference is larger than chance: Student's paired t-test.

For whole degrees of freedom the distribution of t is a short sum. It is written out here: a handful of numbers is
compared, and SciPy, which has the same, would be 35 MB more to install for this one function.

References:
    Student (1908), *The probable error of a mean*, Biometrika 6.
    Abramowitz and Stegun (1964), *Handbook of Mathematical Functions*, 26.7.3 and 26.7.4.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import atan, cos, pi, sin, sqrt

import numpy as np

LEVEL = 0.05
"""A difference counts as more than noise where chance alone gives one as large less often than this."""

FEWEST = 2
"""With fewer pairs nothing is known of the noise."""

_ROUNDING = 1e-9
"""Differences whose spread is a smaller part of their size are equal: what is left is rounding."""


@dataclass(frozen=True)
class PairedTest:
    """What a paired t-test says of some differences.

    Args:
        count: How many differences there are.
        mean: Their mean, in their unit.
        deviation: Their standard deviation, with `count - 1` below the line.
        t: The mean divided by its standard error; infinite where the differences are equal and not zero.
        p_value: How often chance alone would give a mean at least as far from zero, in either direction; 0 to 1.
        margin: What the mean has to exceed to count as more than noise, which is also half the width of its
            95 % confidence interval; in the unit of the differences.
    """

    count: int
    mean: float
    deviation: float
    t: float
    p_value: float
    margin: float

    @property
    def is_beyond_noise(self) -> bool:
        """Whether the mean is further from zero than chance explains, at the level of 5 %."""
        return self.p_value < LEVEL


def paired_t_test(differences: Sequence[float]) -> PairedTest | None:
    """Ask whether the mean of paired differences is zero but for chance.

    Args:
        differences: One a pair.

    Returns:
        The test; nothing with fewer than two differences, or where all are the same: then there is no noise to
        compare with.

    Example:
        >>> test = paired_t_test([1.7, 2.6, 2.0])
        >>> round(test.t, 2), round(test.p_value, 3)
        (7.94, 0.016)
    """
    numbers = np.asarray(differences, dtype=np.float64)
    if len(numbers) < FEWEST:
        return None
    mean, deviation = float(numbers.mean()), float(numbers.std(ddof=1))
    if deviation <= _ROUNDING * float(np.abs(numbers).max()):
        return None
    error, freedom = deviation / sqrt(len(numbers)), len(numbers) - 1
    t = mean / error
    return PairedTest(
        len(numbers), mean, deviation, t, two_sided_p_value(t, freedom), error * critical_value(freedom, LEVEL)
    )


def two_sided_p_value(t: float, freedom: int) -> float:
    """Say how often chance gives a t at least as far from zero.

    Args:
        t: The statistic.
        freedom: Degrees of freedom, at least 1.

    Returns:
        The probability, 0 to 1.

    Raises:
        ValueError: If there are fewer than 1 degrees of freedom.

    Example:
        >>> round(two_sided_p_value(4.303, 2), 3)
        0.05
    """
    if freedom < 1:
        raise ValueError(f"freedom must be at least 1. Received: freedom={freedom}.")
    angle = atan(abs(t) / sqrt(freedom))
    is_odd = freedom % 2 == 1
    term = cos(angle) if is_odd else 1.0
    total = 0.0
    for factor in range(2 if is_odd else 1, freedom, 2):
        total += term
        term *= cos(angle) ** 2 * factor / (factor + 1)
    within = (angle + sin(angle) * total) * 2 / pi if is_odd else sin(angle) * total
    return min(max(1 - within, 0.0), 1.0)


def critical_value(freedom: int, level: float) -> float:
    """Return the t that chance exceeds, in either direction, as often as `level` says.

    Args:
        freedom: Degrees of freedom, at least 1.
        level: The probability, above 0 and below 1.

    Raises:
        ValueError: If the level is outside that range.

    Example:
        >>> round(critical_value(4, 0.05), 3)
        2.776
    """
    if not 0 < level < 1:
        raise ValueError(f"level must be above 0 and below 1. Received: level={level}.")
    low, high = 0.0, 1.0
    while two_sided_p_value(high, freedom) > level:
        high *= 2
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if two_sided_p_value(middle, freedom) > level else (low, middle)
    return high
