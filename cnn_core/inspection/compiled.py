"""A network's forward passes, compiled once for all its weights. Importing this module imports TensorFlow.

Whoever goes back and forth through a training looks at the same layers with ever other weights. Building and compiling
takes a tenth of a second and more; so the compiled functions take the weights as arguments, and everybody who looks at
a network with these layers shares them.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from cnn_core.architecture.build import build_model
from cnn_core.architecture.spec import NetworkSpec, shape_text
from cnn_core.backend import keras, tf
from cnn_core.errors import ClassroomError

MOST_NETWORKS = 8
"""So many networks stay compiled; the one that was asked for longest ago goes first."""


class CompiledNetwork:
    """The layers of a network without weights of their own, ready to compute with any.

    Nothing changes after it is made, so that several threads can use it at once.

    Args:
        spec: The network.

    Attributes:
        all_outputs: Function of images and weights: what each layer gives out, by its name.
        last_output: Function of images and weights: what the last layer gives out.
        output_shape: Shape of that, without the batch axis.

    Raises:
        ClassroomError: If the network cannot be built.
    """

    def __init__(self, spec: NetworkSpec) -> None:
        model = build_model(spec)
        order = {id(variable): place for place, variable in enumerate(model.weights)}
        self.output_shape: tuple[int, ...] = model.output_shape[1:]
        self._names = [variable.path.split("/")[-2:] for variable in model.weights]
        self._shapes = [tuple(variable.shape) for variable in model.weights]
        self._types = [variable.dtype for variable in model.weights]
        self._model, self._order, self._input_shape = model, order, spec.input_shape
        self._functions: dict[Hashable, Any] = {}
        self._lock = threading.Lock()
        # By name, because Keras would unpack a list of one output.
        outputs = {name: model.get_layer(name).output for name in spec.layer_names}
        self.all_outputs = self.compiled(self.forward(keras.Model(model.inputs, outputs, name="probe")))
        self.last_output = self.compiled(self.forward(model))

    def take(self, weights: Sequence[npt.NDArray[Any]]) -> tuple[Any, ...]:
        """Copy weights into tensors that the functions take.

        Args:
            weights: In Keras's order: layer after layer, each with its kernel, then its bias.

        Raises:
            ClassroomError: If they belong to another network.
        """
        received = [np.shape(weight) for weight in weights]
        remedy = "Use the weights together with the network that they were trained in."
        if len(self._shapes) != len(received):
            raise ClassroomError(
                f"The weights belong to another network: this one has {len(self._shapes)} arrays of weights, "
                f"but {len(received)} were given.",
                remedy,
            )
        for (layer, name), wanted, got in zip(self._names, self._shapes, received, strict=True):
            if wanted != got:
                raise ClassroomError(
                    f"The weights belong to another network: “{name}” of layer {layer} is {shape_text(wanted)}, "
                    f"but {shape_text(got)} was given.",
                    remedy,
                )
        # A copy: TensorFlow may use the memory of an array as it is, and whoever gave it may write into it.
        return tuple(
            tf.constant(np.array(weight, dtype=dtype)) for weight, dtype in zip(weights, self._types, strict=True)
        )

    def part(self, outputs: Sequence[str], start: str = "") -> Any:
        """Return the model of a part of the network, with the network's own variables.

        Args:
            outputs: Names of the layers whose outputs it gives, in a dictionary; without any, the last layer's output.
            start: Name of the layer whose output goes in; `""` for the image.
        """
        begin = self._model.get_layer(start).output if start else self._model.inputs[0]
        wanted = {name: self._model.get_layer(name).output for name in outputs} or self._model.outputs[0]
        return keras.Model(begin, wanted, name="part")

    def forward(self, model: Any) -> Any:
        """Return a part's forward pass, without anything that belongs to training.

        Args:
            model: What `part` gave.

        Returns:
            Function of what goes in and the whole network's weights; not compiled yet.
        """
        order = self._order
        # What is not among the weights is the state of a random draw, which happens in training only.
        drawing = {id(v): v.numpy() for v in model.non_trainable_variables if id(v) not in order}

        def values(variables: Sequence[Any], weights: Sequence[Any]) -> list[Any]:
            return [weights[order[id(v)]] if id(v) in order else tf.constant(drawing[id(v)]) for v in variables]

        def forward(given: Any, weights: Sequence[Any]) -> Any:
            learned = values(model.trainable_variables, weights)
            others = values(model.non_trainable_variables, weights)
            return model.stateless_call(learned, others, given, training=False)[0]

        return forward

    def compiled(self, function: Any, shape: tuple[int, ...] | None = None, *more: Any) -> Any:
        """Compile a function of numbers and weights for any number of images.

        Args:
            function: Takes the numbers, the weights, and whatever `more` describes.
            shape: Shape of the numbers without the batch axis; by default the image's.
            more: A `tf.TensorSpec` for each further argument.
        """
        signature = [
            tf.TensorSpec((None, *(self._input_shape if shape is None else shape)), tf.float32),
            tuple(tf.TensorSpec(size, dtype) for size, dtype in zip(self._shapes, self._types, strict=True)),
            *more,
        ]
        traced = tf.function(function, input_signature=signature, autograph=False)
        traced.get_concrete_function()
        return traced

    def once(self, name: Hashable, build: Callable[[], Any]) -> Any:
        """Return a function of this network that is built by the first who needs it.

        Args:
            name: What it is known by.
            build: Makes it.
        """
        with self._lock:
            if name not in self._functions:
                self._functions[name] = build()
            return self._functions[name]


class _Entry:
    """A network that is compiled by the first who needs it, while others wait."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._network: CompiledNetwork | None = None

    def network(self, spec: NetworkSpec) -> CompiledNetwork:
        with self._lock:
            if self._network is None:
                self._network = CompiledNetwork(spec)
            return self._network


_entries: OrderedDict[NetworkSpec, _Entry] = OrderedDict()
_lock = threading.Lock()


def compiled_network(spec: NetworkSpec) -> CompiledNetwork:
    """Return a network's compiled functions; compiled when they are asked for first.

    Args:
        spec: The network.

    Raises:
        ClassroomError: If the network cannot be built.
    """
    with _lock:
        entry = _entries.setdefault(spec, _Entry())
        _entries.move_to_end(spec)
        while len(_entries) > MOST_NETWORKS:
            _entries.popitem(last=False)
    return entry.network(spec)
