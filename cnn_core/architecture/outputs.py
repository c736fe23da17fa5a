"""What a network's answer is: probabilities, or numbers before them, and the loss that belongs to it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from cnn_core.architecture.layers import Activation, Dropout, Flatten, GlobalPooling2D, KerasCall
from cnn_core.architecture.shapes import network_figures
from cnn_core.architecture.spec import NetworkSpec


def final_activation(spec: NetworkSpec) -> str:
    """Name the activation that a network's answer has gone through; `"linear"` if there is none.

    Layers that pass the numbers on (dropout, flatten, global pooling) are looked through. Behind some of them the
    shares of a softmax no longer sum to 1, as one place of an image is as good as the next, or the largest is taken
    of each: then they are `"linear"`, numbers to be compared, and no probabilities.

    Args:
        spec: A network that can be built.

    Example:
        >>> from cnn_core.architecture.layers import Conv2D, Dense
        >>> final_activation(NetworkSpec((8, 8, 1), (Flatten(), Dense(units=3, activation="softmax"), Dropout())))
        'softmax'
        >>> final_activation(NetworkSpec((8, 8, 1), (Conv2D(filters=3, activation="softmax"), GlobalPooling2D())))
        'softmax'
        >>> final_activation(NetworkSpec((8, 8, 1), (Conv2D(filters=3, activation="softmax"), Flatten())))
        'linear'
    """
    keeps_sum = True
    for row in reversed(network_figures(spec).layers):
        layer, has_one_place = row.layer, len(row.input_shape) == 1 or row.input_shape[:2] == (1, 1)
        activation = getattr(layer, "activation", "")
        if activation == "linear" and isinstance(layer, Activation):
            continue
        if activation:
            return "linear" if activation == "softmax" and not keeps_sum else str(activation)
        match layer:
            case Flatten():
                keeps_sum = keeps_sum and has_one_place
            case GlobalPooling2D():
                keeps_sum = keeps_sum and (has_one_place or layer.pooling == "average")
            case Dropout():
                pass
            case _:
                break
    return "linear"


def before_final_activation(spec: NetworkSpec) -> NetworkSpec:
    """Return the network without the softmax or sigmoid that makes its answer a probability: it answers with logits.

    It has the same layers by the same names, and takes the same weights. A network whose answer is no probability is
    returned as it is.

    Args:
        spec: A network that can be built.

    Example:
        >>> from cnn_core.architecture.layers import Dense
        >>> spec = NetworkSpec((8, 8, 1), (Flatten(), Dense(units=3, activation="softmax")))
        >>> before_final_activation(spec).layers[-1].activation
        'linear'
    """
    if not is_probability(spec):
        return spec
    layers = list(spec.layers)
    for index in reversed(range(len(layers))):
        if getattr(layers[index], "activation", "linear") != "linear":
            layers[index] = replace(layers[index], activation="linear")  # type: ignore[type-var]
            break
    return replace(spec, layers=tuple(layers))


def is_binary(spec: NetworkSpec) -> bool:
    """Whether the network gives one number, which tells two classes apart.

    Args:
        spec: A network that can be built.
    """
    return network_figures(spec).output_shape == (1,)


def is_probability(spec: NetworkSpec) -> bool:
    """Whether the network's answer is a probability, or one for each class, and not numbers before them.

    Args:
        spec: A network that can be built.

    Example:
        >>> from cnn_core.architecture.layers import Dense
        >>> layers = (Flatten(), Dense(units=3, activation="linear"))
        >>> is_probability(NetworkSpec((8, 8, 1), layers))
        False
        >>> is_probability(NetworkSpec((8, 8, 1), (*layers, Activation(activation="softmax"))))
        True
    """
    # Softmax over one number is always 1 and says nothing; like sigmoid it is a probability already.
    return final_activation(spec) in (("sigmoid", "softmax") if is_binary(spec) else ("softmax",))


def loss_call(spec: NetworkSpec, label_smoothing: float = 0.0) -> KerasCall:
    """Name the loss that belongs to the network's answer: binary for one number, from logits where it is none yet.

    Args:
        spec: A network that can be built.
        label_smoothing: Share of the certainty that is spread over all classes, 0 to 0.5. With it, the loss for more
            than two classes takes the classes as vectors of zeros and a one, not as numbers.
    """
    arguments: dict[str, Any] = {} if is_probability(spec) else {"from_logits": True}
    if label_smoothing:
        arguments["label_smoothing"] = label_smoothing
    several = "CategoricalCrossentropy" if label_smoothing else "SparseCategoricalCrossentropy"
    return KerasCall("BinaryCrossentropy" if is_binary(spec) else several, arguments, module="losses")
