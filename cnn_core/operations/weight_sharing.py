"""What locality and weight sharing buy: weights counted, and what becomes of the output when the image moves."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from cnn_core.architecture.formula import Formula, quantity
from cnn_core.operations.convolution import cross_correlate2d
from cnn_core.operations.convolution_matrix import NEGLIGIBLE, largest_difference
from cnn_core.operations.pooling import shifted
from cnn_core.operations.windows import Floats, Numbers, Padding, axis_windows, check_window


@dataclass(frozen=True)
class WeightCounts:
    """How many weights three kinds of layer need for outputs of the same size.

    Args:
        dense: Every output has a weight of its own for every pixel.
        local: Every output has weights of its own, but only for the pixels of its patch.
        shared: All outputs of a feature map have the same weights for their patches: a convolution.
    """

    dense: Formula
    local: Formula
    shared: Formula


def weight_counts(
    size: tuple[int, int], kernel: int, filters: int, stride: int = 1, padding: Padding = "valid"
) -> WeightCounts:
    """Count the weights, biases included, of a dense, a locally connected and a convolutional layer.

    All three make as many numbers of a grey image: `filters` feature maps. From the first to the second most weights
    are left out, from the second to the third the rest is shared.

    Args:
        size: `(height, width)` of the image.
        kernel: The kernel's side.
        filters: How many feature maps come out.
        stride: How far the kernel moves each time.
        padding: `"valid"`, `"same"` or a number of pixels.

    Raises:
        ClassroomError: If the kernel does not fit into the image.
        ValueError: If a number is too small.

    Example:
        >>> counts = weight_counts((28, 28), 3, 1)
        >>> counts.dense.numbers, counts.dense.value
        ('28 × 28 × 676 + 676', 530660)
        >>> counts.local.value, counts.shared.value
        (6760, 10)

    Reference:
        Goodfellow, Bengio & Courville 2016, *Deep Learning*, sections 9.2 and 9.5.
    """
    rows, columns = axis_windows(size, (kernel, kernel), stride, padding)
    check_window(size, (kernel, kernel), padding)
    outputs = quantity("outputs", rows.places * columns.places * filters)
    pixels = quantity("height", size[0]) * quantity("width", size[1])
    patch = quantity("kernel height", kernel) * quantity("kernel width", kernel)
    maps = quantity("filters", filters)
    return WeightCounts(pixels * outputs + outputs, patch * outputs + outputs, patch * maps + maps)


@dataclass(frozen=True, eq=False)
class ShiftResponse:
    """What a convolution and a dense layer make of an image, before and after it was shifted to the right.

    Args:
        image: `(height, width)`, shifted.
        map_before: `(output height, output width)`, the feature map before.
        map_after: The feature map of the shifted image.
        dense_before: `(outputs,)`, the dense layer's numbers before.
        dense_after: Its numbers for the shifted image.
        map_shift: How many columns the feature map should move along: the image's shift divided by the stride, rounded
            down.
        compared: How many places of the moved feature map can be compared with the one before.
        map_equal: At how many of those the numbers are equal.
        map_difference: By how much they differ at most.
        dense_equal: How many of the dense layer's numbers stay as they were.
        dense_difference: By how much they change at most.
    """

    image: Floats
    map_before: Floats
    map_after: Floats
    dense_before: Floats
    dense_after: Floats
    map_shift: int
    compared: int
    map_equal: int
    map_difference: float
    dense_equal: int
    dense_difference: float

    @property
    def is_followed(self) -> bool:
        """Whether the feature map has moved along with the image, and changed in no other way."""
        return self.map_equal == self.compared


def shift_response(image: Numbers, kernel: Numbers, columns: int, stride: int = 1, seed: int = 0) -> ShiftResponse:
    """Shift an image and compare what a convolution and a dense layer make of it, before and after.

    The convolution's output moves along (it is equivariant to shifts), as long as the shift is a multiple of the
    stride. The dense layer, with random weights and as many outputs, has no places: another pixel meets another weight.

    Args:
        image: `(height, width)`.
        kernel: `(kernel height, kernel width)`.
        columns: By how many pixels the image moves to the right, at least 0.
        stride: How far the kernel moves each time.
        seed: Of the dense layer's weights.

    Raises:
        ClassroomError: If the kernel does not fit into the image.
        ValueError: If the image would move to the left, or so far that nothing is left to compare.

    Example:
        >>> image = np.eye(8)
        >>> moved = shift_response(image, np.ones((3, 3)), 2)
        >>> moved.is_followed, moved.compared, moved.map_equal, moved.map_difference
        (True, 24, 24, 0.0)
        >>> shift_response(image, np.ones((3, 3)), 1, stride=2).is_followed
        False

    Reference:
        Goodfellow, Bengio & Courville 2016, *Deep Learning*, section 9.2; Zhang 2019, *Making convolutional networks
        shift-invariant again*.
    """
    start = image.astype(np.float64)
    moved = shifted(start, columns)
    before, after = (cross_correlate2d(one, kernel, stride) for one in (start, moved))
    map_shift = columns // stride
    if map_shift >= before.shape[1]:
        raise ValueError(
            f"columns must leave something to compare. Received: columns={columns} for a feature map of "
            f"{before.shape[0]}×{before.shape[1]}."
        )
    weights = dense_weights(start.size, before.size, seed)
    dense_before, dense_after = (weights @ one.ravel() for one in (start, moved))
    expected, found = before[:, : before.shape[1] - map_shift], after[:, map_shift:]
    return ShiftResponse(
        image=moved,
        map_before=before,
        map_after=after,
        dense_before=dense_before,
        dense_after=dense_after,
        map_shift=map_shift,
        compared=found.size,
        map_equal=_equal(found, expected),
        map_difference=largest_difference(found, expected),
        dense_equal=_equal(dense_after, dense_before),
        dense_difference=largest_difference(dense_after, dense_before),
    )


@lru_cache(maxsize=4)
def dense_weights(inputs: int, outputs: int, seed: int = 0) -> Floats:
    """Random weights of a dense layer, as before any training.

    Args:
        inputs: How many numbers go in.
        outputs: How many come out.
        seed: Equal seeds give equal weights.

    Returns:
        `(outputs, inputs)`, which must not be written to: normal, with variance 2 / (inputs + outputs).

    Example:
        >>> dense_weights(784, 676).shape
        (676, 784)

    Reference:
        Glorot & Bengio 2010, *Understanding the difficulty of training deep feedforward neural networks*.
    """
    weights: Floats = np.random.default_rng(seed).normal(size=(outputs, inputs)) * np.sqrt(2 / (inputs + outputs))
    weights.flags.writeable = False
    return weights


def _equal(one: Floats, other: Floats) -> int:
    return int((np.abs(one - other) < NEGLIGIBLE).sum())
