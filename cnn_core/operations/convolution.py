"""Convolution as layers do it: a kernel slides over numbers, multiplies, and adds up.

What libraries call a convolution is, in the words of mathematics, a cross-correlation: the kernel is laid on the image
as it is. A true convolution turns the kernel by 180 degrees first. Both are here, in one dimension and in two, in
NumPy alone. `convolution_steps` gives the same sums one by one, with all that went into each.

Reference:
    Dumoulin & Visin 2016, *A guide to convolution arithmetic for deep learning*; Goodfellow, Bengio & Courville 2016,
    *Deep Learning*, section 9.1.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from cnn_core.operations.convolution_steps import (
    ChannelSteps,
    ConvolutionSteps,
    channel_steps,
    convolution_steps,
)
from cnn_core.operations.windows import (
    AxisWindow,
    Floats,
    Numbers,
    Padding,
    PaddingPair,
    Pair,
    axis_windows,
    check_window,
    pad_amounts,
    padded2d,
    window_misfit,
)

__all__ = [
    "AxisWindow",
    "ChannelSteps",
    "ConvolutionSteps",
    "Padding",
    "PaddingPair",
    "Pair",
    "axis_windows",
    "channel_steps",
    "conv_layer",
    "convolution_steps",
    "convolve2d",
    "cross_correlate1d",
    "cross_correlate2d",
    "pad_amounts",
    "padded2d",
    "turned",
    "window_misfit",
]


def cross_correlate1d(
    values: Numbers, kernel: Numbers, stride: int = 1, padding: Padding = "valid", dilation: int = 1
) -> Floats:
    """Slide a short row of numbers along a longer one; at each place multiply what meets, and add up.

    Args:
        values: `(n,)` numbers.
        kernel: `(k,)` numbers, laid on as they are, not turned round.
        stride: How far the kernel moves each time, at least 1.
        padding: `"valid"`, `"same"`, or how many zeros are added at each end.
        dilation: Distance between neighbouring taps of the kernel, 1 for none.

    Returns:
        `(m,)`: float32 if both inputs are, else float64.

    Raises:
        ClassroomError: If the kernel reaches further than the padded row.
        ValueError: If shapes or settings are of another kind.

    Example:
        >>> cross_correlate1d(np.array([0, 0, 5, 5]), np.array([-1, 0, 1]))
        array([5., 5.])

    Reference:
        Goodfellow, Bengio & Courville 2016, *Deep Learning*, section 9.1.
    """
    _check_axes(values, 1, "values", "(n,)")
    _check_axes(kernel, 1, "kernel", "(k,)")
    across: tuple[Padding, Padding] = (0, padding)
    result = cross_correlate2d(values[np.newaxis], kernel[np.newaxis], (1, stride), across, (1, dilation))
    row: Floats = result[0]
    return row


def cross_correlate2d(
    image: Numbers, kernel: Numbers, stride: Pair = 1, padding: PaddingPair = "valid", dilation: Pair = 1
) -> Floats:
    """Slide a kernel over an image; at each place multiply each pixel by the weight on it, and add up.

    This is what a convolutional layer does with one channel, and what libraries call convolution.

    Args:
        image: `(height, width)`.
        kernel: `(kernel height, kernel width)`, laid on as it is.
        stride: How far the kernel moves each time, at least 1; one number, or one for each axis.
        padding: `"valid"`, `"same"`, or how many rows and columns of zeros are added at each side.
        dilation: Distance between neighbouring taps of the kernel, 1 for none.

    Returns:
        `(output height, output width)`: float32 if both inputs are, else float64.

    Raises:
        ClassroomError: If the kernel reaches further than the padded image.
        ValueError: If shapes or settings are of another kind.

    Example:
        >>> cross_correlate2d(np.arange(9).reshape(3, 3), np.arange(4).reshape(2, 2))
        array([[19., 25.],
               [37., 43.]])

    Reference:
        Dumoulin & Visin 2016, *A guide to convolution arithmetic for deep learning*, chapter 2.
    """
    _check_axes(image, 2, "image", "(height, width)")
    _check_axes(kernel, 2, "kernel", "(height, width)")
    result = conv_layer(image[..., np.newaxis], kernel[..., np.newaxis, np.newaxis], None, stride, padding, dilation)
    channel: Floats = result[..., 0]
    return channel


def convolve2d(
    image: Numbers, kernel: Numbers, stride: Pair = 1, padding: PaddingPair = "valid", dilation: Pair = 1
) -> Floats:
    """Convolution as mathematics defines it: the kernel is turned by 180 degrees, then it slides.

    A network learns its kernels, so it would learn the turned ones as easily, and layers leave the turning out. Where
    a kernel is given by hand, it matters: edges change their sign.

    Args:
        image: `(height, width)`.
        kernel: `(kernel height, kernel width)`, before it is turned.
        stride: As in `cross_correlate2d`.
        padding: As in `cross_correlate2d`.
        dilation: As in `cross_correlate2d`.

    Returns:
        `(output height, output width)`.

    Raises:
        ClassroomError: If the kernel reaches further than the padded image.
        ValueError: If shapes or settings are of another kind.

    Example:
        >>> convolve2d(np.arange(9).reshape(3, 3), np.arange(4).reshape(2, 2))
        array([[ 5., 11.],
               [23., 29.]])

    Reference:
        Goodfellow, Bengio & Courville 2016, *Deep Learning*, equations 9.4 to 9.6.
    """
    _check_axes(kernel, 2, "kernel", "(height, width)")
    return cross_correlate2d(image, turned(kernel), stride, padding, dilation)


def conv_layer(
    image: Numbers,
    kernels: Numbers,
    bias: Numbers | None = None,
    stride: Pair = 1,
    padding: PaddingPair = "valid",
    dilation: Pair = 1,
) -> Floats:
    """What a convolutional layer works out before its activation: every filter over every channel, added up.

    A filter has one kernel for each channel of the image. The sums of all channels and the filter's bias are added to
    one number; so each filter makes one feature map, however many channels come in.

    Args:
        image: `(height, width, channels)`.
        kernels: `(kernel height, kernel width, channels, filters)`, as Keras keeps them.
        bias: `(filters,)`; none if left out.
        stride: As in `cross_correlate2d`.
        padding: As in `cross_correlate2d`.
        dilation: As in `cross_correlate2d`.

    Returns:
        `(output height, output width, filters)`: float32 if image and kernels are, else float64.

    Raises:
        ClassroomError: If the kernels reach further than the padded image.
        ValueError: If shapes or settings are of another kind, or do not belong together.

    Example:
        >>> colours = np.ones((4, 4, 3))
        >>> conv_layer(colours, np.ones((3, 3, 3, 8)), np.full(8, 0.5)).shape
        (2, 2, 8)
        >>> float(conv_layer(colours, np.ones((3, 3, 3, 8)), np.full(8, 0.5))[0, 0, 0])
        27.5

    Reference:
        Goodfellow, Bengio & Courville 2016, *Deep Learning*, section 9.5.
    """
    _check_axes(image, 3, "image", "(height, width, channels)")
    _check_axes(kernels, 4, "kernels", "(height, width, channels, filters)")
    if image.shape[2] != kernels.shape[2]:
        raise ValueError(
            "kernels must have one for each channel of the image. "
            f"Received: image.shape={image.shape}, kernels.shape={kernels.shape}."
        )
    if bias is not None and bias.shape != kernels.shape[3:]:
        raise ValueError(
            f"bias must be one number for each filter. Received: bias.shape={bias.shape}, "
            f"kernels.shape={kernels.shape}."
        )
    size, kernel = (image.shape[0], image.shape[1]), (kernels.shape[0], kernels.shape[1])
    rows, columns = axis_windows(size, kernel, stride, padding, dilation)
    check_window(size, kernel, padding, dilation)
    image, kernels = (numbers.astype(_float_type(image, kernels), copy=False) for numbers in (image, kernels))
    padded = padded2d(image, (rows.before_and_after, columns.before_and_after))
    patches = sliding_window_view(padded, (rows.reach, columns.reach), axis=(0, 1))
    patches = patches[:: rows.stride, :: columns.stride, :, :: rows.dilation, :: columns.dilation]
    patches = patches[: rows.places, : columns.places]
    sums: Floats = np.tensordot(patches, kernels, axes=([3, 4, 2], [0, 1, 2]))
    return sums if bias is None else sums + bias.astype(sums.dtype, copy=False)


def turned(kernel: Numbers) -> Numbers:
    """A kernel turned by 180 degrees.

    Args:
        kernel: `(height, width)`.

    Example:
        >>> turned(np.arange(4).reshape(2, 2)).tolist()
        [[3, 2], [1, 0]]
    """
    return kernel[::-1, ::-1]


def _float_type(*arrays: Numbers) -> Any:
    """Bytes and whole numbers would overflow: all but float32 is worked out in float64."""
    return np.float32 if all(array.dtype == np.float32 for array in arrays) else np.float64


def _check_axes(array: Numbers, count: int, name: str, axes: str) -> None:
    if array.ndim != count or 0 in array.shape:
        raise ValueError(f"{name} must be {axes}, none of them 0. Received: {name}.shape={array.shape}.")
