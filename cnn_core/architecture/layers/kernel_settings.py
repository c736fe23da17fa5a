"""What layers with kernels share: the settings they declare, and how a kernel of one pixel leaves pixels out."""

from __future__ import annotations

from typing import Any

from cnn_core.architecture.fields import choice, whole_number
from cnn_core.architecture.layers.base import (
    ACTIVATION_TITLES,
    ACTIVATIONS,
    MAX_FILTERS,
    MAX_KERNEL_SIZE,
    MAX_STRIDE,
    PADDINGS,
    USUAL_FILTERS,
    USUAL_SIZES,
    USUAL_STRIDES,
    KerasCall,
    KerasNode,
)

PICK = "pick"


def picked(stride: int) -> KerasNode:
    """Pick every so many-th pixel, ahead of a kernel of 1×1 that then takes each pixel it gets: the same arithmetic.

    TensorFlow 2.21 with oneDNN writes beyond its memory, and ends the whole process, while it learns a kernel of 1×1
    that itself moves by 2 over an image of few channels.
    """
    return KerasNode(PICK, KerasCall("MaxPooling2D", {"pool_size": 1, "strides": stride}))


def filters_field() -> Any:
    """Declare how many filters a layer learns."""
    return whole_number(
        32,
        1,
        MAX_FILTERS,
        label="Filters",
        help="How many filters the layer learns. Each makes one feature map.",
        code="f",
        usual=USUAL_FILTERS,
    )


def kernel_field(side: str, code: str) -> Any:
    """Declare one side of a kernel; `side` is `"height"` or `"width"`."""
    return whole_number(
        3,
        1,
        MAX_KERNEL_SIZE,
        label=f"Kernel {side}",
        help=f"The {side} of the patch that a filter looks at, in pixels.",
        code=code,
        usual=USUAL_SIZES,
    )


def stride_field() -> Any:
    """Declare how far a kernel moves."""
    return whole_number(
        1,
        1,
        MAX_STRIDE,
        label="Stride",
        help="How many pixels the kernel moves each time. 2 halves height and width.",
        code="s",
        usual=USUAL_STRIDES,
    )


def padding_field() -> Any:
    """Declare what happens at the edge."""
    return choice(
        "valid",
        PADDINGS,
        label="Padding",
        help="“same” adds zeros around the image so that it keeps its size; “valid” adds nothing.",
        code="p",
    )


def activation_field() -> Any:
    """Declare the function behind a layer."""
    return choice(
        "relu",
        ACTIVATIONS,
        label="Activation",
        help="The function applied to every number that the layer computes.",
        code="a",
        titles=ACTIVATION_TITLES,
    )
