"""How many images each class has, and which of them are shown."""

from __future__ import annotations

import hashlib

import numpy as np
import numpy.typing as npt

from cnn_core.data.dataset import Dataset

Counts = npt.NDArray[np.int64]
Places = npt.NDArray[np.int64]

NONE = -1
"""Stands in a table of places where a class has no further image."""

_TOUCHED = 32
"""So many images of each part count for the fingerprint."""


def class_counts(labels: npt.NDArray[np.integer], class_count: int) -> Counts:
    """Count the images of each class.

    Args:
        labels: `(count,)`, 0 to `class_count - 1`.
        class_count: How many classes there are; those without an image count 0.

    Returns:
        `(class_count,)`.

    Example:
        >>> class_counts(np.array([0, 2, 2]), 4).tolist()
        [1, 0, 2, 0]
    """
    return np.bincount(labels, minlength=class_count).astype(np.int64)


def imbalance(counts: Counts) -> float:
    """Return how many times as many images the largest class has as the smallest.

    A network that always names the largest class is right more often than by guessing, where classes are of unequal
    size; its accuracy then says less than it seems to.

    Args:
        counts: `(classes,)`, images of each class.

    Returns:
        1 for classes of equal size; infinity where a class has none and another has some.

    Example:
        >>> imbalance(np.array([50, 100])), imbalance(np.array([0, 3])), imbalance(np.array([0, 0]))
        (2.0, inf, 1.0)
    """
    smallest, largest = int(counts.min()), int(counts.max())
    if smallest == largest:
        return 1.0
    return largest / smallest if smallest else float("inf")


def draw_samples(labels: npt.NDArray[np.integer], class_count: int, each: int, seed: int) -> Places:
    """Draw some images of every class.

    Args:
        labels: `(count,)`, 0 to `class_count - 1`.
        class_count: How many classes there are.
        each: Images of each class.
        seed: Which ones, 0 or more; the same seed draws the same ones.

    Returns:
        `(class_count, each)`: places in `labels`, in rising order in each row and none twice. Where a class has fewer
        images, `NONE` fills its row.

    Example:
        >>> drawn = draw_samples(np.array([1, 0, 1, 1]), class_count=2, each=2, seed=0)
        >>> drawn[0].tolist(), len(set(drawn[1].tolist()) & {0, 2, 3})
        ([1, -1], 2)
    """
    places = np.full((class_count, each), NONE, np.int64)
    for index, row in enumerate(places):
        of_class = np.flatnonzero(labels == index)
        drawn = np.random.default_rng([seed, index]).permutation(len(of_class))[:each]
        row[: len(drawn)] = np.sort(of_class[drawn])
    return places


def fingerprint(dataset: Dataset) -> bytes:
    """Tell a data set from others, and from itself after its file was replaced, without reading all of it.

    Args:
        dataset: Of it all labels count, and a few images spread over each part.

    Returns:
        16 bytes; equal data sets have equal ones.
    """
    digest = hashlib.blake2b(digest_size=16)
    for part in (dataset.train, dataset.test):
        digest.update(repr((dataset.slug, dataset.class_names, part.images.shape)).encode())
        digest.update(np.ascontiguousarray(part.labels).data)
        if len(part):
            spread = np.unique(np.linspace(0, len(part) - 1, _TOUCHED).astype(np.int64))
            digest.update(np.ascontiguousarray(part.images[spread]).data)
    return digest.digest()
