"""Layers that slide learned kernels over an image.

Sizes follow Dumoulin & Visin 2016, *A guide to convolution arithmetic for deep learning*.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from cnn_core.architecture.fields import whole_number, yes_no
from cnn_core.architecture.formula import Formula, quantity
from cnn_core.architecture.layers.base import (
    MAX_DILATION,
    USUAL_STRIDES,
    KerasCall,
    KerasNode,
    Layer,
    Misfit,
    Shape,
    Window,
    activation_words,
    differing,
    layer_kind,
    listed,
    needs_image,
    some,
)
from cnn_core.architecture.layers.initializers import initializer_call, initializer_field, initializer_words
from cnn_core.architecture.layers.kernel_settings import (
    PICK,
    activation_field,
    filters_field,
    kernel_field,
    padding_field,
    picked,
    stride_field,
)


@dataclass(frozen=True)
class _Convolution(Layer):
    """What an ordinary and a depthwise-separable convolution have in common: their settings and their window."""

    filters: int = filters_field()
    kernel_height: int = kernel_field("height", "h")
    kernel_width: int = kernel_field("width", "w")
    stride: int = stride_field()
    padding: str = padding_field()
    dilation_rate: int = whole_number(
        1,
        1,
        MAX_DILATION,
        label="Dilation",
        help="The distance between the pixels that the kernel reads: 2 leaves one out between each two. It widens the "
        "view without more weights, and goes with stride 1 only.",
        code="d",
        usual=USUAL_STRIDES,
    )
    activation: str = activation_field()
    use_bias: bool = yes_no(True, label="Bias", help="Whether each filter adds a learned number of its own.", code="b")
    initializer: str = initializer_field()

    def details(self) -> str:
        return listed(
            f"{some(self.filters, 'filter')} of {self.kernel_height}×{self.kernel_width}",
            f"stride {self.stride}" if self.stride > 1 else "",
            "same padding" if self.padding == "same" else "",
            f"dilation {self.dilation_rate}" if self.dilation_rate > 1 else "",
            activation_words(self.activation),
            "" if self.use_bias else "no bias",
            initializer_words(self.initializer),
        )

    def misfit(self, shape: Shape) -> Misfit | None:
        if len(shape) != 3:
            return needs_image(shape, "A convolution")
        if self.stride > 1 and self.dilation_rate > 1:
            return Misfit(
                "dilation_rate",
                f"A convolution has either a stride above 1 or a dilation above 1, not both: here the stride is "
                f"{self.stride} and the dilation {self.dilation_rate}.",
                1,
            )
        return self._window_misfit(shape)

    def _window_misfit(self, shape: Shape) -> Misfit | None:
        window = self.windows()[0]
        for axis, side in enumerate(("height", "width")):
            left, taps = shape[axis], window.taps(axis)
            if self.padding == "same" or window.reach(axis) <= left:
                continue
            here = f"what is left of the image here, {shape[0]}×{shape[1]}"
            if taps <= left:
                widest = self._widest_dilation(shape)
                return Misfit(
                    "dilation_rate",
                    f"A kernel of {self.kernel_height}×{self.kernel_width} with dilation {self.dilation_rate} reaches "
                    f"over {window.reach(0)}×{window.reach(1)} pixels, more than {here}; dilation {widest} is the most "
                    "that fits.",
                    widest,
                )
            largest = (left - 1) // self.dilation_rate + 1
            return Misfit(
                f"kernel_{side}",
                f"A kernel of {self.kernel_height}×{self.kernel_width} does not fit into {here}; "
                f"a {side} of {largest} is the largest that does.",
                largest,
            )
        return None

    def _widest_dilation(self, shape: Shape) -> int:
        # It has to fit both ways; where not even the bare kernel does, it is the kernel's side that has to change.
        window = self.windows()[0]
        sides = ((shape[axis], window.taps(axis)) for axis in (0, 1))
        return min((left - 1) // (taps - 1) for left, taps in sides if 1 < taps <= left)

    def windows(self) -> tuple[Window, ...]:
        return (Window(self.kernel_height, self.kernel_width, self.stride, self.padding, self.dilation_rate),)

    def output_channels(self, channels: int) -> int:
        return self.filters

    def _patch(self) -> Formula:
        return quantity("kernel height", self.kernel_height) * quantity("kernel width", self.kernel_width)

    def _arguments(self) -> dict[str, Any]:
        size = (self.kernel_height, self.kernel_width)
        return {
            "filters": self.filters,
            "kernel_size": size[0] if size[0] == size[1] else size,
        } | differing(
            strides=(self.stride, 1),
            padding=(self.padding, "valid"),
            dilation_rate=(self.dilation_rate, 1),
            activation=(self.activation, "linear"),
            use_bias=(self.use_bias, True),
        )


@layer_kind
@dataclass(frozen=True)
class Conv2D(_Convolution):
    """Slide learned filters over the image; each makes one feature map.

    Reference:
        LeCun et al. 1998, *Gradient-based learning applied to document recognition*.
    """

    kind: ClassVar[str] = "conv2d"
    code: ClassVar[str] = "C"
    title: ClassVar[str] = "Convolution"
    name_stem: ClassVar[str] = "conv"

    def brief(self) -> str:
        return f"conv {self.filters}"

    def parameters(self, shape: Shape) -> Formula:
        weights = self._patch() * quantity("channels in", shape[2]) * quantity("filters", self.filters)
        return weights + quantity("biases", self.filters) if self.use_bias else weights

    def multiply_adds(self, shape: Shape) -> Formula:
        weights = self._patch() * quantity("channels in", shape[2]) * quantity("filters", self.filters)
        return self.output_places(shape) * weights

    @property
    def is_picking(self) -> bool:
        """Whether the kernel is a single pixel that leaves pixels out."""
        return self.kernel_height == self.kernel_width == 1 and self.stride > 1

    def held_numbers(self, shape: Shape) -> Formula:
        filters = quantity("filters", self.filters)
        each = quantity("channels in", shape[2]) + filters if self.is_picking else filters
        return self.output_places(shape) * each

    def keras_nodes(self, shape: Shape) -> tuple[KerasNode, ...]:
        arguments = self._arguments() | {"kernel_initializer": initializer_call(self.initializer)}
        if not self.is_picking:
            return (KerasNode("", KerasCall("Conv2D", arguments)),)
        del arguments["strides"]
        return picked(self.stride), KerasNode("", KerasCall("Conv2D", arguments), (PICK,))


@layer_kind
@dataclass(frozen=True)
class SeparableConv2D(_Convolution):
    """First filter each channel by itself, then mix the channels at every place: far fewer weights.

    Reference:
        Chollet 2017, *Xception: deep learning with depthwise separable convolutions*.
    """

    kind: ClassVar[str] = "separable_conv2d"
    code: ClassVar[str] = "S"
    title: ClassVar[str] = "Depthwise-separable convolution"
    name_stem: ClassVar[str] = "separable"

    def brief(self) -> str:
        return f"separable {self.filters}"

    def _weights(self, shape: Shape) -> Formula:
        channels = quantity("channels in", shape[2])
        return self._patch() * channels + channels * quantity("filters", self.filters)

    def parameters(self, shape: Shape) -> Formula:
        weights = self._weights(shape)
        return weights + quantity("biases", self.filters) if self.use_bias else weights

    def multiply_adds(self, shape: Shape) -> Formula:
        return self.output_places(shape) * self._weights(shape)

    def held_numbers(self, shape: Shape) -> Formula:
        both = quantity("channels in", shape[2]) + quantity("filters", self.filters)
        return self.output_places(shape) * both

    def keras_nodes(self, shape: Shape) -> tuple[KerasNode, ...]:
        call = initializer_call(self.initializer)
        initial = {"depthwise_initializer": call, "pointwise_initializer": call}
        return (KerasNode("", KerasCall("SeparableConv2D", self._arguments() | initial)),)
