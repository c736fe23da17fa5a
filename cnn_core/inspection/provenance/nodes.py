"""A network taken apart into steps: one for each Keras layer, two for a separable convolution."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from cnn_core.architecture.layers import KerasCall, Shape, Window
from cnn_core.architecture.seeds import node_name
from cnn_core.architecture.shapes import network_figures
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.architecture.weight_shapes import NodeWeights, network_nodes
from cnn_core.inspection.provenance.records import Doubles, Flags, Places

DEPTHWISE = "DepthwiseConv2D"
"""What the first half of a separable convolution is called here, and in Keras."""


class Read(Protocol):
    """Reads numbers of a node: `(rows, columns, channels)` at every pair of a row and a column."""

    def __call__(self, node: str, rows: Places, columns: Places) -> Doubles:
        """Read them."""


@dataclass(frozen=True, eq=False)
class Node:
    """One step of a network.

    Args:
        name: Its name, as Keras has it; the first half of a separable convolution is `"separable_1_depthwise"`.
        layer: Name of the network's layer that it is a part of.
        class_name: The Keras class, as `"Conv2D"`.
        arguments: What Keras is told.
        inputs: The names of the nodes that it takes its input from.
        input_shape: What comes in first.
        output_shape: What goes out.
        weights: Its arrays, in Keras's order.
    """

    name: str
    layer: str
    class_name: str
    arguments: Mapping[str, Any]
    inputs: tuple[str, ...]
    input_shape: Shape
    output_shape: Shape
    weights: tuple[npt.NDArray[Any], ...]

    @property
    def window(self) -> Window:
        """The window that slides over the image."""
        return _window(self.arguments)

    @property
    def activation(self) -> str:
        """The activation; `"linear"` if there is none."""
        return str(self.arguments.get("activation", "linear"))


def build_nodes(spec: NetworkSpec, weights: Sequence[npt.NDArray[Any]]) -> dict[str, Node]:
    """Take a network apart.

    Args:
        spec: The network.
        weights: Its weights in Keras's order.

    Returns:
        Its nodes by their names, in the order in which they compute.

    Raises:
        ClassroomError: If the network cannot be built.
        ValueError: If the weights belong to another network.
    """
    figures = network_figures(spec).layers
    layers = {node_name(row.name, node): row.name for row in figures for node in row.layer.keras_nodes(row.input_shape)}
    shapes = {row.name: row.output_shape for row in figures}
    described = network_nodes(spec)
    expected = [shape for node in described for shape in node.shapes]
    received = [np.shape(array) for array in weights]
    if expected != received:
        raise ValueError(f"weights must have the shapes {expected}. Received: {received}.")
    found: dict[str, Node] = {}
    start = 0
    for node in described:
        arrays = tuple(weights[start : start + len(node.shapes)])
        start += len(node.shapes)
        for part in _parts(node, layers[node.name], shapes.get(node.name), arrays):
            found[part.name] = part
    return found


def window_taps(window: Window, size: int, axis: int, places: Places) -> tuple[Places, Flags]:
    """Say where a window's taps lie along an axis.

    Args:
        window: The window.
        size: Pixels along the axis.
        axis: 0 for the height, 1 for the width.
        places: `(count,)`, at which of its stops the window is.

    Returns:
        `(count, taps)`, the pixel under each tap; and whether it lies in the image.

    Example:
        >>> taps, is_inside = window_taps(Window(3, 3, padding="same"), 5, 0, np.array([0, 4]))
        >>> taps.tolist(), is_inside.tolist()
        ([[-1, 0, 1], [3, 4, 5]], [[False, True, True], [True, True, False]])
    """
    first = np.array([window.first_tap(size, axis, int(place)) for place in places], dtype=np.int64)
    taps = first[:, np.newaxis] + np.arange(window.taps(axis)) * window.dilation_rate
    return taps, (taps >= 0) & (taps < size)


def _parts(
    node: NodeWeights, layer: str, output_shape: Shape | None, arrays: tuple[npt.NDArray[Any], ...]
) -> Iterator[Node]:
    call, shape = node.node.call, node.input_shape
    arguments = dict(call.arguments)
    if call.class_name != "SeparableConv2D":
        output = output_shape or _inner_shape(call, shape)
        yield Node(node.name, layer, call.class_name, arguments, node.inputs, shape, output, arrays)
        return
    first = f"{node.name}_depthwise"
    window = _window(arguments)
    between = (window.places(shape[0], 0), window.places(shape[1], 1), shape[2])
    sliding = {name: arguments[name] for name in _WINDOW_ARGUMENTS if name in arguments}
    mixing = {name: value for name, value in arguments.items() if name not in _WINDOW_ARGUMENTS} | {"kernel_size": 1}
    yield Node(first, layer, DEPTHWISE, sliding, node.inputs, shape, between, arrays[:1])
    yield Node(node.name, layer, "Conv2D", mixing, (first,), between, output_shape or between, arrays[1:])


def _inner_shape(call: KerasCall, shape: Shape) -> Shape:
    if not {"kernel_size", "pool_size"} & call.arguments.keys():
        return shape
    window = _window(call.arguments)
    height, width, channels = shape
    return window.places(height, 0), window.places(width, 1), call.arguments.get("filters", channels)


_WINDOW_ARGUMENTS = ("kernel_size", "strides", "padding", "dilation_rate")


def _window(arguments: Mapping[str, Any]) -> Window:
    size = arguments["kernel_size"] if "kernel_size" in arguments else arguments["pool_size"]
    height, width = (size, size) if isinstance(size, int) else size
    return Window(
        height,
        width,
        arguments.get("strides", 1),
        arguments.get("padding", "valid"),
        arguments.get("dilation_rate", 1),
    )
