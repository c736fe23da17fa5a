"""From layers back to the dozen quick decisions: which they are, and which of them stands in the way.

`read_quick` finds the decisions behind a network, or says where it is another network than the quick controls can make;
`find_quick_problem` brings what is wrong with the layers back to the decision that caused it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from cnn_core.architecture.fields import Choice, WholeNumber, domain_of, presentation_of
from cnn_core.architecture.layers import (
    MAX_KERNEL_SIZE,
    Activation,
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Layer,
    Pooling2D,
)
from cnn_core.architecture.quick import (
    HIDDEN_ACTIVATIONS,
    MAX_BLOCKS,
    MAX_CLASSES,
    MAX_DENSE_LAYERS,
    QuickDesign,
    placed_layers,
)
from cnn_core.architecture.shapes import find_problem
from cnn_core.architecture.spec import NetworkSpec


@dataclass(frozen=True)
class QuickReading:
    """A network, seen through the quick controls.

    Args:
        design: The quick design that is the network, or comes near it.
        difference: Why it is not the network, as one sentence; `""` where it is.
    """

    design: QuickDesign
    difference: str = ""


def read_quick(spec: NetworkSpec) -> QuickReading:
    """Find the quick design that writes itself out as `spec`, or one that comes near it and where they differ.

    Example:
        >>> read_quick(QuickDesign(kernel_size=5).to_spec()).design.kernel_size
        5
        >>> from cnn_core.architecture.layers import GlobalPooling2D
        >>> read_quick(NetworkSpec((28, 28, 1), (GlobalPooling2D(), Dense(units=10)))).difference
        'global_pool_1 (the average of each feature map) has no place there: the quick controls would make “flatten”.'
    """
    design = _nearest_design(spec)
    theirs, ours = spec.layers, design.to_spec().layers
    for name, layer, made in zip(spec.layer_names, theirs, ours, strict=False):
        if layer != made:
            instead = f"“{_layer_words(made)}”"
            if type(layer) is type(made):
                return QuickReading(
                    design, f"{name} is “{_layer_words(layer)}”; the quick controls would make {instead}."
                )
            return QuickReading(
                design,
                f"{name} ({layer.details()}) has no place there: the quick controls would make {instead}.",
            )
    if len(theirs) != len(ours):
        return QuickReading(design, f"It has {len(theirs)} layers; the quick controls would make {len(ours)}.")
    return QuickReading(design)


@dataclass(frozen=True)
class QuickProblem:
    """What keeps a quick design from being built, beside the decision that it shows at.

    Args:
        field: The decision beside which to say it; `""` for the design as a whole.
        message: One sentence with the numbers.
        repairs: Decisions that would each cure it alone, with the nearest value that does, the best first.
    """

    field: str
    message: str
    repairs: tuple[tuple[str, Any], ...]


def find_quick_problem(design: QuickDesign) -> QuickProblem | None:
    """Say what keeps a quick design from being built, or nothing.

    Example:
        >>> problem = find_quick_problem(QuickDesign((5, 5, 1), blocks=1, kernel_size=7, padding="valid"))
        >>> problem.field, problem.repairs[0]
        ('kernel_size', ('kernel_size', 4))
    """
    problem = find_problem(design.to_spec())
    if problem is None:
        return None
    names = placed_layers(design)[problem.layer_index][1]
    field = names.get(problem.field, "")
    tried = dict.fromkeys(name for name in (field, *_REPAIR_FIELDS) if name)
    repairs = [(name, value) for name in tried if (value := _nearest_value(design, name)) is not None]
    return QuickProblem(field, problem.message, tuple(repairs[:3]))


def field_words(name: str, value: Any) -> str:
    """Write a decision with a value, as it may stand on a button.

    Example:
        >>> field_words("kernel_size", 3), field_words("padding", "same")
        ('kernel size to 3', 'padding to “same”')
    """
    label = presentation_of(QuickDesign, name).label.lower()
    return f"{label} to “{value}”" if isinstance(value, str) else f"{label} to {value:,}"


_REPAIR_FIELDS = ("blocks", "kernel_size", "padding", "stride", "pooling", "filters", "dense_units")


def _nearest_value(design: QuickDesign, name: str) -> Any:
    """Find the value of one decision nearest to its present one with which the design can be built."""
    present, domain = getattr(design, name), domain_of(QuickDesign, name)
    if isinstance(domain, Choice):
        candidates: Any = [option for option in domain.options if option != present]
    elif isinstance(domain, WholeNumber) and domain.high <= MAX_KERNEL_SIZE:
        candidates = sorted(set(range(domain.low, domain.high + 1)) - {present}, key=lambda n: abs(n - present))
    else:
        return _largest_size(design, name, present)
    for value in candidates:
        changed = replace(design, **{name: value})
        if find_problem(changed.to_spec()) is None:
            return value
    return None


def _largest_size(design: QuickDesign, name: str, present: int) -> int | None:
    """Halve the range again and again: costs grow with the number of filters and units."""
    low, high = 0, present
    while high - low > 1:
        middle = (low + high) // 2
        change: dict[str, Any] = {name: middle}
        if find_problem(replace(design, **change).to_spec()) is None:
            low = middle
        else:
            high = middle
    return low or None


def _layer_words(layer: Layer) -> str:
    return layer.details() if layer.brief() else layer.title.lower()


def _nearest_design(spec: NetworkSpec) -> QuickDesign:
    """Read off every decision that the layers show; what they do not show stays at its default."""
    convolutions = [layer for layer in spec.layers if isinstance(layer, Conv2D)][:MAX_BLOCKS]
    pools = [layer for layer in spec.layers if isinstance(layer, Pooling2D)]
    dense = [layer for layer in spec.layers if isinstance(layer, Dense)]
    dropouts = [layer.rate for layer in spec.layers if isinstance(layer, Dropout)]
    activations = [layer.activation for layer in spec.layers if isinstance(layer, Activation)]
    has_batch_norm = any(isinstance(layer, BatchNormalization) for layer in spec.layers)
    found: dict[str, Any] = {"input_shape": spec.input_shape, "blocks": len(convolutions)}
    if convolutions:
        first = convolutions[0]
        found |= {
            "filters": first.filters,
            "kernel_size": first.kernel_height,
            "stride": first.stride,
            "padding": first.padding,
            **_growth([layer.filters for layer in convolutions]),
            "has_batch_norm": has_batch_norm,
        }
    found |= {"pooling": pools[0].pooling if pools else "none"}
    found |= {"pools_last": not convolutions or not pools or len(pools) >= len(convolutions)}
    *hidden, last = dense or [Dense(units=10, activation="softmax")]
    found |= {"dense_layers": min(len(hidden), MAX_DENSE_LAYERS), "dropout": dropouts[-1] if dropouts else 0.0}
    if hidden:
        found["dense_units"] = hidden[0].units
    of_convolutions = activations if has_batch_norm else [layer.activation for layer in convolutions]
    shown = [*of_convolutions, *(layer.activation for layer in hidden)]
    if shown and shown[0] in HIDDEN_ACTIVATIONS:
        found["activation"] = shown[0]
    if last.units == 1 and last.activation == "sigmoid":
        found |= {"class_count": 2, "output": "sigmoid"}
    else:
        found |= {
            "class_count": min(max(last.units, 2), MAX_CLASSES),
            "output": "logits" if last.activation == "linear" else "softmax",
        }
    return QuickDesign(**found)


def _growth(filters: list[int]) -> dict[str, Any]:
    """Say how the numbers of filters go on from block to block."""
    if len(filters) < 2:
        return {}
    if filters[1] < filters[0]:
        return {"growth": "halve"}
    if filters[1] == filters[0] and max(filters) == filters[0]:
        return {"growth": "same"}
    most = max(filters)
    is_capped = filters[-1] < filters[0] * 2 ** (len(filters) - 1)
    return {"growth": "double"} | ({"most_filters": most} if is_capped else {})
