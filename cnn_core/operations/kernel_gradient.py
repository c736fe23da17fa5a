"""The gradient of one kernel, taken apart into its places, and what a step makes of each of its weights.

Reference:
    LeCun et al. 1989, *Backpropagation applied to handwritten zip code recognition*: weights that are shared add up
    their gradients.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from cnn_core.operations.windows import Numbers

Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class KernelGradientSteps:
    """A kernel's gradient as a sum over places, those that add most first.

    Args:
        places: `(steps, 2)`, row and column of each place in the feature map; those that add nothing are left out.
        cells: `(steps, size × size, 2)`, rows and columns of the pixels that the kernel covers there.
        patches: `(steps, size, size)`, those pixels.
        upstream: `(steps,)`, the upstream gradient at the place.
        products: `(steps, size, size)`, patch times upstream gradient.
        sums: `(steps, size, size)`, the sum of all products so far.
        gradient: `(size, size)`, the sum of them all: the kernel's gradient.
        all_places: How many places there are, with those that add nothing.
    """

    places: npt.NDArray[np.int64]
    cells: npt.NDArray[np.int64]
    patches: Doubles
    upstream: Doubles
    products: Doubles
    sums: Doubles
    gradient: Doubles
    all_places: int

    def __len__(self) -> int:
        return len(self.places)


@dataclass(frozen=True, eq=False)
class KernelChange:
    """What a step makes of one kernel.

    Args:
        before: `(size, size)`, its weights.
        gradient: The same shape.
        learning_rate: How far the step goes.
        change: The same shape, what is added to each weight.
        after: The same shape, the weights after the step.
        cells: `(size × size, 2)`, rows and columns of all weights, those that change most first.
    """

    before: Doubles
    gradient: Doubles
    learning_rate: float
    change: Doubles
    after: Doubles
    cells: npt.NDArray[np.int64]


def kernel_gradient_steps(image: Numbers, at_sums: Numbers, kernel_size: int) -> KernelGradientSteps:
    """Take a kernel's gradient apart: at every place, the pixels under the kernel times the upstream gradient there.

    A weight that lies on a bright pixel, where a larger sum would raise the loss, shall become smaller.

    Args:
        image: `(height, width)`.
        at_sums: `(height − size + 1, width − size + 1)`, the upstream gradient of this kernel's feature map.
        kernel_size: Side of the kernel.

    Example:
        >>> image = np.arange(9).reshape(3, 3)
        >>> steps = kernel_gradient_steps(image, np.array([[1, 0], [0, -2]]), kernel_size=2)
        >>> steps.places.tolist(), steps.products.tolist(), steps.gradient.tolist()
        ([[1, 1], [0, 0]], [[[-8.0, -10.0], [-14.0, -16.0]], [[0.0, 1.0], [3.0, 4.0]]], [[-8.0, -9.0], [-11.0, -12.0]])
    """
    patches = patches_of(image.astype(np.float64), kernel_size)
    if patches.shape[:2] != at_sums.shape:
        raise ValueError(
            f"at_sums must be one number for each of {patches.shape[0]}×{patches.shape[1]} places. "
            f"Received: at_sums.shape={at_sums.shape}."
        )
    products = patches * at_sums[..., np.newaxis, np.newaxis]
    weights = np.abs(products).sum(axis=(2, 3)).ravel()
    order = np.argsort(-weights, kind="stable")[: np.count_nonzero(weights)]
    places = np.stack(np.unravel_index(order, at_sums.shape), axis=1).astype(np.int64)
    rows, columns = places.T
    inside = np.indices((kernel_size, kernel_size)).reshape(2, -1).T
    ordered = products[rows, columns]
    return KernelGradientSteps(
        places=places,
        cells=places[:, np.newaxis] + inside,
        patches=patches[rows, columns],
        upstream=at_sums[rows, columns].astype(np.float64),
        products=ordered,
        sums=np.cumsum(ordered, axis=0),
        gradient=products.sum(axis=(0, 1)),
        all_places=at_sums.size,
    )


@np.errstate(over="ignore", invalid="ignore")
def kernel_change(before: Doubles, gradient: Doubles, learning_rate: float) -> KernelChange:
    """Work out what a step makes of one kernel: each weight minus the learning rate times its gradient.

    Args:
        before: `(size, size)`, its weights.
        gradient: The same shape.
        learning_rate: How far the step goes.

    Example:
        >>> kernel_change(np.array([[0.5, 1.0]]), np.array([[2.0, -1.0]]), 0.1).after.tolist()
        [[0.3, 1.1]]
    """
    change = -learning_rate * gradient
    order = np.argsort(-np.abs(change), axis=None, kind="stable")
    cells = np.stack(np.unravel_index(order, change.shape), axis=1).astype(np.int64)
    return KernelChange(before, gradient, learning_rate, change, before + change, cells)


def patches_of(image: npt.NDArray[Any], size: int) -> npt.NDArray[Any]:
    """The pixels that a kernel covers at each place.

    Args:
        image: `(…, height, width)`.
        size: Side of the kernel.

    Returns:
        `(…, places down, places across, size, size)`, a view.

    Example:
        >>> patches_of(np.arange(9).reshape(3, 3), 2)[1, 0].tolist()
        [[3, 4], [6, 7]]
    """
    return sliding_window_view(image, (size, size), axis=(-2, -1))
