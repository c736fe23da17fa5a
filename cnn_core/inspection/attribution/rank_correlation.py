"""How alike two maps are, if only the order of their numbers counts."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.floating[Any]]


def mid_ranks(values: Numbers) -> npt.NDArray[np.float64]:
    """Rank numbers from 1 for the smallest; equal ones share the mean of their ranks.

    Args:
        values: `(count,)`.

    Example:
        >>> mid_ranks(np.array([5.0, 1.0, 5.0, 9.0])).tolist()
        [2.5, 1.0, 2.5, 4.0]
    """
    _, groups, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    ranks: npt.NDArray[np.float64] = (last - (counts - 1) / 2)[groups]
    return ranks


def rank_correlation(first: Numbers, second: Numbers) -> float:
    """Return Spearman's rank correlation of two maps: the ordinary correlation of their ranks.

    It is 1 if the second map rises wherever the first does, 0 if they have nothing to do with each other, and -1 if
    one falls where the other rises. How large the numbers are does not matter.

    Args:
        first: Any shape.
        second: The same shape.

    Returns:
        From -1 to 1; NaN if all numbers of a map are equal, as then nothing has an order.

    Raises:
        ValueError: If the shapes differ.

    Example:
        >>> round(rank_correlation(np.array([1.0, 2.0, 3.0, 4.0]), np.array([10.0, 90.0, 30.0, 95.0])), 3)
        0.8

    Reference:
        Spearman 1904, *The proof and measurement of association between two things*.
    """
    if first.shape != second.shape:
        raise ValueError(f"Both maps must have one shape. Received: {first.shape} and {second.shape}.")
    one, other = (ranks - ranks.mean() for ranks in (mid_ranks(first.ravel()), mid_ranks(second.ravel())))
    lengths = float(np.sqrt((one @ one) * (other @ other)))
    return float(np.clip(one @ other / lengths, -1, 1)) if lengths > 0 else float("nan")
