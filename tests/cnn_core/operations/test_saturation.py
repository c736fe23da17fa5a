"""Saturation and dying ReLU, in shares that can be counted by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from cnn_core.operations.activations import ACTIVATIONS
from cnn_core.operations.feature_maps import first_feature_maps
from cnn_core.operations.saturation import FLAT_SLOPE, flat_over_bias, flatness, moved_sums, silent_images, unit_sums
from tests.oracles import STEADY

sums = hnp.arrays(np.float64, hnp.array_shapes(min_dims=2, max_dims=2, max_side=5), elements=st.floats(-9, 9))


def test_worked_example() -> None:
    # The sigmoid's slope at 0 is 0.25, at ±1 0.197, at ±5 0.0066: two of five are flat, and none is 0.
    found = flatness(np.array([-5.0, -1.0, 0.0, 1.0, 5.0]), ACTIVATIONS["sigmoid"])
    assert (found.below, found.zeros, found.flat) == (0.4, 0.0, 0.4)
    assert found.mean_slope == pytest.approx((0.25 + 2 * 0.19661 + 2 * 0.00665) / 5, abs=1e-5)


def test_a_slope_downwards_counts_by_its_size() -> None:
    # GELU falls by 0.083 at −1.
    found = flatness(np.array([-1.0]), ACTIVATIONS["gelu"])
    assert found.flat == 0.0
    assert found.mean_slope == pytest.approx(0.0833, abs=1e-4)


@STEADY
@given(sums)
def test_relu_is_flat_where_it_gives_zero_and_leaky_relu_nowhere(values: np.ndarray) -> None:
    relu = flatness(values, ACTIVATIONS["relu"])
    assert relu.zeros == relu.flat == pytest.approx(1 - relu.mean_slope) == (values <= 0).mean()
    assert flatness(values, ACTIVATIONS["leaky_relu"]).flat == 0.0


@STEADY
@given(sums, st.lists(st.floats(-5, 5), min_size=1, max_size=4), st.sampled_from(sorted(ACTIVATIONS)))
def test_over_the_bias_it_is_the_same_number_by_number(values: np.ndarray, biases: list[float], slug: str) -> None:
    expected = [flatness(values + bias, ACTIVATIONS[slug]).flat for bias in biases]
    np.testing.assert_allclose(flat_over_bias(values, ACTIVATIONS[slug], np.array(biases)), expected)


def test_a_lower_bias_makes_more_of_a_relu_flat() -> None:
    values = np.random.default_rng(0).normal(size=(8, 8))
    shares = flat_over_bias(values, ACTIVATIONS["relu"], np.linspace(-4, 4, 9))
    assert (np.diff(shares) <= 0).all()
    assert (shares[0], shares[-1]) == (1.0, 0.0)


def test_images_of_which_nothing_comes_through() -> None:
    maps = np.array([[[-1.0, -2.0], [0.0, -1.0]], [[-1.0, -2.0], [0.1, -1.0]], [[5.0, 5.0], [5.0, 5.0]]])
    assert silent_images(maps, ACTIVATIONS["relu"]) == 1
    assert silent_images(maps, ACTIVATIONS["leaky_relu"]) == 0


def test_sums_of_a_unit_are_those_of_the_first_layer() -> None:
    random = np.random.default_rng(2)
    images = random.integers(0, 256, (3, 6, 5, 1), np.uint8)
    kernels, bias = random.normal(size=(3, 3, 1, 4)).astype(np.float32), random.normal(size=4).astype(np.float32)
    sums = unit_sums(images, kernels[..., 2], float(bias[2]))
    assert sums.shape == (3, 6, 5)
    for image, found in zip(images, sums, strict=True):
        expected = first_feature_maps(image, kernels, bias)[..., 2]
        np.testing.assert_allclose(ACTIVATIONS["relu"](found), expected, atol=1e-5)


def test_weights_are_multiplied_before_the_bias_is_moved() -> None:
    image, kernel = np.full((1, 1, 1, 1), 255, np.uint8), np.full((1, 1, 1), 2.0)
    by_hand = unit_sums(image, 3 * kernel, 3 * 0.5 - 1.0)
    np.testing.assert_allclose(moved_sums(unit_sums(image, kernel, 0.5), 3.0, -1.0), by_hand)
    assert by_hand.tolist() == [[[6.5]]]


def test_flat_is_less_than_a_twentieth() -> None:
    assert FLAT_SLOPE == 1 / 20
    with pytest.raises(ValueError, match="at least one number"):
        flatness(np.zeros((0, 3)), ACTIVATIONS["relu"])
