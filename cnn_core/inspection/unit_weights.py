"""The weights with which one unit weighs what comes into its layer, laid out as what comes in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from cnn_core.architecture.layers import Activation, BatchNormalization, Dropout, Flatten, Shape
from cnn_core.architecture.shapes import network_figures
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.architecture.weight_shapes import NodeWeights, network_nodes
from cnn_core.inspection.records import FloatArray

KEEPS_PLACES = (Activation, BatchNormalization, Dropout)
"""Layers whose numbers stand for the same places as those that came in."""


@dataclass(frozen=True, eq=False)
class UnitWeights:
    """The weights of one filter, or of one unit of a dense layer.

    Args:
        node: Name of the Keras layer that they are from; in a residual block the last of its convolutions.
        pictures: `(count, height, width)`: a filter's kernels, one for each channel that comes in; or a dense unit's
            weights, one picture for each feature map that was flattened before, or one of 1×1 for each number.
        bias: What is added; nothing where the layer has no bias.
        is_product: Whether the kernels are products of a separable convolution's two halves.
        is_kernel: Whether they are a convolution's, and slide over what comes in.
    """

    node: str
    pictures: FloatArray
    bias: float | None
    is_product: bool = False
    is_kernel: bool = True


def unit_weights(
    spec: NetworkSpec, weights: Sequence[npt.NDArray[Any]], layer: str, channel: int
) -> UnitWeights | None:
    """Return the weights of one unit; nothing for layers that weigh nothing, such as pooling.

    A separable convolution slides one kernel over each channel, then mixes the channels by one number each. The product
    of the two is the kernel of an ordinary convolution that does the same, and that is what is returned.

    Args:
        spec: The network.
        weights: Its weights in Keras's order.
        layer: The layer's name.
        channel: Which filter or unit, from 0.

    Raises:
        ClassroomError: If the network cannot be built.

    Reference:
        Chollet 2017, *Xception: deep learning with depthwise separable convolutions*.
    """
    found = None
    start = 0
    for node in network_nodes(spec):
        arrays = [np.asarray(array, np.float32) for array in weights[start : start + len(node.shapes)]]
        start += len(node.shapes)
        if node.name in (layer, f"{layer}_conv_b"):
            found = _of_node(node, arrays, channel, _flattened_shape(spec, layer)) or found
    return found


def _of_node(node: NodeWeights, arrays: list[FloatArray], channel: int, flattened: Shape) -> UnitWeights | None:
    match node.node.call.class_name:
        case "Conv2D":
            kernels, *bias = arrays
            return UnitWeights(node.name, kernels[..., channel].transpose(2, 0, 1), _bias(bias, channel))
        case "SeparableConv2D":
            by_channel, mixing, *bias = arrays
            product = by_channel[..., 0] * mixing[0, 0, :, channel]
            return UnitWeights(node.name, product.transpose(2, 0, 1), _bias(bias, channel), is_product=True)
        case "Dense":
            table, *bias = arrays
            pictures = table[:, channel].reshape(flattened or (-1, 1, 1))
            pictures = pictures.transpose(2, 0, 1) if flattened else pictures
            return UnitWeights(node.name, pictures, _bias(bias, channel), is_kernel=False)
    return None


def _bias(bias: Sequence[FloatArray], channel: int) -> float | None:
    return float(bias[0][channel]) if bias else None


def _flattened_shape(spec: NetworkSpec, layer: str) -> Shape:
    """Return the shape of the feature maps that are flattened right before a layer; `()` if none are."""
    for row in reversed(network_figures(spec).layers[: spec.layer_names.index(layer)]):
        if isinstance(row.layer, Flatten):
            return row.input_shape if len(row.input_shape) == 3 else ()
        if not isinstance(row.layer, KEEPS_PLACES):
            return ()
    return ()
