"""How a network's layers are doing in the middle of training. Importing this module imports TensorFlow."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from cnn_core.architecture.layers import KerasCall
from cnn_core.architecture.seeds import node_name
from cnn_core.architecture.shapes import LayerFigures, network_figures
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.backend import keras, tf
from cnn_core.data.scaling import PIXEL_MAX
from cnn_core.training.diagnosis.base import LayerHealth

MOST_IMAGES = 256
"""Enough that a unit which is 0 for all of them is hardly ever of use, and few enough to cost about one step."""

SIGMOID_EDGE = 0.02
"""Nearer than this to 0 or 1 a sigmoid's slope is below 8 % of its largest, 1/4."""

TANH_EDGE = 0.04
"""Nearer than this to −1 or 1 the slope of tanh is below 8 % of its largest, 1."""


@dataclass(frozen=True)
class _Watched:
    """One layer of the spec and what is read of it.

    Args:
        name: Its name in the spec.
        variables: The trainable variables of all its Keras layers.
        relus: Names of its Keras layers that end in a ReLU.
        bounded: Names of its Keras layers that end in a sigmoid or tanh, each with that function's name.
    """

    name: str
    variables: tuple[Any, ...]
    relus: tuple[str, ...]
    bounded: tuple[tuple[str, str], ...]

    @property
    def weight_count(self) -> int:
        return sum(int(np.prod(variable.shape)) for variable in self.variables)


class HealthMeter:
    """Measures gradients, weights, dead units and saturation of every layer, without touching the training.

    Built once a training, before its first step: how far weights have come is measured from then on.

    Forward and backward pass go through the network as it is while training: batch norm takes the batch's own mean, and
    dropout drops. What such a pass changes (moving averages, the state of random numbers) is put back, so that a
    training with measurements gives the same weights as one without.

    Args:
        model: The Keras model of `spec`, as `build_model` makes it; it goes on being trained.
        spec: The network.
        loss: From labels `(batch,)` and outputs to the loss. Regularisers are better left out: their gradient comes
            from the weights themselves, and would hide that none comes back from the answer.
    """

    def __init__(self, model: Any, spec: NetworkSpec, loss: Callable[[Any, Any], Any]) -> None:
        self._loss = loss
        self._variables = model.trainable_variables
        self._first = {variable.path: tf.identity(variable.value) for variable in self._variables}
        self._kept = model.non_trainable_variables
        self._watched = tuple(_watched_layers(model, spec))
        self._answer = spec.layer_names[-1]
        names = {name for layer in self._watched for name in (*layer.relus, *(name for name, _ in layer.bounded))}
        outputs = {name: model.get_layer(name).output for name in {*names, self._answer}}
        self._model = keras.Model(model.inputs, outputs, name="health")
        signature = [tf.TensorSpec([None, *spec.input_shape], tf.uint8), tf.TensorSpec([None], tf.int64)]
        # Traced here and now: TensorFlow complains in the log about functions that are traced often and called rarely.
        measure = tf.function(self._measure_batch, input_signature=signature, autograph=False)
        self._measure = measure.get_concrete_function()

    def measure(self, images_uint8: npt.NDArray[np.uint8], labels: npt.NDArray[np.int64]) -> tuple[LayerHealth, ...]:
        """Measure every layer that has weights, a ReLU, a sigmoid or a tanh, in the network's order.

        Args:
            images_uint8: `(count, height, width, channels)`, at least one; of more than 256 the first 256 are taken.
                Give the same images each time: then only the network makes the difference.
            labels: `(count,)`, their class indices.

        Returns:
            One record a layer. Once training has diverged, numbers may be infinite or no numbers.

        Reference:
            Glorot & Bengio 2010, *Understanding the difficulty of training deep feedforward neural networks*.
        """
        found = self._measure(tf.constant(images_uint8[:MOST_IMAGES]), tf.constant(labels[:MOST_IMAGES]))
        table = np.asarray(found, dtype=np.float64)
        return tuple(_record(layer, row) for layer, row in zip(self._watched, table, strict=True))

    def _measure_batch(self, images: Any, labels: Any) -> Any:
        before = [tf.identity(variable.value) for variable in self._kept]
        with tf.GradientTape() as tape:
            outputs = self._model(tf.cast(images, tf.float32) / PIXEL_MAX, training=True)
            loss = self._loss(labels, outputs[self._answer])
        gradients = tape.gradient(loss, self._variables, unconnected_gradients=tf.UnconnectedGradients.ZERO)
        for variable, value in zip(self._kept, before, strict=True):
            variable.assign(value)
        by_variable = {variable.path: gradient for variable, gradient in zip(self._variables, gradients, strict=True)}
        return tf.stack([self._measure_layer(layer, by_variable, outputs) for layer in self._watched])

    def _measure_layer(self, layer: _Watched, gradients: Mapping[str, Any], outputs: Mapping[str, Any]) -> Any:
        """Measure one layer, in the order in which `_record` reads it; 0 where it has no such thing."""
        return tf.stack(
            [
                _norm([gradients[variable.path] for variable in layer.variables]),
                _norm([variable.value for variable in layer.variables]),
                _norm([variable.value - self._first[variable.path] for variable in layer.variables]),
                _share([_is_dead(outputs[name]) for name in layer.relus]),
                _share([_EDGES[function](outputs[name]) for name, function in layer.bounded]),
            ]
        )


def _record(layer: _Watched, row: npt.NDArray[np.float64]) -> LayerHealth:
    gradient_norm, weight_norm, weight_change, dead_share, saturated_share = (float(number) for number in row)
    return LayerHealth(
        name=layer.name,
        weight_count=layer.weight_count,
        gradient_norm=gradient_norm if layer.variables else None,
        weight_norm=weight_norm if layer.variables else None,
        weight_change=weight_change if layer.variables else None,
        dead_share=dead_share if layer.relus else None,
        saturated_share=saturated_share if layer.bounded else None,
    )


def _watched_layers(model: Any, spec: NetworkSpec) -> Iterator[_Watched]:
    for row in network_figures(spec).layers:
        calls = dict(_named_calls(row))
        functions = {name: call.arguments.get("activation", "linear") for name, call in calls.items()}
        layer = _Watched(
            name=row.name,
            variables=tuple(v for name in calls for v in model.get_layer(name).trainable_variables),
            relus=tuple(name for name, function in functions.items() if function == "relu"),
            bounded=tuple((name, function) for name, function in functions.items() if function in _EDGES),
        )
        if layer.variables or layer.relus or layer.bounded:
            yield layer


def _named_calls(row: LayerFigures) -> Iterator[tuple[str, KerasCall]]:
    """The Keras layers that a layer consists of, by their names in the model."""
    for node in row.layer.keras_nodes(row.input_shape):
        yield node_name(row.name, node), node.call


def _norm(tensors: list[Any]) -> Any:
    """Length of all numbers of several tensors taken as one vector.

    Summed in float64: the square of a tiny gradient would be 0 in float32.
    """
    if not tensors:
        return tf.constant(0.0, tf.float64)
    squares = [tf.reduce_sum(tf.square(tf.cast(tensor, tf.float64))) for tensor in tensors]
    return tf.sqrt(tf.add_n(squares))


def _share(tensors: list[Any]) -> Any:
    """Share of true values in several tensors together."""
    if not tensors:
        return tf.constant(0.0, tf.float64)
    return tf.reduce_mean(tf.cast(tf.concat([tf.reshape(tensor, [-1]) for tensor in tensors], axis=0), tf.float64))


def _is_dead(outputs: Any) -> Any:
    """For each unit whether it is 0 for all images; a filter is a unit, and dead if 0 at every place too."""
    return tf.reduce_max(outputs, axis=list(range(len(outputs.shape) - 1))) == 0


_EDGES: dict[str, Callable[[Any], Any]] = {
    "sigmoid": lambda outputs: (outputs < SIGMOID_EDGE) | (outputs > 1 - SIGMOID_EDGE),
    "tanh": lambda outputs: tf.abs(outputs) > 1 - TANH_EDGE,
}
"""For each bounded function, which of its outputs are so near an end that next to no gradient comes through."""
