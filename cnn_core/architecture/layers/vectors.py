"""Layers between and after the convolutions: from feature maps to a list, dense layers, and what steadies training."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import Any, ClassVar

from cnn_core.architecture.fields import choice, fraction, whole_number, yes_no
from cnn_core.architecture.formula import Formula, constant, quantity
from cnn_core.architecture.layers.base import (
    ACTIVATION_TITLES,
    ACTIVATIONS,
    MAX_UNITS,
    NORM_CALL,
    USUAL_UNITS,
    KerasCall,
    KerasNode,
    Layer,
    Misfit,
    Shape,
    activation_words,
    differing,
    layer_kind,
    listed,
    some,
)
from cnn_core.architecture.layers.initializers import initializer_call, initializer_field, initializer_words

MAX_L2 = 0.1


@layer_kind
@dataclass(frozen=True)
class BatchNormalization(Layer):
    """Bring each channel to mean 0 and variance 1 over the batch, then scale and shift it by learned amounts.

    Reference:
        Ioffe & Szegedy 2015, *Batch normalization*.
    """

    kind: ClassVar[str] = "batch_normalization"
    code: ClassVar[str] = "B"
    title: ClassVar[str] = "Batch normalisation"
    name_stem: ClassVar[str] = "norm"

    def details(self) -> str:
        return "each channel to mean 0 and variance 1"

    def parameters(self, shape: Shape) -> Formula:
        return constant(4) * quantity("channels" if len(shape) == 3 else "units", shape[-1])

    def untrained_count(self, shape: Shape) -> int:
        return 2 * shape[-1]

    def keras_nodes(self, shape: Shape) -> tuple[KerasNode, ...]:
        return (KerasNode("", NORM_CALL),)


@layer_kind
@dataclass(frozen=True)
class Activation(Layer):
    """Apply one function to every number.

    Reference:
        Goodfellow, Bengio & Courville 2016, *Deep Learning*, section 6.3.
    """

    kind: ClassVar[str] = "activation"
    code: ClassVar[str] = "A"
    title: ClassVar[str] = "Activation"
    name_stem: ClassVar[str] = "activation"

    activation: str = choice(
        "relu",
        ACTIVATIONS,
        label="Activation",
        help="The function applied to every number.",
        code="a",
        titles=ACTIVATION_TITLES,
    )

    def details(self) -> str:
        return activation_words(self.activation) or "nothing: the numbers stay as they are"

    def mixes_places(self, shape: Shape) -> bool:
        # Softmax weighs the numbers of the last axis against each other: channels of one place, or a whole list.
        return self.activation == "softmax" and len(shape) == 1

    def keras_nodes(self, shape: Shape) -> tuple[KerasNode, ...]:
        return (KerasNode("", KerasCall("Activation", {"activation": self.activation})),)


@layer_kind
@dataclass(frozen=True)
class Dropout(Layer):
    """While training, set a random share of the numbers to zero and scale the rest up.

    Reference:
        Srivastava et al. 2014, *Dropout*.
    """

    kind: ClassVar[str] = "dropout"
    code: ClassVar[str] = "D"
    title: ClassVar[str] = "Dropout"
    name_stem: ClassVar[str] = "dropout"

    rate: float = fraction(
        0.25,
        0.0,
        0.9,
        label="Share set to zero",
        help="Share of the numbers that are set to zero at random while training; nothing happens afterwards.",
        code="r",
        usual=tuple(step / 20 for step in range(19)),
    )

    def details(self) -> str:
        return f"{100 * self.rate:.0f} % set to zero while training"

    def keras_nodes(self, shape: Shape) -> tuple[KerasNode, ...]:
        return (KerasNode("", KerasCall("Dropout", {"rate": self.rate}, is_seeded=True)),)


@layer_kind
@dataclass(frozen=True)
class Flatten(Layer):
    """Write all numbers of the feature maps into one list.

    Reference:
        LeCun et al. 1998, *Gradient-based learning applied to document recognition*.
    """

    kind: ClassVar[str] = "flatten"
    code: ClassVar[str] = "F"
    title: ClassVar[str] = "Flatten"
    name_stem: ClassVar[str] = "flatten"

    def details(self) -> str:
        return "all numbers in one list"

    def output_shape(self, shape: Shape) -> Shape:
        return (prod(shape),)

    def keras_nodes(self, shape: Shape) -> tuple[KerasNode, ...]:
        return (KerasNode("", KerasCall("Flatten")),)


@layer_kind
@dataclass(frozen=True)
class Dense(Layer):
    """Connect every number that comes in with every unit.

    Reference:
        Goodfellow, Bengio & Courville 2016, *Deep Learning*, chapter 6.
    """

    kind: ClassVar[str] = "dense"
    code: ClassVar[str] = "N"
    title: ClassVar[str] = "Dense"
    name_stem: ClassVar[str] = "dense"
    sees_everything: ClassVar[bool] = True

    units: int = whole_number(
        64,
        1,
        MAX_UNITS,
        label="Units",
        help="How many numbers the layer computes; each is connected with all that come in.",
        code="u",
        usual=USUAL_UNITS,
    )
    activation: str = choice(
        "relu",
        ACTIVATIONS,
        label="Activation",
        help="The function applied to every number that the layer computes.",
        code="a",
        titles=ACTIVATION_TITLES,
    )
    use_bias: bool = yes_no(True, label="Bias", help="Whether each unit adds a learned number of its own.", code="b")
    initializer: str = initializer_field()
    l2: float = fraction(
        0.0,
        0.0,
        MAX_L2,
        label="L2",
        help="Weight decay: this number times the sum of all squared weights is added to the loss, so that weights "
        "stay small. 0 switches it off.",
        code="l",
        usual=(0.0, 0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1),
    )

    def brief(self) -> str:
        return f"dense {self.units}"

    def details(self) -> str:
        return listed(
            some(self.units, "unit"),
            activation_words(self.activation),
            "" if self.use_bias else "no bias",
            initializer_words(self.initializer),
            f"L2 {self.l2:g}" if self.l2 else "",
        )

    def misfit(self, shape: Shape) -> Misfit | None:
        if len(shape) == 1:
            return None
        return Misfit("", "A dense layer needs a flat list of numbers; put a flatten layer before it.")

    def output_shape(self, shape: Shape) -> Shape:
        return (self.units,)

    def parameters(self, shape: Shape) -> Formula:
        weights = quantity("numbers in", shape[0]) * quantity("units", self.units)
        return weights + quantity("biases", self.units) if self.use_bias else weights

    def multiply_adds(self, shape: Shape) -> Formula:
        return quantity("numbers in", shape[0]) * quantity("units", self.units)

    def keras_nodes(self, shape: Shape) -> tuple[KerasNode, ...]:
        arguments: dict[str, Any] = {"units": self.units} | differing(
            activation=(self.activation, "linear"), use_bias=(self.use_bias, True)
        )
        arguments["kernel_initializer"] = initializer_call(self.initializer)
        if self.l2:
            arguments["kernel_regularizer"] = KerasCall("L2", {"l2": self.l2}, module="regularizers")
        return (KerasNode("", KerasCall("Dense", arguments)),)
