"""Transposed convolution: each number of a small map is spread over a larger one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cnn_core.architecture.formula import Formula, constant, quantity
from cnn_core.errors import ClassroomError
from cnn_core.operations.convolution_matrix import convolution_matrix
from cnn_core.operations.windows import Floats, Numbers, Padding

Places = npt.NDArray[np.int64]


@dataclass(frozen=True)
class _Axis:
    """Along one axis: how long the output is, and where the kernel lies for the first number."""

    size: int
    before: int


@dataclass(frozen=True, eq=False)
class TransposedSteps:
    """All steps of a transposed convolution, one for each number of the input, row by row.

    Args:
        image: `(height, width)`, the input.
        kernel: `(kernel height, kernel width)`.
        input_cells: `(steps, 2)`, the row and column of the number that is spread.
        products: `(steps, kernel height, kernel width)`, that number times each weight.
        cells: `(steps, kernel height × kernel width, 2)`, the output's cells to which the products are added; -1 twice
            for those that padding cuts off.
        outputs: `(steps, output height, output width)`, the output after each step.
        output: `(output height, output width)`, the output after the last one.
        counts: `(output height, output width)`, how many products each cell has got.
        stride: How far apart the kernels of two neighbouring numbers lie.
    """

    image: Floats
    kernel: Floats
    input_cells: Places
    products: Floats
    cells: Places
    outputs: Floats
    output: Floats
    counts: Places
    stride: int

    def __len__(self) -> int:
        return len(self.input_cells)

    @property
    def is_even(self) -> bool:
        """Whether all cells away from the edge get equally many products; if not, they make a chessboard.

        They do if the stride divides the kernel's sides. In a small output all cells may be near the edge.
        """
        return all(side % self.stride == 0 for side in self.kernel.shape)


def transposed_output_size(size: int, kernel: int, stride: int = 1, padding: Padding = "valid") -> int:
    """The length of a transposed convolution's output along one axis; 0 or less where padding cuts off all of it.

    Args:
        size: Length of the input, at least 1.
        kernel: Length of the kernel, at least 1.
        stride: How far apart two neighbouring numbers are spread, at least 1.
        padding: `"valid"` keeps everything, `"same"` keeps `size × stride`, a number cuts off so much at each end.

    Raises:
        ValueError: If a number is too small, or the padding is neither a number nor one of the two words.

    Example:
        >>> transposed_output_size(3, 3, 2), transposed_output_size(3, 3, 2, "same"), transposed_output_size(3, 3, 2, 1)
        (7, 6, 5)

    Reference:
        Dumoulin & Visin 2016, relationships 13 and 14.
    """
    return _axis(size, kernel, stride, padding).size


def transposed_size_formula(size: int, kernel: int, stride: int = 1, padding: Padding = "valid") -> Formula:
    """How that length is worked out.

    Args:
        size: As in `transposed_output_size`.
        kernel: As in `transposed_output_size`.
        stride: As in `transposed_output_size`.
        padding: As in `transposed_output_size`.

    Example:
        >>> transposed_size_formula(3, 3, 2).words, transposed_size_formula(3, 3, 2).numbers
        ('(input − 1) × stride + kernel', '(3 − 1) × 2 + 3')
        >>> transposed_size_formula(3, 3, 2, 1).numbers, transposed_size_formula(3, 3, 2, "same").numbers
        ('(3 − 1) × 2 + 3 − 2 × 1', '3 × 2')
    """
    before, step, taps = quantity("input", size), quantity("stride", stride), quantity("kernel", kernel)
    if padding == "same" or (padding == "valid" and kernel < stride):
        return before * step
    whole = (before - constant(1)) * step + taps
    return whole if padding in ("valid", 0) else whole - constant(2) * quantity("padding", int(padding))


def transposed_conv2d(image: Numbers, kernel: Numbers, stride: int = 1, padding: Padding = "valid") -> Floats:
    """Spread each number of an image over the output: the number times the kernel, added where it lies.

    It takes a small image to a larger one. As a matrix it is the transpose of the convolution that leads from the
    larger one to the smaller one, hence its name; it does not undo that convolution.

    Args:
        image: `(height, width)`.
        kernel: `(kernel height, kernel width)`.
        stride: How far apart the kernels of two neighbouring numbers lie, at least 1.
        padding: `"valid"` keeps everything, `"same"` keeps `size × stride`, a number cuts off so many rows and columns
            at each side.

    Returns:
        `(output height, output width)`, float64.

    Raises:
        ClassroomError: If padding leaves nothing.
        ValueError: If shapes or settings are of another kind.

    Example:
        >>> transposed_conv2d(np.arange(4).reshape(2, 2), np.arange(4).reshape(2, 2))
        array([[ 0.,  0.,  1.],
               [ 0.,  4.,  6.],
               [ 4., 12.,  9.]])

    Reference:
        Dumoulin & Visin 2016, *A guide to convolution arithmetic for deep learning*, chapter 4.
    """
    check_axes(image, 2, "image", "(height, width)")
    check_axes(kernel, 2, "kernel", "(kernel height, kernel width)")
    return transposed_conv_layer(image[..., np.newaxis], kernel[..., np.newaxis, np.newaxis], None, stride, padding)[
        ..., 0
    ]


def transposed_conv_layer(
    image: Numbers, kernels: Numbers, bias: Numbers | None = None, stride: int = 1, padding: Padding = "valid"
) -> Floats:
    """What a transposed convolutional layer works out before its activation.

    Args:
        image: `(height, width, channels)`.
        kernels: `(kernel height, kernel width, filters, channels)`, as Keras keeps them.
        bias: `(filters,)`; none if left out.
        stride: As in `transposed_conv2d`.
        padding: As in `transposed_conv2d`.

    Returns:
        `(output height, output width, filters)`, float64.

    Raises:
        ClassroomError: If padding leaves nothing.
        ValueError: If shapes or settings are of another kind, or do not belong together.

    Example:
        >>> transposed_conv_layer(np.ones((4, 4, 3)), np.ones((2, 2, 8, 3)), stride=2).shape
        (8, 8, 8)
    """
    check_axes(image, 3, "image", "(height, width, channels)")
    check_axes(kernels, 4, "kernels", "(kernel height, kernel width, filters, channels)")
    if image.shape[2] != kernels.shape[3]:
        raise ValueError(
            "kernels must have one for each channel of the image. "
            f"Received: image.shape={image.shape}, kernels.shape={kernels.shape}."
        )
    (height, width, _), (down, across, filters, _) = image.shape, kernels.shape
    rows, columns = _axes((height, width), (down, across), stride, padding)
    whole = np.zeros(((height - 1) * stride + down, (width - 1) * stride + across, filters))
    for row, column in np.ndindex(down, across):
        spread = image.astype(np.float64) @ kernels[row, column].astype(np.float64).T
        whole[row::stride, column::stride][:height, :width] += spread
    result = np.zeros((rows.size, columns.size, filters))
    kept = whole[rows.before : rows.before + rows.size, columns.before : columns.before + columns.size]
    result[: kept.shape[0], : kept.shape[1]] = kept
    return result if bias is None else result + bias.astype(np.float64)


def transposed_steps(image: Numbers, kernel: Numbers, stride: int = 1, padding: Padding = "valid") -> TransposedSteps:
    """Take a transposed convolution apart: one step for each number that is spread.

    Args:
        image: `(height, width)`.
        kernel: `(kernel height, kernel width)`.
        stride: As in `transposed_conv2d`.
        padding: As in `transposed_conv2d`.

    Returns:
        The steps, in float64.

    Raises:
        ClassroomError: If padding leaves nothing.
        ValueError: If shapes or settings are of another kind.

    Example:
        >>> steps = transposed_steps(np.arange(4).reshape(2, 2), np.arange(4).reshape(2, 2))
        >>> steps.products[3].tolist(), steps.cells[3].tolist()
        ([[0.0, 3.0], [6.0, 9.0]], [[1, 1], [1, 2], [2, 1], [2, 2]])
        >>> steps.counts.tolist()
        [[1, 2, 1], [2, 4, 2], [1, 2, 1]]
    """
    check_axes(image, 2, "image", "(height, width)")
    check_axes(kernel, 2, "kernel", "(kernel height, kernel width)")
    taps = (kernel.shape[0], kernel.shape[1])
    rows, columns = _axes((image.shape[0], image.shape[1]), taps, stride, padding)
    spread = image.astype(np.float64), kernel.astype(np.float64)
    input_cells = np.stack(np.unravel_index(np.arange(image.size), image.shape), axis=1).astype(np.int64)
    within = np.stack(np.unravel_index(np.arange(kernel.size), kernel.shape), axis=1)
    corners = input_cells * stride - [rows.before, columns.before]
    cells = (corners[:, np.newaxis] + within).astype(np.int64)
    products = spread[0].reshape(-1, 1, 1) * spread[1]
    is_kept: npt.NDArray[np.bool_] = np.all((cells >= 0) & (cells < [rows.size, columns.size]), axis=2)
    cells[~is_kept] = -1
    outputs = np.zeros((image.size, rows.size, columns.size))
    counts = np.zeros((rows.size, columns.size), dtype=np.int64)
    for step, kept in enumerate(is_kept):
        outputs[step] = outputs[max(step - 1, 0)]
        at = tuple(cells[step, kept].T)
        outputs[step][at] += products[step].ravel()[kept]
        counts[at] += 1
    return TransposedSteps(*spread, input_cells, products, cells, outputs, outputs[-1], counts, stride)


def transposed_by_matrix(image: Numbers, kernel: Numbers, stride: int = 1, padding: Padding = "valid") -> Floats:
    """The same result by a matrix: that of the convolution from the output's size to the input's, transposed.

    Args:
        image: `(height, width)`.
        kernel: `(kernel height, kernel width)`.
        stride: As in `transposed_conv2d`.
        padding: As in `transposed_conv2d`.

    Returns:
        `(output height, output width)`, float64.

    Raises:
        ClassroomError: If padding leaves nothing.
        ValueError: If shapes or settings are of another kind.

    Example:
        >>> transposed_by_matrix(np.arange(4).reshape(2, 2), np.arange(4).reshape(2, 2))[1]
        array([0., 4., 6.])

    Reference:
        Dumoulin & Visin 2016, *A guide to convolution arithmetic for deep learning*, section 4.2.
    """
    rows, columns = _axes((image.shape[0], image.shape[1]), (kernel.shape[0], kernel.shape[1]), stride, padding)
    matrix = convolution_matrix((rows.size, columns.size), kernel, stride, padding)
    result: Floats = (matrix.T @ image.astype(np.float64).ravel()).reshape(rows.size, columns.size)
    return result


def _axes(size: tuple[int, int], taps: tuple[int, int], stride: int, padding: Padding) -> tuple[_Axis, _Axis]:
    rows, columns = (_axis(one, tap, stride, padding) for one, tap in zip(size, taps, strict=True))
    if min(rows.size, columns.size) < 1:
        whole = [_axis(one, tap, stride, "valid").size for one, tap in zip(size, taps, strict=True)]
        most = (min(whole) - 1) // 2
        raise ClassroomError(
            f"Padding {padding} cuts {padding} rows and columns off at each side, and there are {whole[0]}×{whole[1]}.",
            f"Choose padding {most} or less.",
        )
    return rows, columns


def _axis(size: int, kernel: int, stride: int, padding: Padding) -> _Axis:
    for name, number in (("size", size), ("kernel", kernel), ("stride", stride)):
        if not isinstance(number, int | np.integer) or number < 1:
            raise ValueError(f"{name} must be a whole number of at least 1. Received: {name}={number!r}.")
    # With a kernel shorter than the stride there are gaps; Keras leaves one after the last number too.
    if padding == "valid":
        return _Axis(size * stride + max(kernel - stride, 0), 0)
    if padding == "same":
        return _Axis(size * stride, max(kernel - stride, 0) // 2)
    if not isinstance(padding, int | np.integer) or isinstance(padding, bool) or padding < 0:
        raise ValueError(
            f'padding must be "valid", "same" or a whole number of at least 0. Received: padding={padding!r}.'
        )
    return _Axis((size - 1) * stride + kernel - 2 * int(padding), int(padding))


def check_axes(array: Numbers, count: int, name: str, axes: str) -> None:
    """Raise if an array has another number of axes, or one of length 0."""
    if array.ndim != count or 0 in array.shape:
        raise ValueError(f"{name} must be {axes}, none of them 0. Received: {name}.shape={array.shape}.")
