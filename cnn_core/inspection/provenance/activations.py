"""The activations of Keras, in NumPy."""

from __future__ import annotations

from collections.abc import Callable
from math import erf, sqrt
from types import MappingProxyType

import numpy as np

from cnn_core.inspection.provenance.records import ActivationStep, Doubles

LEAKY_SLOPE = 0.2
"""Keras's slope of a leaky ReLU below zero."""


def activate(values: Doubles, name: str) -> Doubles:
    """Apply an activation.

    Args:
        values: Any shape; softmax works along the last axis.
        name: One of `ACTIVATIONS`.

    Returns:
        The same shape.

    Example:
        >>> activate(np.array([-1.0, 0.0, 2.0]), "relu").tolist()
        [0.0, 0.0, 2.0]
        >>> activate(np.array([0.0, 0.0]), "softmax").tolist()
        [0.5, 0.5]

    Reference:
        Goodfellow, Bengio & Courville 2016, *Deep Learning*, section 6.3.
    """
    return _FUNCTIONS[name](values)


def activation_step(vector: Doubles, index: int, name: str) -> ActivationStep:
    """Say what an activation makes of one number of a vector.

    Args:
        vector: `(count,)`, the numbers of one place in all channels, before the activation.
        index: Which of them.
        name: The activation.
    """
    before = float(vector[index])
    if name == "softmax":
        return ActivationStep(name, before, float(activate(vector, name)[index]), vector)
    result = float(activate(vector[index : index + 1], name)[0])
    return ActivationStep(name, before, result, np.zeros(0))


def _softmax(values: Doubles) -> Doubles:
    powers = np.exp(values - values.max(axis=-1, keepdims=True))  # the largest is 1, so that exp stays finite
    shares: Doubles = powers / powers.sum(axis=-1, keepdims=True)
    return shares


def _sigmoid(values: Doubles) -> Doubles:
    powers = np.exp(-np.abs(values))
    shares: Doubles = np.where(values >= 0, 1.0, powers) / (1 + powers)
    return shares


def _gelu(values: Doubles) -> Doubles:
    errors = np.array([erf(value / sqrt(2)) for value in values.ravel()]).reshape(values.shape)
    weighted: Doubles = values * 0.5 * (1 + errors)
    return weighted


_FUNCTIONS: MappingProxyType[str, Callable[[Doubles], Doubles]] = MappingProxyType(
    {
        "linear": lambda values: values,
        "relu": lambda values: np.maximum(values, 0.0),
        "leaky_relu": lambda values: np.where(values >= 0, values, LEAKY_SLOPE * values),
        "elu": lambda values: np.where(values >= 0, values, np.expm1(np.minimum(values, 0.0))),
        "gelu": _gelu,
        "silu": lambda values: values * _sigmoid(values),
        "sigmoid": _sigmoid,
        "tanh": np.tanh,
        "softmax": _softmax,
    }
)
