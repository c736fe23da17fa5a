"""Loss surfaces of two weights, to walk on: what optimisers are good at can be seen on a map.

A network's loss depends on thousands of weights; of two, it is a landscape. Each of these has one difficulty that real
losses have too.

Reference:
    Goodfellow, Bengio & Courville 2016, *Deep Learning*, section 8.2; Dauphin et al. 2014, *Identifying and attacking
    the saddle point problem in high-dimensional non-convex optimization*.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from cnn_core.operations.windows import Floats

Point = tuple[float, float]


@dataclass(frozen=True)
class Surface:
    """A loss that depends on two weights, x and y.

    Args:
        title: Its name for people.
        formula: The loss in x and y.
        lesson: What it is difficult about, in one sentence.
        x_range: From where to where it is shown.
        y_range: The same for y.
        start: A telling place to begin.
        learning_rate: A telling learning rate.
        minima: Its lowest places.
        loss_at: Takes `(..., 2)` and returns `(...)`.
        gradient_at: Takes `(..., 2)` and returns `(..., 2)`.
    """

    title: str
    formula: str
    lesson: str
    x_range: Point
    y_range: Point
    start: Point
    learning_rate: float
    minima: tuple[Point, ...]
    loss_at: Callable[[Floats], Floats]
    gradient_at: Callable[[Floats], Floats]

    @property
    def lowest(self) -> float:
        """The loss at its lowest places."""
        return float(np.min(self.loss_at(np.array(self.minima, np.float64))))

    def grid(self, columns: int, rows: int) -> Floats:
        """Return the loss on a grid over what is shown, the row with the largest y first.

        Args:
            columns: Numbers across, the first and the last one on the edges.
            rows: Numbers down.

        Returns:
            `(rows, columns)`.

        Example:
            >>> SURFACES["bowl"].grid(3, 3).tolist()[1]
            [12.5, 0.0, 12.5]
        """
        x = np.linspace(*self.x_range, columns)
        y = np.linspace(self.y_range[1], self.y_range[0], rows)
        return self.loss_at(np.stack(np.meshgrid(x, y), axis=-1))


def _pair(x: Floats, y: Floats) -> Floats:
    return np.stack([x, y], axis=-1)


def _bowl(p: Floats) -> Floats:
    loss: Floats = (p**2).sum(axis=-1) / 2
    return loss


VALLEY_STEEPNESS = 30.0


def _valley(p: Floats) -> Floats:
    loss: Floats = (p[..., 0] ** 2 + VALLEY_STEEPNESS * p[..., 1] ** 2) / 2
    return loss


def _curved(p: Floats) -> Floats:
    x, y = p[..., 0], p[..., 1]
    loss: Floats = 0.1 * (1 - x) ** 2 + (y - x**2) ** 2
    return loss


def _curved_gradient(p: Floats) -> Floats:
    x, y = p[..., 0], p[..., 1]
    return _pair(-0.2 * (1 - x) - 4 * x * (y - x**2), 2 * (y - x**2))


def _saddle(p: Floats) -> Floats:
    x, y = p[..., 0], p[..., 1]
    loss: Floats = x**2 / 2 - y**2 / 2 + y**4 / 4
    return loss


def _two_minima(p: Floats) -> Floats:
    x, y = p[..., 0], p[..., 1]
    loss: Floats = x**4 / 4 - x**2 + 0.3 * x + y**2 / 2
    return loss


def _plain(p: Floats) -> Floats:
    loss: Floats = 1 - np.exp(-(p**2).sum(axis=-1) / 2)
    return loss


_DEEPER = float(np.min(np.roots([1.0, 0.0, -2.0, 0.3]).real))

SURFACES: dict[str, Surface] = {
    "valley": Surface(
        "Long valley",
        "(x² + 30 y²) / 2",
        "Thirty times steeper across than along: whoever is quick along the valley jumps from wall to wall.",
        (-4.5, 4.5),
        (-2.25, 2.25),
        (-4.0, 1.2),
        0.03,
        ((0.0, 0.0),),
        _valley,
        lambda p: p * np.array([1.0, VALLEY_STEEPNESS]),
    ),
    "bowl": Surface(
        "Round bowl",
        "(x² + y²) / 2",
        "Equally steep all round: the gradient points away from the minimum everywhere, and anything works.",
        (-5.0, 5.0),
        (-2.5, 2.5),
        (-2.5, 2.0),
        0.1,
        ((0.0, 0.0),),
        _bowl,
        lambda p: p,
    ),
    "curved": Surface(
        "Curved valley",
        "0.1 (1 − x)² + (y − x²)²",
        "Rosenbrock’s valley of 1960, made milder: its floor is nearly flat and bends, so old directions mislead.",
        (-3.0, 3.0),
        (-0.7, 2.3),
        (-1.6, 1.6),
        0.03,
        ((1.0, 1.0),),
        _curved,
        _curved_gradient,
    ),
    "saddle": Surface(
        "Saddle",
        "x² / 2 − y² / 2 + y⁴ / 4",
        "At (0, 0) the ground is level, and yet it is no minimum: it goes down on both sides of the ridge.",
        (-3.5, 3.5),
        (-1.75, 1.75),
        (-1.9, 0.001),
        0.1,
        ((0.0, 1.0), (0.0, -1.0)),
        _saddle,
        lambda p: _pair(p[..., 0], p[..., 1] ** 3 - p[..., 1]),
    ),
    "two-minima": Surface(
        "Two minima",
        "x⁴ / 4 − x² + 0.3 x + y² / 2",
        "The nearer minimum is not the lower one. All that one feels is the ground under one’s feet.",
        (-3.3, 3.3),
        (-1.65, 1.65),
        (2.2, 1.4),
        0.05,
        ((_DEEPER, 0.0),),
        _two_minima,
        lambda p: _pair(p[..., 0] ** 3 - 2 * p[..., 0] + 0.3, p[..., 1]),
    ),
    "plain": Surface(
        "Wide plain",
        "1 − exp(−(x² + y²) / 2)",
        "A hole in a plain that is nearly level: far from it the gradient is almost nothing.",
        (-6.0, 6.0),
        (-3.0, 3.0),
        (-2.4, 2.2),
        0.1,
        ((0.0, 0.0),),
        _plain,
        lambda p: p * np.exp(-(p**2).sum(axis=-1, keepdims=True) / 2),
    ),
}
"""What one can race on, by name."""
