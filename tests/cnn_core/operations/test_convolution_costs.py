"""Costs of the kinds of convolution: counted multiplication by multiplication, and by Keras."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn_core.errors import ClassroomError
from cnn_core.operations.convolution_costs import ConvolutionCost, convolution_costs, depthwise_cost, transposed_cost
from cnn_core.operations.other_convolutions import transposed_conv_layer, transposed_steps
from tests.oracles import STEADY, Tally, cross_correlate2d, depthwise2d


def by_kind(shape: tuple[int, int, int], filters: int, **settings: int) -> dict[str, ConvolutionCost]:
    return {cost.kind: cost for cost in convolution_costs(shape, filters, **settings)}


def test_worked_example_from_32_to_64_channels() -> None:
    """The numbers of the glossary's entry on separable convolutions, biases added."""
    costs = by_kind((28, 28, 32), 64)
    assert costs["ordinary"].parameters.value == 18_432 + 64
    assert costs["separable"].parameters.value == 2_336 + 64
    assert costs["pointwise"].parameters.value == 32 * 64 + 64
    assert costs["ordinary"].multiply_adds.numbers == "26 × 26 × 3 × 3 × 32 × 64"
    assert costs["ordinary"].multiply_adds.value == 26 * 26 * 18_432
    assert costs["separable"].multiply_adds.value == 26 * 26 * 2_336
    assert [costs[kind].sees for kind in ("ordinary", "pointwise", "separable", "dilated", "wide")] == [3, 1, 3, 5, 5]
    assert costs["transposed"].parameters.value == costs["ordinary"].parameters.value
    assert costs["transposed"].multiply_adds.value == 28 * 28 * 18_432


@STEADY
@given(st.integers(5, 7), st.integers(1, 3), st.integers(1, 3), st.integers(1, 3), st.integers(1, 2))
def test_every_multiplication_is_counted(side: int, channels: int, filters: int, kernel: int, dilation: int) -> None:
    costs = by_kind((side, side, channels), filters, kernel=kernel, dilation=dilation)
    image, reach = np.ones((side, side, channels)), dilation * (kernel - 1) + 1

    def counted(kernel: int, dilation: int = 1) -> int:
        tally = Tally()
        kernels = np.ones((kernel, kernel, channels, filters))
        cross_correlate2d(image, kernels, dilation_rate=dilation, tally=tally)
        return tally.multiply_adds

    assert costs["ordinary"].multiply_adds.value == counted(kernel)
    assert costs["pointwise"].multiply_adds.value == counted(1)
    assert costs["dilated"].multiply_adds.value == counted(kernel, dilation)
    assert costs["wide"].multiply_adds.value == counted(reach)
    tally = Tally()
    maps = depthwise2d(image, np.ones((kernel, kernel, channels, 1)), tally=tally)
    first = depthwise_cost((side, side, channels), kernel)
    assert (first.multiply_adds.value, first.output) == (tally.multiply_adds, maps.shape)
    cross_correlate2d(maps, np.ones((1, 1, channels, filters)), tally=tally)
    assert costs["separable"].multiply_adds.value == tally.multiply_adds


@STEADY
@given(st.integers(1, 5), st.integers(1, 3), st.integers(1, 3), st.integers(1, 4), st.integers(1, 3))
def test_transposed_uses_every_weight_once_for_each_number(
    side: int, channels: int, filters: int, kernel: int, stride: int
) -> None:
    cost = transposed_cost((side, side + 1, channels), filters, kernel, stride)
    kernels = np.ones((kernel, kernel, filters, channels))
    output = transposed_conv_layer(np.ones((side, side + 1, channels)), kernels, None, stride)
    assert cost.output == output.shape
    # With ones everywhere the sum of the output is the number of products.
    assert cost.multiply_adds.value == output.sum()
    assert cost.parameters.value == kernels.size + filters
    # Along one axis as many products meet in one number at most as it sees numbers of a large input.
    met = transposed_steps(np.ones((5, 5)), np.ones((kernel, kernel)), stride).counts.max()
    assert cost.sees**2 == met


def test_dilated_kernel_that_does_not_fit_is_refused_with_the_largest_that_does() -> None:
    with pytest.raises(ClassroomError, match="Choose dilation 3"):
        convolution_costs((8, 8, 1), 1, dilation=4)
    with pytest.raises(ClassroomError, match="9×9"):
        depthwise_cost((8, 8, 1), 9)


@pytest.mark.slow
def test_parameters_like_keras() -> None:
    from cnn_core.backend import keras

    costs = by_kind((9, 8, 5), 7)
    layers = {
        "ordinary": keras.layers.Conv2D(7, 3, name="a"),
        "pointwise": keras.layers.Conv2D(7, 1, name="b"),
        "separable": keras.layers.SeparableConv2D(7, 3, name="c"),
        "dilated": keras.layers.Conv2D(7, 3, dilation_rate=2, name="d"),
        "wide": keras.layers.Conv2D(7, 5, name="e"),
        "transposed": keras.layers.Conv2DTranspose(7, 3, strides=2, name="f"),
        "depthwise": keras.layers.DepthwiseConv2D(3, use_bias=False, name="g"),
    }
    costs["depthwise"] = depthwise_cost((9, 8, 5), 3)
    for kind, layer in layers.items():
        output = layer(np.zeros((1, 9, 8, 5), np.float32))
        assert (kind, costs[kind].parameters.value) == (kind, layer.count_params())
        assert (kind, costs[kind].output) == (kind, tuple(output.shape[1:]))
