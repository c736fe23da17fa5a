"""Rules on gradients that do not get through: weights that begin at zero, dead units, saturation, fading."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf, isfinite

from cnn_core.architecture.advice.base import has_kernel, joined, likewise, percent
from cnn_core.training.diagnosis.base import (
    Course,
    Evidence,
    Finding,
    LayerHealth,
    NetworkHealth,
    rate_text,
    times_text,
)

DEAD = 0.95
"""Share of a layer's ReLU units. In healthy networks up to about half are 0 for all of 256 images, and up to 86 % in a
dense layer that is far wider than two classes need."""

SATURATED = 0.9
"""Share of a layer's outputs. Healthy networks with tanh have up to 40 %, over-eager ones that still learn 70 %."""

VANISHING = 300.0
"""How many times smaller the first layer's gradient is than the largest. Healthy deep networks stay at about 50 or
below, those that cannot learn are beyond 1,000."""

BEGUN_AT_ZERO = "zeros"


def zero_weights(course: Course) -> Iterator[Finding]:
    """Hidden layers began at zero and the network only guesses; that takes an epoch and 60 steps."""
    names = _begun_at_zero(course)
    if not names or not course.is_guessing:
        return
    step, health = course.latest_health
    still = [layer.name for layer in health if layer.name in names and layer.weight_norm == 0]
    now = f" and are still zero after {step:,} steps" if still == names and step else ""
    plural = "weights of" if len(names) == 1 else "weights of the layers"
    yield Finding(
        "zero-weights",
        f"The {plural} {joined(names)} began at zero{now}; the network only guesses.",
        "Units that begin alike get equal gradients and stay copies of each other; behind zeros and a ReLU there is no "
        "gradient at all. Let the weights begin at random, by Glorot’s or He’s rule.",
        "initial-weights",
        Evidence("gradients", step, step, names[0], health=health),
    )


def saturated_units(course: Course) -> Iterator[Finding]:
    """Most outputs of a hidden layer lie at the flat ends of its sigmoid or tanh; that takes a complete epoch."""
    step, health = course.latest_health
    found = [layer for layer in course.hidden(health) if (layer.saturated_share or 0.0) >= SATURATED]
    if not course.epochs or not found:
        return
    worst = max(found, key=lambda layer: layer.saturated_share or 0.0)
    rest = [f"{layer.name} {percent(layer.saturated_share or 0.0)}" for layer in found if layer is not worst]
    yield Finding(
        "saturated",
        f"In {worst.name}, {percent(worst.saturated_share or 0.0)} of the outputs lie at the flat ends of their "
        f"activation{likewise(rest)}.",
        "There the slope is next to nothing, so that hardly any gradient comes through. Weights that have grown too "
        f"large do that: {_slower(course)}, put batch normalisation before the activation, or take ReLU.",
        "saturation",
        Evidence("activations", step, step, worst.name, health=health),
    )


def vanishing_gradients(course: Course) -> Iterator[Finding]:
    """The network only guesses, and next to no gradient reaches its first layer; that takes an epoch and 60 steps.

    How things were before the first step says most. Later the units may have died or saturated, which other rules say.
    """
    if not course.is_guessing or any(zero_weights(course)):
        return
    is_otherwise_blocked = any(saturated_units(course)) or _dead_layers(course)
    moments = course.health[:1] if is_otherwise_blocked else (*course.health[:1], *course.health[-1:])
    for step, health in moments:
        kernels = course.kernels(health)
        ratio, largest = _fading(kernels)
        if ratio < VANISHING or largest is None:
            continue
        first = kernels[0].name
        when = "Before the first step" if step == 0 else f"After {step:,} steps"
        how = f"{times_text(ratio)} times smaller than that of {largest.name}" if isfinite(ratio) else "exactly zero"
        yield Finding(
            "vanishing-gradients",
            f"{when} the gradient of {first}, the first layer, was {how}; the network only guesses.",
            _fading_reason(course),
            "vanishing-gradients",
            Evidence("gradients", step, step, first, health=health),
        )
        return


def dead_relus(course: Course) -> Iterator[Finding]:
    """Nearly all ReLU units of a layer are 0 for every image of the batch; that takes a complete epoch.

    Where nothing reaches them because weights began at zero or everything fades, that is said instead.
    """
    found = _dead_layers(course)
    if not found or _begun_at_zero(course) or any(vanishing_gradients(course)):
        return
    step, health = course.latest_health
    worst = max(reversed(found), key=lambda layer: layer.dead_share or 0.0)
    rest = [f"{layer.name} {percent(layer.dead_share or 0.0)}" for layer in found if layer is not worst]
    share = worst.dead_share or 0.0
    units = "all" if share == 1 else f"{percent(share)} of the"
    yield Finding(
        "dead-relu",
        f"In {worst.name}, {units} ReLU units give 0 for every image that was measured{likewise(rest)}.",
        "Where a ReLU gives 0 its slope is 0 too: such a unit learns nothing any more, and nothing comes back through "
        f"it. Steps that were too long often do that: {_slower(course)}. Leaky ReLU and good initial weights help too.",
        "dead-relu",
        Evidence("activations", step, step, worst.name, health=health),
    )


def is_blocked(course: Course) -> bool:
    """Whether one of these rules says why the network cannot learn."""
    return any(any(rule(course)) for rule in (zero_weights, saturated_units, vanishing_gradients, dead_relus))


def _begun_at_zero(course: Course) -> list[str]:
    """Name the hidden layers whose weights began at zero; that of the answer may."""
    pairs = zip(course.spec.layer_names, course.spec.layers, strict=True)
    kernels = [(name, getattr(layer, "initializer", "")) for name, layer in pairs if has_kernel(layer)]
    return [name for name, initializer in kernels[:-1] if initializer == BEGUN_AT_ZERO]


def _dead_layers(course: Course) -> list[LayerHealth]:
    health = course.hidden(course.latest_health[1]) if course.epochs else ()
    return [layer for layer in health if (layer.dead_share or 0.0) >= DEAD]


def _fading(kernels: NetworkHealth) -> tuple[float, LayerHealth | None]:
    """How many times smaller the first layer's gradient is than the largest, and whose that is."""
    measured = [layer for layer in kernels if isfinite(layer.gradient_norm or 0.0)]
    if len(measured) < 2 or measured[0] is not kernels[0]:
        return 1.0, None
    largest = max(measured, key=lambda layer: layer.gradient_norm or 0.0)
    first, most = kernels[0].gradient_norm or 0.0, largest.gradient_norm or 0.0
    if most == 0:
        return 1.0, None
    return (most / first if first else inf), largest


def _fading_reason(course: Course) -> str:
    bounded = sum(getattr(layer, "activation", "") in ("sigmoid", "tanh") for layer in course.spec.layers)
    why = "Going back from the answer, the gradient is multiplied by each layer’s slope and weights. "
    if bounded > 2:
        return f"{why}Here {bounded} layers have a sigmoid or tanh, whose slope is small. Take ReLU in hidden layers."
    return (
        f"{why}Here these factors are small. Let the weights begin by He’s rule, or put batch normalisation between "
        "each convolution and its activation."
    )


def _slower(course: Course) -> str:
    return f"train again with a tenth of the learning rate, {rate_text(course.settings.learning_rate / 10)}"
