"""A convolution one step at a time: what lies under the kernel, what is multiplied, and where the sum lands."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cnn_core.operations.windows import (
    Floats,
    Numbers,
    PaddingPair,
    Pair,
    axis_windows,
    check_window,
    padded2d,
    pair_of,
)

Places = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class ConvolutionSteps:
    """All steps of a kernel's walk over one image, row by row of the output.

    Args:
        padded: `(height, width)`, the image with its padding.
        kernel: `(kernel height, kernel width)`, as it lies on the image.
        padding: Rows of padding above and below, columns of it at the left and at the right.
        patches: `(steps, kernel height, kernel width)`, the pixels under the kernel.
        cells: `(steps, kernel height × kernel width, 2)`, their rows and columns in `padded`.
        products: `(steps, kernel height, kernel width)`, each pixel times the weight on it.
        sums: `(steps,)`, the sum of each step's products.
        output_cells: `(steps, 2)`, the row and column of the output where the sum lands.
        output: `(output height, output width)`, the sums in their places.
    """

    padded: Floats
    kernel: Floats
    padding: tuple[int, int, int, int]
    patches: Floats
    cells: Places
    products: Floats
    sums: Floats
    output_cells: Places
    output: Floats

    def __len__(self) -> int:
        return len(self.sums)


@dataclass(frozen=True, eq=False)
class ChannelSteps:
    """All steps of one filter over an image of several channels.

    Args:
        channels: The walk over each channel with the filter's kernel for it.
        bias: What the filter adds to every sum.
        sums: `(steps,)`, the sums of all channels and the bias.
        output: `(output height, output width)`, the same in their places: the feature map.
    """

    channels: tuple[ConvolutionSteps, ...]
    bias: float
    sums: Floats
    output: Floats

    def __len__(self) -> int:
        return len(self.sums)


def convolution_steps(
    image: Numbers, kernel: Numbers, stride: Pair = 1, padding: PaddingPair = "valid", dilation: Pair = 1
) -> ConvolutionSteps:
    """Take a cross-correlation apart into its steps.

    Args:
        image: `(height, width)`; or `(n,)` with a kernel of `(k,)`, which are taken as grids of height 1. Then
            padding, and all else, is meant along the row.
        kernel: `(kernel height, kernel width)`, or `(k,)`.
        stride: How far the kernel moves each time; one number, or one for each axis.
        padding: `"valid"`, `"same"`, or how many rows and columns of zeros are added at each side.
        dilation: Distance between neighbouring taps of the kernel, 1 for none.

    Returns:
        The steps, in float64.

    Raises:
        ClassroomError: If the kernel reaches further than the padded image.
        ValueError: If shapes or settings are of another kind.

    Example:
        >>> steps = convolution_steps(np.arange(9).reshape(3, 3), np.arange(4).reshape(2, 2))
        >>> steps.sums.tolist(), steps.patches[0].tolist(), steps.cells[3].tolist()
        ([19.0, 25.0, 37.0, 43.0], [[0.0, 1.0], [3.0, 4.0]], [[1, 1], [1, 2], [2, 1], [2, 2]])
        >>> convolution_steps(np.array([1, 2, 3]), np.array([1, 1]), padding=1).sums.tolist()
        [1.0, 3.0, 5.0, 3.0]

    Reference:
        Dumoulin & Visin 2016, *A guide to convolution arithmetic for deep learning*, figure 1.1.
    """
    if image.ndim != kernel.ndim or image.ndim not in (1, 2) or 0 in (*image.shape, *kernel.shape):
        raise ValueError(
            "image and kernel must both be (height, width), or both (n,), none of them 0. "
            f"Received: image.shape={image.shape}, kernel.shape={kernel.shape}."
        )
    if image.ndim == 1:
        image, kernel = image[np.newaxis], kernel[np.newaxis]
        stride, padding, dilation = (1, pair_of(stride)[1]), (0, pair_of(padding)[1]), (1, pair_of(dilation)[1])
    size, taps = (image.shape[0], image.shape[1]), (kernel.shape[0], kernel.shape[1])
    windows = axis_windows(size, taps, stride, padding, dilation)
    check_window(size, taps, padding, dilation)
    rows, columns = (
        np.arange(window.places)[:, np.newaxis] * window.stride + np.arange(window.taps) * window.dilation
        for window in windows
    )
    places = (len(rows), len(columns))
    at_row = np.broadcast_to(rows[:, np.newaxis, :, np.newaxis], (*places, *taps))
    at_column = np.broadcast_to(columns[np.newaxis, :, np.newaxis, :], (*places, *taps))
    around = (windows[0].before_and_after, windows[1].before_and_after)
    padded = padded2d(image.astype(np.float64), around)
    patches = padded[at_row, at_column].reshape(-1, *taps)
    products = patches * kernel.astype(np.float64)
    sums = products.sum(axis=(1, 2))
    return ConvolutionSteps(
        padded=padded,
        kernel=kernel.astype(np.float64),
        padding=(*around[0], *around[1]),
        patches=patches,
        cells=np.stack([at_row, at_column], axis=-1).reshape(len(sums), -1, 2).astype(np.int64),
        products=products,
        sums=sums,
        output_cells=np.stack(np.unravel_index(np.arange(len(sums)), places), axis=1).astype(np.int64),
        output=sums.reshape(places),
    )


def channel_steps(
    image: Numbers,
    kernels: Numbers,
    bias: float = 0.0,
    stride: Pair = 1,
    padding: PaddingPair = "valid",
    dilation: Pair = 1,
) -> ChannelSteps:
    """Take one filter's work on several channels apart: each channel has a kernel of its own, and the sums are added.

    Args:
        image: `(height, width, channels)`.
        kernels: `(kernel height, kernel width, channels)`, the filter's kernels.
        bias: What the filter adds to every sum.
        stride: As in `convolution_steps`.
        padding: As in `convolution_steps`.
        dilation: As in `convolution_steps`.

    Returns:
        The steps of each channel, and their sums.

    Raises:
        ClassroomError: If the kernels reach further than the padded image.
        ValueError: If shapes or settings are of another kind, or do not belong together.

    Example:
        >>> steps = channel_steps(np.ones((3, 3, 3)), np.full((2, 2, 3), 2.0), bias=1.0)
        >>> [channel.sums[0].item() for channel in steps.channels], steps.sums.tolist()
        ([8.0, 8.0, 8.0], [25.0, 25.0, 25.0, 25.0])
    """
    if (
        image.ndim != 3
        or kernels.ndim != 3
        or image.shape[2] != kernels.shape[2]
        or 0 in (*image.shape, *kernels.shape)
    ):
        raise ValueError(
            "image and kernels must be (height, width, channels), of as many channels, none of them 0. "
            f"Received: image.shape={image.shape}, kernels.shape={kernels.shape}."
        )
    channels = tuple(
        convolution_steps(image[..., channel], kernels[..., channel], stride, padding, dilation)
        for channel in range(image.shape[2])
    )
    sums = np.sum([steps.sums for steps in channels], axis=0) + bias
    return ChannelSteps(channels, float(bias), sums, sums.reshape(channels[0].output.shape))
