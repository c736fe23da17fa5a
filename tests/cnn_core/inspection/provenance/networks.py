"""What tests of provenance share: a network with weights and what the loops make of an image, without TensorFlow."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cnn_core.architecture.layers import Layer
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.architecture.weight_shapes import network_nodes, weight_shapes
from cnn_core.inspection.provenance import Position, Provenance
from cnn_core.inspection.records import LayerOutput
from tests.oracles import forward, random_weights


def looped(
    spec: NetworkSpec, seed: int = 0, weights: list[np.ndarray] | None = None, image: object = None
) -> Provenance:
    """A network with random weights and a random image, its outputs computed by the loops."""
    if weights is None:
        weights = random_weights([np.zeros(shape) for shape in weight_shapes(spec)], seed)
    if image is None:
        image = np.random.default_rng(seed).integers(0, 256, spec.input_shape, dtype=np.uint8)
    image = np.asarray(image)
    scaled = image / 255 if image.dtype == np.uint8 else image
    by_name, start = {}, 0
    for node in network_nodes(spec):
        by_name[node.name] = weights[start : start + len(node.shapes)]
        start += len(node.shapes)
    values = forward(spec, by_name, scaled)
    outputs = [
        LayerOutput(name, layer.kind, numbers.astype(np.float32))
        for name, layer, numbers in zip(spec.layer_names, spec.layers, values, strict=True)
    ]
    return Provenance(spec, weights, image, outputs)


def one_layer(layer: Layer, image: object, weights: list[object]) -> Provenance:
    """A network of one layer, with weights and image written by hand."""
    pixels = np.asarray(image, dtype=np.float64)
    pixels = pixels.reshape(*pixels.shape, 1) if pixels.ndim == 2 else pixels
    spec = NetworkSpec(pixels.shape, (layer,))
    arrays = [
        np.asarray(array, np.float32).reshape(shape) for array, shape in zip(weights, weight_shapes(spec), strict=True)
    ]
    return looped(spec, weights=arrays, image=pixels)


def some_positions(spec: NetworkSpec, provenance: Provenance, seed: int, most: int = 3) -> Iterator[Position]:
    """A few numbers of every layer."""
    rng = np.random.default_rng(seed)
    for name in spec.layer_names:
        shape = provenance.nodes[name].output_shape
        height, width, channels = shape if len(shape) == 3 else (1, 1, *shape)
        for _ in range(most):
            yield Position(name, *(int(rng.integers(size)) for size in (channels, height, width)))
