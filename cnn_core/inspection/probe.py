"""A trained network, opened: kernels, feature maps and probabilities. Importing this module imports TensorFlow."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from cnn_core.architecture.outputs import final_activation
from cnn_core.architecture.shapes import network_figures
from cnn_core.architecture.spec import NetworkSpec, shape_text
from cnn_core.backend import tf
from cnn_core.data.scaling import to_network_input
from cnn_core.errors import ClassroomError
from cnn_core.inspection.answers import to_probabilities
from cnn_core.inspection.compiled import compiled_network
from cnn_core.inspection.kernels import network_kernels
from cnn_core.inspection.records import FloatArray, LayerKernels, LayerOutput

MAX_BATCH_NUMBERS = 50_000_000
"""So many numbers may be held at a time while many images go through: 200 MB as float32."""
MAX_BATCH_IMAGES = 256


class NetworkProbe:
    """A network with its weights, ready to show what happens inside.

    The network is built and compiled once for all weights that it ever has (`compiled_network`); every question after
    that is one forward pass. Nothing changes here, so one probe can answer several sessions at once.

    Args:
        spec: The network.
        weights: Its weights in Keras's order: layer after layer, each with its kernel, then its bias.

    Raises:
        ClassroomError: If the network cannot be built, or the weights belong to another network.
    """

    def __init__(self, spec: NetworkSpec, weights: Sequence[npt.NDArray[Any]]) -> None:
        self.spec = spec
        self._network = compiled_network(spec)
        self._weights = self._network.take(weights)
        self._activation = final_activation(spec)
        self._all_outputs = partial(self._network.all_outputs, weights=self._weights)
        self._last_output = partial(self._network.last_output, weights=self._weights)
        self._rows = network_figures(spec).layers
        numbers_per_image = sum(row.held_numbers for row in self._rows)
        self._batch = int(np.clip(MAX_BATCH_NUMBERS // numbers_per_image, 1, MAX_BATCH_IMAGES))

    def feature_maps(self, image: npt.NDArray[Any]) -> tuple[LayerOutput, ...]:
        """Send one image through the network and return what each layer gives out.

        Args:
            image: `(height, width, channels)` as the network takes it; `uint8`, or a float type from 0 to 1.

        Returns:
            One record a layer, in the network's order; all from one forward pass.

        Raises:
            ClassroomError: If the image has another shape.
            ValueError: If the image has another type or range.

        Reference:
            Zeiler & Fergus 2014, *Visualizing and understanding convolutional networks*.
        """
        self._check_shape(image.shape, self.spec.input_shape)
        outputs = self._all_outputs(tf.constant(to_network_input(image)[np.newaxis]))
        return tuple(
            LayerOutput(name, layer.kind, outputs[name].numpy()[0])
            for name, layer in zip(self.spec.layer_names, self.spec.layers, strict=True)
        )

    def kernels(self) -> tuple[LayerKernels, ...]:
        """Return the kernels and bias of each convolution, as `network_kernels` does."""
        return network_kernels(self.spec, [weight.numpy() for weight in self._weights])

    def probabilities(self, images: npt.NDArray[Any]) -> FloatArray:
        """Say for each image how likely each class is, according to the network.

        Args:
            images: `(count, height, width, channels)`; `uint8`, or a float type from 0 to 1; `count` may be 0.

        Returns:
            `(count, classes)` float32, each row summing to 1; two classes for a network with one output.

        Raises:
            ClassroomError: If the images have another shape, or the network ends in feature maps.
            ValueError: If the images have another type or range.
        """
        self._check_shape(images.shape[1:], self.spec.input_shape)
        self._check_end()
        answers = [np.zeros((0, *self._network.output_shape), dtype=np.float32)]
        for start in range(0, len(images), self._batch):
            batch = to_network_input(images[start : start + self._batch])
            answers.append(self._last_output(tf.constant(batch)).numpy())
        return to_probabilities(np.concatenate(answers), self._activation)

    def probabilities_in(self, outputs: Sequence[LayerOutput]) -> FloatArray:
        """Say how likely each class is for the image that has gone through the network, without another pass.

        Args:
            outputs: What `feature_maps` returned.

        Returns:
            `(classes,)` float32, as a row of `probabilities`.

        Raises:
            ClassroomError: If the network ends in feature maps.
        """
        self._check_end()
        probabilities: FloatArray = to_probabilities(outputs[-1].values[np.newaxis], self._activation)[0]
        return probabilities

    def _check_end(self) -> None:
        ends_in = self._network.output_shape
        if len(ends_in) != 1:
            raise ClassroomError(
                f"The network ends in feature maps of {shape_text(ends_in)} and names no class.",
                "Add a flatten layer and a dense layer at its end.",
            )

    @staticmethod
    def _check_shape(received: tuple[int, ...], expected: tuple[int, ...]) -> None:
        if received != expected:
            raise ClassroomError(
                f"This network takes images of {shape_text(expected)}, but the image is {shape_text(received)}.",
                "Choose data of that shape, or a network that was made for this image.",
            )
