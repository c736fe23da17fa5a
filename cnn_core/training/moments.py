"""Moments of a training that one can go back to: when weights are kept for it, which is nearest, in which epoch."""

from __future__ import annotations

from collections.abc import Sequence

from cnn_core.training.snapshot import RunSnapshot

GROWTH = 1.5
"""By so much the step has grown from one kept moment to the next: a network changes most at the beginning."""


def next_moment(step: int) -> int:
    """Return the step whose weights are to be kept next.

    Args:
        step: The last one whose weights were kept, at least 0.

    Example:
        >>> step, steps = 0, []
        >>> while step < 100:
        ...     step = next_moment(step)
        ...     steps.append(step)
        >>> steps
        [1, 2, 3, 5, 8, 12, 18, 27, 41, 62, 93, 140]
    """
    return max(step + 1, -int(-step * GROWTH // 1))


def nearest_moment(moments: Sequence[int], step: int) -> int:
    """Return the moment that is nearest to a step; of two as near the later one.

    Args:
        moments: Steps, at least one.
        step: The one that is looked for.

    Example:
        >>> nearest_moment((0, 10, 20), 15), nearest_moment((0, 10, 20), 400)
        (20, 20)
    """
    return min(moments, key=lambda moment: (abs(moment - step), -moment))


def epoch_at(snapshot: RunSnapshot, step: int) -> int:
    """Return the epoch that a step belongs to, from 1; 0 before the first step.

    Args:
        snapshot: The training.
        step: Steps taken.
    """
    return 1 + sum(epoch.step < step for epoch in snapshot.epochs) if step else 0
