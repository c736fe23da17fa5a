"""From the spec to a Keras model. Importing this module imports TensorFlow."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any, Literal

from cnn_core.architecture.keras_layers import CUSTOM_LAYERS
from cnn_core.architecture.layers import BLOCK_INPUT, KerasCall, Layer, Shape
from cnn_core.architecture.seeds import layer_seed, node_name, seeded
from cnn_core.architecture.shapes import find_problem
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.backend import keras
from cnn_core.errors import ClassroomError

Precision = Literal["float32", "bfloat16"]


def build_model(spec: NetworkSpec, seed: int = 0, precision: Precision = "float32") -> Any:
    """Build the Keras model of a spec.

    Every layer has an explicit name and every random draw an explicit seed, so that models can be built in several
    threads at once and equal seeds give equal weights.

    Args:
        spec: The network; it is checked first.
        seed: At least 0; equal seeds give equal initial weights and equal dropout.
        precision: What the layers compute with. The weights are float32 in any case, and so is the last layer's
            arithmetic: probabilities and the loss keep all their digits.

    Returns:
        A `keras.Model` from `(batch, height, width, channels)` float32 images, 0 to 1, to `(batch, classes)`.

    Raises:
        ClassroomError: If the network cannot be built; the sentence of `shapes.find_problem`.
    """
    problem = find_problem(spec)
    if problem is not None:
        raise ClassroomError(problem.message, "Change that setting first.")
    shape: Shape = spec.input_shape
    tensor = inputs = keras.Input(shape, name="image")
    for index, (name, layer) in enumerate(zip(spec.layer_names, spec.layers, strict=True)):
        is_last = index == len(spec.layers) - 1
        policy = "float32" if is_last or precision == "float32" else f"mixed_{precision}"
        tensor = build_layer(layer, shape, name, layer_seed(seed, index), policy)(tensor)
        shape = layer.output_shape(shape)
    return keras.Model(inputs, tensor, name="network")


def build_layer(layer: Layer, shape: Shape, name: str, seed: int, policy: str = "float32") -> Callable[[Any], Any]:
    """Build the Keras layers that a layer consists of, with their names and seeds.

    Args:
        layer: The layer.
        shape: What comes in, without the batch axis.
        name: Its name; the nodes before the last one get theirs from it.
        seed: The first seed; each random draw takes the next one.
        policy: Name of Keras's dtype policy.

    Returns:
        A function from the tensor that comes in to the tensor that goes out.
    """
    seeds = count(seed)

    def apply(tensor: Any) -> Any:
        tensors = {BLOCK_INPUT: tensor}
        for node in layer.keras_nodes(shape):
            built = _build_call(seeded(node.call, seeds), name=node_name(name, node), dtype=policy)
            inputs = [tensors[suffix] for suffix in node.inputs]
            tensors[node.suffix] = built(inputs[0] if len(inputs) == 1 else inputs)
        return tensors[""]

    return apply


def _build_call(call: KerasCall, **more: Any) -> Any:
    arguments = {
        name: _build_call(value) if isinstance(value, KerasCall) else value for name, value in call.arguments.items()
    }
    found = CUSTOM_LAYERS.get(call.class_name) or getattr(getattr(keras, call.module), call.class_name)
    return found(**arguments, **more)
