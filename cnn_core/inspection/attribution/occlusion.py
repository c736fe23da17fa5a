"""Occlusion: cover a part of the image, and see how much less sure the network becomes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from cnn_core.data.scaling import to_network_input
from cnn_core.errors import ClassroomError
from cnn_core.inspection.attribution.protocol import Progress, no_progress
from cnn_core.inspection.records import FloatArray

Fill = Literal["mean", "black"]
FILLS: tuple[Fill, ...] = ("mean", "black")


def occlusion_map(
    answers: Callable[[npt.NDArray[Any]], FloatArray],
    image: npt.NDArray[Any],
    class_index: int,
    *,
    patch: int,
    stride: int,
    fill: Fill = "mean",
    batch: int = 32,
    progress: Progress = no_progress,
) -> tuple[FloatArray, FloatArray]:
    """Return how much an answer drops where the image is covered.

    A square patch goes over the image, and each time the network answers anew. A drop means that what was covered
    speaks for the class; a rise, that it speaks against it.

    Args:
        answers: What is measured: the logits of images, or the probabilities; `(count, …)` to `(count, classes)`.
        image: `(height, width, channels)`; `uint8`, or a float type from 0 to 1.
        class_index: The class, from 0.
        patch: Side of the patch in pixels, from 1 to the image's shorter side.
        stride: Pixels from one place of the patch to the next, at least 1. The last place is at the image's end.
        fill: What the patch is filled with: the image's mean in each channel, or black.
        batch: Covered images that go through the network at a time.
        progress: Told after each batch which share is done.

    Returns:
        `(height, width)`: for each pixel the mean drop over all patches that cover it; 0 where none does, as between
        patches that are further apart than they are wide. And `(places down, places across)`: the drop at each place.

    Raises:
        ClassroomError: If the patch does not fit into the image.
        ValueError: If the stride or the fill is none that is known.

    Reference:
        Zeiler & Fergus 2014, *Visualizing and understanding convolutional networks*, section 4.2.
    """
    given = to_network_input(image)
    height, width, _ = given.shape
    tops, lefts = occlusion_places(height, patch, stride), occlusion_places(width, patch, stride)
    if fill not in FILLS:
        raise ValueError(f"fill must be one of {', '.join(FILLS)}. Received: fill={fill!r}.")
    covering = given.mean(axis=(0, 1)) if fill == "mean" else np.float32(0)
    places = [(top, left) for top in tops for left in lefts]
    whole = answers(given[np.newaxis])[0, class_index]
    drops = np.zeros(len(places), np.float32)
    for start in range(0, len(places), batch):
        some = places[start : start + batch]
        covered = np.repeat(given[np.newaxis], len(some), axis=0)
        for one, (top, left) in zip(covered, some, strict=True):
            one[top : top + patch, left : left + patch] = covering
        drops[start : start + batch] = whole - answers(covered)[:, class_index]
        progress((start + len(some)) / len(places))
    return _spread(drops, places, patch, (height, width)), drops.reshape(len(tops), len(lefts))


def occlusion_places(size: int, patch: int, stride: int) -> list[int]:
    """List where along one side of the image the patch begins.

    Args:
        size: The image's side in pixels.
        patch: The patch's side in pixels.
        stride: Pixels from one place to the next; the last step may be shorter.

    Raises:
        ClassroomError: If the patch does not fit.
        ValueError: If the stride is below 1.

    Example:
        >>> occlusion_places(10, 4, 4)
        [0, 4, 6]
    """
    if stride < 1:
        raise ValueError(f"stride must be at least 1. Received: stride={stride}.")
    if not 1 <= patch <= size:
        raise ClassroomError(
            f"A patch of {patch} pixels does not fit into an image whose side is {size} pixels.",
            f"Choose a patch of 1 to {size} pixels.",
        )
    last = size - patch
    return [*range(0, last, stride), last]


def _spread(drops: FloatArray, places: list[tuple[int, int]], patch: int, shape: tuple[int, int]) -> FloatArray:
    """Give each pixel the mean drop over the patches that cover it."""
    total, count = np.zeros(shape), np.zeros(shape)
    for drop, (top, left) in zip(drops, places, strict=True):
        total[top : top + patch, left : left + patch] += drop
        count[top : top + patch, left : left + patch] += 1
    return (total / np.maximum(count, 1)).astype(np.float32)
