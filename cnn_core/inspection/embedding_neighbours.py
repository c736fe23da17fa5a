"""Who lies next to whom in a space of many dimensions, and whether neighbours are of one class."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from cnn_core.inspection.records import _Frozen

NEIGHBOURS = 5
"""So many nearest neighbours say among whom an image lies. Odd, so that two classes cannot have equally many."""
_FEATURES_AT_ONCE = 2048

Indices = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Neighbourhoods(_Frozen):
    """Among whom each of many images lies.

    Args:
        neighbours: `(count, k)` indices of each image's nearest neighbours, the nearest first.
        own: `(count,)` how many of them are of the image's own class, 0 to k.
        class_indices: `(count,)` the class that most of them are of.
        is_astray: `(count,)` whether more than half of them are of other classes.
    """

    neighbours: Indices
    own: Indices
    class_indices: Indices
    is_astray: npt.NDArray[np.bool_]

    @property
    def separation(self) -> float:
        """Share of the images that lie among their own class, 0 to 1."""
        return 1.0 - float(self.is_astray.mean())


def squared_distances(some: npt.NDArray[Any], others: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """Return the squared Euclidean distance of each of some points to each of others.

    Args:
        some: `(m, size)`.
        others: `(n, size)`.

    Returns:
        `(m, n)`, 0 and more.

    Example:
        >>> squared_distances(np.array([[0, 0], [3, 4]]), np.array([[0, 0], [3, 0]])).tolist()
        [[0.0, 9.0], [25.0, 16.0]]
    """
    total = np.zeros((len(some), len(others)))
    # Part by part: as double precision, all features of all images could take a gigabyte.
    for start in range(0, some.shape[1], _FEATURES_AT_ONCE):
        a = some[:, start : start + _FEATURES_AT_ONCE].astype(np.float64)
        b = others[:, start : start + _FEATURES_AT_ONCE].astype(np.float64)
        total += (a**2).sum(axis=1)[:, np.newaxis] + (b**2).sum(axis=1) - 2 * (a @ b.T)
    return np.maximum(total, 0.0)


def nearest_neighbours(vectors: npt.NDArray[Any], k: int = NEIGHBOURS, of: npt.NDArray[Any] | None = None) -> Indices:
    """Return the nearest neighbours of points, the nearest first; of equally near ones the earlier first.

    Args:
        vectors: `(count, size)`, the points among which neighbours are looked for.
        k: How many, at least 1; fewer where there are not so many others.
        of: `(m, size)`, the points whose neighbours are wanted; without it those of `vectors` themselves, none of them
            its own neighbour.

    Returns:
        `(m, k)` indices into `vectors`.

    Example:
        >>> nearest_neighbours(np.array([[0.0], [1.0], [5.0]]), k=1).ravel().tolist()
        [1, 0, 1]

    Reference:
        Cover & Hart 1967, *Nearest neighbor pattern classification*.
    """
    distances = squared_distances(vectors if of is None else of, vectors)
    if of is None:
        np.fill_diagonal(distances, np.inf)
    most = len(vectors) - (of is None)
    order: Indices = np.argsort(distances, axis=1, kind="stable")[:, : min(k, most)].astype(np.int64)
    return order


def neighbour_class(labels: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return the class that most neighbours are of; of classes with equally many, that of the nearest.

    Args:
        labels: `(count, k)`, the class of each neighbour, the nearest first.

    Returns:
        `(count,)` class indices.

    Example:
        >>> neighbour_class(np.array([[7, 1, 1, 7, 7], [4, 9, 9, 4, 2]])).tolist()
        [7, 4]
    """
    # Nearer ones count a little more; all that is added stays below one vote.
    weights = 1 + 0.5 ** np.arange(2, labels.shape[1] + 2)
    classes = int(labels.max(initial=0)) + 1
    votes = np.stack([(labels == index) @ weights for index in range(classes)], axis=1)
    winners: npt.NDArray[np.int64] = votes.argmax(axis=1).astype(np.int64)
    return winners


def neighbourhoods(vectors: npt.NDArray[Any], labels: npt.NDArray[np.int64], k: int = NEIGHBOURS) -> Neighbourhoods:
    """Say for each image among whom it lies.

    Args:
        vectors: `(count, size)`, finite; at least two.
        labels: `(count,)`, the class of each.
        k: How many neighbours are asked.

    Raises:
        ValueError: If there are fewer than two images, or not one label for each.
    """
    if len(vectors) < 2 or labels.shape != (len(vectors),):
        raise ValueError(
            "vectors must be (count, size) with at least two, and labels (count,). "
            f"Received: vectors.shape={vectors.shape}, labels.shape={labels.shape}."
        )
    neighbours = nearest_neighbours(vectors, k)
    theirs = labels[neighbours]
    own = (theirs == labels[:, np.newaxis]).sum(axis=1).astype(np.int64)
    return Neighbourhoods(neighbours, own, neighbour_class(theirs), 2 * own < neighbours.shape[1])
