"""Where a number came from, in words: places, numbers, and sums written out."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from math import isfinite, isnan

from cnn_core.architecture.layers import ACTIVATION_TITLES
from cnn_core.inspection.provenance import (
    IMAGE,
    Activated,
    ActivationStep,
    Added,
    Normalized,
    Origin,
    Passed,
    PixelOrigin,
    Pooled,
    Position,
    WeightedSum,
)
from cnn_core.inspection.provenance.nodes import DEPTHWISE, Node

MINUS = "−"
DIGITS = 3
LARGE = 1e6
MOST_WRITTEN = 9
"""Terms of a sum that are written out; of more, the largest and the rest together."""

FORMULAS = {
    "relu": "max(0, x)",
    "leaky_relu": "x, or 0.2 · x below zero",
    "elu": "x, or eˣ − 1 below zero",
    "gelu": "x times the share of a bell curve below x",
    "silu": "x · sigmoid(x)",
    "sigmoid": "1 / (1 + e⁻ˣ)",
    "tanh": "hyperbolic tangent of x",
    "softmax": "its share of all exponentials",
}
COLOURS = {1: ("grey",), 3: ("red", "green", "blue")}


def number(value: float) -> str:
    """Write a number with three significant digits, just as the pixel view does at the cursor.

    Example:
        >>> number(0.73421), number(-0.05), number(12345.6), number(0.0000123), number(float("nan"))
        ('0.734', '−0.05', '12,345.6', '1.23·10^−5', 'not a number')
    """
    if isnan(value):
        return "not a number"
    if not isfinite(value):
        return "infinity" if value > 0 else f"{MINUS}infinity"
    size = abs(value)
    if size and not 1e-3 <= size < LARGE:
        return _exponential(value)
    text = f"{_rounded(value, DIGITS if size < 1000 else 6):,f}"
    return _trimmed(text).replace("-", MINUS)


def short_number(value: float) -> str:
    """Write a number for a narrow cell: three digits behind the point at most.

    Example:
        >>> short_number(0.73421), short_number(-12.345), short_number(-0.0067), short_number(4e-5), short_number(0.0)
        ('0.734', '−12.3', '−0.007', '0.000', '0')
    """
    if isfinite(value) and abs(value) >= 1000:
        text = f"{value:,.0f}" if abs(value) < 99_999.5 else f"{value:.1e}".replace("e+0", "e").replace("e+", "e")
        return text.replace("-", MINUS)
    if not isfinite(value) or abs(value) >= 1 or value == 0:
        return number(value).replace("not a number", "NaN").replace("infinity", "∞")
    near = Decimal(value).quantize(Decimal("0.001"), ROUND_HALF_UP)
    return _trimmed(f"{near:f}").replace("-", MINUS) if near else "0.000"


def place_words(position: Position, node: Node | None, class_names: Sequence[str] = (), channels: int = 1) -> str:
    """Name a place; everything counts from 1.

    Args:
        position: The place.
        node: The step that it belongs to; nothing for a pixel.
        class_names: Names of its units, where it is the network's answer.
        channels: Channels of the image.
    """
    place = f"row {position.row + 1}, column {position.column + 1}"
    if node is None:
        colour = "" if channels == 1 else f", {_colour(position.channel, channels)}"
        return f"pixel, {place}{colour}"
    if len(node.output_shape) == 1:
        what = "unit" if node.class_name == "Dense" else "number"
        name = f" “{class_names[position.channel]}”" if position.channel < len(class_names) else ""
        return f"{position.node}, {what} {position.channel + 1}{name}"
    what = "filter" if node.class_name == "Conv2D" else "channel" if node.class_name == DEPTHWISE else "map"
    return f"{position.node}, {what} {position.channel + 1}, {place}"


def channel_words(source: str, channel: int, channels: int) -> str:
    """Name an input channel.

    Example:
        >>> channel_words("pool_1", 2, 16), channel_words("image", 0, 3), channel_words("image", 0, 1)
        ('map 3 of pool_1', 'red of the image', 'the image')
    """
    if source == IMAGE and channels == 1:
        return "the image"
    return f"{channel_name(source, channel, channels)} of {'the image' if source == IMAGE else source}"


def channel_name(source: str, channel: int, channels: int) -> str:
    """Name an input channel where its source is known.

    Example:
        >>> channel_name("pool_1", 2, 16), channel_name("image", 0, 3)
        ('map 3', 'red')
    """
    return f"map {channel + 1}" if source != IMAGE else _colour(channel, channels)


def sum_words(parts: Sequence[float], what: str, most: int = MOST_WRITTEN) -> str:
    """Write a sum; of many numbers the largest, in their order, and the others together.

    Example:
        >>> sum_words([0.21, -0.5, 0.03], "products")
        '0.21 − 0.5 + 0.03'
        >>> sum_words([0.1, 5.0, 0.2, -3.0], "products", most=3)
        '5 − 3 + the other 2 products 0.3'
    """
    shown = range(len(parts))
    rest: list[float] = []
    if len(parts) > most:
        largest = sorted(shown, key=lambda index: -abs(parts[index]) if isfinite(parts[index]) else -float("inf"))
        chosen = set(largest[: most - 1])
        rest = [part for index, part in enumerate(parts) if index not in chosen]
        shown = sorted(chosen)  # type: ignore[assignment]
    words = ""
    for index in shown:
        words += _signed(parts[index]) if words else number(parts[index])
    return words + (f" + the other {len(rest):,} {what} {bracketed(sum(rest))}" if rest else "")


def working(origin: Origin, node: Node | None) -> str:
    """Write in one line how a number was made."""
    match origin:
        case WeightedSum():
            return _weighted_words(origin)
        case Pooled():
            return _pooled_words(origin)
        case Normalized():
            top = f"gamma {number(origin.gamma)} × ({number(origin.value)} {MINUS} mean {bracketed(origin.mean)})"
            root = f"√(variance {number(origin.variance)} + {number(origin.epsilon)})"
            return f"{top} / {root} + beta {bracketed(origin.beta)} = {number(origin.result)}"
        case Activated():
            return activation_words(origin.activation)
        case Added():
            return f"{sum_words([part.value for part in origin.parts], 'maps')} = {number(origin.result)}"
        case Passed():
            return _passed_words(origin, node)
        case PixelOrigin():
            end = "Here the way ends: this number comes from the image."
            if origin.stored is None:
                return f"{number(origin.result)}. {end}"
            return f"{origin.stored} of 255: {origin.stored} / 255 = {number(origin.result)}. {end}"
    return "How this kind of layer makes its numbers is not shown here."


def activation_words(step: ActivationStep) -> str:
    """Write what an activation made of a number.

    Example:
        >>> import numpy as np
        >>> activation_words(ActivationStep("relu", -0.5, 0.0, np.zeros(0)))
        '−0.5 → ReLU, max(0, x) → 0'
    """
    if step.name == "linear":
        return number(step.before)
    title = ACTIVATION_TITLES.get(step.name, step.name)
    return f"{number(step.before)} → {title}, {FORMULAS[step.name]} → {number(step.result)}"


def _weighted_words(origin: WeightedSum) -> str:
    if origin.inputs.shape[2] > 1 and origin.kind == "convolution" and origin.inputs.shape[:2] != (1, 1):
        parts, what = origin.channel_sums.tolist(), "channels"
    else:
        parts, what = origin.products.ravel().tolist(), "products"
    bias = "" if origin.bias is None else f" + bias {bracketed(origin.bias)}"
    return f"{sum_words(parts, what)}{bias} = {activation_words(origin.activation)}"


def _pooled_words(origin: Pooled) -> str:
    values = origin.patch[origin.is_inside].tolist()
    few = len(values) <= MOST_WRITTEN
    if origin.pooling == "average":
        if few:
            return f"({sum_words(values, 'numbers')}) / {len(values)} = {number(origin.result)}"
        total = number(sum(values))
        return f"The {len(values):,} numbers add up to {total}; {total} / {len(values):,} = {number(origin.result)}"
    what = "largest" if origin.pooling == "max" else "smallest"
    listed = ", ".join(map(number, values)) if few else f"{len(values):,} numbers"
    return f"The {what} of {listed} is {number(origin.result)}"


def _passed_words(origin: Passed, node: Node | None) -> str:
    source = origin.source
    channels = 1 if node is None else node.input_shape[-1]
    where = f"{channel_words(source.node, source.channel, channels)}, row {source.row + 1}, column {source.column + 1}"
    if origin.how == "flatten":
        return f"Flatten writes all maps into one list. This is {where}, unchanged: {number(origin.result)}"
    if origin.how == "pick":
        stride = node.window.stride if node is not None else 1
        kept = f"Only one place in {stride} is kept, down and across. " if stride > 1 else ""
        return f"{kept}This is {where}, unchanged: {number(origin.result)}"
    return f"Dropout acts only while training. The number stays as it is: {number(origin.result)}"


def _signed(value: float) -> str:
    sign = MINUS if value < 0 else "+"
    return f" {sign} {number(abs(value))}"


def bracketed(value: float) -> str:
    """Write a number that stands behind a sign; below zero in brackets."""
    return f"({number(value)})" if value < 0 else number(value)


def _colour(channel: int, channels: int) -> str:
    names = COLOURS.get(channels, ())
    return names[channel] if channel < len(names) else f"channel {channel + 1}"


def _rounded(value: float, digits: int) -> Decimal:
    exact = Decimal(value)
    if not exact:
        return Decimal(0)
    return exact.quantize(Decimal(1).scaleb(exact.adjusted() - digits + 1), ROUND_HALF_UP)


def _trimmed(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text


def _exponential(value: float) -> str:
    rounded = _rounded(value, DIGITS)
    power = rounded.adjusted()
    return f"{rounded.scaleb(-power):.2f}·10^{power}".replace("-", MINUS)
