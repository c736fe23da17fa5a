"""Who is better on the same drawings, and what is no more than chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cnn_core.inspection.ablation import sign_test

LEVEL = 0.05
"""Networks share a place where chance alone gives so different results at least this often."""

Verdicts = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Place:
    """Where a network stands.

    Args:
        index: Which network, from 0.
        number: Its place, from 1.
        is_shared: Whether others stand on the same place.
    """

    index: int
    number: int
    is_shared: bool


def is_chance(first: Verdicts, second: Verdicts) -> bool:
    """Whether the difference of two networks on the same drawings may be chance.

    Only drawings count that one reads rightly and the other does not: were both equally good, each of these would be
    like a coin.

    Args:
        first: `(count,)`, whether one network read each drawing rightly.
        second: The same of the other.

    Example:
        >>> first, second = np.array([True] * 9 + [False]), np.array([False] * 5 + [True] * 5)
        >>> is_chance(first, second)
        True
        >>> is_chance(np.array([True] * 6), np.array([False] * 6))
        False

    Reference:
        Dietterich 1998, *Approximate statistical tests for comparing supervised classification learning algorithms*.
    """
    only_first = int((first & ~second).sum())
    only_second = int((second & ~first).sum())
    return sign_test(only_first, only_second) >= LEVEL


def rank(verdicts: Sequence[Verdicts]) -> tuple[Place, ...]:
    """Rank networks by how many drawings they read; who may differ from the best of a place by chance only shares it.

    Each is compared with the best of its place alone: two others on one place may differ by more than chance.

    Args:
        verdicts: For each network `(count,)`, whether it read each drawing rightly; the same drawings for all.

    Returns:
        A place for each, the best first; of equal ones the earlier entry first. After a place that three share comes
        the fourth.

    Example:
        >>> good, fair, bad = np.ones(40, bool), np.arange(40) > 2, np.arange(40) > 20
        >>> [(place.index, place.number, place.is_shared) for place in rank([bad, good, fair])]
        [(1, 1, True), (2, 1, True), (0, 3, False)]
    """
    order = sorted(range(len(verdicts)), key=lambda index: (-int(verdicts[index].sum()), index))
    numbers: list[int] = []
    best = 0
    for position, index in enumerate(order):
        if position and is_chance(verdicts[order[best]], verdicts[index]):
            numbers.append(best + 1)
        else:
            best = position
            numbers.append(position + 1)
    return tuple(Place(index, number, numbers.count(number) > 1) for index, number in zip(order, numbers, strict=True))
