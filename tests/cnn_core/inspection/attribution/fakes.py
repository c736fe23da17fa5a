"""Networks written by hand, of 5×5 pixels and two classes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from cnn_core.data.scaling import to_network_input

SIDE = 5
CROSS = np.array(
    [
        [0.0, 0.0, 1.0, 0.0, 0.0],
        [0.0, 0.0, 1.0, 0.0, 0.0],
        [1.0, 1.0, 1.0, 1.0, 1.0],
        [0.0, 0.0, 1.0, 0.0, 0.0],
        [0.0, 0.0, 1.0, 0.0, 0.0],
    ],
    np.float32,
)[:, :, np.newaxis]


class Linear:
    """Logits are weighted sums of the pixels, so that the weights are the gradients.

    Args:
        weights: `(classes, height, width, channels)`.
        bias: One number a class.
    """

    def __init__(self, weights: Any, bias: Sequence[float] = (0.0, 0.0)) -> None:
        self.weights = np.asarray(weights, np.float32)
        self.bias = np.asarray(bias, np.float32)
        self.batches: list[int] = []

    def logits(self, images: Any) -> Any:
        self.batches.append(len(images))
        return np.einsum("nhwc,khwc->nk", to_network_input(images), self.weights) + self.bias

    def image_gradients(self, images: Any, class_index: int) -> Any:
        self.batches.append(len(images))
        return np.broadcast_to(self.weights[class_index], np.shape(images))

    def layer_gradients(self, images: Any, layer: str, class_index: int) -> tuple[Any, Any]:
        return to_network_input(images), self.image_gradients(images, class_index)


class Square(Linear):
    """Logits are weighted sums of the squared pixels: the gradients differ from image to image."""

    def logits(self, images: Any) -> Any:
        return super().logits(np.square(to_network_input(images)))

    def image_gradients(self, images: Any, class_index: int) -> Any:
        assert np.min(images) >= 0
        assert np.max(images) <= 1
        return 2 * super().image_gradients(images, class_index) * images


class Layered(Linear):
    """A network of which one layer and its gradients are known, and nothing else."""

    def __init__(self, maps: Any, gradients: Any) -> None:
        super().__init__(np.zeros((2, SIDE, SIDE, 1)))
        self.maps, self.gradients = np.asarray(maps, np.float32), np.asarray(gradients, np.float32)

    def layer_gradients(self, images: Any, layer: str, class_index: int) -> tuple[Any, Any]:
        assert len(images) == 1
        assert layer == "conv_1"
        sign = 1 if class_index == 1 else -1
        return self.maps[np.newaxis], sign * self.gradients[np.newaxis]
