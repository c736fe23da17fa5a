"""What the last hidden layer makes of many images. Importing this module imports TensorFlow."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from cnn_core.architecture.shapes import network_figures
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.backend import tf
from cnn_core.data.scaling import to_network_input
from cnn_core.inspection.compiled import compiled_network
from cnn_core.inspection.embedding_layer import hidden_layer
from cnn_core.inspection.probe import MAX_BATCH_NUMBERS
from cnn_core.inspection.records import FloatArray

MOST_IN_A_BATCH = 64
"""Few enough that progress can be told after each batch."""


def hidden_vectors(
    spec: NetworkSpec,
    weights: Sequence[npt.NDArray[Any]],
    images: npt.NDArray[np.uint8],
    tell: Callable[[float], None] | None = None,
) -> FloatArray:
    """Return what goes into the output layer for each image: its place in the network's own space.

    Args:
        spec: The network.
        weights: Its weights in Keras's order.
        images: `(count, height, width, channels)`, uint8.
        tell: Gets the share that is done, 0 to 1, after each batch.

    Returns:
        `(count, size)`, `size` as `hidden_layer(spec)` says.

    Raises:
        ClassroomError: If the network cannot be built, or the weights belong to another network.
    """
    layer = hidden_layer(spec)
    if not layer.name:
        return to_network_input(images).reshape(len(images), -1)
    network = compiled_network(spec)
    function = network.once(
        ("hidden", layer.name), lambda: network.compiled(network.forward(network.part((layer.name,))))
    )
    tensors = network.take(weights)
    held = sum(row.held_numbers for row in network_figures(spec).layers)
    batch = int(np.clip(MAX_BATCH_NUMBERS // held, 1, MOST_IN_A_BATCH))
    vectors = np.empty((len(images), layer.size), dtype=np.float32)
    for start in range(0, len(images), batch):
        part = to_network_input(images[start : start + batch])
        vectors[start : start + batch] = np.asarray(function(tf.constant(part), tensors)[layer.name]).reshape(
            len(part), -1
        )
        if tell is not None:
            tell(min((start + batch) / len(images), 1.0))
    return vectors
