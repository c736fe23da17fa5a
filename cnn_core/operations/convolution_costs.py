"""What the kinds of convolution cost: weights and multiply-adds, each with its formula.

The arithmetic is that of the layers in `cnn_core.architecture`; transposed and depthwise convolutions, which a design
cannot have, are added here.
"""

from __future__ import annotations

from dataclasses import dataclass

from cnn_core.architecture.formula import Formula, quantity
from cnn_core.architecture.layers import Conv2D, SeparableConv2D
from cnn_core.operations.other_convolutions import transposed_output_size
from cnn_core.operations.windows import check_window


@dataclass(frozen=True)
class ConvolutionCost:
    """What one kind of convolution costs.

    Args:
        kind: `"ordinary"`, `"pointwise"`, `"separable"`, `"dilated"`, `"wide"` or `"transposed"`.
        parameters: Its weights and biases.
        multiply_adds: Multiplications with a weight for one image.
        output: `(height, width, channels)` of what comes out.
        sees: How many pixels one number of the output depends on, from the first to the last along each side.
    """

    kind: str
    parameters: Formula
    multiply_adds: Formula
    output: tuple[int, int, int]
    sees: int


def convolution_costs(
    shape: tuple[int, int, int], filters: int, kernel: int = 3, dilation: int = 2, stride: int = 2
) -> tuple[ConvolutionCost, ...]:
    """Compare what the kinds of convolution cost, from the same input to as many filters.

    All have stride 1 and no padding; only the transposed one spreads its numbers `stride` apart. `"wide"` is an
    ordinary convolution whose kernel is as wide as the dilated one reaches.

    Args:
        shape: `(height, width, channels)` of what comes in.
        filters: How many feature maps come out, at least 1.
        kernel: The kernel's side, at least 1.
        dilation: Of the dilated convolution, at least 1.
        stride: Of the transposed convolution, at least 1.

    Raises:
        ClassroomError: If the dilated kernel, the widest, does not fit into the image.
        ValueError: If a number is out of the range of layers.

    Example:
        >>> costs = {cost.kind: cost for cost in convolution_costs((28, 28, 32), 64)}
        >>> costs["separable"].parameters.numbers, costs["separable"].parameters.value
        ('3 × 3 × 32 + 32 × 64 + 64', 2400)
        >>> costs["ordinary"].parameters.value, costs["dilated"].parameters.value, costs["wide"].parameters.value
        (18496, 18496, 51264)
        >>> costs["transposed"].output
        (57, 57, 64)

    Reference:
        Howard et al. 2017, *MobileNets*, section 3.1.
    """
    reach = dilation * (kernel - 1) + 1
    check_window((shape[0], shape[1]), (kernel, kernel), dilation=dilation)
    layers: dict[str, Conv2D | SeparableConv2D] = {
        "ordinary": Conv2D(filters, kernel, kernel),
        "pointwise": Conv2D(filters, 1, 1),
        "separable": SeparableConv2D(filters, kernel, kernel),
        "dilated": Conv2D(filters, kernel, kernel, dilation_rate=dilation),
        "wide": Conv2D(filters, reach, reach),
    }
    costs = [_layer_cost(kind, layer, shape) for kind, layer in layers.items()]
    return (*costs, transposed_cost(shape, filters, kernel, stride))


def transposed_cost(shape: tuple[int, int, int], filters: int, kernel: int, stride: int) -> ConvolutionCost:
    """What a transposed convolution costs: as many weights as an ordinary one, used once for each number that comes in.

    Args:
        shape: `(height, width, channels)` of what comes in.
        filters: How many feature maps come out, at least 1.
        kernel: The kernel's side, at least 1.
        stride: How far apart two neighbouring numbers are spread, at least 1.

    Example:
        >>> cost = transposed_cost((14, 14, 64), 32, 2, 2)
        >>> cost.multiply_adds.words
        'height in × width in × kernel height × kernel width × channels in × filters'
        >>> cost.multiply_adds.value, cost.output
        (1605632, (28, 28, 32))
    """
    height, width, channels = shape
    maps = quantity("filters", filters)
    patch = quantity("kernel height", kernel) * quantity("kernel width", kernel)
    sides = [transposed_output_size(side, kernel, stride) for side in (height, width)]
    places = quantity("height in", height) * quantity("width in", width)
    return ConvolutionCost(
        "transposed",
        patch * quantity("channels in", channels) * maps + maps,
        places * patch * quantity("channels in", channels) * maps,
        (sides[0], sides[1], filters),
        -(-kernel // stride),
    )


def depthwise_cost(shape: tuple[int, int, int], kernel: int) -> ConvolutionCost:
    """What the first half of a separable convolution costs: one kernel a channel, without biases.

    Args:
        shape: `(height, width, channels)` of what comes in.
        kernel: The kernel's side, at least 1.

    Example:
        >>> depthwise_cost((28, 28, 32), 3).parameters.numbers
        '3 × 3 × 32'
    """
    height, width, channels = shape
    weights = quantity("kernel height", kernel) * quantity("kernel width", kernel) * quantity("channels in", channels)
    places = [side - kernel + 1 for side in (height, width)]
    check_window((height, width), (kernel, kernel))
    multiply_adds = quantity("output height", places[0]) * quantity("output width", places[1]) * weights
    return ConvolutionCost("depthwise", weights, multiply_adds, (places[0], places[1], channels), kernel)


def _layer_cost(kind: str, layer: Conv2D | SeparableConv2D, shape: tuple[int, int, int]) -> ConvolutionCost:
    height, width, channels = layer.output_shape(shape)
    return ConvolutionCost(
        kind,
        layer.parameters(shape),
        layer.multiply_adds(shape),
        (height, width, channels),
        layer.windows()[0].reach(0),
    )
