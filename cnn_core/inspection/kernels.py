"""The kernels of a network, from its weights alone: which belong to which filter, and how long they are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from cnn_core.architecture.seeds import node_name
from cnn_core.architecture.shapes import network_figures
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.architecture.weight_shapes import NodeWeights, network_nodes
from cnn_core.inspection.records import FloatArray, LayerKernels


def network_kernels(spec: NetworkSpec, weights: Sequence[npt.NDArray[Any]]) -> tuple[LayerKernels, ...]:
    """Return the kernels and bias of each convolution, in the network's order; none if it has no convolution.

    A residual block has two or three convolutions. A separable one is two: one kernel for each channel, then kernels
    of 1×1 that mix the channels and have the bias.

    Args:
        spec: The network.
        weights: Its weights in Keras's order.

    Raises:
        ClassroomError: If the network cannot be built.
    """
    nodes, layers = network_nodes(spec), _layers_by_node(spec)
    found: list[LayerKernels] = []
    start = 0
    for node in nodes:
        arrays = [np.asarray(array, np.float32) for array in weights[start : start + len(node.shapes)]]
        start += len(node.shapes)
        found.extend(_of_node(node, layers[node.name], arrays))
    return tuple(found)


def filter_norms(kernels: FloatArray) -> npt.NDArray[np.float64]:
    """Return the length of each filter: the root of the sum of the squares of all its weights.

    Args:
        kernels: `(height, width, channels, filters)`.

    Returns:
        `(filters,)`, 0 and more; without the bias.

    Example:
        >>> filter_norms(np.float32([[[[3.0, 0.0]], [[4.0, 1.0]]]])).tolist()
        [5.0, 1.0]

    Reference:
        Li, Kadav, Durdanovic, Samet & Graf 2017, *Pruning filters for efficient ConvNets*.
    """
    norms: npt.NDArray[np.float64] = np.sqrt(np.square(kernels.astype(np.float64)).sum(axis=(0, 1, 2)))
    return norms


def per_filter(convolution: LayerKernels) -> FloatArray:
    """Return a convolution's kernels with one filter an index of the last axis, also where it filters by channel.

    Returns:
        `(height, width, channels, filters)`; of a depthwise one `(height, width, 1, filters)`.
    """
    return convolution.kernels.transpose(0, 1, 3, 2) if convolution.is_depthwise else convolution.kernels


def spread_moments(steps: Sequence[int], most: int) -> tuple[int, ...]:
    """Choose some of the moments of a training, evenly spread over the list, the first and the last among them.

    Args:
        steps: Moments in rising order.
        most: How many at most, at least 2.

    Example:
        >>> spread_moments((0, 1, 2, 3, 5, 8, 12), 4)
        (0, 2, 5, 12)
        >>> spread_moments((0, 9), 4)
        (0, 9)
    """
    places = np.unique(np.linspace(0, len(steps) - 1, min(most, len(steps))).round().astype(int))
    return tuple(steps[place] for place in places)


def _of_node(node: NodeWeights, layer: str, arrays: list[FloatArray]) -> Iterator[LayerKernels]:
    match node.node.call.class_name:
        case "Conv2D":
            kernels, *bias = arrays
            yield LayerKernels(node.name, layer, kernels, bias[0] if bias else None)
        case "SeparableConv2D":
            depthwise, pointwise, *bias = arrays
            yield LayerKernels(f"{node.name}_depthwise", layer, depthwise, is_depthwise=True)
            yield LayerKernels(f"{node.name}_pointwise", layer, pointwise, bias[0] if bias else None)


def _layers_by_node(spec: NetworkSpec) -> dict[str, str]:
    rows = network_figures(spec).layers
    return {node_name(row.name, node): row.name for row in rows for node in row.layer.keras_nodes(row.input_shape)}
