"""The dozen decisions that make an ordinary network: equal blocks of convolution and pooling, then dense layers.

A `QuickDesign` writes itself out layer by layer; `quick_reading` goes the other way, from layers to decisions.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from cnn_core.architecture.fields import (
    check_record,
    choice,
    fraction,
    whole_number,
    yes_no,
)
from cnn_core.architecture.layers import (
    ACTIVATION_TITLES,
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
from cnn_core.architecture.layers.base import USUAL_FILTERS, USUAL_SIZES, USUAL_STRIDES, USUAL_UNITS
from cnn_core.architecture.spec import NetworkSpec, check_input_shape

HIDDEN_ACTIVATIONS = tuple(name for name in ACTIVATIONS if name != "softmax")
OUTPUTS = ("softmax", "logits", "sigmoid")
GROWTHS = ("halve", "same", "double")
MAX_BLOCKS = 8
MAX_DENSE_LAYERS = 6
MAX_CLASSES = 100


@dataclass(frozen=True)
class QuickDesign:
    """A network by a dozen decisions.

    Raises:
        ValueError: If a value is out of range, or the output is sigmoid with more than two classes.

    Example:
        >>> [layer.brief() for layer in QuickDesign(blocks=2, filters=16).to_spec().layers if layer.brief()]
        ['conv 16', 'max pool', 'conv 32', 'max pool', 'dense 64', 'dense 10']
    """

    input_shape: tuple[int, int, int] = (28, 28, 1)
    blocks: int = whole_number(
        2, 0, MAX_BLOCKS, label="Blocks", help="How many convolutions, each with what follows it.", usual=range(9)
    )
    filters: int = whole_number(
        16,
        1,
        MAX_FILTERS,
        label="Filters, first block",
        help="How many filters the first convolution learns. Each makes one feature map.",
        usual=USUAL_FILTERS,
    )
    growth: str = choice(
        "double",
        GROWTHS,
        label="From block to block",
        help="What becomes of the number of filters from one block to the next.",
        titles=MappingProxyType(
            {"halve": "half the filters", "same": "as many filters", "double": "twice the filters"}
        ),
    )
    kernel_size: int = whole_number(
        3,
        1,
        MAX_KERNEL_SIZE,
        label="Kernel size",
        help="Side of the square patch that a filter looks at, in pixels.",
        usual=USUAL_SIZES,
    )
    stride: int = whole_number(
        1,
        1,
        MAX_STRIDE,
        label="Stride",
        help="How many pixels the kernel moves each time. 2 halves height and width.",
        usual=USUAL_STRIDES,
    )
    padding: str = choice(
        "same",
        PADDINGS,
        label="Padding",
        help="“same” adds zeros around the image so that it keeps its size; “valid” adds nothing.",
    )
    activation: str = choice(
        "relu",
        HIDDEN_ACTIVATIONS,
        label="Activation",
        help="The function applied to every number that a hidden layer computes.",
        titles=ACTIVATION_TITLES,
    )
    pooling: str = choice(
        "max",
        ("none", *POOLINGS),
        label="Pooling",
        help="What to keep of each 2×2 patch behind a convolution: its largest, average or smallest number.",
    )
    dense_layers: int = whole_number(
        1,
        0,
        MAX_DENSE_LAYERS,
        label="Dense layers",
        help="How many hidden dense layers stand between the last block and the output.",
        usual=range(7),
    )
    dense_units: int = whole_number(
        64,
        1,
        MAX_UNITS,
        label="Units in each",
        help="How many numbers each dense layer computes; each is connected with all that come in.",
        usual=USUAL_UNITS,
    )
    has_batch_norm: bool = yes_no(
        False,
        label="Batch norm",
        help="Bring each channel to mean 0 and variance 1 between convolution and activation.",
    )
    dropout: float = fraction(
        0.0,
        0.0,
        0.9,
        label="Dropout",
        help="Share of the last numbers before the output set to zero while training.",
        usual=tuple(step / 20 for step in range(19)),
    )
    most_filters: int = whole_number(
        256, 1, MAX_FILTERS, label="Filters, at most", help="Where doubling ends.", usual=USUAL_FILTERS
    )
    pools_last: bool = yes_no(True, label="Pool after the last block", help="Whether the last block pools too.")
    class_count: int = whole_number(
        10,
        2,
        MAX_CLASSES,
        label="Classes",
        help="How many classes the network tells apart.",
        usual=range(2, 21),
    )
    output: str = choice(
        "softmax",
        OUTPUTS,
        label="Output",
        help="What the last layer says about each class.",
        titles=MappingProxyType(
            {
                "softmax": "softmax: probabilities",
                "logits": "logits: the numbers before softmax",
                "sigmoid": "sigmoid: one probability, for two classes",
            }
        ),
    )

    def __post_init__(self) -> None:
        check_record(self)
        check_input_shape(self.input_shape)
        if self.output == "sigmoid" and self.class_count != 2:
            raise ValueError(f"A sigmoid output tells two classes apart. Received: class_count={self.class_count}.")

    def block_filters(self, block: int) -> int:
        """Count the filters of a block, the first being 0."""
        if self.growth == "double":
            return min(self.filters << block, max(self.filters, self.most_filters))
        return max(self.filters >> block, 1) if self.growth == "halve" else self.filters

    def to_spec(self) -> NetworkSpec:
        """Write the design out, layer by layer."""
        return NetworkSpec(self.input_shape, tuple(layer for layer, _ in placed_layers(self)))


Names = dict[str, str]
"""The design's own name for each setting of a layer that it decides."""

_CONV_NAMES: Names = {
    "filters": "filters",
    "kernel_height": "kernel_size",
    "kernel_width": "kernel_size",
    "stride": "stride",
    "padding": "padding",
}
_POOL_NAMES: Names = {"pool_size": "blocks"}
_DENSE_NAMES: Names = {"units": "dense_units"}


def placed_layers(design: QuickDesign) -> list[tuple[Layer, Names]]:
    """Write the design out, each layer with the decisions behind its settings."""
    rows: list[tuple[Layer, Names]] = []
    for block in range(design.blocks):
        rows += [(layer, _CONV_NAMES) for layer in _convolution(design, block)]
        if design.pooling != "none" and (design.pools_last or block + 1 < design.blocks):
            rows.append((Pooling2D(pooling=design.pooling), _POOL_NAMES))
    rows.append((Flatten(), {}))
    rows += [(Dense(units=design.dense_units, activation=design.activation), _DENSE_NAMES)] * design.dense_layers
    if design.dropout:
        rows.append((Dropout(rate=design.dropout), {"rate": "dropout"}))
    rows.append((_output_layer(design), {"units": "class_count"}))
    return rows


def _convolution(design: QuickDesign, block: int) -> list[Layer]:
    shared: dict[str, Any] = {
        "filters": design.block_filters(block),
        "kernel_height": design.kernel_size,
        "kernel_width": design.kernel_size,
        "stride": design.stride,
        "padding": design.padding,
    }
    if design.has_batch_norm:
        convolution = Conv2D(**shared, activation="linear", use_bias=False)
        return [convolution, BatchNormalization(), Activation(activation=design.activation)]
    return [Conv2D(**shared, activation=design.activation)]


def _output_layer(design: QuickDesign) -> Dense:
    if design.output == "sigmoid":
        return Dense(units=1, activation="sigmoid")
    return Dense(units=design.class_count, activation="softmax" if design.output == "softmax" else "linear")
