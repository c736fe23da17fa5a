"""Other walks of a kernel: transposed, depthwise, pointwise, and the last two together as a separable convolution.

A dilated convolution is `cross_correlate2d` with a dilation above 1.
"""

from __future__ import annotations

import numpy as np

from cnn_core.operations.convolution import conv_layer
from cnn_core.operations.transposed_convolution import (
    TransposedSteps,
    check_axes,
    transposed_by_matrix,
    transposed_conv2d,
    transposed_conv_layer,
    transposed_output_size,
    transposed_size_formula,
    transposed_steps,
)
from cnn_core.operations.windows import Floats, Numbers, PaddingPair, Pair

__all__ = [
    "TransposedSteps",
    "depthwise_conv_layer",
    "pointwise_conv_layer",
    "separable_conv_layer",
    "separable_kernels",
    "transposed_by_matrix",
    "transposed_conv2d",
    "transposed_conv_layer",
    "transposed_output_size",
    "transposed_size_formula",
    "transposed_steps",
]


def depthwise_conv_layer(
    image: Numbers,
    kernels: Numbers,
    bias: Numbers | None = None,
    stride: Pair = 1,
    padding: PaddingPair = "valid",
    dilation: Pair = 1,
) -> Floats:
    """Slide over each channel a kernel of its own; the channels are not added up.

    Args:
        image: `(height, width, channels)`.
        kernels: `(kernel height, kernel width, channels, 1)`, as Keras keeps them, or without the last axis.
        bias: `(channels,)`; none if left out.
        stride: As in `conv_layer`.
        padding: As in `conv_layer`.
        dilation: As in `conv_layer`.

    Returns:
        `(output height, output width, channels)`: as many channels as came in.

    Raises:
        ClassroomError: If the kernels reach further than the padded image.
        ValueError: If shapes or settings are of another kind, or do not belong together.

    Example:
        >>> depthwise_conv_layer(np.ones((3, 3, 2)), np.stack([np.ones((2, 2)), np.zeros((2, 2))], axis=-1))[0, 0]
        array([4., 0.])

    Reference:
        Howard et al. 2017, *MobileNets: efficient convolutional neural networks for mobile vision applications*.
    """
    check_axes(image, 3, "image", "(height, width, channels)")
    if kernels.ndim == 3:
        kernels = kernels[..., np.newaxis]
    check_axes(kernels, 4, "kernels", "(kernel height, kernel width, channels, 1)")
    if kernels.shape[2:] != (image.shape[2], 1):
        raise ValueError(
            "kernels must be one for each channel of the image. "
            f"Received: image.shape={image.shape}, kernels.shape={kernels.shape}."
        )
    maps = [
        conv_layer(one[..., np.newaxis], kernel[:, :, np.newaxis], None, stride, padding, dilation)
        for one, kernel in zip(np.moveaxis(image, 2, 0), np.moveaxis(kernels, 2, 0), strict=True)
    ]
    result: Floats = np.concatenate(maps, axis=2)
    return result if bias is None else result + bias


def pointwise_conv_layer(image: Numbers, weights: Numbers, bias: Numbers | None = None) -> Floats:
    """A convolution of 1×1: at every place the channels are mixed, and no place sees its neighbours.

    Args:
        image: `(height, width, channels)`.
        weights: `(channels, filters)`, or `(1, 1, channels, filters)` as Keras keeps them.
        bias: `(filters,)`; none if left out.

    Returns:
        `(height, width, filters)`.

    Raises:
        ValueError: If shapes are of another kind, or do not belong together.

    Example:
        >>> pointwise_conv_layer(np.array([[[3, 5]]]), np.array([[2, 1], [1, -1]]))
        array([[[11., -2.]]])

    Reference:
        Lin, Chen & Yan 2014, *Network in network*.
    """
    return conv_layer(image, weights[np.newaxis, np.newaxis] if weights.ndim == 2 else weights, bias)


def separable_conv_layer(
    image: Numbers,
    kernels: Numbers,
    weights: Numbers,
    bias: Numbers | None = None,
    stride: Pair = 1,
    padding: PaddingPair = "valid",
    dilation: Pair = 1,
) -> Floats:
    """A depthwise convolution, then a pointwise one: first look around in each channel, then mix the channels.

    Args:
        image: `(height, width, channels)`.
        kernels: `(kernel height, kernel width, channels, 1)`, as in `depthwise_conv_layer`.
        weights: `(channels, filters)`, as in `pointwise_conv_layer`.
        bias: `(filters,)`; none if left out.
        stride: As in `conv_layer`.
        padding: As in `conv_layer`.
        dilation: As in `conv_layer`.

    Returns:
        `(output height, output width, filters)`.

    Raises:
        ClassroomError: If the kernels reach further than the padded image.
        ValueError: If shapes or settings are of another kind, or do not belong together.

    Example:
        >>> separable_conv_layer(np.ones((4, 4, 3)), np.ones((3, 3, 3, 1)), np.ones((3, 8))).shape
        (2, 2, 8)

    Reference:
        Chollet 2017, *Xception: deep learning with depthwise separable convolutions*.
    """
    return pointwise_conv_layer(depthwise_conv_layer(image, kernels, None, stride, padding, dilation), weights, bias)


def separable_kernels(kernels: Numbers, weights: Numbers) -> Floats:
    """The kernels of the ordinary convolution that does the same as a separable one: each a kernel times a weight.

    Args:
        kernels: `(kernel height, kernel width, channels)`.
        weights: `(channels, filters)`.

    Returns:
        `(kernel height, kernel width, channels, filters)`.

    Example:
        >>> separable_kernels(np.ones((3, 3, 2)), np.array([[2.0], [5.0]]))[0, 0, :, 0]
        array([2., 5.])
    """
    product: Floats = kernels[..., np.newaxis].astype(np.float64) * weights
    return product
