"""The mean image of each class, and how far images lie from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

EXACT = 256
"""So many images are added at a time: sums of so many squares of bytes are whole numbers that float32 holds exactly."""


@dataclass(frozen=True, eq=False)
class Moments:
    """Mean and spread of each pixel, for every class and, last, for all images together.

    Args:
        counts: `(classes + 1,)`, how many images there are.
        means: `(classes + 1, height, width, channels)`, 0 to 255; 0 where there are no images.
        deviations: The same shape: the standard deviation, 0 to 127.5.
    """

    counts: npt.NDArray[np.int64]
    means: Floats
    deviations: Floats


def class_moments(
    images: npt.NDArray[np.uint8],
    labels: npt.NDArray[np.integer],
    class_count: int,
    tell: Callable[[float], None] | None = None,
) -> Moments:
    """Average the images of each class, pixel by pixel, and say how much each pixel varies.

    Where a class's images are alike the mean looks like one of them; where they differ it is a blur. All sums are whole
    numbers and exact, so the order of the images makes no difference.

    Args:
        images: `(count, height, width, channels)`, 0 to 255. They are read once, a few at a time, so that they may lie
            in a file that is larger than the memory.
        labels: `(count,)`, 0 to `class_count - 1`.
        class_count: How many classes there are.
        tell: Is told which share is done, 0 to 1.

    Returns:
        Means and standard deviations; the deviation is that of these images, not an estimate for others.

    Example:
        >>> images = np.array([0, 10, 7], np.uint8).reshape(3, 1, 1, 1)
        >>> found = class_moments(images, np.array([0, 0, 1]), class_count=2)
        >>> [round(mean, 2) for mean in found.means.ravel().tolist()]
        [5.0, 7.0, 5.67]
        >>> [round(deviation, 2) for deviation in found.deviations.ravel().tolist()]
        [5.0, 0.0, 4.19]
    """
    shape = images.shape[1:]
    pixels = int(np.prod(shape))
    counts = np.bincount(labels, minlength=class_count).astype(np.int64)
    sums, squares = (np.zeros((class_count + 1, pixels), np.int64) for _ in range(2))
    for start in range(0, len(images), EXACT):
        values = images[start : start + EXACT].reshape(-1, pixels).astype(np.float32)
        is_of = np.zeros((class_count, len(values)), np.float32)
        is_of[labels[start : start + EXACT], np.arange(len(values))] = 1
        sums[:-1] += (is_of @ values).astype(np.int64)
        squares[:-1] += (is_of @ np.square(values, out=values)).astype(np.int64)
        if tell is not None:
            tell(min(1.0, (start + EXACT) / len(images)))
    sums[-1], squares[-1] = sums[:-1].sum(axis=0), squares[:-1].sum(axis=0)
    counts = np.append(counts, counts.sum())
    divisors = np.maximum(counts, 1)[:, np.newaxis]
    # n·Σx² − (Σx)² is a whole number: nothing is lost where a large mean meets a small spread.
    variances = (divisors * squares - sums**2) / divisors.astype(np.float64) ** 2
    return Moments(
        counts,
        (sums / divisors).astype(np.float32).reshape(-1, *shape),
        np.sqrt(variances).astype(np.float32).reshape(-1, *shape),
    )
