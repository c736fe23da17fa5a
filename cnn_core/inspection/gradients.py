"""A network's logits, and how they depend on the image and on what the layers make of it.

Importing this module imports TensorFlow.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from cnn_core.architecture.outputs import before_final_activation, final_activation
from cnn_core.architecture.shapes import network_figures
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.backend import tf
from cnn_core.data.scaling import to_network_input
from cnn_core.inspection.answers import to_probabilities
from cnn_core.inspection.compiled import compiled_network
from cnn_core.inspection.records import FloatArray


class NetworkGradients:
    """A network with its weights, ready to say what its answer hangs on.

    Everything starts at the logits, not at the probabilities: softmax flattens where a network is sure, and mixes the
    classes. A network with one output has one logit, that of the second class; minus it is the first one's.

    Images are `(count, height, width, channels)` as the network takes them: `uint8`, or a float type from 0 to 1.
    Nothing changes here, so one object can answer several sessions at once; every function is compiled by the first
    who needs it, once for all weights of the network.

    Args:
        spec: The network; it must give one number a class, or one number.
        weights: Its weights in Keras's order.

    Raises:
        ClassroomError: If the network cannot be built, or the weights belong to another network.

    Reference:
        Simonyan, Vedaldi & Zisserman 2014, *Deep inside convolutional networks*: on the class score before softmax.
    """

    def __init__(self, spec: NetworkSpec, weights: Sequence[npt.NDArray[Any]]) -> None:
        self.spec = spec
        self._network = compiled_network(before_final_activation(spec))
        self._weights = self._network.take(weights)
        self._activation = final_activation(spec)
        self._shapes = {row.name: row.output_shape for row in network_figures(spec).layers}
        self._units = self._network.output_shape[-1]

    @property
    def classes(self) -> int:
        """How many classes the network tells apart, at least 2."""
        return max(self._units, 2)

    def logits(self, images: npt.NDArray[Any]) -> FloatArray:
        """Return the logit of each class for each image, `(count, classes)`."""
        numbers = np.asarray(self._network.last_output(self._given(images), self._weights))
        return np.concatenate([-numbers, numbers], axis=1) if self._units == 1 else numbers

    def image_gradients(self, images: npt.NDArray[Any], class_index: int) -> FloatArray:
        """Return how much a class's logit grows with each pixel.

        Args:
            images: The images.
            class_index: The class, from 0.

        Returns:
            `(count, height, width, channels)`, logit by pixel value from 0 to 1.
        """
        return np.asarray(self._image_gradients()(self._given(images), self._weights, self._target(class_index)))

    def layer_gradients(self, images: npt.NDArray[Any], layer: str, class_index: int) -> tuple[FloatArray, FloatArray]:
        """Return what a layer makes of images, and how much a class's logit grows with each of these numbers.

        Args:
            images: The images.
            layer: The layer's name.
            class_index: The class, from 0.

        Returns:
            The layer's outputs and the gradients, both `(count, height, width, channels)` or `(count, units)`.
        """
        function = self._network.once(("layer", layer), lambda: self._build_layer_gradients(layer))
        maps, gradients = function(self._given(images), self._weights, self._target(class_index))
        return np.asarray(maps), np.asarray(gradients)

    def layer_outputs(self, images: npt.NDArray[Any], layer: str) -> FloatArray:
        """Return what a layer makes of images; of the last layer the logits, as its units give them.

        Args:
            images: The images.
            layer: The layer's name.

        Returns:
            `(count, height, width, channels)` or `(count, units)`.
        """

        def build() -> Any:
            forward = self._network.forward(self._network.part((layer,)))
            return self._network.compiled(lambda given, weights: forward(given, weights)[layer])

        return np.asarray(self._network.once(("outputs", layer), build)(self._given(images), self._weights))

    def channel_gradients(self, images: npt.NDArray[Any], layer: str, channel: int) -> tuple[FloatArray, FloatArray]:
        """Return the mean of one channel of a layer, and how much it grows with each pixel.

        Args:
            images: The images.
            layer: The layer's name. Of the last layer it is the logits that are looked at.
            channel: Which feature map, or which unit of a layer without height and width, from 0.

        Returns:
            `(count,)` means over height and width, and `(count, height, width, channels)` gradients.
        """
        function = self._network.once(("channel", layer), lambda: self._build_channel_gradients(layer))
        means, gradients = function(self._given(images), self._weights, tf.constant(channel, tf.int32))
        return np.asarray(means), np.asarray(gradients)

    def probabilities_after(self, layer: str, outputs: npt.NDArray[np.floating[Any]]) -> FloatArray:
        """Return what the network would answer if a layer gave these numbers.

        Args:
            layer: The layer's name; not the last one's.
            outputs: `(count, *shape)`, the layer's outputs, perhaps changed.

        Returns:
            `(count, classes)` probabilities.
        """
        function = self._network.once(("after", layer), lambda: self._build_after(layer))
        numbers = np.asarray(function(tf.constant(outputs, tf.float32), self._weights))
        activation = "linear" if self._activation in ("softmax", "sigmoid") else self._activation
        return to_probabilities(numbers, activation)

    def _given(self, images: npt.NDArray[Any]) -> Any:
        return tf.constant(to_network_input(images))

    def _target(self, class_index: int) -> Any:
        if not 0 <= class_index < self.classes:
            raise ValueError(f"class_index must be from 0 to {self.classes - 1}. Received: class_index={class_index}.")
        signs = [-1.0, 1.0][class_index] if self._units == 1 else np.eye(self._units)[class_index]
        return tf.constant(np.atleast_1d(signs), tf.float32)

    def _image_gradients(self) -> Any:
        return self._network.once("image", self._build_image_gradients)

    def _build_image_gradients(self) -> Any:
        forward = self._network.forward(self._network.part(()))

        def gradients(images: Any, weights: Any, target: Any) -> Any:
            with tf.GradientTape(watch_accessed_variables=False) as tape:
                tape.watch(images)
                wanted = tf.reduce_sum(forward(images, weights) * target)
            return tape.gradient(wanted, images, unconnected_gradients=tf.UnconnectedGradients.ZERO)

        return self._network.compiled(gradients, None, tf.TensorSpec((self._units,), tf.float32))

    def _build_layer_gradients(self, layer: str) -> Any:
        before = self._network.forward(self._network.part((layer,)))
        is_last = layer == self.spec.layer_names[-1]
        after = (lambda maps, _weights: maps) if is_last else self._network.forward(self._network.part((), layer))

        def gradients(images: Any, weights: Any, target: Any) -> Any:
            maps = before(images, weights)[layer]
            with tf.GradientTape(watch_accessed_variables=False) as tape:
                tape.watch(maps)
                wanted = tf.reduce_sum(after(maps, weights) * target)
            return maps, tape.gradient(wanted, maps, unconnected_gradients=tf.UnconnectedGradients.ZERO)

        return self._network.compiled(gradients, None, tf.TensorSpec((self._units,), tf.float32))

    def _build_channel_gradients(self, layer: str) -> Any:
        forward = self._network.forward(self._network.part((layer,)))
        places = list(range(1, len(self._shapes[layer])))

        def gradients(images: Any, weights: Any, channel: Any) -> Any:
            with tf.GradientTape(watch_accessed_variables=False) as tape:
                tape.watch(images)
                means = tf.gather(tf.reduce_mean(forward(images, weights)[layer], axis=places), channel, axis=1)
                total = tf.reduce_sum(means)
            return means, tape.gradient(total, images, unconnected_gradients=tf.UnconnectedGradients.ZERO)

        return self._network.compiled(gradients, None, tf.TensorSpec((), tf.int32))

    def _build_after(self, layer: str) -> Any:
        forward = self._network.forward(self._network.part((), layer))
        return self._network.compiled(forward, self._shapes[layer])
