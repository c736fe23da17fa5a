"""Layers that summarise patches, or whole feature maps, without weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from cnn_core.architecture.fields import choice, whole_number
from cnn_core.architecture.layers.base import (
    MAX_KERNEL_SIZE,
    MAX_STRIDE,
    PADDINGS,
    USUAL_SIZES,
    USUAL_STRIDES,
    KerasCall,
    KerasNode,
    Layer,
    Misfit,
    Shape,
    Window,
    differing,
    layer_kind,
    listed,
    needs_image,
)

POOLINGS = ("max", "average", "min")
GLOBAL_POOLINGS = ("average", "max")


@layer_kind
@dataclass(frozen=True)
class Pooling2D(Layer):
    """Keep one number of each patch: its largest, its average or its smallest.

    Reference:
        LeCun et al. 1998, *Gradient-based learning applied to document recognition* (sub-sampling).
    """

    kind: ClassVar[str] = "pooling2d"
    code: ClassVar[str] = "P"
    title: ClassVar[str] = "Pooling"
    name_stem: ClassVar[str] = "pool"

    pooling: str = choice(
        "max",
        POOLINGS,
        label="Pooling",
        help="What to keep of each patch: its largest, its average or its smallest number.",
        code="t",
    )
    pool_size: int = whole_number(
        2,
        1,
        MAX_KERNEL_SIZE,
        label="Pool size",
        help="Side of the square patch that becomes one number, in pixels.",
        code="k",
        usual=USUAL_SIZES,
    )
    stride: int = whole_number(
        2,
        1,
        MAX_STRIDE,
        label="Stride",
        help="How many pixels the patch moves each time.",
        code="s",
        usual=USUAL_STRIDES,
    )
    padding: str = choice(
        "valid",
        PADDINGS,
        label="Padding",
        help="“same” lets patches hang over the edge, where nothing is counted; “valid” keeps them inside.",
        code="p",
    )

    def brief(self) -> str:
        return f"{self.pooling} pool"

    def details(self) -> str:
        return listed(
            f"{self.pooling} of {self.pool_size}×{self.pool_size}",
            f"stride {self.stride}",
            "same padding" if self.padding == "same" else "",
        )

    def misfit(self, shape: Shape) -> Misfit | None:
        if len(shape) != 3:
            return needs_image(shape, "Pooling")
        largest = min(shape[:2])
        if self.padding == "same" or self.pool_size <= largest:
            return None
        return Misfit(
            "pool_size",
            f"A pool of {self.pool_size}×{self.pool_size} does not fit into what is left of the image here, "
            f"{shape[0]}×{shape[1]}; {largest}×{largest} is the largest that does.",
            largest,
        )

    def windows(self) -> tuple[Window, ...]:
        return (Window(self.pool_size, self.pool_size, self.stride, self.padding),)

    def keras_nodes(self, shape: Shape) -> tuple[KerasNode, ...]:
        class_name = {"max": "MaxPooling2D", "average": "AveragePooling2D", "min": "MinPooling2D"}[self.pooling]
        arguments = {"pool_size": self.pool_size, "strides": self.stride} | differing(padding=(self.padding, "valid"))
        return (KerasNode("", KerasCall(class_name, arguments)),)


@layer_kind
@dataclass(frozen=True)
class GlobalPooling2D(Layer):
    """Keep one number of each whole feature map: its average or its largest.

    Reference:
        Lin, Chen & Yan 2014, *Network in network*.
    """

    kind: ClassVar[str] = "global_pooling2d"
    code: ClassVar[str] = "G"
    title: ClassVar[str] = "Global pooling"
    name_stem: ClassVar[str] = "global_pool"
    sees_everything: ClassVar[bool] = True

    pooling: str = choice(
        "average",
        GLOBAL_POOLINGS,
        label="Pooling",
        help="What to keep of each feature map: the average of all its numbers, or the largest.",
        code="t",
    )

    def brief(self) -> str:
        return f"global {self.pooling} pool"

    def details(self) -> str:
        return f"the {'average' if self.pooling == 'average' else 'largest number'} of each feature map"

    def misfit(self, shape: Shape) -> Misfit | None:
        return needs_image(shape, "Global pooling")

    def output_shape(self, shape: Shape) -> Shape:
        return (shape[2],)

    def keras_nodes(self, shape: Shape) -> tuple[KerasNode, ...]:
        class_name = {"average": "GlobalAveragePooling2D", "max": "GlobalMaxPooling2D"}[self.pooling]
        return (KerasNode("", KerasCall(class_name)),)
