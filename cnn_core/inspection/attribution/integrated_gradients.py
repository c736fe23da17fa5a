"""Integrated gradients: what each pixel adds to a class's logit, on the way from a black image to this one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from cnn_core.data.scaling import to_network_input
from cnn_core.inspection.attribution.protocol import ClassGradients, Progress, no_progress
from cnn_core.inspection.records import FloatArray


@dataclass(frozen=True)
class Completeness:
    """Whether what the pixels add makes up the whole difference: the check that integrated gradients carries along.

    Args:
        total: Sum over all pixels and channels of the map.
        logit: The class's logit for the image.
        baseline_logit: The class's logit for the baseline.
    """

    total: float
    logit: float
    baseline_logit: float

    @property
    def difference(self) -> float:
        """What the map should sum to."""
        return self.logit - self.baseline_logit

    @property
    def gap(self) -> float:
        """How much the map's sum is off; more steps make it smaller."""
        return self.total - self.difference


def integrated_gradients(
    network: ClassGradients,
    image: npt.NDArray[Any],
    class_index: int,
    *,
    steps: int = 50,
    baseline: npt.NDArray[Any] | None = None,
    batch: int = 32,
    progress: Progress = no_progress,
) -> tuple[FloatArray, Completeness]:
    """Return what each pixel adds to a class's logit, compared with a baseline.

    The image is faded in from the baseline in small steps. At each step the gradient says what the next bit of every
    pixel does to the logit; all of it added up is the pixel's part. The gradient is taken in the middle of each step.

    Args:
        network: The network.
        image: `(height, width, channels)`; `uint8`, or a float type from 0 to 1.
        class_index: The class, from 0.
        steps: How many steps, at least 1.
        baseline: The image to compare with, in the same shape; black by default.
        batch: Steps that go through the network at a time.
        progress: Told after each batch which share is done.

    Returns:
        `(height, width, channels)`, signed; and whether it sums to the difference between the two logits.

    Raises:
        ValueError: If the baseline has another shape.

    Reference:
        Sundararajan, Taly & Yan 2017, *Axiomatic attribution for deep networks*.
    """
    given = to_network_input(image)
    start = np.zeros_like(given) if baseline is None else to_network_input(baseline)
    if start.shape != given.shape:
        raise ValueError(f"baseline must have the image's shape {given.shape}. Received: shape={start.shape}.")
    way = given - start
    shares = ((np.arange(steps) + 0.5) / steps).astype(np.float32)
    total = np.zeros(given.shape, np.float64)
    for first in range(0, steps, batch):
        some = shares[first : first + batch, np.newaxis, np.newaxis, np.newaxis]
        total += network.image_gradients(np.clip(start + some * way, 0, 1), class_index).sum(axis=0)
        progress(min(first + batch, steps) / steps)
    found = (total / steps * way).astype(np.float32)
    logit, baseline_logit = network.logits(np.stack([given, start]))[:, class_index]
    return found, Completeness(float(found.sum(dtype=np.float64)), float(logit), float(baseline_logit))
