"""Rules on whether a network can learn: activations between its layers, gradients on their way back, first weights."""

from __future__ import annotations

from collections.abc import Iterator

from cnn_core.architecture.advice.base import (
    LINEAR,
    Advice,
    Case,
    is_nonlinear_pooling,
    joined,
    likewise,
    own_activation,
)
from cnn_core.architecture.layers import (
    Activation,
    BatchNormalization,
    Conv2D,
    Dense,
    Flatten,
    GlobalPooling2D,
    Pooling2D,
    ResidualBlock,
)
from cnn_core.architecture.layers.base import some
from cnn_core.architecture.receptive_field import AxisField

DEEP_SIGMOIDS = 3
"""With three, less than 2 % of the gradient is left at best; one or two are what early networks got by with."""

LINEAR_REASON = (
    "A weighted sum of weighted sums is again a weighted sum. Only a function that bends lets the second layer compute "
    "what the first could not."
)

COUNTABLE_SIGMOIDS = 10
"""Up to so many the remaining share is written as a number: 4 to the power of 10 is about a million."""


def no_activation_between(case: Case) -> Iterator[Advice]:
    """Layers with weights follow each other with nothing but linear layers between: together they are one."""
    chains: list[list[int]] = [[]]
    for index in case.kernels:
        chains[-1].append(index)
        following = case.next_kernel(index)
        if following is not None and not _is_linear_until(case, index, following):
            chains.append([])
    found = [chain for chain in chains if len(chain) > 1]
    if found:
        names = [case.name(index) for index in found[0]]
        others = likewise([joined([case.name(index) for index in chain]) for chain in found[1:]])
        yield Advice(
            "no-activation",
            f"No activation lies between {joined(names)}{others}: together they can compute no more than "
            f"{_one_linear_layer(case, found[0])}. Give {joined(names[:-1])} a ReLU.",
            LINEAR_REASON,
            "activation-function",
            found[0][0],
        )


def linear_blocks(case: Case) -> Iterator[Advice]:
    """A residual block without an activation: its two convolutions are one."""
    layers = {index: case.rows[index].layer for index in case.kernels}
    found = [i for i, layer in layers.items() if isinstance(layer, ResidualBlock) and layer.activation == LINEAR]
    if found:
        yield Advice(
            "linear-block",
            f"No activation lies between the two convolutions of {case.name(found[0])}"
            f"{likewise([case.name(i) for i in found[1:]])}: together they can compute no more than one. Take ReLU.",
            LINEAR_REASON,
            "activation-function",
            found[0],
        )


def _is_linear_until(case: Case, index: int, following: int) -> bool:
    """Whether everything from a layer's kernel up to the next is linear; a block's skip goes around its kernels."""
    between = [row.layer for row in case.rows[index:following]]
    is_block = isinstance(case.rows[following].layer, ResidualBlock)
    return not is_block and not case.activations(index) and not any(map(is_nonlinear_pooling, between))


def _one_linear_layer(case: Case, chain: list[int]) -> str:
    """Describe the one layer that could do what several do."""
    rows = [case.rows[index] for index in chain]
    layers = [row.layer for row in rows]
    own = sum(row.parameters for row in rows)
    is_unbroken = chain == list(range(chain[0], chain[0] + len(chain)))
    if all(isinstance(layer, Dense) for layer in layers):
        units = rows[-1].output_shape[0]
        weights = rows[0].input_shape[0] * units + units
        saving = f", which would have {weights:,} parameters and not {own:,}" if weights < own else ""
        return f"one dense layer of {some(units, 'unit')}{saving}"
    if is_unbroken and all(isinstance(layer, Conv2D) for layer in layers):
        fields = (AxisField(), AxisField())
        for layer in layers:
            for window in layer.windows():
                fields = (fields[0].after(window, 0), fields[1].after(window, 1))
        edge = ", apart from the edge" if any(w.padding == "same" for layer in layers for w in layer.windows()) else ""
        return f"one convolution with a kernel of {fields[0].size}×{fields[1].size}{edge}"
    return f"one linear layer, whatever their {own:,} parameters"


def deep_sigmoids(case: Case) -> Iterator[Advice]:
    """Many hidden sigmoids in a row let next to nothing of the gradient through."""
    longest: list[int] = []
    run: list[int] = []
    for index, row in enumerate(case.rows[: case.kernels[-1]] if case.kernels else ()):
        is_block = isinstance(row.layer, ResidualBlock)
        if isinstance(row.layer, BatchNormalization) or (is_block and getattr(row.layer, "has_batch_norm", False)):
            run = []
        if own_activation(row.layer) == "sigmoid":
            run = [*run, index]
        longest = max(longest, run, key=len)
    count = len(longest)
    if count < DEEP_SIGMOIDS:
        return
    left = f"(1/4)^{count} = 1/{4**count:,}" if count <= COUNTABLE_SIGMOIDS else "a millionth"
    first, last = (case.kernel_before(index) for index in (longest[0], longest[-1]))
    yield Advice(
        "deep-sigmoids",
        f"The {count} hidden sigmoids from {case.name(first)} to {case.name(last)} by themselves let at most {left} of "
        f"the gradient through to {case.name(first)}. Take ReLU, or put batch norm between them.",
        "Going back through a layer, the gradient is multiplied by its activation's slope. That of a sigmoid is at "
        "most 1/4; that of a ReLU is 1 wherever a unit is active.",
        "vanishing-gradients",
        first,
    )


def bias_before_norm(case: Case) -> Iterator[Advice]:
    """Batch norm subtracts the mean, and with it whatever a bias has added."""
    found = [index for index in case.kernels if getattr(case.rows[index].layer, "use_bias", False)]
    found = [index for index in found if own_activation(case.rows[index].layer) == LINEAR and _meets_norm(case, index)]
    if not found:
        return
    channels = case.rows[found[0]].output_shape[-1]
    biases = "bias" if channels == 1 else f"{channels:,} biases"
    yield Advice(
        "bias-before-norm",
        f"Batch norm undoes the {biases} of {case.name(found[0])}{likewise([case.name(i) for i in found[1:]])}: "
        "switch the bias off.",
        "Batch norm subtracts each channel's mean, and a bias is part of that mean. The shift that batch norm learns "
        "does the bias's work.",
        "batch-normalisation",
        found[0],
    )


def _meets_norm(case: Case, index: int) -> bool:
    """Whether batch norm follows, before anything that treats a shifted number otherwise than by shifting it."""
    for row in case.rows[index + 1 :]:
        if isinstance(row.layer, BatchNormalization):
            return True
        is_shift_kept = isinstance(row.layer, Pooling2D | GlobalPooling2D | Flatten)
        if not is_shift_kept and not (isinstance(row.layer, Activation) and row.layer.activation == LINEAR):
            return False
    return False
