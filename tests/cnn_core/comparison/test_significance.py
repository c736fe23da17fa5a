"""The paired t-test: held against a printed example, printed tables, an integral, and what holds of any such test."""

from __future__ import annotations

from math import gamma, pi, sqrt

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cnn_core.comparison.significance import critical_value, paired_t_test, two_sided_p_value

SLEEP_GAINED_H = {
    "first drug": (0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0),
    "second drug": (1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4),
}
"""Student's own example (1908); R ships it as `sleep` and prints its paired t-test in the help of `t.test`."""

TABLE = {
    1: {0.5: 1.000, 0.1: 6.314, 0.05: 12.706, 0.01: 63.657},
    2: {0.5: 0.816, 0.1: 2.920, 0.05: 4.303, 0.01: 9.925},
    3: {0.5: 0.765, 0.1: 2.353, 0.05: 3.182, 0.01: 5.841},
    4: {0.5: 0.741, 0.1: 2.132, 0.05: 2.776, 0.01: 4.604},
    9: {0.5: 0.703, 0.1: 1.833, 0.05: 2.262, 0.01: 3.250},
    30: {0.5: 0.683, 0.1: 1.697, 0.05: 2.042, 0.01: 2.750},
}
"""Critical values as every statistics book prints them: degrees of freedom, two-sided level, t."""

DIFFERENCES = st.lists(st.floats(-100, 100).map(lambda x: round(x, 3)), min_size=2, max_size=8)


def test_printed_example_comes_out_as_printed() -> None:
    first, second = (np.array(hours) for hours in SLEEP_GAINED_H.values())
    test = paired_t_test(first - second)  # type: ignore[arg-type]
    assert test is not None
    assert test.count - 1 == 9
    assert round(test.t, 4) == -4.0621
    assert round(test.p_value, 6) == 0.002833
    assert test.mean == pytest.approx(-1.58)
    assert (test.mean - test.margin, test.mean + test.margin) == pytest.approx((-2.4598858, -0.7001142), abs=1e-7)
    assert test.is_beyond_noise


@pytest.mark.parametrize("freedom", TABLE)
def test_critical_values_are_those_of_the_printed_table(freedom: int) -> None:
    for level, t in TABLE[freedom].items():
        assert critical_value(freedom, level) == pytest.approx(t, abs=6e-4)
        assert two_sided_p_value(t, freedom) == pytest.approx(level, abs=5e-4)


def by_integral(t: float, freedom: int) -> float:
    """Twice the area beyond t, by Simpson's rule over the density as textbooks give it."""
    factor = gamma((freedom + 1) / 2) / (sqrt(freedom * pi) * gamma(freedom / 2))
    places = np.linspace(0, abs(t), 20_001)
    density = factor * (1 + places**2 / freedom) ** (-(freedom + 1) / 2)
    step = places[1] - places[0]
    inside = step / 3 * (density[0] + 4 * density[1::2].sum() + 2 * density[2:-1:2].sum() + density[-1])
    return float(1 - 2 * inside)


@given(st.floats(0, 40), st.integers(1, 40))
def test_p_value_is_the_area_beyond_t(t: float, freedom: int) -> None:
    assert two_sided_p_value(t, freedom) == pytest.approx(by_integral(t, freedom), abs=1e-7)
    assert two_sided_p_value(-t, freedom) == two_sided_p_value(t, freedom)


@given(DIFFERENCES)
def test_swapped_rivals_change_the_sign_and_nothing_else(differences: list[float]) -> None:
    one, other = paired_t_test(differences), paired_t_test([-difference for difference in differences])
    if one is None or other is None:
        assert one is other is None
        return
    assert (other.mean, other.t) == (-one.mean, -one.t)
    assert (other.p_value, other.margin, other.count) == (one.p_value, one.margin, one.count)


@given(DIFFERENCES, st.floats(0.01, 100))
def test_unit_of_the_differences_does_not_matter(differences: list[float], factor: float) -> None:
    one, other = paired_t_test(differences), paired_t_test([factor * difference for difference in differences])
    assume(one is not None and one.deviation > 0.001)
    assert one is not None
    assert other is not None
    assert other.p_value == pytest.approx(one.p_value, abs=1e-7)
    assert other.margin == pytest.approx(factor * one.margin)


@given(DIFFERENCES, st.floats(-50, 50))
def test_constant_added_to_all_moves_the_mean_and_leaves_the_noise(differences: list[float], constant: float) -> None:
    one, other = paired_t_test(differences), paired_t_test([difference + constant for difference in differences])
    assume(one is not None and one.deviation > 0.001)
    assert one is not None
    assert other is not None
    assert other.mean == pytest.approx(one.mean + constant, abs=1e-9)
    assert other.margin == pytest.approx(one.margin, rel=1e-6)


@given(DIFFERENCES)
def test_mean_is_beyond_noise_where_it_exceeds_the_margin(differences: list[float]) -> None:
    test = paired_t_test(differences)
    assume(test is not None and abs(abs(test.mean) - test.margin) > 1e-6 * test.margin)
    assert test is not None
    assert test.is_beyond_noise == (abs(test.mean) > test.margin)


@pytest.mark.parametrize("differences", [[], [1.0], [0.0, 0.0, 0.0], [0.3, 0.1 + 0.2, 0.3]])
def test_nothing_is_said_without_noise_to_compare_with(differences: list[float]) -> None:
    assert paired_t_test(differences) is None


def test_values_out_of_range_are_refused() -> None:
    with pytest.raises(ValueError, match=r"freedom must be at least 1\. Received: freedom=0\."):
        two_sided_p_value(1.0, 0)
    with pytest.raises(ValueError, match="level must be above 0 and below 1"):
        critical_value(3, 1.0)


def test_chance_alone_exceeds_the_level_about_as_often_as_the_level_says() -> None:
    draws = np.random.default_rng(0).normal(size=(4000, 4))
    tests = [paired_t_test(row) for row in draws]  # type: ignore[arg-type]
    share = np.mean([test is not None and test.is_beyond_noise for test in tests])
    assert 0.04 < share < 0.06
