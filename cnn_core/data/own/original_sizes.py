"""How large images were before they were brought to one size."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Spread = tuple[int, int, int, int, int, int]
"""The smallest, the middle and the largest height, then the same of the widths, in pixels."""


def size_spreads(sizes: npt.NDArray[np.integer], labels: npt.NDArray[np.integer], classes: int) -> tuple[Spread, ...]:
    """Sum up the sizes of images: of all of them, then of each class.

    Args:
        sizes: `(count, 2)`, height and width of each image, in pixels.
        labels: `(count,)`, its class; every class has images.
        classes: How many classes there are.

    Example:
        >>> sizes = np.array([[10, 20], [30, 20], [50, 60]])
        >>> for spread in size_spreads(sizes, np.array([0, 0, 1]), 2):
        ...     print(spread)
        (10, 30, 50, 20, 20, 60)
        (10, 20, 30, 20, 20, 20)
        (50, 50, 50, 60, 60, 60)
    """
    return (_spread(sizes), *(_spread(sizes[labels == number]) for number in range(classes)))


def _spread(sizes: npt.NDArray[np.integer]) -> Spread:
    low, middle, high = np.rint(np.quantile(sizes, (0.0, 0.5, 1.0), axis=0)).astype(int).tolist()
    return low[0], middle[0], high[0], low[1], middle[1], high[1]


def spread_words(spread: Spread) -> str:
    """Say how large images were.

    Example:
        >>> spread_words((40, 131, 385, 46, 130, 394))
        'heights from 40 to 385 pixels (half of them at least 131), widths from 46 to 394 (half of them at least 130)'
        >>> spread_words((28, 28, 28, 20, 24, 28))
        'a height of 28 pixels, widths from 20 to 28 (half of them at least 24)'
        >>> spread_words((28, 28, 28, 30, 30, 30))
        '28×30 pixels each'
    """
    heights, widths = spread[:3], spread[3:]
    if heights[0] == heights[2] and widths[0] == widths[2]:
        return f"{heights[0]}×{widths[0]} pixels each"
    return f"{_side('height', heights, ' pixels')}, {_side('width', widths, '')}"


def _side(name: str, side: tuple[int, ...], unit: str) -> str:
    low, middle, high = side
    if low == high:
        return f"a {name} of {low}{unit}"
    return f"{name}s from {low} to {high}{unit} (half of them at least {middle})"
