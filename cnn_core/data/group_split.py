"""Choosing images without tearing apart what belongs together: all images of a patient stay on one side."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from cnn_core.data.split import Indices, stratified_split

TRIES = 12
"""Orders in which the groups are dealt out; the fairest result is taken."""
FEW_GROUPS = 500
"""With more groups than that one order is as fair as another."""
MOST_IMPROVEMENTS = 1000

_NONE_LEFT = 1e6
_NONE_ASIDE = 1e3
"""What it costs to leave a class without images on one side: more than any uneven shares, and more in training."""

Whole = npt.NDArray[np.integer]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


def group_split(labels: Whole, groups: Whole | None, share: float, seed: int) -> tuple[Indices, Indices]:
    """Set about a share of every class aside, group by group.

    A network that has seen some cells of a patient knows that patient's blood and stain. Judged on other cells of the
    same patient it seems better than it is on a new one. So whole groups change sides, and the shares of the classes
    are kept as far as the groups allow: moving any one group to the other side would make them no better.

    Args:
        labels: `(count,)` integers, the class of each image.
        groups: `(count,)` integers, the group of each image; without, each image stands for itself
            (`split.stratified_split`).
        share: The part to set aside, at least 0 and below 1.
        seed: Which groups they are, 0 or more; the same seed gives the same split.

    Returns:
        The indices that stay and those that are set aside, each `int64` in rising order. Together they name every
        image once. A class whose images are all of one group lies on one side, in training if one class must.

    Raises:
        ValueError: If the arrays do not fit each other or `share` is outside [0, 1).

    Example:
        >>> labels = np.array([0, 0, 0, 0, 1, 1, 1, 1])
        >>> patients = np.array([5, 5, 6, 6, 7, 7, 8, 8])
        >>> training, test = group_split(labels, patients, share=0.5, seed=0)
        >>> labels[test].tolist(), set(patients[training]) & set(patients[test])
        ([0, 0, 1, 1], set())

    Reference:
        S. Kaufman et al. 2012: Leakage in data mining. ACM Transactions on Knowledge Discovery from Data 6(4).
    """
    if groups is None:
        return stratified_split(labels, share, seed)
    if groups.shape != labels.shape or labels.ndim != 1:
        raise ValueError(
            f"labels and groups must be (count,) alike. Received: labels={labels.shape}, groups={groups.shape}."
        )
    if not 0 <= share < 1:
        raise ValueError(f"share must be at least 0 and below 1. Received: share={share}.")
    classes, class_of = np.unique(labels, return_inverse=True)
    names, group_of = np.unique(groups, return_inverse=True)
    if share == 0 or len(names) < 2:
        everything = np.arange(len(labels), dtype=np.int64)
        return everything, everything[:0]
    table = np.zeros((len(names), len(classes)), np.float64)
    np.add.at(table, (group_of, class_of), 1.0)
    is_aside = _fairest(table, share, seed)[group_of]
    return np.flatnonzero(~is_aside).astype(np.int64), np.flatnonzero(is_aside).astype(np.int64)


def _fairest(table: Floats, share: float, seed: int) -> Flags:
    """Deal the groups out in several orders, and take the result with the smallest cost."""
    rng = np.random.default_rng([seed, 2])
    tries = TRIES if len(table) <= FEW_GROUPS else 1
    orders = [rng.permutation(len(table)) for _ in range(tries)]
    found = [_improved(table, _dealt(table, share, order), share) for order in orders]
    aside = np.array([table[chosen].sum(axis=0) for chosen in found])
    return found[int(_costs(aside, table, share).argmin())]


def _dealt(table: Floats, share: float, order: npt.NDArray[np.intp]) -> Flags:
    """Go through the groups, and set each aside that brings the classes nearer to their shares."""
    sizes = table.sum(axis=0)
    missing = sizes * share
    chosen = np.zeros(len(table), np.bool_)
    for group in order:
        # The squared distance from the shares shrinks if it covers more than twice the excess.
        if (table[group] * (2 * missing - table[group]) / sizes).sum() > 0:
            chosen[group] = True
            missing = missing - table[group]
    return chosen


def _improved(table: Floats, chosen: Flags, share: float) -> Flags:
    """Move single groups to the other side as long as that makes the shares better."""
    for _ in range(MOST_IMPROVEMENTS):
        aside = table[chosen].sum(axis=0)
        after = aside + np.where(chosen[:, np.newaxis], -table, table)
        costs = _costs(after, table, share)
        best = int(costs.argmin())
        if costs[best] >= _costs(aside[np.newaxis], table, share)[0] - 1e-9:
            break
        chosen[best] = not chosen[best]
    return chosen


def _costs(aside: Floats, table: Floats, share: float) -> Floats:
    """How far the classes are from their shares: `(tries, classes)` set aside to `(tries,)`."""
    sizes = table.sum(axis=0)
    uneven = (aside - sizes * share) ** 2 / sizes
    none_left, none_aside = aside >= sizes, aside <= 0
    each: Floats = uneven + _NONE_LEFT * none_left + _NONE_ASIDE * none_aside
    return np.asarray(each.sum(axis=1), np.float64)
