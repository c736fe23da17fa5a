"""Rules on layers whose weights are all zero before training, and what follows from that.

With all weights zero a layer gives the same number for every image, and passes no gradient back. Whether it gets away
from there depends on what comes after it; `tests/cnn_core/architecture/test_advice_zeros.py` trains each case.
"""

from __future__ import annotations

from collections.abc import Iterator

from cnn_core.architecture.advice.base import Advice, Case, likewise, own_activation, percent
from cnn_core.architecture.layers import (
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Layer,
    ResidualBlock,
    SeparableConv2D,
)

ZERO_AT_ZERO = ("linear", "relu", "leaky_relu", "elu", "gelu", "silu", "tanh")
"""Activations that make 0 of 0; a sigmoid makes 1/2 of it, and a softmax equal shares."""

_TERM = "initial-weights"


def never_learns(case: Case) -> Iterator[Advice]:
    """Layers that begin at zero and, by what follows them, stay there or stay alike."""
    verdicts = {index: _lasting(case, index) for index in case.kernels}
    found = [index for index, verdict in verdicts.items() if verdict is not None]
    if not found:
        return
    verdict = verdicts[found[0]]
    assert verdict is not None
    consequence, reason = verdict
    yield Advice(
        "zero-weights",
        f"All weights of {case.name(found[0])} begin at zero: {consequence} "
        f"Let them begin at random{likewise([case.name(i) for i in found[1:]])}.",
        reason,
        _TERM,
        found[0],
    )


def begins_late(case: Case) -> Iterator[Advice]:
    """A layer that begins at zero gets away from there, but holds up others at the start."""
    lasting = {index for index in case.kernels if _lasting(case, index) is not None}
    if lasting or len(case.kernels) < 2:
        return
    found = [index for index in case.kernels if _is_zero(case.rows[index].layer)]
    if not found:
        return
    index = found[0]
    following, earlier = case.next_kernel(index), [other for other in case.kernels if other < index]
    if following is None:
        classes = case.rows[-1].output_shape[-1]
        is_shared = case.activations(index)[-1:] == ("softmax",)
        start = f"every class begins with {percent(1 / classes)}" if is_shared else "every answer begins the same"
    else:
        start = "it begins with the same numbers for every image"
    held_up = ", and the layers before it learn nothing from the first batch" if earlier else ""
    names = case.name(index) + likewise([case.name(i) for i in found[1:]])
    yield Advice(
        "zero-start",
        f"All weights of {names} begin at zero: {start}{held_up}. It gets over that; random weights need not.",
        "On its way back the gradient is multiplied by the weights, and with zeros nothing of it arrives. The layer's "
        "own weights do change, as what comes into it differs from image to image.",
        _TERM,
        index,
    )


def _lasting(case: Case, index: int) -> tuple[str, str] | None:
    """Say what training cannot put right about a layer that begins at zero, and why; nothing where it can."""
    layer = case.rows[index].layer
    if not _is_zero(layer):
        return None
    if isinstance(layer, ResidualBlock):
        return _lasting_block(layer, layer.has_projection(case.rows[index].input_shape))
    if isinstance(layer, SeparableConv2D):
        return _never_changes("its weights never change.", "Its two steps are multiplied with each other: each one's")
    following = case.next_kernel(index)
    layers = [row.layer for row in case.rows[index : len(case.rows) if following is None else following]]
    value = _first_value(layers)
    if value is None:
        return _DEAD
    if following is None or not _passes_nothing_back(case.rows[following].layer):
        return None
    name = case.name(following)
    if value == 0:
        return _never_changes(
            f"with the zeros of {name} after it, neither ever changes.", "Two layers of zeros in a row: each one's"
        )
    if any(isinstance(layer, Dropout) for layer in layers):
        return None
    outputs = case.rows[index].output_shape[-1]
    return _alike(f"with the zeros of {name} after it, all its {outputs:,} outputs") if outputs > 1 else None


def _lasting_block(block: ResidualBlock, has_projection: bool) -> tuple[str, str] | None:
    if has_projection and block.activation == "relu":
        return _DEAD
    if block.activation in ZERO_AT_ZERO:
        only = "only its skip learns" if has_projection else "the block passes on what comes in and adds nothing"
        return _never_changes(f"its two convolutions never change; {only}.", "Each of the two convolutions'")
    return _alike(f"all {block.filters:,} filters of its first convolution") if block.filters > 1 else None


_DEAD = (
    "with ReLU after it, its outputs are 0 for every image and stay so, whatever the training.",
    "The gradient of ReLU at 0 is 0, so the weights never change, and all that comes after sees nothing but zeros.",
)


def _never_changes(consequence: str, whose: str) -> tuple[str, str]:
    return consequence, f"{whose} gradient is multiplied by the other's zeros, so that both stay zero for ever."


def _alike(who: str) -> tuple[str, str]:
    return (
        f"{who} stay alike for ever.",
        "All of them compute the same and get the same gradient. Only different beginnings let them become different.",
    )


def _is_zero(layer: Layer) -> bool:
    return getattr(layer, "initializer", "") == "zeros"


def _passes_nothing_back(layer: Layer) -> bool:
    """Whether a layer begins so that its input gets no gradient; a block's skip may let some through."""
    return _is_zero(layer) and isinstance(layer, Conv2D | Dense | SeparableConv2D)


def _first_value(layers: list[Layer]) -> float | None:
    """Follow the zeros that a kernel of zeros gives up to the next kernel; nothing where a ReLU meets them.

    Returns:
        0, or 1 for any number above it.
    """
    value = 0.0
    for layer in layers:
        if isinstance(layer, BatchNormalization):
            value = 0.0  # what is the same for all images is its own mean
        name = own_activation(layer)
        if name == "relu" and value == 0:
            return None
        if name not in ZERO_AT_ZERO:
            value = 1.0
    return value
