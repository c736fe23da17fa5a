"""A small network that a few lines of NumPy compute, and images for it."""

from __future__ import annotations

from typing import Any

import numpy as np

from cnn_core.architecture.layers import Conv2D, Dense, Dropout, Flatten, Pooling2D
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.architecture.weight_shapes import weight_shapes
from cnn_core.exercises import Subject, see_images, subject_of
from cnn_core.inspection.records import LayerOutput
from cnn_core.networks import TrainedNetwork
from tests import oracles

NAMES = ("cat", "dog", "*bird*", "<fish>", "horse")
SPEC = NetworkSpec(
    (12, 12, 1),
    (
        Conv2D(filters=6),
        Pooling2D(),
        Conv2D(filters=8, padding="same"),
        Dropout(),
        Flatten(),
        Dense(units=len(NAMES), activation="softmax"),
    ),
)


def network_of(spec: NetworkSpec = SPEC, names: tuple[str, ...] = NAMES) -> TrainedNetwork:
    rng = np.random.default_rng(5)
    weights = tuple(rng.normal(0, 1, shape).astype(np.float32) for shape in weight_shapes(spec))
    return TrainedNetwork("starter", 0, "Small <network>", spec, weights, names, "small")


class Fake:
    """The first layer by the textbook's loops; the probabilities are made up, and differ from image to image."""

    def __init__(self, network: TrainedNetwork, sharpness: float = 6.0) -> None:
        self.network, self.sharpness = network, sharpness

    def feature_maps(self, image: Any) -> Any:
        first = self.network.spec.layers[0]
        assert isinstance(first, Conv2D)
        kernels, bias = self.network.weights[:2]
        sums = oracles.cross_correlate2d(image / 255, kernels, first.stride, first.padding) + bias
        return (LayerOutput("conv_1", "conv2d", np.maximum(sums, 0).astype(np.float32)),)

    def probabilities(self, images: Any) -> Any:
        numbers = images.reshape(len(images), -1)[:, : len(self.network.class_names)].astype(np.float64) / 255
        powers = np.exp(self.sharpness * numbers)
        return (powers / powers.sum(axis=1, keepdims=True)).astype(np.float32)


def images_of(count: int = 30, side: int = 12) -> Any:
    return np.random.default_rng(9).integers(0, 256, (count, side, side, 1), np.uint8)


def seeing(network: TrainedNetwork | None = None, fake: Any = None, count: int = 30) -> Subject:
    """The network with what it makes of random images."""
    network = network or network_of()
    fake, images = fake or Fake(network), images_of(count)
    names = tuple(network.class_names[number % len(network.class_names)] for number in range(count))
    return see_images(subject_of(network), fake, images, names, fake.probabilities(images))
