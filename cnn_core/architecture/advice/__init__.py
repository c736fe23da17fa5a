"""Advice on networks that can be built: what may disappoint, with the numbers of the very network, and why.

A rule is a function that looks at a network and gives advice, or none; `RULES` is the list of them. Nothing here needs
TensorFlow, and no rule keeps anybody from trying.
"""

from __future__ import annotations

from cnn_core.architecture.advice.base import Advice, Case, Rule
from cnn_core.architecture.advice.beginnings import begins_late, never_learns
from cnn_core.architecture.advice.costs import dense_share, large_flatten
from cnn_core.architecture.advice.learning import bias_before_norm, deep_sigmoids, linear_blocks, no_activation_between
from cnn_core.architecture.advice.outputs import (
    bounded_logits,
    outputs_fit_classes,
    softmax_in_the_middle,
    softmax_over_one,
    softmax_twice,
)
from cnn_core.architecture.advice.seeing import dilation_grid, field_exceeds_image, skipped_pixels, small_field
from cnn_core.architecture.receptive_field import network_reach
from cnn_core.architecture.shapes import network_figures
from cnn_core.architecture.spec import NetworkSpec

RULES: tuple[Rule, ...] = (
    outputs_fit_classes,
    softmax_over_one,
    never_learns,
    softmax_twice,
    bounded_logits,
    softmax_in_the_middle,
    no_activation_between,
    linear_blocks,
    deep_sigmoids,
    skipped_pixels,
    small_field,
    large_flatten,
    dense_share,
    field_exceeds_image,
    dilation_grid,
    begins_late,
    bias_before_norm,
)
"""Every rule, the most important one first: what keeps a network from learning, then what it cannot see, then what it
wastes. No two pieces of advice on one network have the same slug."""

__all__ = ["RULES", "Advice", "Case", "Rule", "network_advice"]


def network_advice(spec: NetworkSpec, class_count: int | None = None) -> tuple[Advice, ...]:
    r"""Say what the designer of a network may want to know, the most important first.

    Args:
        spec: A network that can be built.
        class_count: How many classes it is to tell apart, at least 2; without it nothing is said about that.

    Raises:
        ClassroomError: If the network cannot be built; the message is that of `shapes.find_problem`.

    Example:
        >>> from cnn_core.architecture.layers import Conv2D, Dense, Flatten
        >>> layers = (Conv2D(stride=4), Flatten(), Dense(units=9, activation="softmax"))
        >>> [(advice.slug, advice.layer_index) for advice in network_advice(NetworkSpec((28, 28, 1), layers), 10)]
        [('outputs-and-classes', 2), ('skipped-pixels', 0), ('small-field', 0), ('dense-share', 2)]
        >>> network_advice(NetworkSpec((28, 28, 1), layers))[0].message.split(":")[0]
        "Nothing ever reads 44\xa0% of the image's pixels (343 of 784), because of conv_1"
    """
    case = Case(spec, network_figures(spec).layers, network_reach(spec), class_count)
    return tuple(advice for rule in RULES for advice in rule(case))
