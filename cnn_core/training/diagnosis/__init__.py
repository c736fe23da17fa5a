"""Diagnosis of a training: what strikes one about its curves and its layers, with its numbers, why, and what helps.

A rule is a function that looks at a training so far and says what it sees, or nothing; `RULES` is the list of them.
Nothing here needs TensorFlow: `cnn_core.training.health` measures the layers.
"""

from __future__ import annotations

import numpy as np

from cnn_core.training.diagnosis.base import Course, Evidence, Finding, LayerHealth, NetworkHealth, Rule
from cnn_core.training.diagnosis.blocked import dead_relus, saturated_units, vanishing_gradients, zero_weights
from cnn_core.training.diagnosis.leaps import exploding_loss, rate_too_large
from cnn_core.training.diagnosis.pace import plateau, rate_too_small, sees_too_little
from cnn_core.training.diagnosis.validation import over_fitting, shuffled_labels

RULES: tuple[Rule, ...] = (
    exploding_loss,
    rate_too_large,
    zero_weights,
    saturated_units,
    vanishing_gradients,
    dead_relus,
    shuffled_labels,
    rate_too_small,
    sees_too_little,
    over_fitting,
    plateau,
)
"""Every rule, the most important one first: what makes all else meaningless, what keeps the network from learning, then
what keeps it from learning well. No two findings on one training have the same slug."""

JUDGEABLE_STEPS = 100
"""After so many steps and an epoch, saying that nothing is alarming means something."""

__all__ = [
    "RULES",
    "Course",
    "Evidence",
    "Finding",
    "LayerHealth",
    "NetworkHealth",
    "Rule",
    "findings",
    "is_judgeable",
]


def findings(course: Course) -> tuple[Finding, ...]:
    """Say what strikes one about a training so far, the most important first.

    Args:
        course: The training. Early on little is said: each rule waits until there is enough to go by.

    Returns:
        The findings; none where nothing is alarming, or where it is too early to say.
    """
    if not course.steps or not np.isfinite(course.batch_loss).all():
        return tuple(exploding_loss(course)) if course.steps else ()
    return tuple(finding for rule in RULES for finding in rule(course))


def is_judgeable(course: Course) -> bool:
    """Whether there is enough to go by for "nothing alarming" to be worth saying: an epoch and 100 steps, or the end.

    Args:
        course: The training.
    """
    has_ended = course.status in ("finished", "stopped")
    return bool(course.epochs) and (course.steps >= JUDGEABLE_STEPS or has_ended)
