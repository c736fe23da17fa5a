"""One neuron by hand, and two layers that are one as long as there is no curve between them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn_core.operations.activations import ACTIVATIONS
from cnn_core.operations.neuron import TwoLayers, is_straight, neuron
from tests.oracles import STEADY

small = st.floats(-4, 4)
rows = st.integers(1, 5).flatmap(lambda size: st.tuples(*[st.lists(small, min_size=size, max_size=size)] * 3))


def test_worked_example() -> None:
    # 0.5·2 + (−1)·1.5 + 0.2 = −0.3, of which leaky ReLU lets a fifth through.
    result = neuron([0.5, -1.0], [2.0, 1.5], 0.2, ACTIVATIONS["leaky_relu"])
    assert result.products.tolist() == [1.0, -1.5]
    assert result.total == pytest.approx(-0.3)
    assert result.output == pytest.approx(-0.06)
    assert result.weight_gradients == pytest.approx([0.1, -0.2])


def test_sum_that_is_zero_on_paper_is_zero() -> None:
    result = neuron([1.0, 2.0], [0.1, 0.1], -0.3, ACTIVATIONS["relu"])
    assert (result.total, result.output, result.slope) == (0.0, 0.0, 0.0)


@STEADY
@given(rows, small, st.sampled_from(sorted(ACTIVATIONS)))
def test_gradient_says_what_a_weight_can_change(numbers: tuple[list[float], ...], bias: float, slug: str) -> None:
    inputs, weights, activation = numbers[0], numbers[1], ACTIVATIONS[slug]
    result = neuron(inputs, weights, bias, activation)
    if abs(result.total) < 1e-3:
        return
    step = 1e-6
    for place, gradient in enumerate(result.weight_gradients):
        changed = [weight + step * (place == other) for other, weight in enumerate(weights)]
        quotient = (neuron(inputs, changed, bias, activation).output - result.output) / step
        assert gradient == pytest.approx(quotient, abs=1e-4)


def test_one_weight_for_each_input() -> None:
    with pytest.raises(ValueError, match=r"equally long .*weights.shape=\(1,\)"):
        neuron([1.0, 2.0], [1.0], 0.0, ACTIVATIONS["relu"])


@STEADY
@given(rows, small)
def test_two_layers_without_a_curve_are_one(numbers: tuple[list[float], ...], bias: float) -> None:
    layers = TwoLayers(*(np.array(row) for row in numbers), bias)
    inputs = np.linspace(-5, 5, 11)
    weight, offset = layers.as_one
    np.testing.assert_allclose(layers.output(inputs), weight * inputs + offset, atol=1e-10)


def test_with_a_curve_they_are_more() -> None:
    layers = TwoLayers(np.array([1.0, -1.0]), np.zeros(2), np.ones(2), 0.0)
    inputs = np.linspace(-3, 3, 13)
    np.testing.assert_allclose(layers.output(inputs, ACTIVATIONS["relu"]), np.abs(inputs))
    assert layers.as_one == (0.0, 0.0)
    assert is_straight(layers.output(inputs))
    assert not is_straight(layers.output(inputs, ACTIVATIONS["relu"]))


@pytest.mark.parametrize("slug", ACTIVATIONS)
def test_output_is_worked_out_unit_by_unit(slug: str) -> None:
    layers = TwoLayers(np.array([1.5, -0.5]), np.array([0.2, 1.0]), np.array([-1.0, 2.0]), 0.3)
    by_hand = [
        -1.0 * ACTIVATIONS[slug](1.5 * x + 0.2) + 2.0 * ACTIVATIONS[slug](-0.5 * x + 1.0) + 0.3 for x in (-2.0, 0.7)
    ]
    np.testing.assert_allclose(layers.output([-2.0, 0.7], ACTIVATIONS[slug]), by_hand)
