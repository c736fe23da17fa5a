"""Weights of dense, local and shared layers against Keras's and the layers' own count; shifts against plain looking."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn_core.architecture.layers import Conv2D, Dense
from cnn_core.errors import ClassroomError
from cnn_core.operations.weight_sharing import dense_weights, shift_response, weight_counts
from tests.oracles import STEADY

SOBEL = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])


def picture(seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).uniform(0, 1, (10, 12))


def test_worked_example_of_28_by_28() -> None:
    counts = weight_counts((28, 28), 3, 32)
    assert counts.dense.numbers == "28 × 28 × 21,632 + 21,632"
    assert (counts.dense.value, counts.local.value, counts.shared.value) == (16_981_120, 216_320, 320)
    assert counts.shared.words == "kernel height × kernel width × filters + filters"


@STEADY
@given(st.integers(5, 20), st.integers(1, 5), st.integers(1, 3), st.integers(1, 3), st.sampled_from(["valid", "same"]))
def test_like_the_layers_of_a_design(side: int, kernel: int, filters: int, stride: int, padding: str) -> None:
    counts = weight_counts((side, side), kernel, filters, stride, padding)  # type: ignore[arg-type]
    layer = Conv2D(filters, kernel, kernel, stride, padding)
    assert counts.shared.value == layer.parameters((side, side, 1)).value
    height, width, _ = layer.output_shape((side, side, 1))
    outputs = height * width * filters
    assert counts.dense.value == Dense(outputs).parameters((side * side,)).value
    assert counts.local.value == outputs * (kernel * kernel + 1)


def test_size_of_the_image_changes_all_but_the_convolution() -> None:
    small, large = (weight_counts((side, side), 3, 8) for side in (28, 224))
    assert small.shared.value == large.shared.value == 80
    assert large.dense.value > 1000 * small.dense.value
    assert large.local.value > 10 * small.local.value


def test_kernel_that_does_not_fit_is_refused_in_words() -> None:
    with pytest.raises(ClassroomError, match="5×5"):
        weight_counts((4, 4), 5, 1)


@pytest.mark.parametrize("columns", range(5))
def test_feature_map_moves_along_and_dense_changes_wholly(columns: int) -> None:
    image = picture()
    seen = shift_response(image, SOBEL, columns)
    np.testing.assert_array_equal(seen.image[:, columns:], image[:, : 12 - columns])
    assert not seen.image[:, :columns].any()
    np.testing.assert_allclose(seen.map_after[:, columns:], seen.map_before[:, : 10 - columns], atol=1e-12)
    assert (seen.map_shift, seen.compared, seen.map_equal) == (columns, 8 * (10 - columns), 8 * (10 - columns))
    assert seen.is_followed
    assert seen.map_difference == 0
    if columns:
        assert seen.dense_equal == 0
        assert seen.dense_difference > 0.1
    else:
        assert (seen.dense_equal, seen.dense_difference) == (80, 0)


@pytest.mark.parametrize(
    ("columns", "stride", "is_followed"), [(2, 2, True), (1, 2, False), (3, 2, False), (3, 3, True)]
)
def test_with_a_stride_the_map_follows_only_its_multiples(columns: int, stride: int, is_followed: bool) -> None:
    seen = shift_response(picture(), SOBEL, columns, stride)
    assert seen.is_followed == is_followed
    assert (seen.map_difference == 0) == is_followed
    assert seen.map_shift == columns // stride


def test_dense_layer_is_a_matrix_product_with_weights_that_stay() -> None:
    image = picture(1)
    seen = shift_response(image, SOBEL, 1, seed=3)
    weights = dense_weights(120, 80, 3)
    by_hand = [sum(w * p for w, p in zip(row, image.ravel().tolist(), strict=True)) for row in weights.tolist()]
    np.testing.assert_allclose(seen.dense_before, by_hand)
    assert weights.std() == pytest.approx(np.sqrt(2 / 200), rel=0.05)
    assert not np.array_equal(weights, dense_weights(120, 80, 4))


def test_too_far_a_shift_is_refused() -> None:
    with pytest.raises(ValueError, match="columns=10"):
        shift_response(picture(), SOBEL, 10)
    with pytest.raises(ValueError, match="at least 0"):
        shift_response(picture(), SOBEL, -1)
