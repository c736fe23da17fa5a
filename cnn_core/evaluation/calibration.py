"""Whether a network is right as often as it says: how sure it is against how often that holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from cnn_core.evaluation.interval import Interval, wilson_interval

Floats = npt.NDArray[np.floating[Any]]

BINS = 10


@dataclass(frozen=True)
class CalibrationBin:
    """Images of which the network is about equally sure.

    Args:
        low: The least sureness in it, 0 to 1.
        high: The largest one.
        count: How many images, at least 1.
        right: How many of them it reads rightly.
        confidence: How sure it is of them on average, 0 to 1.
    """

    low: float
    high: float
    count: int
    right: int
    confidence: float

    @property
    def accuracy(self) -> float:
        """The share that it reads rightly, 0 to 1."""
        return self.right / self.count

    @property
    def gap(self) -> float:
        """How much surer it is than it should be; below zero it could be surer."""
        return self.confidence - self.accuracy

    @property
    def interval(self) -> Interval:
        """Between what and what the true accuracy of such images lies."""
        return wilson_interval(self.right, self.count)


def equal_width_bins(
    confidences: Floats, is_right: npt.NDArray[np.bool_], bins: int = BINS
) -> tuple[CalibrationBin, ...]:
    """Sort images by how sure the network is, into bins of equal width.

    Args:
        confidences: `(count,)`, the probability of the verdict, 0 to 1.
        is_right: `(count,)`, whether the verdict is right.
        bins: How many bins from 0 to 1; a number on an edge belongs to the lower bin, and 0 to the first one.

    Returns:
        The bins that hold images, rising.

    Raises:
        ValueError: If the shapes differ, a number is not from 0 to 1, or there is no bin.

    Example:
        >>> found = equal_width_bins(np.array([0.55, 0.6, 0.95]), np.array([True, False, True]))
        >>> [(bin.low, bin.count, bin.accuracy) for bin in found]
        [(0.5, 2, 0.5), (0.9, 1, 1.0)]

    Reference:
        Guo, Pleiss, Sun & Weinberger 2017, *On calibration of modern neural networks*.
    """
    sure = _checked(confidences, is_right, bins)
    edges = np.arange(bins + 1) / bins
    place = np.clip(np.searchsorted(edges, sure, side="left") - 1, 0, bins - 1)
    return tuple(
        _bin(sure[place == number], is_right[place == number], float(edges[number]), float(edges[number + 1]))
        for number in range(bins)
        if (place == number).any()
    )


def equal_mass_bins(
    confidences: Floats, is_right: npt.NDArray[np.bool_], bins: int = BINS
) -> tuple[CalibrationBin, ...]:
    """Sort images by how sure the network is, into bins of equally many images.

    A good network is nearly always nearly sure: then bins of equal width are nearly all empty, and these are not.

    Args:
        confidences: `(count,)`, the probability of the verdict, 0 to 1.
        is_right: `(count,)`, whether the verdict is right.
        bins: How many bins; where there are fewer images, one for each.

    Returns:
        The bins, rising; their sizes differ by one image at most.

    Raises:
        ValueError: If the shapes differ, a number is not from 0 to 1, or there is no bin.

    Example:
        >>> found = equal_mass_bins(np.array([0.9, 0.5, 0.99, 0.6]), np.array([True, False, True, True]), bins=2)
        >>> [(bin.low, bin.high, bin.accuracy) for bin in found]
        [(0.5, 0.6, 0.5), (0.9, 0.99, 1.0)]

    Reference:
        Naeini, Cooper & Hauskrecht 2015, *Obtaining well calibrated probabilities using Bayesian binning*.
    """
    sure = _checked(confidences, is_right, bins)
    order = np.argsort(sure, kind="stable")
    parts = [part for part in np.array_split(order, bins) if len(part)]
    return tuple(_bin(sure[part], is_right[part], float(sure[part[0]]), float(sure[part[-1]])) for part in parts)


def expected_calibration_error(bins: tuple[CalibrationBin, ...]) -> float:
    """Average over all images by how much the sureness of their bin is off.

    Args:
        bins: The bins, at least one.

    Returns:
        From 0, where the network is right as often as it says, to 1.

    Raises:
        ValueError: If there is no bin.

    Example:
        >>> sure = CalibrationBin(0.9, 1.0, count=3, right=2, confidence=0.95)
        >>> unsure = CalibrationBin(0.5, 0.6, count=1, right=1, confidence=0.55)
        >>> round(expected_calibration_error((unsure, sure)), 3)
        0.325

    Reference:
        Naeini, Cooper & Hauskrecht 2015, *Obtaining well calibrated probabilities using Bayesian binning*; Guo, Pleiss,
        Sun & Weinberger 2017, *On calibration of modern neural networks*.
    """
    if not bins:
        raise ValueError("There must be at least one bin. Received: none.")
    return sum(part.count * abs(part.gap) for part in bins) / sum(part.count for part in bins)


def _bin(sure: Floats, is_right: npt.NDArray[np.bool_], low: float, high: float) -> CalibrationBin:
    return CalibrationBin(low, high, len(sure), int(is_right.sum()), float(sure.mean()))


def _checked(confidences: Floats, is_right: npt.NDArray[np.bool_], bins: int) -> npt.NDArray[np.float64]:
    sure = np.asarray(confidences, np.float64)
    # Softmax in float32 may end a rounding above 1.
    is_share = bool(((sure >= 0) & (sure <= 1 + 1e-5)).all())
    if sure.shape != is_right.shape or sure.ndim != 1 or not is_share or bins < 1:
        raise ValueError(
            "confidences must be (count,) from 0 to 1, is_right (count,), and bins at least 1. "
            f"Received: confidences={sure.shape}, is_right={is_right.shape}, bins={bins}."
        )
    within: npt.NDArray[np.float64] = np.minimum(sure, 1.0)
    return within
