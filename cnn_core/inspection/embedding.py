"""Many images as points of a plane: the last hidden layer's numbers, brought down to two.

scikit-learn does it, and takes a second to import: it is imported when it is needed first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from cnn_core.errors import ClassroomError
from cnn_core.inspection.records import FloatArray, _Frozen

LEAST_COUNT, USUAL_COUNT, MOST_COUNT = 200, 500, 1000
"""Images on a map."""
USUAL_PERPLEXITY = 30
"""About so many neighbours each point minds in t-SNE; van der Maaten & Hinton advise 5 to 50."""
MOST_NUMBERS = 25_000_000
"""So many numbers are held for all images of a map: 100 MB."""

_START = 1e-4
"""Points begin so close together that no start is stronger than what t-SNE finds."""


def balanced_sample(labels: npt.NDArray[np.int64], count: int, seed: int) -> npt.NDArray[np.int64]:
    """Draw images at random so that all classes have equally many, as far as there are enough.

    Args:
        labels: `(n,)`, the class of each image.
        count: How many to draw; all where there are not so many.
        seed: Which ones, 0 or more.

    Returns:
        Indices into `labels`, in rising order.

    Example:
        >>> labels = np.array([0, 0, 0, 0, 0, 0, 1, 1])
        >>> labels[balanced_sample(labels, 5, seed=0)].tolist()
        [0, 0, 0, 1, 1]
    """
    order = np.random.default_rng(seed).permutation(len(labels))
    turn = np.empty(len(labels), dtype=np.int64)
    for index in np.unique(labels):
        mine = order[labels[order] == index]
        turn[mine] = np.arange(len(mine))
    # First the first of every class, then the second of every class, and so on.
    drawn = order[np.argsort(turn[order], kind="stable")][:count]
    return np.sort(drawn).astype(np.int64)


def affordable_count(wanted: int, size: int) -> int:
    """Return how many images a map can have if each has so many numbers; at least 50.

    Example:
        >>> affordable_count(500, 64), affordable_count(1000, 50_000)
        (500, 500)
    """
    return min(wanted, max(MOST_NUMBERS // size, 50))


def check_vectors(vectors: npt.NDArray[Any], layer_name: str) -> None:
    """Refuse what cannot be put on a map.

    Args:
        vectors: `(count, size)`, what the layer gives for each image.
        layer_name: The layer's name, for the message.

    Raises:
        ClassroomError: If numbers are missing, or all images have the same ones.
    """
    if not np.isfinite(vectors).all():
        raise ClassroomError(
            f"The layer {layer_name} gives no numbers any more: training has diverged.",
            "Go back to an earlier moment, or train again with a smaller learning rate.",
        )
    if (vectors == vectors[:1]).all():
        raise ClassroomError(
            f"The layer {layer_name} gives the same numbers for every image, so that all lie on one point.",
            "Its units are dead: train again with a smaller learning rate, or with another activation.",
        )


@dataclass(frozen=True, eq=False)
class PcaMap(_Frozen):
    """Points of a plane through many dimensions, along which they are spread most.

    Args:
        points: `(count, 2)`.
        explained: `(2,)`, each axis's share of the whole variance, 0 to 1, the larger first.
        mean: `(size,)`, the point that becomes (0, 0).
        axes: `(2, size)`, of length 1 and at right angles; of each the number of largest magnitude is positive. Where
            there is only one dimension, the second is all 0.
    """

    points: FloatArray
    explained: FloatArray
    mean: FloatArray
    axes: FloatArray

    def place(self, vectors: npt.NDArray[np.floating[Any]]) -> FloatArray:
        """Return the places of other images on the same map, `(n, 2)`."""
        return ((vectors - self.mean) @ self.axes.T).astype(np.float32)


def pca_map(vectors: npt.NDArray[np.floating[Any]]) -> PcaMap:
    """Look at points from the side on which they are spread most: principal component analysis.

    Args:
        vectors: `(count, size)`, finite and not all the same; at least two.

    Returns:
        The map.

    Reference:
        Pearson 1901, *On lines and planes of closest fit to systems of points in space*.
    """
    from sklearn.decomposition import PCA

    least = min(vectors.shape)
    # Only two axes are wanted: ARPACK finds these exactly, and quickly where there are thousands of dimensions.
    solver = "arpack" if least > 3 else "full"
    found = PCA(n_components=min(2, least), svd_solver=solver, random_state=0).fit(vectors)
    axes = np.zeros((2, vectors.shape[1]), dtype=np.float32)
    axes[: len(found.components_)] = found.components_
    explained = np.zeros(2, dtype=np.float32)
    explained[: len(found.components_)] = found.explained_variance_ratio_
    largest = np.take_along_axis(axes, np.abs(axes).argmax(axis=1)[:, np.newaxis], axis=1)
    axes *= np.where(largest < 0, -1, 1)  # an axis has no direction: this makes it the same every time
    mean = np.asarray(found.mean_, dtype=np.float32)
    return PcaMap(((vectors - mean) @ axes.T).astype(np.float32), explained, mean, axes)


def usable_perplexity(wanted: float, count: int) -> float:
    """Return the perplexity that so many points allow: each looks at three times as many neighbours.

    Example:
        >>> usable_perplexity(30, 500), usable_perplexity(30, 31)
        (30.0, 10.0)
    """
    return float(min(wanted, max((count - 1) / 3, 1)))


def tsne_map(vectors: npt.NDArray[np.floating[Any]], seed: int = 0, perplexity: float = USUAL_PERPLEXITY) -> FloatArray:
    """Lay points out in a plane so that near ones stay near: t-distributed stochastic neighbour embedding.

    It begins with PCA and moves the points 1,000 times. New points cannot be added: it has to be done again with them.

    Args:
        vectors: `(count, size)`, finite and not all the same; at least four.
        seed: Shifts the start by a hundredth, 0 or more. The same seed gives the same map.
        perplexity: About how many neighbours each point minds, 1 or more; less where there are too few points.

    Returns:
        `(count, 2)`.

    Reference:
        van der Maaten & Hinton 2008, *Visualizing data using t-SNE*.
    """
    from sklearn.manifold import TSNE
    from threadpoolctl import threadpool_limits

    start = pca_map(vectors).points
    start = start / start[:, 0].std() * _START
    start += np.random.default_rng(seed).normal(0, _START / 100, start.shape)
    # One thread: two gain little, and where a training or another session is at work they wait for each other.
    with threadpool_limits(1, user_api="openmp"):
        method = TSNE(
            init=start.astype(np.float32),
            perplexity=usable_perplexity(perplexity, len(vectors)),
            random_state=seed,
        )
        points: FloatArray = method.fit_transform(vectors.astype(np.float32, copy=False))
    return points
