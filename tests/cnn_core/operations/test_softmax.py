"""Softmax and loss: worked examples, small differences, Keras, and what holds for all logits."""

from __future__ import annotations

from math import e, log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn_core.operations.activations import sigmoid
from cnn_core.operations.softmax import (
    binary_cross_entropy,
    cross_entropy,
    cross_entropy_gradient,
    odds,
    softmax,
    softmax_over_logit,
    softmax_over_temperature,
    softmax_terms,
)
from tests import oracles
from tests.oracles import STEADY

rows = st.lists(st.floats(-30, 30), min_size=1, max_size=6)
temperatures = st.floats(0.1, 10)
pairs = st.tuples(st.floats(-30, 30), st.floats(-30, 30))


def test_worked_example() -> None:
    # e² = 7.389, e = 2.718, e⁰ = 1; together 11.107.
    terms = softmax_terms([2.0, 1.0, 0.0])
    assert terms.powers == pytest.approx([e**2, e, 1])
    assert terms.total == pytest.approx(e**2 + e + 1)
    assert terms.probabilities.round(4).tolist() == [0.6652, 0.2447, 0.09]
    assert terms.subtracted == 0
    assert cross_entropy([2.0, 1.0, 0.0], 0) == pytest.approx(-log(0.66524), abs=1e-4)
    assert cross_entropy_gradient([2.0, 1.0, 0.0], 0).round(4).tolist() == [-0.3348, 0.2447, 0.09]


def test_what_is_added_is_divided_by_the_temperature_too() -> None:
    assert softmax_terms([1.0, -1.0], temperature=2.0, added=3.0).exponents.tolist() == [2.0, 1.0]


def test_a_network_that_guesses_among_ten_has_a_loss_of_2_3() -> None:
    assert cross_entropy(np.zeros(10), 3) == pytest.approx(2.302585)


@STEADY
@given(rows, temperatures)
def test_equals_plain_loops(logits: list[float], temperature: float) -> None:
    expected = oracles.activate(np.array([logits]) / temperature, "softmax")[0]
    shares = softmax(logits, temperature)
    np.testing.assert_allclose(shares, expected, rtol=1e-12)
    np.testing.assert_allclose(softmax_terms(logits, temperature).probabilities, expected, rtol=1e-10)
    assert shares.sum() == pytest.approx(1)


@STEADY
@given(rows, temperatures, st.floats(-200, 200))
def test_adding_one_number_to_all_changes_nothing(logits: list[float], temperature: float, added: float) -> None:
    before, after = softmax_terms(logits, temperature), softmax_terms(logits, temperature, added)
    np.testing.assert_allclose(after.probabilities, before.probabilities, rtol=1e-9)
    assert np.isfinite(after.powers).all()
    assert after.total > 0


@STEADY
@given(rows.filter(lambda row: len(row) > 1 and sorted(row)[-1] - sorted(row)[-2] > 0.01), temperatures)
def test_a_lower_temperature_sharpens(logits: list[float], temperature: float) -> None:
    first = int(np.argmax(logits))
    assert softmax(logits, temperature / 2)[first] >= softmax(logits, temperature)[first]


@STEADY
@given(rows, st.floats(0.01, 5))
def test_who_grows_takes_from_all_others(logits: list[float], more: float) -> None:
    grown = [logits[0] + more, *logits[1:]]
    before, after = softmax(logits), softmax(grown)
    assert after[0] >= before[0]
    assert (after[1:] <= before[1:]).all()


@STEADY
@given(rows, temperatures, st.data())
def test_gradient_is_the_quotient_of_small_differences(
    logits: list[float], temperature: float, data: st.DataObject
) -> None:
    right, step = data.draw(st.integers(0, len(logits) - 1)), 1e-5
    gradient = cross_entropy_gradient(logits, right, temperature)
    assert gradient.sum() == pytest.approx(0, abs=1e-9)
    for place, slope in enumerate(gradient):
        up, down = ([logit + sign * step * (place == other) for other, logit in enumerate(logits)] for sign in (1, -1))
        quotient = (cross_entropy(up, right, temperature) - cross_entropy(down, right, temperature)) / (2 * step)
        assert slope == pytest.approx(quotient, abs=1e-4)


@STEADY
@given(pairs)
def test_softmax_of_two_is_the_sigmoid_of_their_difference(pair: tuple[float, float]) -> None:
    difference = pair[0] - pair[1]
    assert softmax(pair)[0] == pytest.approx(float(sigmoid(np.array(difference))), rel=1e-9)
    assert binary_cross_entropy(difference, True) == pytest.approx(cross_entropy(pair, 0), abs=1e-9)
    assert binary_cross_entropy(difference, False) == pytest.approx(cross_entropy(pair, 1), abs=1e-9)


def test_huge_logits_stay_numbers() -> None:
    assert softmax([1e6, 0.0, -1e6]).tolist() == [1.0, 0.0, 0.0]
    assert cross_entropy([1e6, 0.0, -1e6], 2) == 2e6
    assert cross_entropy([1e6, 0.0], 0) == 0.0
    assert binary_cross_entropy(-1e6, True) == 1e6
    for added in (-5000.0, 5000.0):
        terms = softmax_terms([1.0, 0.0], added=added)
        assert terms.subtracted == 1 + added
        assert terms.probabilities == pytest.approx(softmax([1.0, 0.0]))


def test_rows_are_worked_out_one_by_one() -> None:
    both = softmax([[1.0, 2.0], [5.0, 1.0]])
    np.testing.assert_array_equal(both, [softmax([1.0, 2.0]), softmax([5.0, 1.0])])


@STEADY
@given(rows, st.lists(temperatures, min_size=1, max_size=3), st.lists(st.floats(-9, 9), min_size=1, max_size=3))
def test_sweeps_are_softmax_again_and_again(logits: list[float], several: list[float], values: list[float]) -> None:
    by_temperature = [softmax(logits, temperature) for temperature in several]
    np.testing.assert_allclose(softmax_over_temperature(logits, several), by_temperature)
    by_logit = [softmax([*logits[:-1], value], several[0]) for value in values]
    np.testing.assert_allclose(softmax_over_logit(logits, len(logits) - 1, values, several[0]), by_logit)


@STEADY
@given(rows.filter(lambda row: len(row) > 1), temperatures)
def test_odds_are_the_quotient_of_two_probabilities(logits: list[float], temperature: float) -> None:
    shares = softmax(logits, temperature)
    if shares[1] > 1e-12 and shares[0] > 1e-12:
        assert odds(logits[0], logits[1], temperature) == pytest.approx(shares[0] / shares[1])


@pytest.mark.parametrize("temperature", [0.0, -1.0, float("nan")])
def test_temperature_is_above_zero(temperature: float) -> None:
    with pytest.raises(ValueError, match=f"Received: temperature={temperature}"):
        softmax([1.0, 2.0], temperature)
    with pytest.raises(ValueError, match="temperature must be above 0"):
        softmax_terms([1.0, 2.0], temperature)


def test_what_is_no_row_or_no_class_is_refused() -> None:
    with pytest.raises(ValueError, match=r"logits must be \(classes,\)"):
        softmax_terms([[1.0, 2.0]])
    for wrong in (-1, 2):
        with pytest.raises(ValueError, match=f"class_index={wrong}"):
            cross_entropy([1.0, 2.0], wrong)
        with pytest.raises(ValueError, match=f"class_index={wrong}"):
            cross_entropy_gradient([1.0, 2.0], wrong)


@pytest.mark.slow
def test_loss_and_gradient_are_those_of_keras() -> None:
    from cnn_core.backend import keras, tf

    logits = np.random.default_rng(3).normal(scale=6, size=(5, 10))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True, reduction="none")
    given = tf.constant(logits)
    with tf.GradientTape() as tape:
        tape.watch(given)
        expected = loss(np.arange(5), given)
    gradients = tape.gradient(expected, given).numpy()
    for right, row in enumerate(logits):
        assert cross_entropy(row, right) == pytest.approx(float(expected[right]), rel=1e-5)
        np.testing.assert_allclose(cross_entropy_gradient(row, right), gradients[right], atol=1e-6)
    np.testing.assert_allclose(softmax(logits), keras.activations.softmax(given).numpy(), rtol=1e-5)
    binary = keras.losses.BinaryCrossentropy(from_logits=True)
    for number in (-12.0, -0.3, 0.0, 7.0):
        for truth in (True, False):
            wanted = float(binary(np.array([[float(truth)]]), np.array([[number]])))
            assert binary_cross_entropy(number, truth) == pytest.approx(wanted, rel=1e-5, abs=1e-7)
