"""Which feature maps say nothing: all of their numbers are 0, or most of them lie where their function is flat."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

from cnn_core.inspection.records import FloatArray

Health = Literal["", "dead", "saturated"]

SIGMOID_EDGE = 0.02
"""Nearer than this to 0 or 1 a sigmoid's slope is below 8 % of its largest, 1/4."""

TANH_EDGE = 0.04
"""Nearer than this to −1 or 1 the slope of tanh is below 8 % of its largest, 1."""

MOST = 0.5
"""A map is saturated if a larger share of its numbers is."""


def at_flat_end(values: FloatArray, activation: str) -> npt.NDArray[np.bool_]:
    """Say of each number whether it lies at a flat end of the function that made it.

    There the slope is so small that next to no gradient comes through. Only sigmoid and tanh have such ends.

    Args:
        values: What a layer gives out, of any shape.
        activation: The function that they have gone through, as `"tanh"`.

    Returns:
        As many truths as there are numbers, in the same shape; what is not a number is at no end.

    Example:
        >>> at_flat_end(np.float32([0.001, 0.5, 0.999]), "sigmoid").tolist()
        [True, False, True]
        >>> at_flat_end(np.float32([-0.99, 0.001, 0.999]), "tanh").tolist()
        [True, False, True]

    Reference:
        Glorot & Bengio 2010, *Understanding the difficulty of training deep feedforward neural networks*, section 3.
    """
    if activation == "sigmoid":
        return (values < SIGMOID_EDGE) | (values > 1 - SIGMOID_EDGE)
    if activation == "tanh":
        return np.abs(values) > 1 - TANH_EDGE
    return np.zeros(values.shape, dtype=np.bool_)


def map_health(values: FloatArray, activation: str) -> tuple[Health, ...]:
    """Say of each feature map whether it is dead or saturated for this image.

    Dead is a map of nothing but zeros: it passes nothing on, and behind a ReLU no gradient comes back. It may still
    say something about another image. Saturated is one with more than half of its numbers at a flat end.

    Args:
        values: `(height, width, channels)`, one feature map a channel; or `(units,)`, one number a unit.
        activation: The function that the layer ends with, as `"relu"`.

    Returns:
        One word a channel or unit; `""` for one that is well.

    Raises:
        ValueError: If the values have another number of axes.

    Example:
        >>> maps = np.zeros((2, 2, 2), dtype=np.float32)
        >>> maps[0, 1, 1] = 0.7
        >>> map_health(maps, "relu")
        ('dead', '')
        >>> map_health(np.float32([0.5, 0.99]), "tanh")
        ('', 'saturated')

    Reference:
        Maas, Hannun & Ng 2013, *Rectifier nonlinearities improve neural network acoustic models*; Glorot & Bengio
        2010, *Understanding the difficulty of training deep feedforward neural networks*.
    """
    if values.ndim not in (1, 3):
        raise ValueError(f"values must be (height, width, channels) or (units,). Received: shape={values.shape}.")
    places = tuple(range(values.ndim - 1))
    saturated = at_flat_end(values, activation).mean(axis=places) > MOST
    dead = (values == 0).all(axis=places)
    return tuple("saturated" if flat else "dead" if zero else "" for flat, zero in zip(saturated, dead, strict=True))
