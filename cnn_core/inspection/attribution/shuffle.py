"""A network that has forgotten what it learned: its weights, shuffled layer by layer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from cnn_core.architecture.seeds import node_name
from cnn_core.architecture.shapes import network_figures
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.architecture.weight_shapes import network_nodes

Weights = tuple[npt.NDArray[Any], ...]


def learning_layers(spec: NetworkSpec) -> tuple[str, ...]:
    """Name the layers that have weights, from first to last.

    Args:
        spec: A network that can be built.

    Example:
        >>> from cnn_core.architecture.presets import preset
        >>> learning_layers(preset("first").spec)
        ('conv_1', 'conv_2', 'dense_1', 'dense_2')
    """
    return tuple(dict.fromkeys(_layers_of_arrays(spec)))


def shuffled_weights(spec: NetworkSpec, weights: Sequence[npt.NDArray[Any]], depth: int, seed: int = 0) -> Weights:
    """Shuffle the weights of the last layers; each array keeps its own numbers, in another order.

    So the network computes with numbers as large as before, but they are not at their places any more. How an array is
    shuffled depends on the seed and its place alone: going one layer deeper leaves the others as they are.

    Args:
        spec: The network.
        weights: Its weights in Keras's order.
        depth: How many of the layers that have weights are shuffled, counted from the last one; as many as there are
            shuffles the whole network.
        seed: At least 0; equal seeds shuffle equally.

    Returns:
        The weights in the same order; arrays that are not shuffled are the same objects.

    Raises:
        ValueError: If there are not so many layers.

    Reference:
        Adebayo, Gilmer, Muelly, Goodfellow, Hardt & Kim 2018, *Sanity checks for saliency maps*, section 3.
    """
    layers = learning_layers(spec)
    if not 0 <= depth <= len(layers):
        raise ValueError(f"depth must be from 0 to {len(layers)}. Received: depth={depth}.")
    chosen = set(layers[len(layers) - depth :])
    return tuple(
        _shuffled(array, (seed, place)) if layer in chosen else array
        for place, (layer, array) in enumerate(zip(_layers_of_arrays(spec), weights, strict=True))
    )


def _layers_of_arrays(spec: NetworkSpec) -> list[str]:
    """Name for each array of weights the layer that it belongs to."""
    rows = network_figures(spec).layers
    layers = {node_name(row.name, node): row.name for row in rows for node in row.layer.keras_nodes(row.input_shape)}
    return [layers[node.name] for node in network_nodes(spec) for _ in node.shapes]


def _shuffled(array: npt.NDArray[Any], seed: tuple[int, int]) -> npt.NDArray[Any]:
    return np.random.default_rng(seed).permutation(np.ravel(array)).reshape(np.shape(array))
