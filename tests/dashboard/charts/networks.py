"""Networks to draw: small, usual, deep, extreme, and one of each kind of layer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cnn_core.architecture.layers import (
    LAYER_KINDS,
    Activation,
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    GlobalPooling2D,
    Layer,
    Pooling2D,
    ResidualBlock,
    SeparableConv2D,
    Shape,
)
from cnn_core.architecture.shapes import NetworkFigures, network_figures
from cnn_core.architecture.spec import NetworkSpec


@dataclass(frozen=True)
class Example:
    """A network under a name."""

    name: str
    spec: NetworkSpec

    @property
    def figures(self) -> NetworkFigures:
        return network_figures(self.spec)

    @property
    def shape(self) -> Shape:
        return self.spec.input_shape

    def __str__(self) -> str:
        return self.name


SMALL = Example("small", NetworkSpec((28, 28, 1), (Conv2D(filters=16), Flatten(), Dense(units=10))))
USUAL = Example(
    "usual",
    NetworkSpec(
        (28, 28, 3),
        (
            Conv2D(filters=16, padding="same"),
            BatchNormalization(),
            Activation(),
            Pooling2D(),
            ResidualBlock(filters=32, stride=2),
            SeparableConv2D(filters=64, padding="same", kernel_height=5),
            Conv2D(filters=64, dilation_rate=2, padding="same"),
            Dropout(),
            GlobalPooling2D(),
            Dense(units=64),
            Dense(units=64),
            Dense(units=10, activation="softmax"),
        ),
    ),
)
DEEP = Example(
    "deep",
    NetworkSpec(
        (32, 32, 3),
        (
            *(Conv2D(filters=32, padding="same"), BatchNormalization(), Activation()) * 9,
            GlobalPooling2D(),
            Dense(),
            Dense(),
        ),
    ),
)
LONGEST = Example("longest", NetworkSpec((32, 32, 1), (Conv2D(filters=4, padding="same"), Dropout()) * 60))
LARGE = Example(
    "large", NetworkSpec((512, 512, 4), (Conv2D(filters=1, stride=8), Conv2D(filters=1024), Flatten(), Dense(units=1)))
)
STRIP = Example("strip", NetworkSpec((512, 1, 1), (Conv2D(filters=8, kernel_width=1, stride=8), Flatten(), Dense())))
EXAMPLES = (SMALL, USUAL, DEEP, LONGEST, LARGE, STRIP)


def each_kind() -> Iterator[Example]:
    """Make a network around one layer of each kind, with its own defaults."""
    for kind, record in LAYER_KINDS.items():
        shape = (24, 20, 2)
        before: tuple[Layer, ...] = (Flatten(),) if record().misfit(shape) else ()
        yield Example(kind, NetworkSpec(shape, (*before, record())))
