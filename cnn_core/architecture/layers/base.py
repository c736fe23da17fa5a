"""What every kind of layer has in common: its registry, its windows, and how Keras calls it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, ClassVar, TypeVar

from cnn_core.architecture.fields import check_record
from cnn_core.architecture.formula import Formula, constant, quantity, shape_formula

Shape = tuple[int, ...]
"""The shape of one example without the batch axis: `(height, width, channels)` or `(units,)`."""

AXES = ("height", "width")
BLOCK_INPUT = "input"
"""What the nodes of a layer call the tensor that comes into the layer."""


@dataclass(frozen=True)
class Misfit:
    """Why a layer cannot stand where it does.

    Args:
        field: The layer's setting that has to change; `""` where the layer itself is in the wrong place.
        message: One sentence that says what is wrong, with the numbers.
        nearest: The nearest value of that setting that works, if there is one.
    """

    field: str
    message: str
    nearest: int | float | str | None = None


@dataclass(frozen=True)
class KerasCall:
    """How something is written in Keras: the class and its keyword arguments.

    Args:
        class_name: The class, as `"Conv2D"`.
        arguments: What differs from Keras's defaults; an initialiser or regulariser among them is a `KerasCall` too.
        module: Where in Keras the class is: `"layers"`, `"initializers"` or `"regularizers"`.
        is_seeded: Whether it draws random numbers and takes a `seed`, so that equal seeds give equal networks.
    """

    class_name: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    module: str = "layers"
    is_seeded: bool = False


@dataclass(frozen=True)
class KerasNode:
    """One Keras layer among those that a layer of ours consists of.

    Args:
        suffix: What is added to the layer's name; `""` for the last node, which gives the layer's output.
        call: How Keras writes it.
        inputs: The suffixes of the nodes that it takes its input from; `"input"` is what comes into the layer.
    """

    suffix: str
    call: KerasCall
    inputs: tuple[str, ...] = (BLOCK_INPUT,)


@dataclass(frozen=True)
class Window:
    """A window that slides over an image: a kernel or a pool.

    Args:
        height: Taps along the height, at least 1.
        width: Taps along the width, at least 1.
        stride: How far the window moves each time, in pixels.
        padding: `"valid"` keeps the window inside; `"same"` pads so that stride 1 keeps the size.
        dilation_rate: Distance between neighbouring taps, 1 for none.
    """

    height: int
    width: int
    stride: int = 1
    padding: str = "valid"
    dilation_rate: int = 1

    def taps(self, axis: int) -> int:
        """Count the taps along an axis: 0 is the height, 1 the width."""
        return (self.height, self.width)[axis]

    def reach(self, axis: int) -> int:
        """Measure the window from its first to its last tap along an axis, in pixels, both included."""
        return self.dilation_rate * (self.taps(axis) - 1) + 1

    def places(self, size: int, axis: int) -> int:
        """Count the places at which the window stops along an axis of `size` pixels."""
        return window_output_size(size, self.taps(axis), self.stride, self.padding, self.dilation_rate)

    def places_formula(self, size: int, axis: int) -> Formula:
        """Write that count as a formula.

        Reference:
            Dumoulin & Visin 2016, relationships 5, 6 and 15.
        """
        side, stride = quantity(AXES[axis], size), quantity("stride", self.stride)
        if self.padding == "same":
            return side.ceil_divided(stride)
        return (side - self.reach_formula(axis)).floor_divided(stride) + constant(1)

    def reach_formula(self, axis: int) -> Formula:
        """Write the window's reach as a formula."""
        taps = quantity(f"window {AXES[axis]}", self.taps(axis))
        if self.dilation_rate == 1:
            return taps
        return quantity("dilation", self.dilation_rate) * (taps - constant(1)) + constant(1)

    def first_tap(self, size: int, axis: int, place: int) -> int:
        """Where the window's first tap lies at a place; before the image it is negative.

        TensorFlow's rule: of an odd number of padded pixels the larger half comes last.
        """
        if self.padding == "valid":
            return place * self.stride
        padded = max((self.places(size, axis) - 1) * self.stride + self.reach(axis) - size, 0)
        return place * self.stride - padded // 2


def window_output_size(size: int, window: int, stride: int, padding: str, dilation_rate: int = 1) -> int:
    """Count the places at which a window stops along one axis.

    Args:
        size: Length of the axis, at least 1.
        window: Length of the kernel or pool, at least 1.
        stride: How far the window moves each time, at least 1.
        padding: `"valid"` keeps the window inside; `"same"` pads so that stride 1 keeps the length.
        dilation_rate: Distance between neighbouring taps of the window, 1 for none.

    Returns:
        The number of places; 0 or less where a valid window does not fit.

    Example:
        >>> window_output_size(28, 3, 1, "valid"), window_output_size(28, 5, 2, "same")
        (26, 14)

    Reference:
        Dumoulin & Visin 2016, relationships 5, 6 and 15.
    """
    if padding == "same":
        return -(-size // stride)
    reach = dilation_rate * (window - 1) + 1
    return (size - reach) // stride + 1


class Layer:
    """What every kind of layer can say about itself, given the shape of what comes in.

    A kind is a frozen record that inherits from this class, declares its settings with `cnn_core.architecture.fields`,
    and overrides what is different from a layer that changes no shape and has no weights.

    Class attributes:
        kind: Its name in files, as `"conv2d"`.
        code: The letter that stands for it in addresses; it never changes.
        title: Its name on the screen.
        name_stem: What its layers are called in a network, before their number.
        sees_everything: Whether each number of its output always depends on every place of its input.
    """

    kind: ClassVar[str]
    code: ClassVar[str]
    title: ClassVar[str]
    name_stem: ClassVar[str]
    sees_everything: ClassVar[bool] = False

    def __post_init__(self) -> None:
        check_record(self)

    def brief(self) -> str:
        """Write the layer as one says a network aloud, as `"conv 32"`; `""` for what one leaves out there."""
        return ""

    def details(self) -> str:
        """Write the layer's settings in a few words, those left out that are as usual."""
        return ""

    def misfit(self, shape: Shape) -> Misfit | None:
        """Say why the layer cannot take `shape`, or nothing."""
        return None

    def windows(self) -> tuple[Window, ...]:
        """Return the windows that slide over the image one after the other; none for layers without."""
        return ()

    def mixes_places(self, shape: Shape) -> bool:
        """Whether each number of its output depends on every place of an input of this shape."""
        return self.sees_everything

    def output_channels(self, channels: int) -> int:
        """Count the channels of the output of a layer with windows."""
        return channels

    def output_shape(self, shape: Shape) -> Shape:
        """Return the shape of what goes out."""
        windows = self.windows()
        if not windows:
            return shape
        height, width, channels = shape
        for window in windows:
            height, width = window.places(height, 0), window.places(width, 1)
        return height, width, self.output_channels(channels)

    def parameters(self, shape: Shape) -> Formula:
        """Count all weights, those that are not trained included."""
        return constant(0)

    def untrained_count(self, shape: Shape) -> int:
        """Count the weights that gradient descent does not change."""
        return 0

    def multiply_adds(self, shape: Shape) -> Formula:
        """Count the multiplications with a weight for one example."""
        return constant(0)

    def held_numbers(self, shape: Shape) -> Formula:
        """Count the numbers that the layer computes and that training has to hold, for one example."""
        return shape_formula(self.output_shape(shape), "output ")

    def keras_nodes(self, shape: Shape) -> tuple[KerasNode, ...]:
        """Say which Keras layers it is made of; the last one gives the output."""
        raise NotImplementedError

    def output_places(self, shape: Shape) -> Formula:
        """Count the places of the feature maps that go out of a layer with windows."""
        height, width, _ = self.output_shape(shape)
        return quantity("output height", height) * quantity("output width", width)


LAYER_KINDS: dict[str, type[Layer]] = {}
"""Every kind of layer by its name, in the order of the menus."""

L = TypeVar("L", bound=type[Layer])


def layer_kind(cls: L) -> L:
    """Enter a record class into the registry under its `kind`."""
    LAYER_KINDS[cls.kind] = cls
    return cls


ACTIVATIONS = ("linear", "relu", "leaky_relu", "elu", "gelu", "silu", "sigmoid", "tanh", "softmax")
ACTIVATION_TITLES = MappingProxyType(
    {
        "linear": "none (linear)",
        "relu": "ReLU",
        "leaky_relu": "leaky ReLU",
        "elu": "ELU",
        "gelu": "GELU",
        "silu": "SiLU",
    }
)
PADDINGS = ("valid", "same")

MAX_FILTERS = 1024
NORM_CALL = KerasCall("BatchNormalization", {"momentum": 0.9})
"""Keras's own 0.99 needs 500 steps until the running averages hold; short trainings have fewer."""
MAX_UNITS = 8192
MAX_KERNEL_SIZE = 15
MAX_STRIDE = 8
MAX_DILATION = 8

USUAL_FILTERS = (1, 2, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256)
USUAL_UNITS = (1, 2, 4, 8, 10, 16, 32, 64, 84, 120, 128, 256, 512, 1024, 2048)
USUAL_SIZES = range(1, 12)
USUAL_STRIDES = range(1, MAX_STRIDE + 1)


def activation_words(activation: str) -> str:
    """Write an activation as people read it; `""` for none.

    Example:
        >>> activation_words("leaky_relu"), activation_words("tanh"), activation_words("linear")
        ('leaky ReLU', 'tanh', '')
    """
    return "" if activation == "linear" else ACTIVATION_TITLES.get(activation, activation)


def listed(*words: str) -> str:
    """Join what is there of several words."""
    return ", ".join(word for word in words if word)


def some(number: int, singular: str) -> str:
    """Write how many there are of something.

    Example:
        >>> some(1, "filter"), some(1200, "unit"), some(10, "class")
        ('1 filter', '1,200 units', '10 classes')
    """
    ending = "" if number == 1 else "es" if singular.endswith(("s", "x", "ch", "sh")) else "s"
    return f"{number:,} {singular}{ending}"


def differing(**settings: tuple[Any, Any]) -> dict[str, Any]:
    """Keep of `name=(value, Keras's default)` those that differ from the default.

    Example:
        >>> differing(strides=(2, 1), padding=("valid", "valid"))
        {'strides': 2}
    """
    return {name: value for name, (value, default) in settings.items() if value != default}


def needs_image(shape: Shape, what: str) -> Misfit | None:
    """Say that a layer cannot take a flat list of numbers, where one comes in."""
    if len(shape) == 3:
        return None
    return Misfit(
        "",
        f"{what} needs an image of height, width and channels, but what comes in is a flat list of numbers.",
    )
