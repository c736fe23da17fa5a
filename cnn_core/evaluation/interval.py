"""How much chance is in an accuracy: another sample of images would have given another one."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, sqrt
from statistics import NormalDist

LEVEL = 0.95
"""So often an interval made in this way holds the true share."""

WIDE = 0.035
"""An interval that reaches further than this to one side tells too little; a thousand images always do."""


@dataclass(frozen=True)
class Interval:
    """Between what and what a share lies.

    Args:
        low: The lower end, 0 to 1.
        high: The upper end, 0 to 1.
    """

    low: float
    high: float

    @property
    def margin(self) -> float:
        """Half its width: the “give or take”, 0 to 0.5."""
        return (self.high - self.low) / 2


def wilson_interval(right: int, total: int, level: float = LEVEL) -> Interval:
    """Say between what and what the true share lies, when so many of a random sample were right.

    Unlike the textbook's first formula, this one stays within 0 and 1, and does not shrink to nothing where all are
    right.

    Args:
        right: How many were right.
        total: How many were tried, at least 1.
        level: How often such an interval shall hold the true share, above 0 and below 1.

    Raises:
        ValueError: If the numbers are none of these.

    Example:
        >>> found = wilson_interval(90, 100)
        >>> round(found.low, 4), round(found.high, 4)
        (0.8256, 0.9448)
        >>> round(wilson_interval(20, 20).low, 3)
        0.839

    Reference:
        Wilson 1927, *Probable inference, the law of succession, and statistical inference*.
    """
    if not 0 <= right <= total or not total or not 0 < level < 1:
        raise ValueError(
            "There must be at least one try, from 0 to all of them right, and a level above 0 and below 1. "
            f"Received: right={right}, total={total}, level={level}."
        )
    z = NormalDist().inv_cdf((1 + level) / 2)
    share, widening = right / total, 1 + z * z / total
    middle = (share + z * z / (2 * total)) / widening
    reach = z * sqrt(share * (1 - share) / total + z * z / (4 * total * total)) / widening
    # At the ends the formula gives 0 and 1, but for rounding.
    low = 0.0 if right == 0 else max(0.0, middle - reach)
    return Interval(low, 1.0 if right == total else min(1.0, middle + reach))


def images_needed(share: float, margin: float, level: float = LEVEL) -> int:
    """Say about how many images it takes to know an accuracy so well.

    Args:
        share: The accuracy, 0 to 1; near 1 fewer images do.
        margin: The “give or take” that is wanted, above 0 and below 0.5.
        level: How often the interval shall hold the true share.

    Returns:
        The least number of images for which Wilson's interval around that share reaches no further.

    Raises:
        ValueError: If share or margin are out of range.

    Example:
        >>> images_needed(0.9, 0.01), images_needed(0.5, 0.03)
        (3461, 1064)

    Reference:
        Wilson 1927, *Probable inference, the law of succession, and statistical inference*.
    """
    if not 0 <= share <= 1 or not 0 < margin < 0.5:
        raise ValueError(
            f"share must be from 0 to 1, margin above 0 and below 0.5. Received: share={share}, margin={margin}."
        )
    z = NormalDist().inv_cdf((1 + level) / 2)
    # The margin m solves m (n + z²) = z √(p (1 − p) n + z²/4), a square equation in n.
    spread = share * (1 - share)
    half = z * z * (spread / (2 * margin * margin) - 1)
    rest = z**4 * (1 - 1 / (4 * margin * margin))
    return max(1, ceil(half + sqrt(max(half * half - rest, 0.0)) - 1e-9))


def is_wide(interval: Interval) -> bool:
    """Whether an interval tells too little: there are too few images.

    Example:
        >>> is_wide(wilson_interval(45, 50)), is_wide(wilson_interval(900, 1000))
        (True, False)
    """
    return interval.margin > WIDE
