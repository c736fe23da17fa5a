"""Which weights of a training are kept: many from its beginning, fewer from later, and the ones that matter."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

Mark = Literal["", "epoch", "best"]

MOST_SNAPSHOTS = 60
"""How many snapshots of a training's weights are kept."""

MOST_BYTES = 256 * 1024**2
"""How much room a training's weights may take: about 20 snapshots of a network of three million parameters."""

EARLY_STEPS = 20
"""So long is the beginning in which snapshots are spread evenly; from there on their distances grow with the step."""

MARKED_WEIGHT = 2.0
"""A snapshot with a mark is kept where one without would leave a gap half as wide."""


@dataclass(frozen=True)
class Snapshot:
    """Weights that are stored, or are about to be.

    Args:
        step: Steps taken when they were copied.
        size_bytes: What they take on disk.
        mark: `"epoch"` at the end of an epoch, `"best"` where validation went best so far, else nothing.
    """

    step: int
    size_bytes: int = 0
    mark: Mark = ""


def kept_steps(
    snapshots: Iterable[Snapshot],
    *,
    most: int = MOST_SNAPSHOTS,
    most_bytes: int = MOST_BYTES,
    needed: Iterable[int] = (),
) -> frozenset[int]:
    """Choose which weights are kept, so that a training can be played back in steps that look even.

    A network changes most at the beginning, so what counts is the ratio of two steps, not their difference. As long as
    there are too many, the snapshot goes whose absence leaves the smallest gap on that scale. The first, the newest,
    the newest of the best and the needed ones stay, even where they alone are too many.

    Asked again after each new snapshot, it chooses among those that are left: what was dropped is never missed.

    Args:
        snapshots: What there is, one a step, in any order.
        most: How many may stay, at least 1.
        most_bytes: How much room they may take.
        needed: Steps that stay in any case.

    Returns:
        The steps to keep.

    Example:
        >>> sorted(kept_steps([Snapshot(step) for step in range(0, 1001, 10)], most=8))
        [0, 20, 40, 80, 200, 360, 680, 1000]
    """
    left = sorted(snapshots, key=lambda snapshot: snapshot.step)
    if not left:
        return frozenset()
    best = [snapshot.step for snapshot in left if snapshot.mark == "best"]
    staying = {left[0].step, left[-1].step, *best[-1:], *needed}
    room = sum(snapshot.size_bytes for snapshot in left)
    while len(left) > most or room > most_bytes:
        droppable = [index for index, snapshot in enumerate(left) if snapshot.step not in staying]
        if not droppable:
            break
        dropped = left.pop(min(droppable, key=lambda index: _gap_without(left, index)))
        room -= dropped.size_bytes
    return frozenset(snapshot.step for snapshot in left)


def _gap_without(snapshots: Sequence[Snapshot], index: int) -> float:
    """How wide the gap would be without a snapshot that is neither first nor last, as the logarithm of a ratio."""
    before, after = snapshots[index - 1].step, snapshots[index + 1].step
    gap = math.log((after + EARLY_STEPS) / (before + EARLY_STEPS))
    return gap * (MARKED_WEIGHT if snapshots[index].mark else 1.0)
