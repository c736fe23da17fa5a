"""Activation functions: a curve and its slope, in a neuron, over a feature map, and why there is one at all."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cnn_core.operations.activations import ACTIVATIONS, ActivationFunction
from cnn_core.operations.saturation import FLAT_SLOPE
from dashboard.controls.view_choice import view_choice
from dashboard.lessons.activation_functions_curve import curve_stage, neuron_stage
from dashboard.lessons.activation_functions_layers import layers_stage
from dashboard.lessons.activation_functions_maps import flat_stage, map_stage
from dashboard.lessons.activation_functions_record import PAGE, Part, Seen
from dashboard.lessons.lesson import Lesson, OwnPlace, Task
from dashboard.palette import Palette

PARTS: dict[Part, str] = {
    "curve": "The curve",
    "neuron": "One neuron",
    "map": "A feature map",
    "flat": "Where it is flat",
    "layers": "Two layers",
}
STAGES: dict[Part, Callable[[ActivationFunction, Palette], Seen | None]] = {
    "curve": curve_stage,
    "neuron": neuron_stage,
    "map": map_stage,
    "flat": flat_stage,
    "layers": layers_stage,
}
TITLES = {slug: entry.title for slug, entry in ACTIVATIONS.items()}


def stage(palette: Palette) -> Seen | None:
    """Draw what one operates, and return what came out of it."""
    name = f"{PAGE}.part"
    part = view_choice("What to look at", name, name, PARTS, "curve")
    name = f"{PAGE}.function"
    slug = view_choice("Activation function", name, name, TITLES, "relu")
    return STAGES[part](ACTIVATIONS[slug], palette)


def _is_saturated(seen: Seen) -> bool:
    steepest = ACTIVATIONS["sigmoid"].slope(0.0)
    return seen.part == "curve" and seen.activation.slug == "sigmoid" and bool(seen.slopes[0] < steepest / 10)


def _hears_nothing(seen: Seen) -> bool:
    is_relu = seen.part == "neuron" and seen.activation.slug == "relu"
    return is_relu and min(seen.inputs) > 0 and bool(seen.slopes[0] == 0)


def _lives_where_relu_is_dead(seen: Seen) -> bool:
    is_dead = seen.part == "flat" and not ACTIVATIONS["relu"](seen.sums).any()
    return is_dead and bool((np.abs(seen.slopes) >= FLAT_SLOPE).all())


def _is_a_valley(seen: Seen) -> bool:
    if seen.part != "layers":
        return False
    left, middle, right = np.interp([-2.0, 0.0, 2.0], seen.sums, seen.outputs)
    return bool(min(left, right) >= middle + 1)


TASKS = (
    Task[Seen](
        "saturated",
        "On the curve of the sigmoid, find a place where the slope is less than a tenth of its steepest, 0.25.",
        _is_saturated,
        "From about 3.7 on, to either side, the sigmoid is saturated: what comes in may change a lot, and what comes "
        "out hardly follows. A gradient that passes here is multiplied by that slope.",
    ),
    Task[Seen](
        "silent",
        "Make a neuron with ReLU fall silent although both its inputs are above zero.",
        _hears_nothing,
        "The output is 0, and so is every gradient: for this image none of its weights is told to change. If that "
        "is so for every image, the neuron is dead.",
    ),
    Task[Seen](
        "alive",
        "“Where it is flat”: lower the bias until ReLU leaves nothing of the map. Then keep the bias, and find a "
        "function that is flat nowhere.",
        _lives_where_relu_is_dead,
        "Where ReLU is dead, leaky ReLU still passes a fifth of the gradient, so that the bias can be learned back. "
        "The price: its map is not made of clear zeros.",
    ),
    Task[Seen](
        "valley",
        "Set up two layers whose output with a function between is low at 0, and higher by at least 1 both at −2 "
        "and at 2.",
        _is_a_valley,
        "A valley: no straight line can have one, so no layer without a curve can, nor a hundred of them. With ReLU "
        "every unit adds one bend, and enough of them draw any curve.",
    ),
)

LESSON = Lesson[Seen](
    slug="Activation_functions",
    stage=stage,
    tasks=TASKS,
    own=OwnPlace("Follow your own numbers", "Look_inside", {"inside.view": "origin"}),
)
