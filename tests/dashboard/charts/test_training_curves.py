"""The curves hold the numbers they were given, thinned by true means."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.charts.training_curves import MOST_POINTS, bucket_means, training_curve
from dashboard.palette import LIGHT


@given(st.lists(st.floats(0, 100, width=32), min_size=1, max_size=300), st.integers(1, 50))
def test_bucket_means_are_means_of_neighbours(values: list[float], most: int) -> None:
    numbers = np.array(values, np.float32)
    means, width = bucket_means(numbers, most)
    assert len(means) <= most
    expected = [np.mean(values[start : start + width]) for start in range(0, len(values), width)]
    np.testing.assert_allclose(means, expected, rtol=1e-5, atol=1e-5)


def test_short_curve_is_shown_as_it_is() -> None:
    numbers = np.linspace(2, 1, 50, dtype=np.float32)
    figure = training_curve("loss", numbers, [25, 50], [1.6, 1.1], 1.05, 100, LIGHT)
    training, validation, test = figure.data
    np.testing.assert_array_equal(training.y, numbers)
    np.testing.assert_array_equal(training.x, np.arange(1, 51))
    assert (list(validation.x), list(validation.y)) == ([25, 50], [1.6, 1.1])
    assert (list(test.x), list(test.y)) == ([50], [1.05])
    assert (training.line.dash, validation.line.dash) == (None, "dash")
    assert figure.layout.title.text == "Loss"


def test_long_curve_says_what_each_point_is_the_mean_of() -> None:
    figure = training_curve("accuracy", np.ones(10 * MOST_POINTS, np.float32), [], [], None, 8000, LIGHT)
    assert len(figure.data[0].y) == MOST_POINTS
    assert figure.data[0].x[-1] == 10 * MOST_POINTS
    assert figure.layout.title.text == "Accuracy, mean of 10 batches"
    assert figure.layout.yaxis.range == (0, 1.02)


@pytest.mark.parametrize("count", [0, 1])
def test_curve_of_no_or_one_batch_can_be_drawn(count: int) -> None:
    figure = training_curve("loss", np.ones(count, np.float32), [], [], None, 0, LIGHT)
    assert len(figure.data[0].y) == count
    assert figure.data[0].mode == "markers", "a line of one point cannot be seen"
