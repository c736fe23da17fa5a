"""Choosing images: parts of a data set in which every class has its share."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Indices = npt.NDArray[np.int64]


def stratified_split(labels: npt.NDArray[np.integer], share: float, seed: int) -> tuple[Indices, Indices]:
    """Set a share of the images of every class aside for validation.

    A validation part drawn without regard to the classes may hold many sevens and few ones, and then
    its accuracy says little about the ones. Here each class gives the same share, within one image,
    and always keeps at least one image for training.

    Args:
        labels: `(count,)` integers, the class of each image.
        share: The part to set aside, at least 0 and below 1.
        seed: Which images it is, 0 or more; the same seed gives the same split.

    Returns:
        The training indices and the validation indices, each `int64` in rising order. Together they name
        every image once.

    Raises:
        ValueError: If `labels` is no 1-D array of integers or `share` is outside [0, 1).

    Example:
        >>> labels = np.array([0, 0, 0, 0, 1, 1, 1, 1])
        >>> training, validation = stratified_split(labels, share=0.25, seed=0)
        >>> labels[validation].tolist(), len(training)
        ([0, 1], 6)
    """
    _check_labels(labels)
    if not 0 <= share < 1:
        raise ValueError(f"share must be at least 0 and below 1. Received: share={share}.")

    classes, class_of, class_sizes = np.unique(labels, return_inverse=True, return_counts=True)
    quotas = class_sizes * share
    taken = np.floor(quotas).astype(np.int64)  # below class_sizes, as share is below 1

    # What rounding down left over goes to the classes that lost most by it:
    # so the whole keeps its share.
    left_over = int(np.rint(labels.size * share)) - int(taken.sum())
    for class_number in np.argsort(taken - quotas, kind="stable"):
        most = min(quotas[class_number], class_sizes[class_number] - 1)
        if left_over > 0 and taken[class_number] < most:
            taken[class_number] += 1
            left_over -= 1

    is_validation = _rank_within_class(class_of, len(classes), seed) < taken[class_of]
    training, validation = np.flatnonzero(~is_validation), np.flatnonzero(is_validation)
    return training.astype(np.int64), validation.astype(np.int64)


def subset_indices(labels: npt.NDArray[np.integer], count: int, seed: int) -> Indices:
    """Choose some of the images so that every class appears equally often, as far as it can.

    The classes take turns, and a class that has run out is passed over. With the same seed a smaller
    subset lies within every larger one, so a learning curve grows by adding images only.

    Args:
        labels: `(total,)` integers, the class of each image.
        count: How many images to choose, 0 to `total`.
        seed: Which images it is, 0 or more; the same seed gives the same subset.

    Returns:
        `(count,)` indices, `int64` in rising order, none twice.

    Raises:
        ValueError: If `labels` is no 1-D array of integers or `count` is outside 0 to `total`.

    Example:
        >>> labels = np.array([0, 0, 0, 0, 0, 0, 1, 1])
        >>> labels[subset_indices(labels, count=6, seed=0)].tolist()
        [0, 0, 0, 0, 1, 1]
    """
    _check_labels(labels)
    if not 0 <= count <= labels.size:
        raise ValueError(f"count must be 0 to {labels.size}. Received: count={count}.")

    classes, class_of = np.unique(labels, return_inverse=True)
    rank = _rank_within_class(class_of, len(classes), seed)
    turn_of_class = np.random.default_rng([seed, 1]).permutation(len(classes))
    order = np.lexsort((turn_of_class[class_of], rank))
    return np.sort(order[:count]).astype(np.int64)


def _rank_within_class(class_of: npt.NDArray[np.intp], class_count: int, seed: int) -> Indices:
    """For each image its place in a random queue of its own class, from 0."""
    generator = np.random.default_rng([seed, 0])
    rank = np.empty(class_of.size, dtype=np.int64)
    for class_number in range(class_count):
        members = np.flatnonzero(class_of == class_number)
        rank[members] = generator.permutation(members.size)
    return rank


def _check_labels(labels: npt.NDArray[np.integer]) -> None:
    if labels.ndim != 1 or not np.issubdtype(labels.dtype, np.integer):
        raise ValueError(f"labels must be (count,) integers. Received: shape={labels.shape}, dtype={labels.dtype}.")
