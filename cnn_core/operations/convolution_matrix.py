"""A convolution as what it also is: one large matrix, mostly zeros, with the same few weights in every row.

A dense layer multiplies the flattened image by a matrix in which every weight is free. Written out like that, a
convolution is a dense layer that leaves most weights out (locality) and shares the rest (weight sharing).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cnn_core.operations.convolution import cross_correlate2d
from cnn_core.operations.windows import Floats, Numbers, PaddingPair, Pair, axis_windows, check_window

NEGLIGIBLE = 1e-9
"""Two sums of the same products may differ by so much, because they were added up in another order."""


@dataclass(frozen=True, eq=False)
class MatrixConvolution:
    """A convolution done twice: by sliding the kernel, and by one product of a matrix with the flattened image.

    Args:
        matrix: `(outputs, inputs)`: a row for each number of the feature map, a column for each pixel, both in reading
            order.
        product: `(outputs,)`, the matrix times the flattened image.
        feature_map: `(height, width)`, what the sliding kernel gives.
        taps: `(outputs, inputs)`, where the kernel lies: the others are zeros, whatever the kernel.
    """

    matrix: Floats
    product: Floats
    feature_map: Floats
    taps: npt.NDArray[np.bool_]

    @property
    def largest_difference(self) -> float:
        """By how much the two results differ at most; what comes of rounding is none."""
        return largest_difference(self.product, self.feature_map.ravel())

    @property
    def weight_count(self) -> int:
        """How many places of the matrix hold a weight of the kernel."""
        return int(self.taps.sum())

    @property
    def zero_count(self) -> int:
        """How many places of the matrix hold no weight."""
        return self.taps.size - self.weight_count

    def patch(self, row: int) -> tuple[int, ...]:
        """Say which pixels a row of the matrix reads, by their numbers in reading order."""
        return tuple(int(pixel) for pixel in np.flatnonzero(self.taps[row]))

    def output_cell(self, row: int) -> tuple[int, int]:
        """Say in which row and column of the feature map a row of the matrix writes."""
        width = int(self.feature_map.shape[1])
        return row // width, row % width


def largest_difference(one: Numbers, other: Numbers) -> float:
    """By how much two results differ at most; what comes of rounding is none.

    Args:
        one: Any shape.
        other: The same shape.

    Example:
        >>> largest_difference(np.array([0.1 + 0.2]), np.array([0.3])), largest_difference(np.ones(2), np.zeros(2))
        (0.0, 1.0)
    """
    difference = float(np.max(np.abs(one - other)))
    return 0.0 if difference < NEGLIGIBLE else difference


def convolution_matrix(
    size: tuple[int, int],
    kernel: Numbers,
    stride: Pair = 1,
    padding: PaddingPair = "valid",
    dilation: Pair = 1,
) -> Floats:
    """Write a cross-correlation as a matrix, so that `matrix @ image.ravel()` is the flattened feature map.

    Each row holds the kernel's weights at the pixels that lie under it, and zeros elsewhere. Weights that would lie on
    padding are left out, since they are multiplied by zero. Its transpose takes the same way back: it is what a
    transposed convolution does.

    Args:
        size: `(height, width)` of the image.
        kernel: `(kernel height, kernel width)`, laid on as it is.
        stride: As in `cross_correlate2d`.
        padding: As in `cross_correlate2d`.
        dilation: As in `cross_correlate2d`.

    Returns:
        `(output height × output width, height × width)`, float64.

    Raises:
        ClassroomError: If the kernel reaches further than the padded image.
        ValueError: If shapes or settings are of another kind.

    Example:
        >>> convolution_matrix((2, 3), np.array([[1, 2], [3, 4]]))
        array([[1., 2., 0., 3., 4., 0.],
               [0., 1., 2., 0., 3., 4.]])
        >>> convolution_matrix((3, 3), np.arange(4).reshape(2, 2)) @ np.arange(9)
        array([19., 25., 37., 43.])

    Reference:
        Dumoulin & Visin 2016, *A guide to convolution arithmetic for deep learning*, section 4.1.
    """
    tap_numbers = _tap_numbers(size, kernel, stride, padding, dilation)
    weights = np.concatenate([[0.0], kernel.astype(np.float64).ravel()])
    matrix: Floats = weights[tap_numbers + 1]
    return matrix


def matrix_convolution(
    image: Numbers,
    kernel: Numbers,
    stride: Pair = 1,
    padding: PaddingPair = "valid",
    dilation: Pair = 1,
) -> MatrixConvolution:
    """Do a cross-correlation by its matrix and by sliding, so that the two can be compared.

    Args:
        image: `(height, width)`.
        kernel: `(kernel height, kernel width)`.
        stride: As in `cross_correlate2d`.
        padding: As in `cross_correlate2d`.
        dilation: As in `cross_correlate2d`.

    Returns:
        Both results, and the matrix.

    Raises:
        ClassroomError: If the kernel reaches further than the padded image.
        ValueError: If shapes or settings are of another kind.

    Example:
        >>> both = matrix_convolution(np.arange(9).reshape(3, 3), np.arange(4).reshape(2, 2))
        >>> both.largest_difference, both.weight_count, both.zero_count, both.patch(3), both.output_cell(3)
        (0.0, 16, 20, (4, 5, 7, 8), (1, 1))
    """
    size = (image.shape[0], image.shape[1])
    matrix = convolution_matrix(size, kernel, stride, padding, dilation)
    return MatrixConvolution(
        matrix,
        matrix @ image.astype(np.float64).ravel(),
        cross_correlate2d(image.astype(np.float64), kernel, stride, padding, dilation),
        _tap_numbers(size, kernel, stride, padding, dilation) >= 0,
    )


def _tap_numbers(
    size: tuple[int, int], kernel: Numbers, stride: Pair, padding: PaddingPair, dilation: Pair
) -> npt.NDArray[np.int64]:
    """Which of the kernel's weights, in reading order, stands at each place of the matrix; -1 for none."""
    if kernel.ndim != 2 or 0 in kernel.shape:
        raise ValueError(f"kernel must be (height, width), none of them 0. Received: kernel.shape={kernel.shape}.")
    taps = (kernel.shape[0], kernel.shape[1])
    windows = axis_windows(size, taps, stride, padding, dilation)
    check_window(size, taps, padding, dilation)
    places, height, width = (windows[0].places, windows[1].places), *size
    numbers = np.full((*places, height, width), -1, dtype=np.int64)
    starts = [np.arange(window.places) * window.stride - window.before_and_after[0] for window in windows]
    for row, column in np.ndindex(taps):
        y, x = (
            start + tap * window.dilation for start, tap, window in zip(starts, (row, column), windows, strict=True)
        )
        (inside_y,), (inside_x,) = np.nonzero((y >= 0) & (y < height)), np.nonzero((x >= 0) & (x < width))
        down, across = np.ix_(inside_y, inside_x)
        numbers[down, across, y[down], x[across]] = row * taps[1] + column
    return numbers.reshape(places[0] * places[1], height * width)
