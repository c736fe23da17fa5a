"""The moving average: held against a plain loop, and against what an average has to be."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn_core.comparison.smoothing import smoothed

NUMBERS = st.lists(st.floats(-1000, 1000), max_size=200)
WEIGHTS = st.floats(0, 0.99)


def by_loop(values: list[float], weight: float) -> list[float]:
    """The textbook's way: keep a running average that began at zero, and divide by how much of it is there."""
    average, result, count = 0.0, [], 0
    for value in values:
        if not math.isfinite(value):
            result.append(value)
            continue
        count += 1
        average = weight * average + (1 - weight) * value
        result.append(average / (1 - weight**count))
    return result


@given(NUMBERS, WEIGHTS)
def test_average_is_that_of_a_plain_loop(values: list[float], weight: float) -> None:
    np.testing.assert_allclose(smoothed(values, weight), by_loop(values, weight), rtol=1e-9, atol=1e-8)


@given(st.floats(-100, 100), st.integers(1, 300), WEIGHTS)
def test_constant_curve_stays_where_it_is_from_the_first_point_on(value: float, count: int, weight: float) -> None:
    np.testing.assert_allclose(smoothed([value] * count, weight), value, rtol=1e-9)


@given(NUMBERS.filter(bool), WEIGHTS)
def test_average_lies_between_the_smallest_and_the_largest_so_far(values: list[float], weight: float) -> None:
    calm = smoothed(values, weight)
    assert (calm >= np.minimum.accumulate(values) - 1e-6).all()
    assert (calm <= np.maximum.accumulate(values) + 1e-6).all()


@given(NUMBERS, st.lists(st.floats(-1000, 1000), max_size=20), WEIGHTS)
def test_what_comes_later_changes_nothing_before(values: list[float], later: list[float], weight: float) -> None:
    np.testing.assert_allclose(smoothed(values + later, weight)[: len(values)], smoothed(values, weight), atol=1e-8)


def test_weight_of_zero_changes_nothing_and_the_numbers_given_stay_as_they_were() -> None:
    values = np.array([3.0, 1.0, 2.0])
    assert smoothed(values, 0).tolist() == [3.0, 1.0, 2.0]
    smoothed(values, 0.9)
    assert values.tolist() == [3.0, 1.0, 2.0]


def test_diverged_losses_stay_gaps_and_count_nothing() -> None:
    calm = smoothed([1.0, math.nan, 3.0, math.inf], 0.5)
    np.testing.assert_allclose(calm, by_loop([1.0, math.nan, 3.0, math.inf], 0.5))
    assert math.isnan(calm[1])
    assert calm[3] == math.inf


def test_long_curve_is_as_exact_as_a_short_one() -> None:
    values = np.random.default_rng(0).normal(size=20_000)
    np.testing.assert_allclose(smoothed(values, 0.99), by_loop(values.tolist(), 0.99), rtol=1e-8, atol=1e-12)


@pytest.mark.parametrize("weight", [-0.1, 1.0, math.nan])
def test_weight_out_of_range_is_refused(weight: float) -> None:
    with pytest.raises(ValueError, match=r"weight must be from 0 to below 1\. Received: weight="):
        smoothed([1.0], weight)


def test_table_of_numbers_is_refused() -> None:
    with pytest.raises(ValueError, match=r"shape=\(2, 2\)"):
        smoothed(np.ones((2, 2)), 0.5)
