"""How much of a feature map lies where the activation is flat, and what becomes of that when the bias moves.

Reference:
    Glorot & Bengio 2010, *Understanding the difficulty of training deep feedforward neural networks*; Maas, Hannun &
    Ng 2013, *Rectifier nonlinearities improve neural network acoustic models*.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from cnn_core.data.scaling import to_network_input
from cnn_core.operations.activations import ActivationFunction, Doubles
from cnn_core.operations.convolution import conv_layer

FLAT_SLOPE = 0.05
"""Where the slope is smaller, the activation is called flat: less than a twentieth of a gradient passes."""


@dataclass(frozen=True)
class Flatness:
    """Where the numbers of a feature map lie on the activation's curve.

    Args:
        below: Share of the numbers that are below zero.
        zeros: Share of the results that are 0.
        flat: Share of the numbers that lie where the slope is smaller than `FLAT_SLOPE`, upwards or downwards.
        mean_slope: The mean size of the slope: so much of a gradient passes.
    """

    below: float
    zeros: float
    flat: float
    mean_slope: float


def unit_sums(images: npt.NDArray[np.uint8], kernel: npt.NDArray[np.floating[Any]], bias: float) -> Doubles:
    """What one filter of a first layer adds up for every pixel, before the activation.

    Args:
        images: `(count, height, width, channels)`.
        kernel: `(kernel height, kernel width, channels)`.
        bias: The filter's bias.

    Returns:
        `(count, height, width)`; at the edges zeros are added, as with `"same"` padding.

    Example:
        >>> images = np.array([[[[0], [255], [255]]]], np.uint8)
        >>> unit_sums(images, np.array([[[-1.0], [0.0], [1.0]]]), 0.5).tolist()
        [[[1.5, 1.5, -0.5]]]

    Reference:
        Goodfellow, Bengio & Courville 2016, *Deep Learning*, section 9.5.
    """
    weights = kernel[..., np.newaxis].astype(np.float64)
    maps = [conv_layer(to_network_input(image), weights, np.array([bias]), padding="same")[..., 0] for image in images]
    return np.stack(maps)


def moved_sums(sums: Doubles, factor: float, added: float) -> Doubles:
    """What a unit's sums become when all its weights and its bias are multiplied, and then the bias is moved.

    Args:
        sums: Any shape.
        factor: What weights and bias are multiplied by.
        added: What is added to the bias.

    Example:
        >>> moved_sums(np.array([-1.0, 2.0]), 3.0, -0.5).tolist()
        [-3.5, 5.5]
    """
    return sums * factor + added


def flatness(sums: npt.NDArray[np.floating[Any]], activation: ActivationFunction) -> Flatness:
    """Say how much of a feature map lies where the activation is flat.

    Args:
        sums: Any shape: the numbers before the activation.
        activation: The activation.

    Raises:
        ValueError: If there are no numbers.

    Example:
        >>> from cnn_core.operations.activations import ACTIVATIONS
        >>> flatness(np.array([-2.0, -1.0, -0.5, 3.0]), ACTIVATIONS["relu"])
        Flatness(below=0.75, zeros=0.75, flat=0.75, mean_slope=0.25)
    """
    if not sums.size:
        raise ValueError(f"sums must hold at least one number. Received: sums.shape={sums.shape}.")
    slopes = np.abs(activation.slope(sums))
    zeros = float((activation(sums) == 0).mean())
    return Flatness(float((sums < 0).mean()), zeros, float((slopes < FLAT_SLOPE).mean()), float(slopes.mean()))


def flat_over_bias(
    sums: npt.NDArray[np.floating[Any]], activation: ActivationFunction, biases: npt.NDArray[np.floating[Any]]
) -> Doubles:
    """Say for each of several biases how much of a feature map would lie where the activation is flat.

    Args:
        sums: Any shape: the numbers before the activation.
        activation: The activation.
        biases: `(count,)`, what is added to all numbers.

    Returns:
        `(count,)` shares from 0 to 1.

    Example:
        >>> from cnn_core.operations.activations import ACTIVATIONS
        >>> flat_over_bias(np.array([-1.0, 1.0]), ACTIVATIONS["relu"], np.array([-2.0, 0.0, 2.0])).tolist()
        [1.0, 0.5, 0.0]
    """
    slopes = np.abs(activation.slope(sums.reshape(1, -1) + biases.reshape(-1, 1)))
    shares: Doubles = (slopes < FLAT_SLOPE).mean(axis=1)
    return shares


def silent_images(sums: npt.NDArray[np.floating[Any]], activation: ActivationFunction) -> int:
    """Count the images of which nothing at all comes through.

    A unit is dead when it gives 0 at every place of every image: no gradient passes, so that it stays dead.

    Args:
        sums: `(images, height, width)`, one unit's numbers before the activation.
        activation: The activation.

    Example:
        >>> from cnn_core.operations.activations import ACTIVATIONS
        >>> silent_images(np.array([[[-1.0, -2.0]], [[-1.0, 2.0]]]), ACTIVATIONS["relu"])
        1
    """
    return int((activation(sums) == 0).all(axis=(1, 2)).sum())
