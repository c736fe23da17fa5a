"""A trained network as an ONNX file, written from our own spec. It needs no TensorFlow, only the `onnx` package.

What goes in and comes out is as in Keras, `(batch, height, width, channels)`; inside, ONNX has the channels first, so
an image is turned round at the start and, where it becomes a list or the answer, turned back.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from onnx import TensorProto, helper, numpy_helper

from cnn_core.architecture.layers import KerasCall
from cnn_core.architecture.layers.base import window_output_size
from cnn_core.architecture.shapes import network_figures
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.architecture.weight_shapes import NodeWeights, network_nodes
from cnn_core.errors import ClassroomError

OPSET = 20
"""The version of ONNX's operators; 20 is the first with GELU, and ONNX Runtime reads it since 1.17."""
IR_VERSION = 9
"""The version of the file's layout that belongs to that."""

INPUT, OUTPUT = "image", "answer"
EPSILON = 0.001
"""What Keras adds to a variance before it divides by its root."""
LEAKY_SLOPE = 0.2
"""Keras's slope of leaky ReLU below zero."""

_SIMPLE = {"relu": "Relu", "elu": "Elu", "gelu": "Gelu", "sigmoid": "Sigmoid", "tanh": "Tanh", "linear": "Identity"}

Weights = Sequence[npt.NDArray[Any]]


def onnx_file(spec: NetworkSpec, weights: Weights) -> bytes:
    """Write a trained network as an ONNX file.

    Args:
        spec: The network.
        weights: Its weights in the order of Keras's `get_weights`.

    Returns:
        The file: from `image`, `(batch, height, width, channels)` float32, 0 to 1, to `answer`, what the Keras network
        gives out.

    Raises:
        ClassroomError: If the network cannot be built, or has a layer that this module cannot write.
        ValueError: If the weights are those of another network.
    """
    figures = network_figures(spec)
    graph = _Graph(weights)
    graph.tensors[INPUT] = graph.to_channels_first(INPUT)
    node = None
    for node in network_nodes(spec):
        graph.add_node(node)
    assert node is not None
    last = graph.tensors[node.name]
    graph.append("Identity", [graph.to_channels_last(last) if len(figures.output_shape) == 3 else last], OUTPUT)
    graph.check_weights_are_used_up()
    taken = helper.make_tensor_value_info(INPUT, TensorProto.FLOAT, ["batch", *spec.input_shape])
    given = helper.make_tensor_value_info(OUTPUT, TensorProto.FLOAT, ["batch", *figures.output_shape])
    built = helper.make_graph(graph.nodes, "network", [taken], [given], graph.arrays)
    model = helper.make_model(
        built, producer_name="CNN Classroom", ir_version=IR_VERSION, opset_imports=[helper.make_opsetid("", OPSET)]
    )
    content: bytes = model.SerializeToString()
    return content


class _Graph:
    """What has been written so far: operations, arrays, and which tensor each Keras layer gives out."""

    def __init__(self, weights: Weights) -> None:
        self.nodes: list[Any] = []
        self.arrays: list[Any] = []
        self.tensors: dict[str, str] = {}
        self._weights = list(weights)

    def add_node(self, node: NodeWeights) -> None:
        """Write one Keras layer."""
        arrays = self._take(node)
        call, inputs = node.node.call, [self.tensors[name] for name in node.inputs]
        self.tensors[node.name] = self._operation(node, call, inputs, arrays)

    def check_weights_are_used_up(self) -> None:
        """Raise if there were more arrays than the network has."""
        if self._weights:
            raise ValueError(f"weights must be those of this network. Received: {len(self._weights)} arrays more.")

    def append(self, operation: str, inputs: list[str], output: str, **attributes: Any) -> str:
        """Write one operation of ONNX, and return its output's name."""
        self.nodes.append(helper.make_node(operation, inputs, [output], name=output, **attributes))
        return output

    def to_channels_first(self, tensor: str) -> str:
        """Turn `(batch, height, width, channels)` into `(batch, channels, height, width)`."""
        return self.append("Transpose", [tensor], f"{tensor}/channels_first", perm=[0, 3, 1, 2])

    def to_channels_last(self, tensor: str) -> str:
        """Turn it back."""
        return self.append("Transpose", [tensor], f"{tensor}/channels_last", perm=[0, 2, 3, 1])

    def _operation(self, node: NodeWeights, call: KerasCall, inputs: list[str], arrays: Weights) -> str:
        name, shape = node.name, node.input_shape
        match call.class_name:
            case "Conv2D":
                return self._activated(call, self._convolution(node, inputs[0], arrays), name)
            case "SeparableConv2D":
                return self._activated(call, self._separable(node, inputs[0], arrays), name)
            case "Dense":
                terms = [inputs[0], *(self._array(f"{name}/{i}", array) for i, array in enumerate(arrays))]
                return self._activated(call, self.append("Gemm", terms, f"{name}/sum"), name)
            case "BatchNormalization":
                terms = [inputs[0], *(self._array(f"{name}/{i}", array) for i, array in enumerate(arrays))]
                return self.append("BatchNormalization", terms, name, epsilon=EPSILON)
            case "MaxPooling2D":
                return self.append("MaxPool", inputs, name, **_window(call, shape))
            case "AveragePooling2D":
                return self.append("AveragePool", inputs, name, count_include_pad=0, **_window(call, shape))
            case "MinPooling2D":
                turned = self.append("Neg", inputs, f"{name}/minus")
                return self.append(
                    "Neg", [self.append("MaxPool", [turned], f"{name}/max", **_window(call, shape))], name
                )
            case "GlobalAveragePooling2D" | "GlobalMaxPooling2D" as kind:
                pooling = "GlobalAveragePool" if kind == "GlobalAveragePooling2D" else "GlobalMaxPool"
                return self.append("Flatten", [self.append(pooling, inputs, f"{name}/maps")], name, axis=1)
            case "Flatten":
                source = self.to_channels_last(inputs[0]) if len(shape) == 3 else inputs[0]
                return self.append("Flatten", [source], name, axis=1)
            case "Activation":
                return self._activated(call, inputs[0], name)
            case "Dropout":
                return self.append("Identity", inputs, name)  # it does something while training only
            case "Add":
                return self.append("Add", inputs, name)
        raise ClassroomError(
            f"The layer {name} cannot be written as ONNX ({call.class_name}).", "Take the .keras file instead."
        )

    def _convolution(self, node: NodeWeights, source: str, arrays: Weights) -> str:
        kernels, *bias = arrays
        terms = [source, self._array(f"{node.name}/kernels", kernels.transpose(3, 2, 0, 1))]
        terms += [self._array(f"{node.name}/bias", array) for array in bias]
        return self.append("Conv", terms, f"{node.name}/sum", **_window(node.node.call, node.input_shape))

    def _separable(self, node: NodeWeights, source: str, arrays: Weights) -> str:
        depthwise, pointwise, *bias = arrays
        terms = [source, self._array(f"{node.name}/depthwise", depthwise.transpose(2, 3, 0, 1))]
        window = _window(node.node.call, node.input_shape)
        filtered = self.append("Conv", terms, f"{node.name}/filtered", group=node.input_shape[2], **window)
        terms = [filtered, self._array(f"{node.name}/pointwise", pointwise.transpose(3, 2, 0, 1))]
        terms += [self._array(f"{node.name}/bias", array) for array in bias]
        return self.append("Conv", terms, f"{node.name}/sum", kernel_shape=[1, 1])

    def _activated(self, call: KerasCall, source: str, name: str) -> str:
        activation = call.arguments.get("activation", "linear")
        match activation:
            case "leaky_relu":
                return self.append("LeakyRelu", [source], name, alpha=LEAKY_SLOPE)
            case "silu":
                return self.append("Mul", [source, self.append("Sigmoid", [source], f"{name}/sigmoid")], name)
            case "softmax":
                return self.append("Softmax", [source], name, axis=1)  # the channels, or the whole list
        if activation not in _SIMPLE:
            raise ClassroomError(f"{activation} cannot be written as ONNX.", "Take the .keras file instead.")
        return self.append(_SIMPLE[activation], [source], name)

    def _take(self, node: NodeWeights) -> Weights:
        taken, self._weights = self._weights[: len(node.shapes)], self._weights[len(node.shapes) :]
        received = tuple(array.shape for array in taken)
        if received != node.shapes:
            raise ValueError(f"weights of {node.name} must be {node.shapes}. Received: {received}.")
        return taken

    def _array(self, name: str, array: npt.NDArray[Any]) -> str:
        self.arrays.append(numpy_helper.from_array(np.ascontiguousarray(array, np.float32), name))
        return name


def _window(call: KerasCall, shape: tuple[int, ...]) -> dict[str, list[int]]:
    """Say how a window slides, with the padding as numbers: of an odd number of pixels the larger half comes last."""
    arguments = call.arguments
    size = arguments.get("kernel_size", arguments.get("pool_size"))
    sides = (size, size) if isinstance(size, int) else tuple(size)
    stride, dilation = arguments.get("strides", 1), arguments.get("dilation_rate", 1)
    begins, ends = [], []
    for length, taps in zip(shape[:2], sides, strict=True):
        padded = 0
        if arguments.get("padding", "valid") == "same":
            places = window_output_size(length, taps, stride, "same")
            padded = max((places - 1) * stride + dilation * (taps - 1) + 1 - length, 0)
        begins.append(padded // 2)
        ends.append(padded - padded // 2)
    window = {"kernel_shape": list(sides), "strides": [stride, stride], "pads": [*begins, *ends]}
    return window | ({"dilations": [dilation, dilation]} if dilation > 1 else {})
