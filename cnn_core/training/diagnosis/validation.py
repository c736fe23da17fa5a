"""Rules on what is learned by heart: over-fitting, and labels that do not belong to their images."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cnn_core.architecture.advice.base import percent
from cnn_core.training.diagnosis.base import GUESSING_SHARE, Course, Finding, loss_text
from cnn_core.training.diagnosis.blocked import is_blocked
from cnn_core.training.diagnosis.leaps import exploding_loss, rate_too_large
from cnn_core.training.diagnosis.pace import rate_too_small

SHUFFLED_EPOCHS = 3
SHUFFLED_STEPS = 200
"""Deep networks may begin late, but hardly later than that."""

LEARNED_BY_HEART = 0.4
"""By so much more than guessing are the training images right, while the validation images are guessed."""

LEAST_VALIDATION = 30
"""Of fewer validation images too many may be right or wrong by accident."""

OVERFIT_EPOCHS = 4
PAST_BEST = 2
"""Epochs since the lowest validation loss: a single worse one is an accident."""

RISEN = 1.1
"""How many times its lowest value the validation loss is, on average over the last two epochs."""

FALLEN = 0.9
"""Part of what the training loss was when the validation loss was lowest, and is now, over the last two epochs."""

LOSS_RATIO = 10.0
GAP = 0.04
WIDE_GAP = 0.1
"""Some rise is nothing yet: small validation parts waver. Where a network overfits, its validation loss is over ten
times its training loss (healthy ones: up to about five) and it reads four more in a hundred training images rightly
than validation images; or it reads ten more rightly."""


def shuffled_labels(course: Course) -> Iterator[Finding]:
    """Labels look as if they did not belong to their images: the validation images are guessed.

    Either the training images are learned by heart all the same, which takes 3 epochs and 30 validation images; or the
    network should long have learned something, as gradients flow and weights move: that takes 200 steps as well.
    """
    if len(course.epochs) < SHUFFLED_EPOCHS or not _is_validation_guessed(course):
        return
    last = course.epochs[-1]
    guessing = percent(course.guessing_accuracy)
    if last.accuracy >= course.guessing_accuracy + LEARNED_BY_HEART:
        seen = (
            f"{percent(last.accuracy)} of the training images are right, but only {percent(last.val_accuracy)} of the "
            f"validation images: no better than guessing, {guessing}."
        )
    elif course.steps >= SHUFFLED_STEPS and not _is_explained(course):
        seen = (
            f"After {course.steps:,} steps {percent(last.val_accuracy)} of the validation images are right, no better "
            f"than guessing, {guessing}, though gradients reach every layer and the weights have moved."
        )
    else:
        return
    yield Finding("shuffled-labels", seen, _REASON, "shuffled-labels", course.epoch_evidence("accuracy"))


def over_fitting(course: Course) -> Iterator[Finding]:
    """The validation loss rises while the training loss falls; this takes 4 epochs, 2 of them since the best."""
    if len(course.epochs) < OVERFIT_EPOCHS or not course.is_validation_fair or any(shuffled_labels(course)):
        return
    best = min(course.epochs, key=lambda epoch: epoch.val_loss)
    last = course.epochs[-1]
    loss = float(np.mean([epoch.loss for epoch in course.epochs[-2:]]))
    val_loss = float(np.mean([epoch.val_loss for epoch in course.epochs[-2:]]))
    if last.epoch - best.epoch < PAST_BEST or val_loss < RISEN * best.val_loss or loss > FALLEN * best.loss:
        return
    gap = last.accuracy - last.val_accuracy
    if gap < WIDE_GAP and (gap < GAP or val_loss < LOSS_RATIO * loss):
        return
    yield Finding(
        "over-fitting",
        f"Since epoch {best.epoch} the validation loss has risen from {loss_text(best.val_loss)} to "
        f"{loss_text(val_loss)}, while the training loss fell from {loss_text(best.loss)} to {loss_text(loss)}. "
        f"Of the training images {percent(last.accuracy)} are right, of the validation images "
        f"{percent(last.val_accuracy)}.",
        "The network learns its images by heart, down to what is true of them alone. More or augmented images, a "
        f"smaller network, dropout, L2, or stopping after epoch {best.epoch} help.",
        "overfitting",
        course.epoch_evidence("validation"),
    )


_REASON = (
    "What is learned from the images does not hold for others, as if the labels did not belong to them. Look at some "
    "images with their labels; sorting one of the two lists without the other mixes them up."
)


def _is_validation_guessed(course: Course) -> bool:
    last = course.epochs[-1]
    return (
        course.is_validation_fair
        and course.validation_count >= LEAST_VALIDATION
        and last.val_loss >= GUESSING_SHARE * course.guessing_loss
        and course.is_chance(last.val_accuracy, course.validation_count)
    )


def _is_explained(course: Course) -> bool:
    rules = (exploding_loss, rate_too_large, rate_too_small)
    return is_blocked(course) or any(any(rule(course)) for rule in rules)
