"""How accurate a network stays while all images are changed more and more: moved, turned, in noise, paler."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from cnn_core.evaluation.interval import Interval, wilson_interval
from cnn_core.inspection.confusion import class_guesses
from cnn_core.inspection.perturbation import PERTURBATIONS, perturb_many
from cnn_core.inspection.robustness import Predict

STRESSES = ("right", "rotation", "noise", "contrast")
"""The changes that are tried, by their slugs in `PERTURBATIONS`."""

MOST_IMAGES = 300
"""So many images are changed; with 300 an accuracy near 90 % is known to about 3 points."""

GROUP = 10
"""Images whose changes go through the network together."""


@dataclass(frozen=True, eq=False)
class StressCurve:
    """How many images are read rightly at each strength of one change.

    Args:
        slug: Which change, in `PERTURBATIONS`.
        values: `(levels,)`, by how much, rising.
        right: `(levels,)`, how many images were read rightly.
        total: How many were tried at each level.
    """

    slug: str
    values: npt.NDArray[np.float64]
    right: npt.NDArray[np.int64]
    total: int

    @property
    def accuracies(self) -> npt.NDArray[np.float64]:
        """`(levels,)`, the share that is read rightly, 0 to 1."""
        return self.right / max(self.total, 1)

    @property
    def intervals(self) -> tuple[Interval, ...]:
        """For each level, between what and what the true accuracy lies."""
        return tuple(wilson_interval(right, self.total) for right in self.right.tolist())

    @property
    def unchanged(self) -> float:
        """The accuracy where nothing is changed, 0 to 1."""
        return float(self.accuracies[self._neutral])

    def holds(self, loss: float) -> tuple[float, float]:
        """Return from which value to which, around the neutral one, the accuracy falls by no more than this.

        Args:
            loss: The accuracy that may be lost, 0 to 1.
        """
        good = self.accuracies >= self.unchanged - loss - 1e-9
        below = np.flatnonzero(~good[: self._neutral])
        above = np.flatnonzero(~good[self._neutral :])
        first = int(below[-1]) + 1 if below.size else 0
        last = self._neutral + int(above[0]) - 1 if above.size else len(good) - 1
        return float(self.values[first]), float(self.values[last])

    @property
    def _neutral(self) -> int:
        return int(np.argmin(np.abs(self.values - PERTURBATIONS[self.slug].neutral)))


def stress_values(slug: str, shape: tuple[int, ...]) -> npt.NDArray[np.float64]:
    """Return the strengths at which a change is tried, the one that changes nothing among them.

    Args:
        slug: One of `STRESSES`.
        shape: Height, width and channels of the images.

    Example:
        >>> stress_values("right", (28, 28, 1)).tolist()[:4], len(stress_values("rotation", (28, 28, 1)))
        ([-7.0, -6.0, -5.0, -4.0], 13)
    """
    if slug == "right":  # a quarter of the width to each side: further off, half of many images is gone
        reach = max(1, shape[1] // 4)
        steps = np.unique(np.linspace(0, reach, min(reach, 7) + 1).round())
        return np.concatenate([-steps[:0:-1], steps])
    return _LEVELS[slug].astype(np.float64)


_LEVELS = {
    "rotation": np.arange(-90, 91, 15),
    "noise": np.arange(0, 81, 8),
    "contrast": np.array([0, 5, 10, 20, 30, 40, 60, 80, 100, 120, 140, 160, 180, 200]),
}


def stress_passes(shape: tuple[int, ...], images: int) -> int:
    """Count how many images have to go through the network.

    Args:
        shape: Height, width and channels of the images.
        images: How many images are changed.
    """
    return images * sum(len(stress_values(slug, shape)) for slug in STRESSES)


def stress(
    predict: Predict, images: npt.NDArray[Any], labels: npt.NDArray[np.integer[Any]]
) -> Iterator[tuple[StressCurve, ...]]:
    """Change every image by every strength of every change, and count what the network still reads rightly.

    Each image has noise of its own, the same at every strength and in every network.

    Args:
        predict: The network.
        images: `(count, height, width, channels)`, uint8 or 0 to 1; at least one.
        labels: `(count,)`, their classes.

    Yields:
        After every few images what has been found so far, a curve for each change; the last ones are the answer.

    Raises:
        ValueError: If there is not one label for each of at least one image.

    Reference:
        Hendrycks & Dietterich 2019, *Benchmarking neural network robustness to common corruptions and perturbations*.
    """
    if not len(images) or len(images) != len(labels):
        raise ValueError(
            f"There must be one label for each of at least one image. Received: {len(images)}, {len(labels)}."
        )
    values = {slug: stress_values(slug, images.shape[1:]) for slug in STRESSES}
    right = {slug: np.zeros(len(levels), np.int64) for slug, levels in values.items()}
    for start in range(0, len(images), GROUP):
        group, expected = images[start : start + GROUP], labels[start : start + GROUP]
        for slug, levels in values.items():
            changed = [perturb_many(image, {slug: levels}, seed=start + number) for number, image in enumerate(group)]
            said = predict(np.concatenate(changed))
            # What is no number is no class, and so is wrong.
            guesses = np.where(np.isfinite(said).all(axis=1), class_guesses(said), -1)
            right[slug] += (guesses.reshape(len(group), -1) == expected[:, np.newaxis]).sum(axis=0)
        yield tuple(
            StressCurve(slug, levels, right[slug].copy(), start + len(group)) for slug, levels in values.items()
        )
