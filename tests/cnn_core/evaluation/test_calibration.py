"""Bins and the expected calibration error, against loops and cases whose answer is known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn_core.evaluation.calibration import equal_mass_bins, equal_width_bins, expected_calibration_error
from tests.cnn_core.evaluation.samples import few

answers = st.lists(st.tuples(st.integers(0, 100), st.booleans()), min_size=1, max_size=60)


def taken_apart(pairs: list[tuple[int, bool]]) -> tuple[np.ndarray, np.ndarray]:
    return np.array([sure / 100 for sure, _ in pairs]), np.array([flag for _, flag in pairs])


@few
@given(answers, st.integers(1, 20))
def test_equally_wide_bins_are_those_of_a_loop(pairs: list[tuple[int, bool]], bins: int) -> None:
    sure, right = taken_apart(pairs)
    expected, error = [], 0.0
    for number in range(bins):
        # In whole hundredths, so that no edge is a matter of rounding.
        inside = [
            (share, flag)
            for share, flag in pairs
            if (number * 100 < share * bins <= (number + 1) * 100) or (share == 0 and number == 0)
        ]
        if inside:
            accuracy, confidence = np.mean([flag for _, flag in inside]), np.mean([share for share, _ in inside]) / 100
            expected.append((number / bins, len(inside), accuracy))
            error += len(inside) / len(pairs) * abs(accuracy - confidence)
    found = equal_width_bins(sure, right, bins)
    np.testing.assert_allclose([(part.low, part.count, part.accuracy) for part in found], expected)
    assert expected_calibration_error(found) == pytest.approx(error)


@few
@given(answers, st.integers(1, 20))
def test_equally_full_bins_hold_every_image_once_and_do_not_overlap(pairs: list[tuple[int, bool]], bins: int) -> None:
    found = equal_mass_bins(*taken_apart(pairs), bins)
    counts = [part.count for part in found]
    assert sum(counts) == len(pairs)
    assert len(found) == min(bins, len(pairs))
    assert max(counts) - min(counts) <= 1
    assert sum(part.right for part in found) == sum(flag for _, flag in pairs)
    ends = [end for part in found for end in (part.low, part.high)]
    assert ends == sorted(ends)
    assert all(part.low - 1e-9 <= part.confidence <= part.high + 1e-9 for part in found)
    assert 0 <= expected_calibration_error(found) <= 1


def test_who_is_right_as_often_as_it_says_has_no_error() -> None:
    sure = np.full(10, 0.8)
    right = np.array([True] * 8 + [False] * 2)
    assert expected_calibration_error(equal_width_bins(sure, right)) == pytest.approx(0)
    too_sure = equal_width_bins(np.full(10, 1.0), right)
    assert expected_calibration_error(too_sure) == pytest.approx(0.2)
    assert too_sure[0].gap == pytest.approx(0.2)


def test_a_rounding_above_one_is_one_and_more_is_refused() -> None:
    rounded = np.array([np.float32(1) + np.float32(1e-6)], np.float32)
    assert equal_width_bins(rounded, np.array([True]))[0].high == 1.0
    for wrong in (np.array([1.1]), np.array([-0.1]), np.array([np.nan])):
        with pytest.raises(ValueError, match="from 0 to 1"):
            equal_width_bins(wrong, np.array([True]))
    with pytest.raises(ValueError, match="at least one bin"):
        expected_calibration_error(())
