"""Transposed, depthwise, pointwise and separable convolutions: worked examples, plain loops, the matrix, Keras."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cnn_core.errors import ClassroomError
from cnn_core.operations.convolution import conv_layer
from cnn_core.operations.convolution_matrix import convolution_matrix
from cnn_core.operations.other_convolutions import (
    depthwise_conv_layer,
    pointwise_conv_layer,
    separable_conv_layer,
    separable_kernels,
    transposed_by_matrix,
    transposed_conv2d,
    transposed_conv_layer,
    transposed_output_size,
    transposed_size_formula,
    transposed_steps,
)
from tests import oracles
from tests.oracles import STEADY

IMAGE = np.arange(4).reshape(2, 2)
KERNEL = np.arange(4).reshape(2, 2)

sides = st.integers(1, 4)


def spread_by_loops(image: np.ndarray, kernel: np.ndarray, stride: int) -> np.ndarray:
    """Each number times the kernel, added at the place to which it belongs; nothing cut off, no gap at the end."""
    height, width = ((n - 1) * stride + k for n, k in zip(image.shape, kernel.shape, strict=True))
    result = [[0] * width for _ in range(height)]
    for row, numbers in enumerate(image.tolist()):
        for column, number in enumerate(numbers):
            for i, weights in enumerate(kernel.tolist()):
                for j, weight in enumerate(weights):
                    result[row * stride + i][column * stride + j] += number * weight
    return np.array(result)


# --- worked examples -----------------------------------------------------------------------------------------------


def test_the_textbook_example() -> None:
    """The 2×2 grids 0 to 3, as in Dive into Deep Learning, section 14.10."""
    assert transposed_conv2d(IMAGE, KERNEL).tolist() == [[0, 0, 1], [0, 4, 6], [4, 12, 9]]
    assert transposed_conv2d(IMAGE, KERNEL, stride=2).tolist() == [
        [0, 0, 0, 1],
        [0, 0, 2, 3],
        [0, 2, 0, 3],
        [4, 6, 6, 9],
    ]
    assert transposed_conv2d(IMAGE, KERNEL, padding=1).tolist() == [[4]]


def test_steps_of_the_textbook_example() -> None:
    steps = transposed_steps(IMAGE, KERNEL)
    assert len(steps) == 4
    assert steps.input_cells.tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]
    assert steps.outputs[1].tolist() == [[0, 0, 1], [0, 2, 3], [0, 0, 0]]
    assert steps.outputs[2].tolist() == [[0, 0, 1], [0, 4, 3], [4, 6, 0]]
    assert steps.output.tolist() == [[0, 0, 1], [0, 4, 6], [4, 12, 9]]
    assert steps.counts.tolist() == [[1, 2, 1], [2, 4, 2], [1, 2, 1]]


def test_separable_convolution_by_hand() -> None:
    image = np.stack([np.full((2, 2), 1), np.full((2, 2), 10)], axis=-1)
    kernels = np.stack([np.array([[1, 2], [3, 4]]), np.array([[0, 0], [0, 1]])], axis=-1)
    assert depthwise_conv_layer(image, kernels).tolist() == [[[10, 10]]]
    weights = np.array([[1, 0.5], [-1, 2]])
    assert separable_conv_layer(image, kernels, weights, np.array([0, 1])).tolist() == [[[0, 26]]]


def test_bias_is_added_once_to_each_number() -> None:
    image, bias = np.ones((2, 2, 1)), np.array([0.5, -1])
    assert transposed_conv_layer(image, np.ones((1, 1, 2, 1)), bias)[1, 1].tolist() == [1.5, 0]
    assert depthwise_conv_layer(np.ones((2, 2, 2)), np.ones((1, 1, 2)), bias)[1, 1].tolist() == [1.5, 0]


# --- plain loops and the matrix ------------------------------------------------------------------------------------


@STEADY
@given(sides, sides, sides, sides, st.integers(1, 4), st.sampled_from(["valid", "same", 0, 1]), st.integers(0, 99))
def test_like_plain_loops_and_like_the_transposed_matrix(
    height: int, width: int, down: int, across: int, stride: int, padding: Any, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    image, kernel = rng.integers(-9, 10, (height, width)), rng.integers(-9, 10, (down, across))
    sizes = [transposed_output_size(n, k, stride, padding) for n, k in ((height, down), (width, across))]
    assume(min(sizes) > 0)
    result = transposed_conv2d(image, kernel, stride, padding)
    assert list(result.shape) == sizes
    looped = spread_by_loops(image, kernel, stride)
    if padding in ("valid", 0):
        np.testing.assert_array_equal(result[: len(looped), : len(looped[0])], looped)
        assert not result[len(looped) :].any()
        assert not result[:, len(looped[0]) :].any()
    if padding == 1:
        np.testing.assert_array_equal(result, looped[1:-1, 1:-1])
    # The convolution that leads from the output's size to the input's, taken backwards.
    matrix = convolution_matrix((sizes[0], sizes[1]), kernel, stride, padding)
    np.testing.assert_array_equal(result, (matrix.T @ image.ravel()).reshape(sizes))
    np.testing.assert_array_equal(result, transposed_by_matrix(image, kernel, stride, padding))
    formulas = [transposed_size_formula(n, k, stride, padding) for n, k in ((height, down), (width, across))]
    assert [formula.value for formula in formulas] == sizes


@STEADY
@given(sides, sides, sides, st.integers(1, 3), st.sampled_from(["valid", "same", 0, 1]), st.integers(0, 99))
def test_steps_add_up_to_the_whole(height: int, width: int, down: int, stride: int, padding: Any, seed: int) -> None:
    rng = np.random.default_rng(seed)
    image, kernel = rng.integers(-9, 10, (height, width)), rng.integers(-9, 10, (down, 2))
    assume(min(transposed_output_size(n, k, stride, padding) for n, k in ((height, down), (width, 2))) > 0)
    steps = transposed_steps(image, kernel, stride, padding)
    np.testing.assert_array_equal(steps.output, transposed_conv2d(image, kernel, stride, padding))
    ones = transposed_conv2d(np.ones_like(image), np.ones_like(kernel), stride, padding)
    np.testing.assert_array_equal(steps.counts, ones)
    for step in range(len(steps)):
        # What a step changes is its products, at its cells, and nothing else.
        before = steps.outputs[step - 1] if step else np.zeros_like(steps.output)
        added = np.zeros_like(steps.output)
        for (row, column), product in zip(steps.cells[step], steps.products[step].ravel(), strict=True):
            if row >= 0:
                added[row, column] += product
        np.testing.assert_array_equal(steps.outputs[step] - before, added)


@pytest.mark.parametrize(
    ("kernel", "stride", "is_even"),
    [(2, 2, True), (4, 2, True), (3, 1, True), (3, 3, True), (3, 2, False), (2, 3, False)],
)
def test_chessboard_where_the_stride_does_not_divide_the_kernel(kernel: int, stride: int, is_even: bool) -> None:
    steps = transposed_steps(np.ones((7, 7)), np.ones((kernel, kernel)), stride)
    assert steps.is_even == is_even
    inner = steps.counts[kernel:-kernel, kernel:-kernel]
    assert (inner.min() == inner.max()) == is_even


@STEADY
@given(st.integers(1, 3), st.integers(1, 2), st.sampled_from(["valid", "same"]), st.integers(0, 99))
def test_depthwise_and_pointwise_like_plain_loops(stride: int, dilation: int, padding: Any, seed: int) -> None:
    rng = np.random.default_rng(seed)
    image, kernels, weights = rng.normal(size=(6, 5, 3)), rng.normal(size=(2, 3, 3, 1)), rng.normal(size=(3, 2))
    by_channel = depthwise_conv_layer(image, kernels, None, stride, padding, dilation)
    np.testing.assert_allclose(by_channel, oracles.depthwise2d(image, kernels, stride, padding, dilation), atol=1e-12)
    mixed = [
        [[sum(c * w for c, w in zip(place, out, strict=True)) for out in weights.T] for place in row] for row in image
    ]
    np.testing.assert_allclose(pointwise_conv_layer(image, weights), mixed, atol=1e-12)
    # A separable convolution is an ordinary one whose kernels are products.
    both = separable_conv_layer(image, kernels, weights, None, stride, padding, dilation)
    ordinary = separable_kernels(kernels[..., 0], weights)
    np.testing.assert_allclose(both, conv_layer(image, ordinary, None, stride, padding, dilation), atol=1e-12)


# --- what is refused ----------------------------------------------------------------------------------------------


def test_padding_that_leaves_nothing_is_refused_with_the_most_that_works() -> None:
    with pytest.raises(ClassroomError, match=r"Padding 2 .* there are 3×3\. Choose padding 1 or less"):
        transposed_conv2d(IMAGE, KERNEL, padding=2)
    assert transposed_conv2d(IMAGE, KERNEL, padding=1).size
    with pytest.raises(ClassroomError, match=r"there are 4×4\. Choose padding 1 or less"):
        transposed_steps(IMAGE, KERNEL, 2, 2)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: transposed_conv2d(np.ones(3), KERNEL), r"image.shape=\(3,\)"),
        (lambda: transposed_conv2d(IMAGE, KERNEL, stride=0), "stride=0"),
        (lambda: transposed_conv2d(IMAGE, KERNEL, padding=-1), "padding=-1"),
        (lambda: transposed_conv2d(IMAGE, KERNEL, padding="full"), "padding='full'"),  # type: ignore[arg-type]
        (lambda: transposed_conv_layer(np.ones((2, 2, 3)), np.ones((2, 2, 3, 4))), "each channel"),
        (lambda: depthwise_conv_layer(np.ones((4, 4, 3)), np.ones((2, 2, 2, 1))), "each channel"),
        (lambda: pointwise_conv_layer(np.ones((4, 4, 3)), np.ones((2, 4))), "each channel"),
    ],
)
def test_what_does_not_belong_together_is_refused(call: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        call()


# --- Keras --------------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize(("taps", "stride"), [((3, 3), 1), ((3, 2), 2), ((2, 2), 3), ((4, 4), 2), ((1, 5), 3)], ids=str)
@pytest.mark.parametrize("padding", ["valid", "same"])
def test_transposed_like_keras(taps: tuple[int, int], stride: int, padding: Any) -> None:
    from cnn_core.backend import keras

    rng = np.random.default_rng(5)
    image = rng.normal(size=(4, 3, 2)).astype(np.float32)
    kernels, bias = rng.normal(size=(*taps, 3, 2)).astype(np.float32), rng.normal(size=3).astype(np.float32)
    layer = keras.layers.Conv2DTranspose(3, taps, strides=stride, padding=padding, name="transposed")
    layer.build((None, *image.shape))
    layer.set_weights([kernels, bias])
    ours = transposed_conv_layer(image, kernels, bias, stride, padding)
    np.testing.assert_allclose(ours, np.asarray(layer(image[None])[0]), rtol=1e-4, atol=1e-5)


@pytest.mark.slow
@pytest.mark.parametrize("chosen", [{}, {"strides": 2}, {"padding": "same"}, {"dilation_rate": 2}], ids=str)
def test_depthwise_and_separable_like_keras(chosen: dict[str, Any]) -> None:
    from cnn_core.backend import keras

    rng = np.random.default_rng(6)
    image = rng.normal(size=(9, 8, 3)).astype(np.float32)
    kernels, weights = (rng.normal(size=shape).astype(np.float32) for shape in ((3, 3, 3, 1), (1, 1, 3, 4)))
    names = {"strides": "stride", "dilation_rate": "dilation"}
    settings: Any = {names.get(name, name): value for name, value in chosen.items()}
    depthwise = keras.layers.DepthwiseConv2D(3, name="depthwise", **chosen)
    separable = keras.layers.SeparableConv2D(4, 3, name="separable", **chosen)
    for layer, arrays in ((depthwise, [kernels, np.ones(3)]), (separable, [kernels, weights, np.arange(4.0)])):
        layer.build((None, *image.shape))
        layer.set_weights(arrays)
    np.testing.assert_allclose(
        depthwise_conv_layer(image, kernels, np.ones(3), **settings),
        np.asarray(depthwise(image[None])[0]),
        rtol=1e-4,
        atol=1e-4,
    )
    np.testing.assert_allclose(
        separable_conv_layer(image, kernels, weights[0, 0], np.arange(4.0), **settings),
        np.asarray(separable(image[None])[0]),
        rtol=1e-4,
        atol=1e-4,
    )
