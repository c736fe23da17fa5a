"""The kinds of layers: for each its settings, its arithmetic, and how Keras calls it.

Adding a kind is one record class with the decorator `@layer_kind`. Shapes, checks, building, names and tests are
all derived from the registry `LAYER_KINDS`. Nothing here needs TensorFlow.

Sizes follow Dumoulin & Visin 2016, *A guide to convolution arithmetic for deep learning*.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import Any, ClassVar, Literal, Protocol, TypeVar

from cnn_core.architecture.fields import check_record, choice, fraction, whole_number, yes_no

Shape = tuple[int, ...]
"""The shape of one example without the batch axis: `(height, width, channels)` or `(units,)`."""

PADDINGS = ("valid", "same")
ACTIVATIONS = ("linear", "relu", "leaky_relu", "elu", "gelu", "silu", "sigmoid", "tanh", "softmax")
POOLINGS = ("max", "average", "min")

MAX_FILTERS = 1024
MAX_UNITS = 8192
MAX_KERNEL_SIZE = 15
MAX_STRIDE = 8


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
    """How a layer is written in Keras: the class's name and its keyword arguments.

    `seeded` names the arguments that Keras calls with a seed (`kernel_initializer`, `seed`), so that equal seeds give
    equal networks.
    """

    class_name: str
    arguments: Mapping[str, Any]
    seeded: tuple[str, ...] = ()


class Layer(Protocol):
    """What every kind of layer can say about itself, given the shape of what comes in."""

    kind: ClassVar[str]
    name_stem: ClassVar[str]

    def misfit(self, shape: Shape) -> Misfit | None:
        """Say why the layer cannot take `shape`, or nothing."""

    def output_shape(self, shape: Shape) -> Shape:
        """Return the shape of what goes out."""

    def parameter_count(self, shape: Shape) -> int:
        """Count all weights, those that are not trained included."""

    def untrained_count(self, shape: Shape) -> int:
        """Count the weights that gradient descent does not change."""

    def multiply_adds(self, shape: Shape) -> int:
        """Count the multiplications with a weight for one example."""

    def keras_call(self) -> KerasCall:
        """Say how Keras writes this layer."""


LAYER_KINDS: dict[str, type[Layer]] = {}
L = TypeVar("L", bound=type[Any])


def layer_kind(cls: L) -> L:
    """Enter a record class into the registry under its `kind`."""
    LAYER_KINDS[cls.kind] = cls
    return cls


class _Base:
    """What most kinds have in common: no weights, no arithmetic with weights, the shape unchanged."""

    def __post_init__(self) -> None:
        check_record(self)

    def misfit(self, shape: Shape) -> Misfit | None:
        return None

    def output_shape(self, shape: Shape) -> Shape:
        return shape

    def parameter_count(self, shape: Shape) -> int:
        return 0

    def untrained_count(self, shape: Shape) -> int:
        return 0

    def multiply_adds(self, shape: Shape) -> int:
        return 0


def window_output_size(
    size: int, window: int, stride: int, padding: Literal["valid", "same"] | str, dilation_rate: int = 1
) -> int:
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


def _needs_image(shape: Shape, what: str) -> Misfit | None:
    if len(shape) == 3:
        return None
    return Misfit(
        "",
        f"{what} needs an image of height, width and channels, but what comes in is a flat list of numbers.",
    )


def _window_misfit(shape: Shape, field: str, window: int, padding: str, what: str) -> Misfit | None:
    largest = min(shape[:2])
    if padding == "same" or window <= largest:
        return None
    return Misfit(
        field,
        f"{what} of {window}×{window} does not fit into what is left of the image here, {shape[0]}×{shape[1]}; "
        f"{largest}×{largest} is the largest that does.",
        largest,
    )


@layer_kind
@dataclass(frozen=True)
class Conv2D(_Base):
    """Slide `filters` learned filters over the image; each makes one feature map.

    Reference:
        LeCun et al. 1998, *Gradient-based learning applied to document recognition*.
    """

    kind: ClassVar[str] = "conv2d"
    name_stem: ClassVar[str] = "conv"

    filters: int = whole_number(32, 1, MAX_FILTERS)
    kernel_size: int = whole_number(3, 1, MAX_KERNEL_SIZE)
    stride: int = whole_number(1, 1, MAX_STRIDE)
    padding: str = choice("valid", PADDINGS)
    activation: str = choice("relu", ACTIVATIONS)
    use_bias: bool = yes_no(True)

    def misfit(self, shape: Shape) -> Misfit | None:
        return _needs_image(shape, "A convolution") or _window_misfit(
            shape, "kernel_size", self.kernel_size, self.padding, "A kernel"
        )

    def output_shape(self, shape: Shape) -> Shape:
        height, width = (window_output_size(n, self.kernel_size, self.stride, self.padding) for n in shape[:2])
        return height, width, self.filters

    def parameter_count(self, shape: Shape) -> int:
        return self.kernel_size**2 * shape[2] * self.filters + self.use_bias * self.filters

    def multiply_adds(self, shape: Shape) -> int:
        return prod(self.output_shape(shape)) * self.kernel_size**2 * shape[2]

    def keras_call(self) -> KerasCall:
        return KerasCall(
            "Conv2D",
            {
                "filters": self.filters,
                "kernel_size": self.kernel_size,
                "strides": self.stride,
                "padding": self.padding,
                "activation": self.activation,
                "use_bias": self.use_bias,
            },
            seeded=("kernel_initializer",),
        )


@layer_kind
@dataclass(frozen=True)
class Pooling2D(_Base):
    """Keep one number of each patch: its largest, its average or its smallest."""

    kind: ClassVar[str] = "pooling2d"
    name_stem: ClassVar[str] = "pool"

    pooling: str = choice("max", POOLINGS)
    pool_size: int = whole_number(2, 1, MAX_KERNEL_SIZE)
    stride: int = whole_number(2, 1, MAX_STRIDE)
    padding: str = choice("valid", PADDINGS)

    def misfit(self, shape: Shape) -> Misfit | None:
        return _needs_image(shape, "Pooling") or _window_misfit(
            shape, "pool_size", self.pool_size, self.padding, "A pool"
        )

    def output_shape(self, shape: Shape) -> Shape:
        height, width = (window_output_size(n, self.pool_size, self.stride, self.padding) for n in shape[:2])
        return height, width, shape[2]

    def keras_call(self) -> KerasCall:
        class_name = {"max": "MaxPooling2D", "average": "AveragePooling2D", "min": "MinPooling2D"}[self.pooling]
        return KerasCall(class_name, {"pool_size": self.pool_size, "strides": self.stride, "padding": self.padding})


@layer_kind
@dataclass(frozen=True)
class BatchNormalization(_Base):
    """Bring each channel to mean 0 and variance 1 over the batch, then scale and shift it by learned amounts.

    Reference:
        Ioffe & Szegedy 2015, *Batch normalization*.
    """

    kind: ClassVar[str] = "batch_normalization"
    name_stem: ClassVar[str] = "norm"

    def parameter_count(self, shape: Shape) -> int:
        return 4 * shape[-1]

    def untrained_count(self, shape: Shape) -> int:
        return 2 * shape[-1]

    def keras_call(self) -> KerasCall:
        return KerasCall("BatchNormalization", {})


@layer_kind
@dataclass(frozen=True)
class Activation(_Base):
    """Apply one function to every number."""

    kind: ClassVar[str] = "activation"
    name_stem: ClassVar[str] = "activation"

    activation: str = choice("relu", ACTIVATIONS)

    def keras_call(self) -> KerasCall:
        return KerasCall("Activation", {"activation": self.activation})


@layer_kind
@dataclass(frozen=True)
class Dropout(_Base):
    """While training, set a random share of the numbers to zero and scale the rest up.

    Reference:
        Srivastava et al. 2014, *Dropout*.
    """

    kind: ClassVar[str] = "dropout"
    name_stem: ClassVar[str] = "dropout"

    rate: float = fraction(0.25, 0.0, 0.9)

    def keras_call(self) -> KerasCall:
        return KerasCall("Dropout", {"rate": self.rate}, seeded=("seed",))


@layer_kind
@dataclass(frozen=True)
class Flatten(_Base):
    """Write all numbers of the feature maps into one list."""

    kind: ClassVar[str] = "flatten"
    name_stem: ClassVar[str] = "flatten"

    def output_shape(self, shape: Shape) -> Shape:
        return (prod(shape),)

    def keras_call(self) -> KerasCall:
        return KerasCall("Flatten", {})


@layer_kind
@dataclass(frozen=True)
class Dense(_Base):
    """Connect every number that comes in with every unit."""

    kind: ClassVar[str] = "dense"
    name_stem: ClassVar[str] = "dense"

    units: int = whole_number(64, 1, MAX_UNITS)
    activation: str = choice("relu", ACTIVATIONS)
    use_bias: bool = yes_no(True)

    def misfit(self, shape: Shape) -> Misfit | None:
        if len(shape) == 1:
            return None
        return Misfit("", "A dense layer needs a flat list of numbers; put a flatten layer before it.")

    def output_shape(self, shape: Shape) -> Shape:
        return (self.units,)

    def parameter_count(self, shape: Shape) -> int:
        return shape[0] * self.units + self.use_bias * self.units

    def multiply_adds(self, shape: Shape) -> int:
        return shape[0] * self.units

    def keras_call(self) -> KerasCall:
        return KerasCall(
            "Dense",
            {"units": self.units, "activation": self.activation, "use_bias": self.use_bias},
            seeded=("kernel_initializer",),
        )
