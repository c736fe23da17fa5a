"""Rules on how fast a training gets on: too slowly, not any more, or no further than what the network sees."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cnn_core.architecture.advice import network_advice
from cnn_core.architecture.advice.base import percent
from cnn_core.training.diagnosis.base import Course, Evidence, Finding, loss_text, rate_text, recent_mean
from cnn_core.training.diagnosis.blocked import is_blocked
from cnn_core.training.diagnosis.leaps import exploding_loss, rate_too_large

SLOW_STEPS = 100
"""So many steps are plenty for a good learning rate to show."""

HARDLY_MOVED = 0.1
"""Share of their length that weights have come from where they began. Whatever has learned is beyond 0.2."""

HARDLY_FALLEN = 0.9
"""Part of its start at which the loss still is."""

MOVED_LITTLE = 0.3
STILL_HIGH = 0.5
STILL_FALLING = 0.5
"""At the end of a training: the loss is above half of its start, falls in the last third at least half as fast as on
the whole, and the weights have not come far. Then there would have been far to go."""

FASTER = 10.0

PLATEAU_STEPS = 200
PLATEAU_EPOCHS = 5
PLATEAU_PART = 0.4
PLATEAU_FALL = 0.03
"""In the last two fifths of the steps so far, the later half is better than the earlier by less than 3 %."""

GOOD_ACCURACY = 0.95
"""Who is there has reached the goal and need not get any further."""

LOW_ACCURACY = 0.85
SMALL_GAP = 0.05
LOW_EPOCHS = 2
UNSEEN = "skipped-pixels"


def rate_too_small(course: Course) -> Iterator[Finding]:
    """The loss falls, but by far too little; this takes an epoch and 100 steps, and half the schedule if it changes."""
    if not course.epochs or course.steps < SLOW_STEPS or not course.health or is_blocked(course):
        return
    if (course.settings.schedule != "constant" and course.progress < 0.5) or _has_leapt(course):
        return
    start, now = max(course.start_loss, course.guessing_loss), recent_mean(course.losses)
    moved = _most_moved(course)
    hardly = moved < HARDLY_MOVED and now > HARDLY_FALLEN * start
    if not (hardly or (moved < MOVED_LITTLE and now > STILL_HIGH * start and _falls_to_the_end(course))):
        return
    rate = course.settings.learning_rate
    yield Finding(
        "rate-too-small",
        f"After {course.steps:,} steps the loss has come from {loss_text(course.start_loss)} to {loss_text(now)} only, "
        f"and no layer’s weights have moved by more than {percent(max(moved, 0.01))} of their length.",
        f"Each step is as long as the learning rate lets it be, and {rate_text(rate)} is so little that the goal stays "
        f"far away. Train again with ten times as much, {rate_text(rate * FASTER)}, or for many more epochs.",
        "learning-rate",
        course.curve_evidence(),
    )


def plateau(course: Course) -> Iterator[Finding]:
    """No progress for long, though there is room for it; this takes 5 epochs and 200 steps."""
    if len(course.epochs) < PLATEAU_EPOCHS or course.steps < PLATEAU_STEPS or course.is_guessing:
        return
    accuracy = course.epochs[-1].accuracy
    late = course.losses[-int(PLATEAU_PART * len(course.losses)) :]
    before, after = float(np.mean(late[: len(late) // 2])), float(np.mean(late[len(late) // 2 :]))
    if accuracy >= GOOD_ACCURACY or before - after >= PLATEAU_FALL * before or is_blocked(course) or _has_leapt(course):
        return
    first = course.steps - len(late) + 1
    yield Finding(
        "plateau",
        f"Since step {first:,} the loss has hardly changed, from {loss_text(before)} to {loss_text(after)}, and "
        f"{percent(1 - accuracy)} of the training images are still wrong.",
        "Either the steps have become too long to go further down, and a smaller learning rate helps; or the network "
        "can do no better, and more filters, units or layers help.",
        "plateau",
        course.curve_evidence(first),
    )


def sees_too_little(course: Course) -> Iterator[Finding]:
    """Known images fare as badly as new ones, and the network leaves out pixels; this takes 2 epochs."""
    if len(course.epochs) < LOW_EPOCHS or course.is_guessing or not course.is_validation_fair:
        return
    last = course.epochs[-1]
    is_low = last.accuracy < LOW_ACCURACY and last.val_accuracy < LOW_ACCURACY
    if not is_low or last.accuracy - last.val_accuracy > SMALL_GAP:
        return
    unseen = [advice for advice in network_advice(course.spec, course.class_count) if advice.slug == UNSEEN]
    for advice in unseen[:1]:
        layer = course.spec.layer_names[advice.layer_index]
        shown = course.epoch_evidence("accuracy")
        yield Finding(
            "sees-too-little",
            f"Only {percent(last.accuracy)} of the training images are right, and {percent(last.val_accuracy)} of the "
            "validation images: the network has not learned by heart, it cannot tell more.",
            f"{advice.message} {advice.reason}",
            advice.term,
            Evidence("accuracy", shown.first_step, shown.last_step, layer, curves=shown.curves),
        )


def _most_moved(course: Course) -> float:
    """The largest distance that the weights of a layer have come, as a share of their length."""
    kernels = course.kernels(course.latest_health[1])
    return max((layer.weight_change or 0.0) / (layer.weight_norm or 1.0) for layer in kernels) if kernels else 1.0


def _falls_to_the_end(course: Course) -> bool:
    if course.progress < 1:
        return False
    third = len(course.losses) // 3
    first, middle, last = (float(np.mean(course.losses[i * third : (i + 1) * third])) for i in range(3))
    return first - middle > 0 and middle - last > STILL_FALLING * (first - last) / 2


def _has_leapt(course: Course) -> bool:
    return any(exploding_loss(course)) or any(rate_too_large(course))
