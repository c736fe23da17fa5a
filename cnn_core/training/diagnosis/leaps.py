"""Rules on a loss that grows instead of falling."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cnn_core.training.diagnosis.base import Course, Finding, loss_text, rate_text, recent_mean

EXPLODED = 10.0
"""So many times its start the loss of a healthy network never is: batch norm's first steps may triple it."""

LEAPT = 1.5
"""So many times its start the loss has leapt; that counts only where it has not come down since."""

RECOVERED = 0.9
"""Below this part of the loss of guessing the network has learned something after all."""

LATE = 1.3
LATE_BATCHES = 3
LATE_FROM = 0.2
"""After the first fifth of the steps no batch of a healthy training is worse than the start was; three batches that are
worse by nearly a third are no accident."""

LEAST_STEPS = 20
"""Fewer steps are a beginning, in which a leap may come down by itself; a loss that is no number never does."""

SMALLER = 10.0
"""A learning rate is usually wrong by a power of ten rather than by a little."""


def exploding_loss(course: Course) -> Iterator[Finding]:
    """The loss is no number any more, or was ten times its start and has not come down; the latter takes 20 steps."""
    broken = np.flatnonzero(~np.isfinite(course.batch_loss))
    if len(broken):
        step = int(broken[0]) + 1
        seen = f"The loss is no number any more since step {step:,}: training has diverged."
        yield _exploded(course, seen, step)
    elif _is_judgeable(course) and _peak(course) >= EXPLODED * _level(course) and not _has_recovered(course):
        step = int(np.argmax(course.losses)) + 1
        seen = (
            f"The loss leapt from {loss_text(course.start_loss)} to {loss_text(_peak(course))} in step {step:,}; "
            f"guessing would be {loss_text(course.guessing_loss)}, and lately it is "
            f"{loss_text(recent_mean(course.losses))}."
        )
        yield _exploded(course, seen, step)


def rate_too_large(course: Course) -> Iterator[Finding]:
    """The loss leapt and has not come down, or keeps leaping above its start; this takes 60 steps and an epoch."""
    if not course.epochs or course.steps < 3 * LEAST_STEPS or any(exploding_loss(course)):
        return
    late = course.losses[int(LATE_FROM * len(course.losses)) :]
    worse = int(np.sum(late >= LATE * _level(course)))
    if worse >= LATE_BATCHES:
        seen = (
            f"Long after the beginning the loss still leaps above where it began, {loss_text(course.start_loss)}: "
            f"{worse:,} times, up to {loss_text(float(late.max()))}."
        )
    elif _peak(course) >= LEAPT * _level(course) and not _has_recovered(course):
        seen = (
            f"The loss leapt from {loss_text(course.start_loss)} to {loss_text(_peak(course))} and is no better than "
            f"guessing since: lately {loss_text(recent_mean(course.losses))}, guessing would be "
            f"{loss_text(course.guessing_loss)}."
        )
    else:
        return
    yield Finding("rate-too-large", seen, _reason(course), "learning-rate", course.curve_evidence())


def _exploded(course: Course, seen: str, step: int) -> Finding:
    evidence = course.curve_evidence(first_step=max(1, step - 20))
    return Finding("exploding-loss", seen, _reason(course), "exploding-loss", evidence)


def _reason(course: Course) -> str:
    rate = course.settings.learning_rate
    return (
        "Each step goes against the gradient, but so far that it lands higher up on the other side. The learning rate "
        f"is {rate_text(rate)}; train again with a tenth of it, {rate_text(rate / SMALLER)}."
    )


def _is_judgeable(course: Course) -> bool:
    return course.steps >= LEAST_STEPS and len(course.losses) > 0


def _peak(course: Course) -> float:
    return float(course.losses.max())


def _level(course: Course) -> float:
    """Where the loss begins: a lucky first batch is not held against the rest."""
    return max(course.start_loss, course.guessing_loss)


def _has_recovered(course: Course) -> bool:
    return recent_mean(course.losses) < RECOVERED * course.guessing_loss
