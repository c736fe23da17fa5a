"""How the learning rate changes while a network learns. Pure arithmetic; the exported scripts carry these functions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from cnn_core.training.settings import TrainingSettings


def step_rate(step: int, steps_per_epoch: int, peak: float, drop_epochs: int, drop_factor: float) -> float:
    """Multiply the learning rate by a factor after every so many epochs.

    Args:
        step: Steps taken before, from 0.
        steps_per_epoch: Steps in one epoch, at least 1.
        peak: The learning rate of the beginning.
        drop_epochs: Epochs from one drop to the next, at least 1.
        drop_factor: What the rate is multiplied by at each drop, 0 to 1.

    Example:
        >>> [step_rate(step, 10, 0.1, 2, 0.5) for step in (0, 19, 20, 40)]
        [0.1, 0.1, 0.05, 0.025]
    """
    return peak * drop_factor ** (step // (steps_per_epoch * drop_epochs))


def cosine_rate(step: int, total_steps: int, peak: float) -> float:
    """Let the learning rate fall along half a cosine, to 0 at the end.

    Args:
        step: Steps taken before, from 0.
        total_steps: Steps in all epochs, at least 1.
        peak: The learning rate of the beginning.

    Example:
        >>> [round(cosine_rate(step, 100, 0.1), 4) for step in (0, 50, 100)]
        [0.1, 0.05, 0.0]

    Reference:
        Loshchilov and Hutter, SGDR: Stochastic Gradient Descent with Warm Restarts, 2017, equation 5, without restarts.
    """
    return peak * (1 + float(np.cos(np.pi * min(step / total_steps, 1.0)))) / 2


def one_cycle_rate(step: int, total_steps: int, peak: float, warm_up_share: float) -> float:
    """Let the learning rate rise to its peak and fall again, each along half a cosine.

    It begins at a 25th of the peak and ends at a 10,000th of that.

    Args:
        step: Steps taken before, from 0.
        total_steps: Steps in all epochs, at least 1.
        peak: The largest learning rate.
        warm_up_share: Share of all steps in which it rises, above 0 and below 1.

    Example:
        >>> [round(one_cycle_rate(step, 100, 0.1, 0.3), 4) for step in (0, 30, 65, 100)]
        [0.004, 0.1, 0.05, 0.0]

    Reference:
        Smith and Topin, Super-Convergence: Very Fast Training of Neural Networks Using Large Learning Rates, 2019.
    """
    first, last = peak / 25, peak / 25 / 10_000
    rise = warm_up_share * total_steps
    if step < rise:
        return peak + (first - peak) * (1 + float(np.cos(np.pi * step / rise))) / 2
    fallen = min((step - rise) / (total_steps - rise), 1.0)
    return last + (peak - last) * (1 + float(np.cos(np.pi * fallen))) / 2


@dataclass(frozen=True)
class Schedule:
    """One way for the learning rate to change.

    Args:
        title: Its name for people.
        rate: From steps taken, steps in an epoch, steps in all, and the settings, to the rate of the next step.
        fields: The training settings that it alone needs.
    """

    title: str
    rate: Callable[[int, int, int, TrainingSettings], float]
    fields: tuple[str, ...] = ()


SCHEDULES = {
    "constant": Schedule("constant", lambda _step, _epoch, _total, s: s.learning_rate),
    "step": Schedule(
        "in steps",
        lambda step, epoch, _total, s: step_rate(step, epoch, s.learning_rate, s.drop_epochs, s.drop_factor),
        ("drop_epochs", "drop_factor"),
    ),
    "cosine": Schedule("cosine", lambda step, _epoch, total, s: cosine_rate(step, total, s.learning_rate)),
    "one_cycle": Schedule(
        "one cycle",
        lambda step, _epoch, total, s: one_cycle_rate(step, total, s.learning_rate, s.warm_up_share),
        ("warm_up_share",),
    ),
}
"""Schedules by the name of their setting. New ones are added at the end: addresses name them by their position."""


def scheduled_rate(settings: TrainingSettings, step: int, steps_per_epoch: int) -> float:
    """Return the learning rate of the step that follows `step` others.

    Args:
        settings: Learning rate, schedule and epochs.
        step: Steps taken before, from 0.
        steps_per_epoch: Steps in one epoch, at least 1.
    """
    total_steps = steps_per_epoch * settings.epochs
    return SCHEDULES[settings.schedule].rate(step, steps_per_epoch, total_steps, settings)


def schedule_curve(settings: TrainingSettings, steps_per_epoch: int, points: int = 200) -> npt.NDArray[np.float64]:
    """Return the learning rate over a whole training.

    Args:
        settings: Learning rate, schedule and epochs.
        steps_per_epoch: Steps in one epoch, at least 1.
        points: Steps to look at, evenly spread, at most.

    Returns:
        `(2, points)`: step numbers from 0, and the rate of the step that follows.
    """
    last = steps_per_epoch * settings.epochs - 1
    steps = np.unique(np.linspace(0, last, points).round())
    rates = [scheduled_rate(settings, int(step), steps_per_epoch) for step in steps]
    return np.array([steps, rates])
