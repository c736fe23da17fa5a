"""A network that NumPy computes in a few lines, and a data set for it: for tests of one filter's card."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

from cnn_core.architecture.layers import Conv2D, Dense, Flatten
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.architecture.weight_shapes import weight_shapes
from cnn_core.data.scaling import to_network_input
from cnn_core.inspection.records import LayerOutput

SIDE = 4
NAMES = ("a", "b", "c")
SPEC = NetworkSpec(
    (SIDE, SIDE, 1), (Conv2D(filters=2, activation="relu"), Flatten(), Dense(units=3, activation="softmax"))
)
RNG = np.random.default_rng(7)
IMAGES = RNG.integers(0, 256, (40, SIDE, SIDE, 1), np.uint8)
LABELS = RNG.integers(0, 3, 40)


class Small:
    """A convolution with ReLU and a dense layer, in a few lines of NumPy."""

    spec = SPEC

    def __init__(self, weights: list[np.ndarray]) -> None:
        self.weights = weights
        self.asked = 0

    def layer_outputs(self, images: Any, layer: str) -> Any:
        self.asked += 1
        patches = np.lib.stride_tricks.sliding_window_view(to_network_input(images)[..., 0], (3, 3), axis=(1, 2))
        maps = np.maximum(np.einsum("nhwij,ijf->nhwf", patches, self.weights[0][:, :, 0]) + self.weights[1], 0)
        if layer == "conv_1":
            return maps.astype(np.float32)
        flat = maps.reshape(len(images), -1)
        return (flat if layer == "flatten_1" else flat @ self.weights[2] + self.weights[3]).astype(np.float32)

    def probabilities_after(self, layer: str, outputs: Any) -> Any:
        logits = outputs.reshape(len(outputs), -1) @ self.weights[2] + self.weights[3]
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        return powers / powers.sum(axis=1, keepdims=True)

    def probabilities(self, images: Any) -> Any:
        return self.probabilities_after("conv_1", self.layer_outputs(images, "conv_1"))

    def feature_maps(self, image: Any) -> list[LayerOutput]:
        kinds = [layer.kind for layer in SPEC.layers]
        return [
            LayerOutput(name, kind, self.layer_outputs(image[np.newaxis], name)[0])
            for name, kind in zip(SPEC.layer_names, kinds, strict=True)
        ]

    def channel_gradients(self, images: Any, layer: str, channel: int) -> tuple[Any, Any]:
        images = to_network_input(images)

        def means(some: Any) -> Any:
            outputs = self.layer_outputs(np.clip(some, 0, 1), layer)
            return outputs.mean(axis=tuple(range(1, outputs.ndim - 1)))[:, channel]

        nudges = 0.01 * np.eye(SIDE * SIDE, dtype=np.float32).reshape(-1, SIDE, SIDE, 1)
        gradients = [(means(image + nudges) - means(image - nudges)).reshape(image.shape) for image in images]
        return means(images), np.array(gradients, np.float32)


def weights_of(spec: NetworkSpec = SPEC) -> list[np.ndarray]:
    rng = np.random.default_rng(3)
    return [rng.normal(0, 1, shape).astype(np.float32) for shape in weight_shapes(spec)]


class Part:
    """The test part of a data set."""

    def __init__(self, images: np.ndarray, labels: np.ndarray) -> None:
        self.images, self.labels = images, labels

    def __len__(self) -> int:
        return len(self.images)


def entry(slug: str, names: tuple[str, ...] = NAMES) -> Any:
    ready = SimpleNamespace(is_ready=True)
    title, shape = slug.capitalize(), SPEC.input_shape
    return SimpleNamespace(slug=slug, title=title, class_names=names, image_shape=shape, availability=lambda: ready)
