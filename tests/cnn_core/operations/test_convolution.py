"""Convolution: the textbook's example, plain loops, Keras, SciPy, and what holds for every image and kernel."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import signal

from cnn_core.errors import ClassroomError
from cnn_core.operations.convolution import (
    channel_steps,
    conv_layer,
    convolution_steps,
    convolve2d,
    cross_correlate1d,
    cross_correlate2d,
    turned,
)

IMAGE = np.arange(9).reshape(3, 3)
KERNEL = np.arange(4).reshape(2, 2)

whole = st.integers(-9, 9)


def grids(low: int, high: int) -> st.SearchStrategy[np.ndarray]:
    return hnp.arrays(np.int64, hnp.array_shapes(min_dims=2, max_dims=2, min_side=low, max_side=high), elements=whole)


def by_loops(image: np.ndarray, kernel: np.ndarray, stride: int, padding: int, dilation: int) -> list[list[int]]:
    """The sums in plain Python; beyond the edge there is 0."""
    height, width, result = len(image), len(image[0]), []
    top = -padding
    while top + dilation * (len(kernel) - 1) < height + padding:
        row, left = [], -padding
        while left + dilation * (len(kernel[0]) - 1) < width + padding:
            total = 0
            for i, weights in enumerate(kernel.tolist()):
                for j, weight in enumerate(weights):
                    y, x = top + i * dilation, left + j * dilation
                    if 0 <= y < height and 0 <= x < width:
                        total += weight * int(image[y, x])
            row.append(total)
            left += stride
        result.append(row)
        top += stride
    return result


# --- the textbook -------------------------------------------------------------------------------------------------


def test_the_textbook_example() -> None:
    assert cross_correlate2d(IMAGE, KERNEL).tolist() == [[19, 25], [37, 43]]


def test_the_textbook_example_with_padding_and_with_strides() -> None:
    padded = [[0, 3, 8, 4], [9, 19, 25, 10], [21, 37, 43, 16], [6, 7, 8, 0]]
    assert cross_correlate2d(IMAGE, KERNEL, padding=1).tolist() == padded
    assert cross_correlate2d(IMAGE, KERNEL, stride=(3, 2), padding=1).tolist() == [[0, 8], [6, 8]]


def test_one_dimension() -> None:
    assert cross_correlate1d(np.arange(7), np.array([1, 2])).tolist() == [2, 5, 8, 11, 14, 17]
    assert cross_correlate1d(np.arange(5), np.array([1, 0, -1]), stride=2, padding="same").tolist() == [-1, -2, 3]
    assert cross_correlate1d(np.arange(6), np.array([1, 1]), dilation=3).tolist() == [3, 5, 7]


def test_the_kernel_of_a_convolution_is_turned() -> None:
    point = np.zeros((5, 5))
    point[2, 2] = 1
    kernel = np.arange(1, 10).reshape(3, 3)
    np.testing.assert_array_equal(convolve2d(point, kernel, padding=0), kernel)
    np.testing.assert_array_equal(cross_correlate2d(point, kernel), turned(kernel))


def test_bytes_do_not_overflow_and_float32_stays() -> None:
    bright = np.full((3, 3), 255, np.uint8)
    assert cross_correlate2d(bright, np.full((3, 3), 2, np.int8)).item() == 9 * 510
    small = np.ones((3, 3), np.float32)
    assert cross_correlate2d(small, small).dtype == np.float32
    assert cross_correlate2d(small, small.astype(np.float64)).dtype == np.float64


# --- other code ---------------------------------------------------------------------------------------------------


@settings(deadline=None, max_examples=60)
@given(grids(3, 8), grids(1, 3), st.integers(1, 3), st.integers(0, 3), st.integers(1, 2))
def test_like_plain_loops(image: np.ndarray, kernel: np.ndarray, stride: int, padding: int, dilation: int) -> None:
    try:
        result = cross_correlate2d(image, kernel, stride, padding, dilation)
    except ClassroomError:
        assert not any(by_loops(image, kernel, stride, padding, dilation))
        return
    assert result.tolist() == by_loops(image, kernel, stride, padding, dilation)


@settings(deadline=None, max_examples=30)
@given(grids(4, 9), grids(1, 4))
def test_like_scipy(image: np.ndarray, kernel: np.ndarray) -> None:
    np.testing.assert_array_equal(cross_correlate2d(image, kernel), signal.correlate2d(image, kernel, "valid"))
    np.testing.assert_array_equal(convolve2d(image, kernel), signal.convolve2d(image, kernel, "valid"))


SETTINGS: tuple[dict[str, Any], ...] = (
    {},
    {"strides": 2},
    {"padding": "same"},
    {"strides": 3, "padding": "same"},
    {"dilation_rate": 2, "padding": "same"},
    {"dilation_rate": 3},
)


@pytest.mark.slow
@pytest.mark.parametrize("chosen", SETTINGS, ids=str)
@pytest.mark.parametrize("taps", [(3, 3), (2, 4)], ids=str)
def test_like_keras(taps: tuple[int, int], chosen: dict[str, Any]) -> None:
    from cnn_core.backend import keras

    rng = np.random.default_rng(3)
    image = rng.normal(size=(11, 14, 3)).astype(np.float32)
    kernels, bias = rng.normal(size=(*taps, 3, 4)).astype(np.float32), rng.normal(size=4).astype(np.float32)
    names = {"strides": "stride", "dilation_rate": "dilation"}
    ours: Any = {names.get(name, name): value for name, value in chosen.items()}
    layer = keras.layers.Conv2D(4, taps, name="conv", **chosen)
    layer.build((None, *image.shape))
    layer.set_weights([kernels, bias])
    np.testing.assert_allclose(conv_layer(image, kernels, bias, **ours), layer(image[None])[0], rtol=1e-4, atol=1e-4)
    row = keras.layers.Conv1D(1, taps[1], use_bias=False, name="conv", **chosen)
    row.build((None, 14, 1))
    row.set_weights([kernels[0, :, :1, :1]])
    np.testing.assert_allclose(
        cross_correlate1d(image[0, :, 0], kernels[0, :, 0, 0], **ours),
        np.ravel(row(image[None, 0, :, :1])),
        rtol=1e-4,
        atol=1e-4,
    )


# --- what always holds --------------------------------------------------------------------------------------------


@settings(deadline=None, max_examples=30)
@given(st.data())
def test_linear_in_the_image_and_in_the_kernel(data: st.DataObject) -> None:
    first, second = (data.draw(hnp.arrays(np.int64, (5, 6), elements=whole)) for _ in range(2))
    kernel, other = (data.draw(hnp.arrays(np.int64, (2, 3), elements=whole)) for _ in range(2))
    factor = data.draw(whole)
    np.testing.assert_array_equal(
        cross_correlate2d(first + factor * second, kernel),
        cross_correlate2d(first, kernel) + factor * cross_correlate2d(second, kernel),
    )
    np.testing.assert_array_equal(
        cross_correlate2d(first, kernel + other), cross_correlate2d(first, kernel) + cross_correlate2d(first, other)
    )


@settings(deadline=None, max_examples=30)
@given(grids(3, 6), grids(1, 3), st.integers(0, 3), st.integers(0, 3))
def test_what_is_shifted_comes_out_shifted(image: np.ndarray, kernel: np.ndarray, down: int, right: int) -> None:
    around = np.pad(image, 6)
    shifted = np.roll(around, (down, right), (0, 1))
    expected = np.roll(cross_correlate2d(around, kernel, padding="same"), (down, right), (0, 1))
    np.testing.assert_array_equal(cross_correlate2d(shifted, kernel, padding="same"), expected)


@settings(deadline=None, max_examples=30)
@given(grids(7, 9), grids(1, 3), st.integers(1, 3), st.sampled_from(["valid", "same", 2]))
def test_dilation_is_a_kernel_with_zeros_between(image: np.ndarray, kernel: np.ndarray, by: int, padding: Any) -> None:
    spread = np.zeros([by * (side - 1) + 1 for side in kernel.shape], np.int64)
    spread[::by, ::by] = kernel
    np.testing.assert_array_equal(
        cross_correlate2d(image, kernel, padding=padding, dilation=by),
        cross_correlate2d(image, spread, padding=padding),
    )


@settings(deadline=None, max_examples=30)
@given(grids(4, 8), grids(1, 4), st.integers(1, 3), st.sampled_from(["valid", "same", 1]))
def test_stride_leaves_places_out(image: np.ndarray, kernel: np.ndarray, stride: int, padding: Any) -> None:
    strided = cross_correlate2d(image, kernel, stride, padding)
    if padding == "same":
        assert strided.shape == tuple(-(-side // stride) for side in image.shape)
    else:
        np.testing.assert_array_equal(strided, cross_correlate2d(image, kernel, 1, padding)[::stride, ::stride])


# --- several channels ---------------------------------------------------------------------------------------------


def test_channels_are_added_and_each_filter_has_its_bias() -> None:
    rng = np.random.default_rng(0)
    image, kernels = rng.integers(-5, 6, (6, 5, 3)), rng.integers(-3, 4, (3, 2, 3, 2))
    maps = conv_layer(image, kernels, np.array([10, -1]), stride=2, padding=1)
    for f, bias in enumerate((10, -1)):
        singly = [cross_correlate2d(image[..., c], kernels[..., c, f], 2, 1) for c in range(3)]
        np.testing.assert_array_equal(maps[..., f], sum(singly) + bias)


# --- step by step -------------------------------------------------------------------------------------------------


@settings(deadline=None, max_examples=40)
@given(grids(3, 7), grids(1, 3), st.integers(1, 3), st.sampled_from(["valid", "same", 1, 2]), st.integers(1, 2))
def test_steps_add_up_to_the_whole(
    image: np.ndarray, kernel: np.ndarray, stride: int, padding: Any, dilation: int
) -> None:
    try:
        whole_output = cross_correlate2d(image, kernel, stride, padding, dilation)
    except ClassroomError:
        with pytest.raises(ClassroomError):
            convolution_steps(image, kernel, stride, padding, dilation)
        return
    steps = convolution_steps(image, kernel, stride, padding, dilation)
    np.testing.assert_array_equal(steps.output, whole_output)
    assert len(steps) == whole_output.size
    for step in range(len(steps)):
        rows, columns = steps.cells[step].T
        np.testing.assert_array_equal(steps.padded[rows, columns], steps.patches[step].ravel())
        np.testing.assert_array_equal(steps.products[step], steps.patches[step] * kernel)
        assert steps.sums[step] == steps.products[step].sum() == steps.output[tuple(steps.output_cells[step])]
    top, bottom, left, right = steps.padding
    height, width = image.shape
    assert steps.padded.shape == (top + height + bottom, left + width + right)
    np.testing.assert_array_equal(steps.padded[top : top + height, left : left + width], image)


def test_steps_of_the_textbook_example() -> None:
    steps = convolution_steps(IMAGE, KERNEL)
    assert steps.sums.tolist() == [19, 25, 37, 43]
    assert steps.products[1].tolist() == [[0, 2], [8, 15]]
    assert steps.cells[1].tolist() == [[0, 1], [0, 2], [1, 1], [1, 2]]
    assert steps.output_cells.tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]


def test_steps_along_a_row() -> None:
    steps = convolution_steps(np.arange(5), np.array([1, 0, -1]), stride=2, padding="same")
    np.testing.assert_array_equal(
        steps.sums, cross_correlate1d(np.arange(5), np.array([1, 0, -1]), stride=2, padding="same")
    )
    assert (steps.padding, steps.padded.shape, steps.output.shape) == ((0, 0, 1, 1), (1, 7), (1, 3))
    assert steps.cells[1].tolist() == [[0, 2], [0, 3], [0, 4]]
    assert convolution_steps(np.arange(5), np.array([1, 2]), padding=2).output.shape == (1, 8)
    assert convolution_steps(np.arange(5), np.array([1, 2]), (7, 2), (3, 1)).sums.tolist() == [0, 5, 11]


def test_steps_of_channels_add_up_to_the_layer() -> None:
    rng = np.random.default_rng(1)
    image, kernels = rng.integers(-5, 6, (5, 6, 3)), rng.integers(-3, 4, (2, 3, 3))
    steps = channel_steps(image, kernels, 4.0, stride=2, padding="same", dilation=2)
    layer = conv_layer(image, kernels[..., np.newaxis], np.array([4.0]), 2, "same", 2)
    np.testing.assert_array_equal(steps.output, layer[..., 0])
    np.testing.assert_array_equal(steps.sums, sum(channel.sums for channel in steps.channels) + 4.0)
    assert len(steps) == layer.size


# --- what does not go ---------------------------------------------------------------------------------------------


def test_a_kernel_that_does_not_fit_is_said_in_words() -> None:
    for operation in (cross_correlate2d, convolve2d, convolution_steps):
        with pytest.raises(ClassroomError, match="The kernel of 3×3 with dilation 2 reaches over 5×5 pixels"):
            operation(np.ones((4, 4)), np.ones((3, 3)), dilation=2)
    with pytest.raises(
        ClassroomError, match="The kernel of 3 numbers with dilation 3 reaches over 7, and the row has 6"
    ):
        cross_correlate1d(np.ones(4), np.ones(3), dilation=3, padding=1)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda: cross_correlate2d(np.ones(3), KERNEL), r"image must be \(height, width\).*image.shape=\(3,\)"),
        (lambda: cross_correlate2d(IMAGE, np.ones((0, 2))), r"kernel must be .*kernel.shape=\(0, 2\)"),
        (lambda: cross_correlate1d(IMAGE, np.ones(2)), r"values must be \(n,\)"),
        (lambda: convolve2d(IMAGE, np.ones(2)), "kernel must be"),
        (lambda: conv_layer(np.ones((3, 3, 2)), np.ones((2, 2, 3, 1))), r"one for each channel.*\(3, 3, 2\)"),
        (lambda: conv_layer(np.ones((3, 3, 1)), np.ones((2, 2, 1, 2)), np.ones(3)), r"bias must be.*\(3,\)"),
        (lambda: convolution_steps(IMAGE, np.ones(2)), "must both be"),
        (lambda: channel_steps(np.ones((3, 3, 2)), np.ones((2, 2, 3))), "of as many channels"),
    ],
)
def test_wrong_shapes_are_named(wrong: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        wrong()
