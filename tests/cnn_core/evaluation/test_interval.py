"""Wilson's interval: against its defining equation, its known values, and trial by chance."""

from __future__ import annotations

from math import sqrt
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn_core.evaluation.interval import images_needed, is_wide, wilson_interval
from tests.cnn_core.evaluation.samples import few

Z = NormalDist().inv_cdf(0.975)


@few
@given(st.integers(1, 5000), st.floats(0, 1))
def test_ends_are_where_the_share_that_was_found_is_just_not_too_unlikely(total: int, part: float) -> None:
    right = round(part * total)
    found = wilson_interval(right, total)
    assert 0 <= found.low <= right / total <= found.high <= 1
    for end in (found.low, found.high):
        if 0 < end < 1:  # the end p solves |share − p| = z √(p (1 − p) / n)
            assert abs(right / total - end) == pytest.approx(Z * sqrt(end * (1 - end) / total), rel=1e-6)
    mirrored = wilson_interval(total - right, total)
    assert (mirrored.low, mirrored.high) == pytest.approx((1 - found.high, 1 - found.low))


def test_where_all_are_right_something_stays_unknown() -> None:
    assert wilson_interval(10, 10).high == 1.0
    assert wilson_interval(10, 10).low == pytest.approx(0.7225, abs=1e-4)
    assert wilson_interval(0, 10).low == 0.0


def test_it_holds_the_true_share_about_as_often_as_it_says() -> None:
    rights = np.random.default_rng(0).binomial(300, 0.93, 2000)
    held = [wilson_interval(int(right), 300) for right in rights]
    assert 0.93 < np.mean([one.low <= 0.93 <= one.high for one in held]) < 0.97


@pytest.mark.parametrize(("right", "total", "level"), [(3, 2, 0.95), (-1, 2, 0.95), (0, 0, 0.95), (1, 2, 1.0)])
def test_impossible_counts_are_refused(right: int, total: int, level: float) -> None:
    with pytest.raises(ValueError, match="Received"):
        wilson_interval(right, total, level)


@few
@given(st.integers(1, 99), st.floats(0.005, 0.2))
def test_so_many_images_are_needed_and_not_fewer(hundredths: int, margin: float) -> None:
    share = hundredths / 100
    needed = images_needed(share, margin)

    def margin_of(total: int) -> float:
        widening = 1 + Z * Z / total
        return Z * sqrt(share * (1 - share) / total + Z * Z / (4 * total * total)) / widening

    assert margin_of(needed) <= margin * (1 + 1e-9)
    assert needed == 1 or margin_of(needed - 1) > margin * (1 - 1e-9)


def test_fifty_images_are_few_and_a_thousand_are_not() -> None:
    assert is_wide(wilson_interval(45, 50))
    assert not is_wide(wilson_interval(950, 1000))
    with pytest.raises(ValueError, match="margin"):
        images_needed(0.5, 0)
