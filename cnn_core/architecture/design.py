"""The dozen decisions that make an ordinary network: blocks of convolution and pooling, then dense layers.

A `NetworkDesign` is what the design page edits; `to_spec` writes it out layer by layer, and `find_design_problem`
brings what is wrong with the layers back to the decision that caused it.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from cnn_core.architecture.fields import Domain, check_record, choice, domain_of, fraction, whole_number, yes_no
from cnn_core.architecture.layers import (
    ACTIVATIONS,
    MAX_FILTERS,
    MAX_KERNEL_SIZE,
    MAX_STRIDE,
    MAX_UNITS,
    PADDINGS,
    POOLINGS,
    Activation,
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    Layer,
    Pooling2D,
)
from cnn_core.architecture.shapes import Problem, find_problem
from cnn_core.architecture.spec import NetworkSpec, check_input_shape
from cnn_core.errors import ClassroomError

HIDDEN_ACTIVATIONS = tuple(name for name in ACTIVATIONS if name != "softmax")
OUTPUTS = ("softmax", "logits", "sigmoid")
MAX_BLOCKS = 8
MAX_DENSE_LAYERS = 6
MAX_CLASSES = 100
FORMAT = 1


@dataclass(frozen=True)
class ConvBlock:
    """One convolution with what follows it: batch norm, activation, pooling, dropout, in this order."""

    filters: int = whole_number(16, 1, MAX_FILTERS)
    kernel_size: int = whole_number(3, 1, MAX_KERNEL_SIZE)
    stride: int = whole_number(1, 1, MAX_STRIDE)
    padding: str = choice("same", PADDINGS)
    activation: str = choice("relu", HIDDEN_ACTIVATIONS)
    has_batch_norm: bool = yes_no(False)
    pooling: str = choice("max", ("none", *POOLINGS))
    pool_size: int = whole_number(2, 1, MAX_KERNEL_SIZE)
    pool_stride: int = whole_number(2, 1, MAX_STRIDE)
    dropout: float = fraction(0.0, 0.0, 0.9)

    def __post_init__(self) -> None:
        check_record(self)


@dataclass(frozen=True)
class DenseBlock:
    """One hidden dense layer, with dropout behind it if wanted."""

    units: int = whole_number(64, 1, MAX_UNITS)
    activation: str = choice("relu", HIDDEN_ACTIVATIONS)
    dropout: float = fraction(0.0, 0.0, 0.9)

    def __post_init__(self) -> None:
        check_record(self)


@dataclass(frozen=True)
class NetworkDesign:
    """A network by its blocks.

    Args:
        input_shape: `(height, width, channels)` of one image.
        blocks: 0 to 8 convolution blocks.
        dense: 0 to 6 hidden dense layers.
        class_count: How many classes the network tells apart, 2 to 100.
        output: `"softmax"` for probabilities, `"logits"` for the numbers before them, `"sigmoid"` for two classes
            with one output.

    Raises:
        ValueError: If the input shape or another value is out of range, or the output is sigmoid with more than two
            classes.
    """

    input_shape: tuple[int, int, int] = (28, 28, 1)
    blocks: tuple[ConvBlock, ...] = (ConvBlock(), ConvBlock(filters=32))
    dense: tuple[DenseBlock, ...] = field(default=(DenseBlock(),))
    class_count: int = whole_number(10, 2, MAX_CLASSES)
    output: str = choice("softmax", OUTPUTS)

    def __post_init__(self) -> None:
        check_record(self)
        check_input_shape(self.input_shape)
        if len(self.blocks) > MAX_BLOCKS or len(self.dense) > MAX_DENSE_LAYERS:
            raise ValueError(
                f"A design has at most {MAX_BLOCKS} blocks and {MAX_DENSE_LAYERS} dense layers. "
                f"Received: blocks={len(self.blocks)}, dense={len(self.dense)}."
            )
        if self.output == "sigmoid" and self.class_count != 2:
            raise ValueError(f"A sigmoid output tells two classes apart. Received: class_count={self.class_count}.")

    def to_spec(self) -> NetworkSpec:
        """Write the design out, layer by layer."""
        return NetworkSpec(self.input_shape, tuple(layer for layer, _ in _placed_layers(self)))

    def to_json(self) -> str:
        """Write the design as compact JSON; equal designs give equal text."""
        return json.dumps({"format": FORMAT} | asdict(self), separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> NetworkDesign:
        """Read what `to_json` wrote.

        Raises:
            ClassroomError: If the text is not such a description.
        """
        try:
            raw = json.loads(text)
            if raw.pop("format") != FORMAT:
                raise ValueError("The format is not the one this version reads.")
            return cls(
                input_shape=tuple(raw.pop("input_shape")),
                blocks=tuple(ConvBlock(**block) for block in raw.pop("blocks")),
                dense=tuple(DenseBlock(**block) for block in raw.pop("dense")),
                **raw,
            )
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise ClassroomError(
                "This design cannot be read: it is damaged or from another version.",
                "Start from one of the ready-made networks.",
            ) from error


@dataclass(frozen=True)
class Place:
    """Where in a design a layer comes from.

    Args:
        group: `"blocks"`, `"dense"` or `"output"`.
        index: Which block or dense layer, from 0; 0 for the output.
        names: The design's own name for each of the layer's settings, where it differs.
    """

    group: Literal["blocks", "dense", "output"]
    index: int = 0
    names: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class DesignProblem:
    """What keeps a design from being built, beside the decision that caused it.

    Args:
        place: The block, dense layer or output to change.
        field: The name of its setting; `""` for the place as a whole.
        message: One sentence with the numbers.
        nearest: The nearest value of that setting that works, if there is one.
    """

    place: Place
    field: str
    message: str
    nearest: Any = None


def find_design_problem(design: NetworkDesign) -> DesignProblem | None:
    """Say what keeps a design from being built, or nothing.

    Example:
        >>> problem = find_design_problem(NetworkDesign((5, 5, 1), (ConvBlock(kernel_size=7, padding="valid"),)))
        >>> problem.place.group, problem.place.index, problem.field, problem.nearest
        ('blocks', 0, 'kernel_size', 5)
    """
    problem = find_problem(design.to_spec())
    if problem is None:
        return None
    place = _placed_layers(design)[problem.layer_index][1]
    renamed = dict(place.names).get(problem.field, problem.field)
    nearest = problem.nearest if renamed and _domain(place, renamed).admits(problem.nearest) else None
    return DesignProblem(place, renamed, _with_cause(design, place, problem), nearest)


def _domain(place: Place, name: str) -> Domain:
    record = {"blocks": ConvBlock, "dense": DenseBlock, "output": NetworkDesign}[place.group]
    return domain_of(record, name)


def _with_cause(design: NetworkDesign, place: Place, problem: Problem) -> str:
    """Add to a window that does not fit which earlier blocks made the image small."""
    if problem.field not in ("kernel_size", "pool_size") or place.group != "blocks":
        return problem.message
    shrinking = [
        str(number + 1)
        for number, block in enumerate(design.blocks[: place.index])
        if block.stride > 1 or (block.pooling != "none" and block.pool_stride > 1)
    ]
    if not shrinking:
        return problem.message
    *others, last = shrinking
    blocks = f"blocks {', '.join(others)} and {last}" if others else f"block {last}"
    return f"{problem.message} Less stride or pooling in {blocks} would leave more of the image."


def _placed_layers(design: NetworkDesign) -> list[tuple[Layer, Place]]:
    rows: list[tuple[Layer, Place]] = []
    for index, block in enumerate(design.blocks):
        rows += [(layer, _BLOCK_PLACES[layer.kind](index)) for layer in _block_layers(block)]
    rows.append((Flatten(), Place("dense" if design.dense else "output")))
    for index, dense in enumerate(design.dense):
        rows.append((Dense(units=dense.units, activation=dense.activation), Place("dense", index)))
        if dense.dropout:
            rows.append((Dropout(rate=dense.dropout), Place("dense", index, (("rate", "dropout"),))))
    rows.append((_output_layer(design), Place("output", 0, (("units", "class_count"),))))
    return rows


_BLOCK_PLACES = {
    "conv2d": lambda index: Place("blocks", index),
    "batch_normalization": lambda index: Place("blocks", index),
    "activation": lambda index: Place("blocks", index),
    "pooling2d": lambda index: Place("blocks", index, (("stride", "pool_stride"),)),
    "dropout": lambda index: Place("blocks", index, (("rate", "dropout"),)),
}


def _block_layers(block: ConvBlock) -> list[Layer]:
    shared = {name: getattr(block, name) for name in ("filters", "kernel_size", "stride", "padding")}
    layers: list[Layer] = (
        [
            Conv2D(**shared, activation="linear", use_bias=False),
            BatchNormalization(),
            Activation(activation=block.activation),
        ]
        if block.has_batch_norm
        else [Conv2D(**shared, activation=block.activation)]
    )
    if block.pooling != "none":
        layers.append(Pooling2D(pooling=block.pooling, pool_size=block.pool_size, stride=block.pool_stride))
    if block.dropout:
        layers.append(Dropout(rate=block.dropout))
    return layers


def _output_layer(design: NetworkDesign) -> Dense:
    if design.output == "sigmoid":
        return Dense(units=1, activation="sigmoid")
    return Dense(units=design.class_count, activation="softmax" if design.output == "softmax" else "linear")
