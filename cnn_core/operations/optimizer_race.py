"""Optimisers raced on a loss surface, and what became of each.

All begin at one place and follow the gradient, each by its own rule. How a race ends is read off the losses.

Reference:
    Goodfellow, Bengio & Courville 2016, *Deep Learning*, chapter 8.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from cnn_core.operations.optimizers import RULES, no_memory
from cnn_core.operations.surfaces import Point, Surface
from cnn_core.operations.windows import Floats

Outcome = Literal["arrived", "diverged", "stuck", "on the way"]

NEAR = 0.01
"""Who has come down by all but this share of the way has arrived."""
LEVEL = 1e-3
"""A gradient that is shorter than this moves nobody any more."""
FAR = 1e6
"""Who is further away than this does not come back; the path ends there."""
TRIED_RATES: tuple[float, ...] = (0.001, 0.003, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.0)


@dataclass(frozen=True, eq=False)
class RacePath:
    """The way of one optimiser.

    Args:
        rule: Its name among `RULES`.
        learning_rate: With which it went.
        points: `(steps + 1, 2)`, from the start on; shorter where it went out of all bounds.
        losses: `(steps + 1,)`, the loss at each.
        outcome: How it ended.
        outcome_step: Since which step: arrived for good, or higher than at the start for good; else the last one.
    """

    rule: str
    learning_rate: float
    points: Floats
    losses: Floats
    outcome: Outcome
    outcome_step: int


def race(surface: Surface, rules: Sequence[str], start: Point, learning_rate: float, steps: int) -> list[RacePath]:
    """Let optimisers start at one place, all with one learning rate.

    Args:
        surface: Where.
        rules: Which, by their names among `RULES`.
        start: Where they begin.
        learning_rate: How far each goes, as far as its rule lets it.
        steps: How many steps.

    Example:
        >>> from cnn_core.operations.surfaces import SURFACES
        >>> slow, fast = race(SURFACES["valley"], ["sgd", "momentum"], (-4.0, 1.2), 0.03, 100)
        >>> slow.outcome, fast.outcome_step < slow.outcome_step
        ('arrived', True)
        >>> race(SURFACES["valley"], ["sgd"], (-4.0, 1.2), 0.07, 100)[0].outcome
        'diverged'
    """
    return [_paths(surface, rule, start, (learning_rate,), steps)[0] for rule in rules]


def race_at_best(surface: Surface, rules: Sequence[str], start: Point, steps: int) -> list[RacePath]:
    """Let each optimiser go with the learning rate that suits it best here: of those tried, the one that arrives first.

    Where none arrives, it is the one with the lowest loss at the end.

    Args:
        surface: Where.
        rules: Which, by their names among `RULES`.
        start: Where they begin.
        steps: How many steps.
    """
    return [min(_paths(surface, rule, start, TRIED_RATES, steps), key=_rank) for rule in rules]


def _rank(path: RacePath) -> tuple[bool, float]:
    has_arrived = path.outcome == "arrived"
    return (not has_arrived, path.outcome_step if has_arrived else float(path.losses[-1]))


@np.errstate(over="ignore", invalid="ignore")
def _paths(surface: Surface, rule: str, start: Point, rates: Sequence[float], steps: int) -> list[RacePath]:
    """Let one optimiser go with several learning rates at once."""
    step_by, at_once = RULES[rule], np.array(rates)[:, np.newaxis]
    points: Floats = np.tile(np.array(start, np.float64), (len(rates), 1))
    memory = no_memory(points)
    ways = [points]
    for _ in range(steps):
        points, memory = step_by(points, surface.gradient_at(points), memory, at_once)
        ways.append(points)
    ended = np.stack(ways, axis=1)
    return [_path(surface, rule, rate, way) for rate, way in zip(rates, ended, strict=True)]


def _path(surface: Surface, rule: str, learning_rate: float, way: Floats) -> RacePath:
    outside = np.flatnonzero(~(np.abs(way).max(axis=1) < FAR))
    way = way[: outside[0] + 1] if outside.size else way
    losses = surface.loss_at(way)
    outcome, outcome_step = _outcome(surface, way, losses)
    return RacePath(rule, learning_rate, way, losses, outcome, outcome_step)


def _outcome(surface: Surface, points: Floats, losses: Floats) -> tuple[Outcome, int]:
    above = losses - surface.lowest
    last = len(losses) - 1
    if not above[-1] <= above[0]:
        return "diverged", int(np.flatnonzero(above <= above[0])[-1]) + 1
    is_far = above > NEAR * above[0]
    if not is_far[-1]:
        return "arrived", int(np.flatnonzero(is_far)[-1]) + 1 if is_far.any() else 0
    gradient = np.linalg.norm(surface.gradient_at(points[-1]))
    return ("stuck" if gradient < LEVEL else "on the way"), last
