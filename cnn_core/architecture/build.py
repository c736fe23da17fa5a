"""From the spec to a Keras model. Importing this module imports TensorFlow."""

from __future__ import annotations

from typing import Any

from cnn_core.architecture.keras_layers import CUSTOM_LAYERS
from cnn_core.architecture.layers import Layer
from cnn_core.architecture.shapes import find_problem
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.backend import keras
from cnn_core.errors import ClassroomError

SEED_STRIDE = 1000
"""Layer `i` of a network with seed `s` draws its weights with seed `1000 s + i`."""


def build_model(spec: NetworkSpec, seed: int = 0) -> Any:
    """Build the Keras model of a spec.

    Every layer has an explicit name and every random draw an explicit seed, so that models can be built in several
    threads at once and equal seeds give equal weights.

    Args:
        spec: The network; it is checked first.
        seed: At least 0; equal seeds give equal initial weights and equal dropout.

    Returns:
        A `keras.Model` from `(batch, height, width, channels)` float32 images, 0 to 1, to `(batch, classes)`.

    Raises:
        ClassroomError: If the network cannot be built; the sentence of `shapes.find_problem`.
    """
    problem = find_problem(spec)
    if problem is not None:
        raise ClassroomError(problem.message, "Change that setting first.")
    inputs = keras.Input(spec.input_shape, name="image")
    outputs = inputs
    for index, (name, layer) in enumerate(zip(spec.layer_names, spec.layers, strict=True)):
        outputs = build_layer(layer, name, seed * SEED_STRIDE + index)(outputs)
    return keras.Model(inputs, outputs, name="network")


def build_layer(layer: Layer, name: str, seed: int) -> Any:
    """Build one Keras layer with its name and its seed."""
    call = layer.keras_call()
    layer_class = CUSTOM_LAYERS.get(call.class_name) or getattr(keras.layers, call.class_name)
    seeded: dict[str, Any] = {
        argument: seed if argument == "seed" else keras.initializers.GlorotUniform(seed=seed)
        for argument in call.seeded
    }
    return layer_class(**call.arguments, **seeded, name=name)
