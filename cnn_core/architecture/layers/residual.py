"""A block of convolutions with a way around them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from cnn_core.architecture.fields import whole_number, yes_no
from cnn_core.architecture.formula import Formula, constant, quantity
from cnn_core.architecture.layers.base import (
    BLOCK_INPUT,
    MAX_KERNEL_SIZE,
    NORM_CALL,
    USUAL_SIZES,
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
    picked,
    stride_field,
)


@layer_kind
@dataclass(frozen=True)
class ResidualBlock(Layer):
    """Two convolutions with a skip around them: what comes in is added to what they compute.

    Where the shape changes (another number of channels, or a stride), the skip is a convolution of 1×1.

    Reference:
        He et al. 2016, *Deep residual learning for image recognition*.
    """

    kind: ClassVar[str] = "residual_block"
    code: ClassVar[str] = "R"
    title: ClassVar[str] = "Residual block"
    name_stem: ClassVar[str] = "residual"

    filters: int = filters_field()
    kernel_size: int = whole_number(
        3,
        1,
        MAX_KERNEL_SIZE,
        label="Kernel size",
        help="Side of the square patch that the filters of both convolutions look at, in pixels.",
        code="k",
        usual=USUAL_SIZES,
    )
    stride: int = stride_field()
    activation: str = activation_field()
    has_batch_norm: bool = yes_no(
        True,
        label="Batch norm",
        help="Whether each of the two convolutions is followed by batch normalisation; then it has no bias.",
        code="n",
    )
    initializer: str = initializer_field()

    def brief(self) -> str:
        return f"residual {self.filters}"

    def details(self) -> str:
        return listed(
            f"2 × {some(self.filters, 'filter')} of {self.kernel_size}×{self.kernel_size} and a skip",
            f"stride {self.stride}" if self.stride > 1 else "",
            "batch norm" if self.has_batch_norm else "",
            activation_words(self.activation),
            initializer_words(self.initializer),
        )

    def misfit(self, shape: Shape) -> Misfit | None:
        return needs_image(shape, "A residual block")

    def windows(self) -> tuple[Window, ...]:
        size = self.kernel_size
        return Window(size, size, self.stride, "same"), Window(size, size, 1, "same")

    def output_channels(self, channels: int) -> int:
        return self.filters

    def has_projection(self, shape: Shape) -> bool:
        """Whether the skip needs a convolution of 1×1, because the shape changes."""
        return self.stride > 1 or shape[2] != self.filters

    def _kernels(self, shape: Shape) -> Formula:
        size, filters = quantity("kernel size", self.kernel_size), quantity("filters", self.filters)
        channels = quantity("channels in", shape[2])
        weights = size * size * channels * filters + size * size * filters * filters
        return weights + channels * filters if self.has_projection(shape) else weights

    def parameters(self, shape: Shape) -> Formula:
        filters = quantity("filters", self.filters)
        each = constant(8) if self.has_batch_norm else constant(2)
        return self._kernels(shape) + each * filters

    def untrained_count(self, shape: Shape) -> int:
        return 4 * self.filters if self.has_batch_norm else 0

    def multiply_adds(self, shape: Shape) -> Formula:
        return self.output_places(shape) * self._kernels(shape)

    def held_numbers(self, shape: Shape) -> Formula:
        nodes = self.keras_nodes(shape)
        picked = sum(node.suffix == PICK for node in nodes)
        each = quantity("tensors", len(nodes) - picked) * quantity("filters", self.filters)
        if picked:
            each = each + quantity("channels in", shape[2])
        return self.output_places(shape) * each

    def keras_nodes(self, shape: Shape) -> tuple[KerasNode, ...]:
        initial = initializer_call(self.initializer)
        shared = {
            "filters": self.filters,
            "kernel_size": self.kernel_size,
            "padding": "same",
            "kernel_initializer": initial,
        } | differing(use_bias=(not self.has_batch_norm, True))
        activation = KerasCall("Activation", {"activation": self.activation})
        # A stride above 1 is taken by the first convolution and by the skip; kernels of 1×1 get their pixels picked.
        strides = differing(strides=(self.stride, 1)) if self.kernel_size > 1 else {}
        nodes = [picked(self.stride)] if self.stride > 1 else []
        source = PICK if nodes and self.kernel_size == 1 else BLOCK_INPUT
        nodes.append(KerasNode("conv_a", KerasCall("Conv2D", shared | strides), (source,)))
        if self.has_batch_norm:
            nodes.append(KerasNode("norm_a", NORM_CALL, (nodes[-1].suffix,)))
        nodes.append(KerasNode("activation_a", activation, (nodes[-1].suffix,)))
        nodes.append(KerasNode("conv_b", KerasCall("Conv2D", shared), ("activation_a",)))
        if self.has_batch_norm:
            nodes.append(KerasNode("norm_b", NORM_CALL, ("conv_b",)))
        last, skip = nodes[-1].suffix, BLOCK_INPUT
        if self.has_projection(shape):
            skip = "skip"
            projection = {"filters": self.filters, "kernel_size": 1, "use_bias": False, "kernel_initializer": initial}
            nodes.append(KerasNode(skip, KerasCall("Conv2D", projection), (PICK if self.stride > 1 else BLOCK_INPUT,)))
        nodes.append(KerasNode("add", KerasCall("Add"), (last, skip)))
        nodes.append(KerasNode("", activation, ("add",)))
        return tuple(nodes)
