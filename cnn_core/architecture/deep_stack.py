"""Networks that differ in little but their depth: one and the same layer, again and again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cnn_core.architecture.fields import check_record, choice, whole_number, yes_no
from cnn_core.architecture.layers import (
    ACTIVATION_TITLES,
    ACTIVATIONS,
    Activation,
    BatchNormalization,
    Conv2D,
    Dense,
    Flatten,
    Layer,
)
from cnn_core.architecture.layers.base import activation_words, listed, some
from cnn_core.architecture.spec import NetworkSpec

INPUT_SHAPE = (28, 28, 1)
CLASSES = 10
FILTERS = 16
FIRST_KERNEL = 4
"""The first kernel is as large as its stride: it reads every pixel once, and 7×7 places are left."""

FEWEST_LAYERS, MOST_LAYERS = 2, 20
STACK_ACTIVATIONS = tuple(name for name in ACTIVATIONS if name not in ("linear", "softmax"))
POOR_START = "random_normal"
GOOD_STARTS = {name: "glorot_normal" if name in ("sigmoid", "tanh") else "he_normal" for name in STACK_ACTIVATIONS}
"""The initialiser that was made for each activation: Glorot's for those that are even about zero, He's for the rest."""


@dataclass(frozen=True)
class DeepStack:
    """A network by its depth and by what decides whether gradients come through.

    Every layer but the last is a convolution with 16 filters; the first moves by 4 pixels, all others look at 3×3
    places and keep the size. The last layer gives the ten classes.

    Raises:
        ValueError: If a value is out of range.

    Example:
        >>> [layer.brief() for layer in DeepStack(layers=3).to_spec().layers if layer.brief()]
        ['conv 16', 'conv 16', 'dense 10']

    Reference:
        Glorot & Bengio 2010, *Understanding the difficulty of training deep feedforward neural networks*.
    """

    layers: int = whole_number(
        8,
        FEWEST_LAYERS,
        MOST_LAYERS,
        label="Layers",
        help="Layers with weights, the last one included, which gives the ten classes.",
    )
    activation: str = choice(
        "relu",
        STACK_ACTIVATIONS,
        label="Activation",
        help="The function behind every convolution. Going back, the gradient is multiplied by its slope.",
        titles=ACTIVATION_TITLES,
    )
    has_batch_norm: bool = yes_no(
        False,
        label="Batch norm",
        help="Bring each channel to mean 0 and variance 1 between each convolution and its activation.",
    )
    has_good_start: bool = yes_no(
        True,
        label="Good initial weights",
        help="On: weights begin as large as the activation needs them, by Glorot’s rule for sigmoid and tanh and by "
        "He’s for the others. Off: normal with deviation 0.05 everywhere.",
    )

    def __post_init__(self) -> None:
        check_record(self)

    @property
    def initializer(self) -> str:
        """How the weights of its convolutions begin."""
        return GOOD_STARTS[self.activation] if self.has_good_start else POOR_START

    @property
    def words(self) -> str:
        """Name it for people.

        Example:
            >>> DeepStack(12, "sigmoid", has_batch_norm=True, has_good_start=False).words
            '12 layers, sigmoid, batch norm, poor start'
        """
        return listed(
            some(self.layers, "layer"),
            activation_words(self.activation),
            "batch norm" if self.has_batch_norm else "",
            "" if self.has_good_start else "poor start",
        )

    def to_spec(self) -> NetworkSpec:
        """Write the network out, layer by layer."""
        first: dict[str, Any] = {"kernel_height": FIRST_KERNEL, "kernel_width": FIRST_KERNEL, "stride": FIRST_KERNEL}
        blocks = [self._block(first if index == 0 else {"padding": "same"}) for index in range(self.layers - 1)]
        layers = [layer for block in blocks for layer in block]
        return NetworkSpec(INPUT_SHAPE, (*layers, Flatten(), Dense(units=CLASSES, activation="softmax")))

    def _block(self, window: dict[str, Any]) -> list[Layer]:
        shared = {"filters": FILTERS, "initializer": self.initializer, **window}
        if self.has_batch_norm:
            convolution = Conv2D(**shared, activation="linear", use_bias=False)
            return [convolution, BatchNormalization(), Activation(activation=self.activation)]
        return [Conv2D(**shared, activation=self.activation)]
