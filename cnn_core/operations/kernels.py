"""Kernels that people made by hand, long before networks learned their own; and kernels typed in.

Adding one is adding one entry to `KERNELS`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cnn_core.errors import ClassroomError
from cnn_core.operations.typed_numbers import grid_from_text

Weights = npt.NDArray[np.float64]

LEAST_SIDE, MOST_SIDE = 2, 7
"""The sizes of kernels that can be typed in."""
RANDOM_SIDE = 3


@dataclass(frozen=True)
class NamedKernel:
    """A kernel with a name.

    Args:
        slug: Its short name.
        title: Its name on the screen.
        rows: Its weights, row by row.
        words: What it does, in one sentence.
    """

    slug: str
    title: str
    rows: tuple[tuple[float, ...], ...]
    words: str

    @property
    def weights(self) -> Weights:
        """The weights, `(height, width)`."""
        return np.array(self.rows, np.float64)


KERNELS: dict[str, NamedKernel] = {
    kernel.slug: kernel
    for kernel in (
        NamedKernel(
            "counting",
            "0 to 3 (textbook)",
            ((0, 1), (2, 3)),
            "It only counts; over the grid 0 to 8 it gives the textbook’s 19, 25, 37 and 43.",
        ),
        NamedKernel(
            "identity",
            "Identity",
            ((0, 0, 0), (0, 1, 0), (0, 0, 0)),
            "It takes the pixel in its middle and nothing else: the image stays as it is.",
        ),
        NamedKernel(
            "edges",
            "Edges",
            ((-1, -1, -1), (-1, 8, -1), (-1, -1, -1)),
            "It compares a pixel with its eight neighbours: edges of every direction stand out.",
        ),
        NamedKernel(
            "sobel-x",
            "Sobel, upright",
            ((-1, 0, 1), (-2, 0, 2), (-1, 0, 1)),
            "Right minus left: above zero where it gets brighter to the right, below zero where it gets darker.",
        ),
        NamedKernel(
            "sobel-y",
            "Sobel, flat",
            ((-1, -2, -1), (0, 0, 0), (1, 2, 1)),
            "Below minus above: above zero where it gets brighter downwards, below zero where it gets darker.",
        ),
        NamedKernel(
            "laplacian",
            "Laplacian",
            ((0, 1, 0), (1, -4, 1), (0, 1, 0)),
            "Four neighbours minus four times the middle: it answers where the brightness bends.",
        ),
        NamedKernel(
            "sharpen",
            "Sharpen",
            ((0, -1, 0), (-1, 5, -1), (0, -1, 0)),
            "The pixel, and once more its difference from four neighbours: edges become harder.",
        ),
        NamedKernel(
            "blur",
            "Blur",
            ((0.0625, 0.125, 0.0625), (0.125, 0.25, 0.125), (0.0625, 0.125, 0.0625)),
            "A mean in which the middle counts most; the weights add up to 1, so the brightness stays.",
        ),
        NamedKernel(
            "emboss",
            "Emboss",
            ((-2, -1, 0), (-1, 1, 1), (0, 1, 2)),
            "The pixel, and how much brighter it is at the lower right: as if light fell on a relief.",
        ),
    )
}
"""Every named kernel, in the order of the menu."""


def random_kernel(seed: int, side: int = RANDOM_SIDE) -> Weights:
    """Draw a kernel as a network has it before it has learned anything.

    Args:
        seed: 0 or more; equal seeds give equal kernels.
        side: Its height and width, at least 1.

    Returns:
        `(side, side)`, from −1 to 1, to one decimal so that products can be written out.

    Example:
        >>> random_kernel(1).shape, bool((random_kernel(1) == random_kernel(1)).all())
        ((3, 3), True)
    """
    drawn = np.random.default_rng([seed, side]).uniform(-1, 1, (side, side))
    weights: Weights = np.round(drawn, 1) + 0.0  # + 0.0 turns −0.0 into 0.0
    return weights


def kernel_from_text(text: str) -> Weights:
    r"""Read a kernel that somebody typed, one row a line.

    Args:
        text: From 2×2 to 7×7 numbers; fractions like `1/9` are numbers too.

    Returns:
        `(height, width)`.

    Raises:
        ClassroomError: If something is no number, rows differ in length, or there are too few or too many.

    Example:
        >>> kernel_from_text("0 1/2\n-1 2").tolist()
        [[0.0, 0.5], [-1.0, 2.0]]
    """
    weights = grid_from_text(text)
    height, width = weights.shape
    if not (LEAST_SIDE <= height <= MOST_SIDE and LEAST_SIDE <= width <= MOST_SIDE):
        tall, wide = (min(max(side, LEAST_SIDE), MOST_SIDE) for side in (height, width))
        raise ClassroomError(
            f"This kernel has {height}×{width} numbers; here a kernel has from 2×2 to 7×7.",
            f"The nearest that works has {tall} rows of {wide} numbers.",
        )
    return weights
