"""Activation functions: printed values, plain loops, Keras, and what holds for every number."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from cnn_core.architecture.layers.base import ACTIVATIONS as LAYER_ACTIVATIONS
from cnn_core.operations.activations import ACTIVATIONS, Formula
from tests import oracles
from tests.oracles import STEADY

SLUGS = list(ACTIVATIONS)
PLACES = np.array([-1000.0, -50.0, -8.0, -2.0, -1.0, -0.3, 0.0, 0.3, 1.0, 2.0, 8.0, 50.0, 1000.0])
"""Corners, flat ends, and numbers far beyond what occurs."""

numbers = hnp.arrays(np.float64, hnp.array_shapes(max_dims=3, max_side=4), elements=st.floats(-1000, 1000))
slugs = st.sampled_from(SLUGS)


def test_every_activation_of_the_designer_but_none_and_softmax_is_here() -> None:
    assert set(SLUGS) == set(LAYER_ACTIVATIONS) - {"linear", "softmax"}
    assert [entry.slug for entry in ACTIVATIONS.values()] == SLUGS


@pytest.mark.parametrize(
    ("slug", "at_minus_one", "at_one", "slope_at_minus_one", "slope_at_one"),
    [
        # Worked out with a pocket calculator: e = 2.71828, and the bell curve's table gives 0.84134 for 1.
        ("relu", 0.0, 1.0, 0.0, 1.0),
        ("leaky_relu", -0.2, 1.0, 0.2, 1.0),
        ("elu", -0.63212, 1.0, 0.36788, 1.0),
        ("gelu", -0.15866, 0.84134, -0.08332, 1.08332),
        ("silu", -0.26894, 0.73106, 0.07233, 0.92767),
        ("sigmoid", 0.26894, 0.73106, 0.19661, 0.19661),
        ("tanh", -0.76159, 0.76159, 0.41997, 0.41997),
    ],
)
def test_printed_values(
    slug: str, at_minus_one: float, at_one: float, slope_at_minus_one: float, slope_at_one: float
) -> None:
    entry = ACTIVATIONS[slug]
    np.testing.assert_allclose(entry([-1, 1]), [at_minus_one, at_one], atol=6e-6)
    np.testing.assert_allclose(entry.slope([-1, 1]), [slope_at_minus_one, slope_at_one], atol=6e-6)


@pytest.mark.parametrize(("slug", "steepest"), [("sigmoid", 0.25), ("tanh", 1.0), ("relu", 1.0), ("elu", 1.0)])
def test_steepest_place_is_as_steep_as_textbooks_say(slug: str, steepest: float) -> None:
    assert ACTIVATIONS[slug].slope(np.linspace(-9, 9, 721)).max() == pytest.approx(steepest)


@STEADY
@given(numbers, slugs)
def test_equals_plain_loops(values: np.ndarray, slug: str) -> None:
    result = ACTIVATIONS[slug](values)
    assert result.dtype == np.float64
    np.testing.assert_allclose(result, oracles.activate(values, slug), rtol=1e-12, atol=1e-14)


@STEADY
@given(st.floats(-30, 30).filter(lambda number: abs(number) > 1e-3), slugs)
def test_slope_is_the_quotient_of_small_differences(number: float, slug: str) -> None:
    entry, step = ACTIVATIONS[slug], 1e-5
    quotient = (entry(number + step) - entry(number - step)) / (2 * step)
    assert entry.slope(number) == pytest.approx(float(quotient), abs=1e-8)


@STEADY
@given(numbers)
def test_relations_that_hold_everywhere(values: np.ndarray) -> None:
    function = {slug: entry(values) for slug, entry in ACTIVATIONS.items()}
    np.testing.assert_allclose(function["tanh"], 2 * ACTIVATIONS["sigmoid"](2 * values) - 1, atol=1e-12)
    np.testing.assert_allclose(function["sigmoid"] + ACTIVATIONS["sigmoid"](-values), 1, atol=1e-12)
    np.testing.assert_allclose(function["silu"] - ACTIVATIONS["silu"](-values), values, atol=1e-10)
    np.testing.assert_allclose(function["gelu"] - ACTIVATIONS["gelu"](-values), values, atol=1e-10)
    np.testing.assert_array_equal(function["relu"] - ACTIVATIONS["relu"](-values), values)
    for slug, entry in ACTIVATIONS.items():
        assert np.isfinite(function[slug]).all()
        assert np.isfinite(entry.slope(values)).all()
        if entry.is_bounded:
            assert (np.abs(function[slug]) <= 1).all()


def test_flat_ends_are_flat_and_keep_their_digits() -> None:
    # Far from zero, 1 − tanh² would be exactly 0 long before it is.
    assert ACTIVATIONS["tanh"].slope(-25.0) == pytest.approx(4 * np.exp(-50), rel=1e-12)
    assert ACTIVATIONS["sigmoid"].slope(40.0) == pytest.approx(np.exp(-40), rel=1e-12)
    assert ACTIVATIONS["gelu"].slope([-1000.0, 1000.0]).tolist() == [0.0, 1.0]


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize("number", [-1.5, -0.5, 0.0, 0.5, 2.0])
def test_formulas_say_what_the_functions_do(slug: str, number: float) -> None:
    entry = ACTIVATIONS[slug]
    assert worked_out(entry.formula.filled(number, f"{number:g}")) == pytest.approx(float(entry(number)))
    assert worked_out(entry.slope_formula.filled(number, f"{number:g}")) == pytest.approx(float(entry.slope(number)))


def worked_out(formula: str) -> float:
    """Work out a formula in LaTeX that has numbers in it."""
    for latex, python in (
        (r"\sigma(z) = ", ""),
        (r"\left", ""),
        (r"\right", ""),
        (r"\dfrac{1}", "1 / "),
        (r"\tfrac{1}{\sqrt{2\pi}}\,", "0.3989422804 *"),
        (r"\tfrac12", "0.5 *"),
        (r"\mathrm{erf}", "erf"),
        (r"\sqrt2", "2 ** 0.5"),
        (r"\cdot", "*"),
        (r"\max", "max"),
        (r"\sigma", "sigmoid"),
        (r"1 - \tanh^2", "1 - tanh2"),
        (r"\tanh", "tanh"),
        ("^2", "**2"),
        ("e^", "exp"),
        ("{", "("),
        ("}", ")"),
    ):
        formula = formula.replace(latex, python)
    formula = formula.split("=")[-1].replace(") (", ") * (")
    from math import erf, exp, tanh

    known = {"erf": erf, "exp": exp, "tanh": tanh, "tanh2": lambda number: tanh(number) ** 2, "max": max}
    return float(eval(formula, {**known, "sigmoid": lambda number: 1 / (1 + exp(-number))}))


def test_number_below_zero_stands_in_brackets_where_it_follows_a_sign() -> None:
    formula = Formula(r"z \cdot \sigma(-z) + z^2")
    assert formula.filled(-3, "-3") == r"(-3) \cdot \sigma(-(-3)) + (-3)^2"
    assert formula.filled(3, "3") == r"3 \cdot \sigma(-3) + 3^2"


@pytest.mark.slow
@pytest.mark.parametrize("slug", SLUGS)
def test_values_and_slopes_are_those_of_keras(slug: str) -> None:
    from cnn_core.backend import keras, tf

    places = tf.constant(PLACES, tf.float64)
    with tf.GradientTape() as tape:
        tape.watch(places)
        expected = getattr(keras.activations, slug)(places)
    slopes = tape.gradient(expected, places)
    np.testing.assert_allclose(ACTIVATIONS[slug](PLACES), expected.numpy(), rtol=1e-6, atol=1e-7)
    np.testing.assert_allclose(ACTIVATIONS[slug].slope(PLACES), slopes.numpy(), rtol=1e-6, atol=1e-7)
