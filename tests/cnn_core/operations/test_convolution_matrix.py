"""The convolution as a matrix: the textbook's example, plain loops, and that it does what sliding does."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cnn_core.errors import ClassroomError
from cnn_core.operations.convolution import cross_correlate2d
from cnn_core.operations.convolution_matrix import convolution_matrix, matrix_convolution
from cnn_core.operations.windows import window_misfit
from tests.oracles import STEADY

IMAGE = np.arange(9).reshape(3, 3)
KERNEL = np.arange(4).reshape(2, 2)


def test_the_textbook_example_as_a_matrix() -> None:
    matrix = convolution_matrix((3, 3), KERNEL)
    assert matrix.tolist() == [
        [0, 1, 0, 2, 3, 0, 0, 0, 0],
        [0, 0, 1, 0, 2, 3, 0, 0, 0],
        [0, 0, 0, 0, 1, 0, 2, 3, 0],
        [0, 0, 0, 0, 0, 1, 0, 2, 3],
    ]
    assert (matrix @ IMAGE.ravel()).tolist() == [19, 25, 37, 43]


def test_padding_leaves_weights_out_and_stride_leaves_rows_out() -> None:
    padded = convolution_matrix((2, 2), KERNEL + 1, padding=1)
    assert padded.shape == (9, 4)
    assert padded[0].tolist() == [4, 0, 0, 0]
    assert padded[4].tolist() == [1, 2, 3, 4]
    assert padded[8].tolist() == [0, 0, 0, 1]
    assert convolution_matrix((3, 3), KERNEL, stride=2).shape == (1, 9)
    assert convolution_matrix((3, 3), KERNEL + 1, dilation=2).tolist() == [[1, 0, 2, 0, 0, 0, 3, 0, 4]]


def test_a_weight_of_zero_is_a_weight_still() -> None:
    both = matrix_convolution(IMAGE, KERNEL)
    assert [both.patch(row) for row in range(4)] == [(0, 1, 3, 4), (1, 2, 4, 5), (3, 4, 6, 7), (4, 5, 7, 8)]
    assert [both.output_cell(row) for row in range(4)] == [(0, 0), (0, 1), (1, 0), (1, 1)]
    assert (both.weight_count, both.zero_count) == (16, 20)


def test_a_real_difference_is_not_taken_for_rounding() -> None:
    both = matrix_convolution(IMAGE / 7, KERNEL / 3)
    assert both.largest_difference == 0
    both.product[2] += 1e-6
    assert both.largest_difference == pytest.approx(1e-6, rel=1e-3)


def test_kernel_that_does_not_fit_is_refused_in_words() -> None:
    with pytest.raises(ClassroomError, match="Choose padding 1"):
        convolution_matrix((2, 2), np.ones((3, 3)))
    with pytest.raises(ValueError, match=r"Received: kernel.shape=\(3,\)"):
        convolution_matrix((3, 3), np.ones(3))


@STEADY
@given(
    st.tuples(st.integers(1, 7), st.integers(1, 7)),
    st.tuples(st.integers(1, 4), st.integers(1, 4)),
    st.integers(1, 3),
    st.sampled_from(["valid", "same", 1, 2]),
    st.integers(1, 2),
    st.integers(0, 99),
)
def test_matrix_does_what_sliding_does(
    size: tuple[int, int], taps: tuple[int, int], stride: int, padding: int, dilation: int, seed: int
) -> None:
    assume(window_misfit(size, taps, padding, dilation) is None)
    rng = np.random.default_rng(seed)
    image, kernel = rng.integers(-9, 10, size), rng.integers(1, 10, taps)
    both = matrix_convolution(image, kernel, stride, padding, dilation)
    slid = cross_correlate2d(image, kernel, stride, padding, dilation)
    np.testing.assert_array_equal(both.product.reshape(slid.shape), slid)
    # Locality and sharing: no row holds more than the kernel's weights, none of another value.
    assert (both.taps.sum(axis=1) <= kernel.size).all()
    assert set(np.unique(both.matrix)) <= {0, *kernel.ravel().tolist()}
    np.testing.assert_array_equal(both.matrix != 0, both.taps)


@STEADY
@given(st.integers(0, 99), st.integers(1, 3))
def test_transpose_takes_the_way_back(seed: int, stride: int) -> None:
    """Pairing a feature map with a convolved image is pairing the map carried back with the image."""
    rng = np.random.default_rng(seed)
    image, kernel = rng.integers(-9, 10, (6, 5)), rng.integers(-9, 10, (3, 2))
    matrix = convolution_matrix((6, 5), kernel, stride)
    numbers = rng.integers(-9, 10, len(matrix))
    assert numbers @ (matrix @ image.ravel()) == (matrix.T @ numbers) @ image.ravel()
