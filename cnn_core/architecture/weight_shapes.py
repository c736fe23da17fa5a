"""The arrays of weights that a network has, in Keras's order, by arithmetic alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import prod

import numpy as np
import numpy.typing as npt

from cnn_core.architecture.layers import BLOCK_INPUT, KerasCall, KerasNode, Shape
from cnn_core.architecture.layers.base import window_output_size
from cnn_core.architecture.seeds import node_name
from cnn_core.architecture.shapes import network_figures
from cnn_core.architecture.spec import NetworkSpec

NORMALIZATION_WEIGHTS = 4
"""Scale, shift, mean and variance."""


@dataclass(frozen=True)
class NodeWeights:
    """One Keras layer of a network, and the arrays that it learns.

    Args:
        name: Its name in Keras.
        node: How Keras writes it.
        inputs: The names of those that it takes its input from; `"image"` is what the network takes in.
        input_shape: What comes in first, without the batch axis.
        shapes: The shape of each of its arrays, in Keras's order; none where it learns nothing.
    """

    name: str
    node: KerasNode
    inputs: tuple[str, ...]
    input_shape: Shape
    shapes: tuple[Shape, ...]


def network_nodes(spec: NetworkSpec) -> tuple[NodeWeights, ...]:
    """List the Keras layers of a network in the order in which Keras lists their weights.

    Raises:
        ClassroomError: If the network cannot be built.

    Example:
        >>> from cnn_core.architecture.layers import Dense, Flatten
        >>> spec = NetworkSpec((28, 28, 1), (Flatten(), Dense(units=10, activation="softmax")))
        >>> [(node.name, node.inputs, node.shapes) for node in network_nodes(spec)]
        [('flatten_1', ('image',), ()), ('dense_1', ('flatten_1',), ((784, 10), (10,)))]
    """
    found: list[NodeWeights] = []
    source = "image"
    for row in network_figures(spec).layers:
        names, shapes = {BLOCK_INPUT: source}, {BLOCK_INPUT: row.input_shape}
        for node in row.layer.keras_nodes(row.input_shape):
            name, shape = node_name(row.name, node), shapes[node.inputs[0]]
            inputs = tuple(names[suffix] for suffix in node.inputs)
            found.append(NodeWeights(name, node, inputs, shape, tuple(_shapes(node.call, shape))))
            names[node.suffix] = name
            shapes[node.suffix] = row.output_shape if node.suffix == "" else _output_shape(node.call, shape)
        source = row.name
    return tuple(found)


def weight_shapes(spec: NetworkSpec) -> tuple[Shape, ...]:
    """Return the shape of each array of a network's weights, in the order of Keras's `get_weights`.

    Raises:
        ClassroomError: If the network cannot be built.
        ValueError: If it has a kind of layer whose weights this module does not know.
    """
    shapes = tuple(shape for node in network_nodes(spec) for shape in node.shapes)
    count, parameters = sum(map(prod, shapes)), network_figures(spec).parameters
    if count != parameters:
        raise ValueError(f"shapes must hold {parameters} numbers in all. Received: {count}.")
    return shapes


def split_weights(numbers: npt.NDArray[np.float32], shapes: Iterable[Shape]) -> tuple[npt.NDArray[np.float32], ...]:
    """Cut one long row of numbers into arrays, without copying them.

    Args:
        numbers: `(parameters,)`.
        shapes: The shape of each array; together they hold as many numbers.

    Returns:
        The arrays, in the order of the shapes.

    Example:
        >>> [array.tolist() for array in split_weights(np.arange(5, dtype=np.float32), [(2, 2), (1,)])]
        [[[0.0, 1.0], [2.0, 3.0]], [4.0]]
    """
    arrays, start = [], 0
    for shape in shapes:
        arrays.append(numbers[start : start + prod(shape)].reshape(shape))
        start += prod(shape)
    return tuple(arrays)


def _shapes(call: KerasCall, shape: Shape) -> Iterator[Shape]:
    arguments, channels = call.arguments, shape[-1]
    match call.class_name:
        case "Dense":
            yield (channels, arguments["units"])
            yield from _bias(call, arguments["units"])
        case "Conv2D":
            yield (*_sides(call), channels, arguments["filters"])
            yield from _bias(call, arguments["filters"])
        case "SeparableConv2D":
            yield (*_sides(call), channels, 1)
            yield (1, 1, channels, arguments["filters"])
            yield from _bias(call, arguments["filters"])
        case "BatchNormalization":
            yield from ((channels,) for _ in range(NORMALIZATION_WEIGHTS))


def _bias(call: KerasCall, count: int) -> Iterator[Shape]:
    if call.arguments.get("use_bias", True):
        yield (count,)


def _sides(call: KerasCall) -> tuple[int, int]:
    size = call.arguments["kernel_size"]
    return (size, size) if isinstance(size, int) else (size[0], size[1])


def _output_shape(call: KerasCall, shape: Shape) -> Shape:
    """The shape after one of the layers that a layer of ours consists of; its last one has that of the whole."""
    arguments = call.arguments
    if call.class_name not in ("Conv2D", "MaxPooling2D"):
        return shape
    sides = _sides(call) if call.class_name == "Conv2D" else (arguments["pool_size"],) * 2
    stride, padding = arguments.get("strides", 1), arguments.get("padding", "valid")
    height, width = (
        window_output_size(side, taps, stride, padding) for side, taps in zip(shape[:2], sides, strict=True)
    )
    return height, width, arguments.get("filters", shape[2])
