"""Saliency and SmoothGrad: which pixels a class's logit reacts to."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from cnn_core.data.scaling import to_network_input
from cnn_core.inspection.attribution.protocol import ClassGradients, Progress, no_progress
from cnn_core.inspection.records import FloatArray


def saliency_map(network: ClassGradients, image: npt.NDArray[Any], class_index: int) -> FloatArray:
    """Return how strongly a class's logit reacts to each pixel, whether up or down.

    Args:
        network: The network.
        image: `(height, width, channels)`; `uint8`, or a float type from 0 to 1.
        class_index: The class, from 0.

    Returns:
        `(height, width)`, 0 and more: the largest magnitude of the gradient over the channels.

    Reference:
        Simonyan, Vedaldi & Zisserman 2014, *Deep inside convolutional networks*.
    """
    return _magnitude(network.image_gradients(image[np.newaxis], class_index)[0])


def smoothgrad_map(
    network: ClassGradients,
    image: npt.NDArray[Any],
    class_index: int,
    *,
    samples: int = 25,
    noise: float = 0.15,
    seed: int = 0,
    batch: int = 32,
    progress: Progress = no_progress,
) -> FloatArray:
    """Return the saliency of the average gradient over noisy copies of an image.

    What a single gradient owes to chance differs from copy to copy and averages out. Each copy stays an image that the
    network could be given: values below black and above white are cut off.

    Args:
        network: The network.
        image: `(height, width, channels)`; `uint8`, or a float type from 0 to 1.
        class_index: The class, from 0.
        samples: How many noisy copies, at least 1.
        noise: Standard deviation of the noise, as a share of the way from the image's darkest to its brightest value.
        seed: Equal seeds give equal noise.
        batch: Copies that go through the network at a time.
        progress: Told after each batch which share is done.

    Returns:
        `(height, width)`, 0 and more.

    Reference:
        Smilkov, Thorat, Kim, Viégas & Wattenberg 2017, *SmoothGrad: removing noise by adding noise*.
    """
    given = to_network_input(image)
    deviation = noise * float(given.max() - given.min())
    rng = np.random.default_rng(seed)
    total = np.zeros(given.shape, np.float64)
    for start in range(0, samples, batch):
        count = min(batch, samples - start)
        copies = given + rng.normal(0.0, deviation, (count, *given.shape))
        total += network.image_gradients(np.clip(copies, 0, 1).astype(np.float32), class_index).sum(axis=0)
        progress((start + count) / samples)
    return _magnitude((total / samples).astype(np.float32))


def _magnitude(gradient: FloatArray) -> FloatArray:
    found: FloatArray = np.abs(gradient).max(axis=2)
    return found
