"""A network brought to other images and other classes: its input and its answer change, and nothing between them."""

from __future__ import annotations

from dataclasses import replace

from cnn_core.architecture.layers import (
    Activation,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    GlobalPooling2D,
    Layer,
    SeparableConv2D,
)
from cnn_core.architecture.outputs import final_activation
from cnn_core.architecture.shapes import class_count, find_problem
from cnn_core.architecture.spec import NetworkSpec, shape_text

PROBABILITIES = ("softmax", "sigmoid")
_PASSES_ON = (Activation, Dropout, Flatten, GlobalPooling2D)
"""Layers behind the last kernel that only pass its numbers on, or apply a function to them."""


def fits_images(spec: NetworkSpec, image_shape: tuple[int, int, int], classes: int) -> bool:
    """Whether a network takes such images and gives an answer for as many classes; one number tells two apart.

    Args:
        spec: A network that can be built.
        image_shape: Height, width and channels.
        classes: How many classes there are, at least 2.

    Example:
        >>> from cnn_core.architecture.presets import preset
        >>> cells = preset("blood-cells").spec
        >>> fits_images(cells, (64, 64, 3), 2), fits_images(cells, (64, 64, 3), 3), fits_images(cells, (32, 32, 3), 2)
        (True, False, False)
    """
    return image_shape == spec.input_shape and class_count(spec) == classes


def fitted_to(spec: NetworkSpec, image_shape: tuple[int, int, int], classes: int) -> NetworkSpec:
    """Give a network the input and the answer that a data set needs; what fits already stays as it is.

    For two classes the answer becomes one number with a sigmoid: the probability of the second class. For more it is
    one number for each, with a softmax, or as logits where the network gave logits before.

    Args:
        spec: A network.
        image_shape: Height, width and channels of the images.
        classes: How many classes there are, at least 2.

    Returns:
        The network; with smaller images it may be one that cannot be built.

    Example:
        >>> from cnn_core.architecture.presets import preset
        >>> fitted = fitted_to(preset("first").spec, (64, 64, 3), 2)
        >>> fitted.input_shape, fitted.layers[-1].units, fitted.layers[-1].activation
        ((64, 64, 3), 1, 'sigmoid')
        >>> fitted_to(fitted, (64, 64, 3), 2) is fitted
        True
    """
    fitting = spec if spec.input_shape == image_shape else replace(spec, input_shape=image_shape)
    if find_problem(fitting) is None and class_count(fitting) == classes:
        return fitting
    return replace(fitting, layers=_with_answer(fitting.layers, classes, _output_activation(spec, classes)))


def fitting_words(spec: NetworkSpec, image_shape: tuple[int, int, int], classes: int) -> str:
    """Say what `fitted_to` would change, for a button; `""` where nothing.

    Args:
        spec: A network that can be built.
        image_shape: Height, width and channels of the images.
        classes: How many classes there are, at least 2.

    Example:
        >>> from cnn_core.architecture.presets import preset
        >>> fitting_words(preset("first").spec, (28, 28, 1), 2)
        'one sigmoid output for two classes'
        >>> fitting_words(preset("blood-cells").spec, (32, 32, 3), 10)
        'images of 32×32×3 and 10 outputs'
    """
    words = [] if spec.input_shape == image_shape else [f"images of {shape_text(image_shape)}"]
    if class_count(spec) != classes:
        words.append("one sigmoid output for two classes" if classes == 2 else f"{classes} outputs")
    return " and ".join(words)


def _output_activation(spec: NetworkSpec, classes: int) -> str:
    """A network that gave logits for many classes goes on giving them; a single number becomes a probability."""
    if classes == 2:
        return "sigmoid"
    gave_logits = find_problem(spec) is None and final_activation(spec) not in PROBABILITIES
    return "linear" if gave_logits and class_count(spec) > 2 else "softmax"


def _with_answer(layers: tuple[Layer, ...], classes: int, activation: str) -> tuple[Layer, ...]:
    units = 1 if classes == 2 else classes
    last = next((index for index in reversed(range(len(layers))) if not isinstance(layers[index], _PASSES_ON)), -1)
    behind = tuple(layer for layer in layers[last + 1 :] if not isinstance(layer, Activation))
    match layers[last] if last >= 0 else None:
        case Dense() as dense:
            return (*layers[:last], replace(dense, units=units, activation=activation), *behind)
        case Conv2D() | SeparableConv2D() as convolution if any(isinstance(it, GlobalPooling2D) for it in behind):
            return (*layers[:last], replace(convolution, filters=units, activation=activation), *behind)
    is_list = any(isinstance(layer, Flatten | GlobalPooling2D | Dense) for layer in layers)
    bridge: tuple[Layer, ...] = () if is_list else (GlobalPooling2D(),)
    return (*layers, *bridge, Dense(units=units, activation=activation))
