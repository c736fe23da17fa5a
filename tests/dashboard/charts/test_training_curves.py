"""The curves hold the numbers they were given, thinned by true means."""

from __future__ import annotations

import json

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
    option = training_curve("loss", numbers, [25, 50], [1.6, 1.1], 1.05, 100, LIGHT)
    training, validation, test = option["series"]
    steps, values = np.array(training["data"]).T
    np.testing.assert_array_equal(steps, np.arange(1, 51))
    np.testing.assert_allclose(values, numbers, atol=1e-4)
    assert validation["data"] == [[25, 1.6], [50, 1.1]]
    assert test["data"] == [[50, 1.05]]
    assert (training["type"], validation["lineStyle"]["type"], test["type"]) == ("line", "dashed", "scatter")
    assert option["title"]["text"] == "Loss"
    assert option["xAxis"]["max"] == 100


def test_long_curve_says_what_each_point_is_the_mean_of() -> None:
    option = training_curve("accuracy", np.ones(10 * MOST_POINTS, np.float32), [], [], None, 8000, LIGHT)
    assert len(option["series"][0]["data"]) == MOST_POINTS
    assert option["series"][0]["data"][-1] == [10 * MOST_POINTS, 100.0]
    assert option["title"]["text"] == "Accuracy, mean of 10 batches"
    assert (option["yAxis"]["min"], option["yAxis"]["max"]) == (0, 100)


@pytest.mark.parametrize("count", [0, 1])
def test_curve_of_no_or_one_batch_can_be_drawn(count: int) -> None:
    training = training_curve("loss", np.ones(count, np.float32), [], [], None, 0, LIGHT)["series"][0]
    assert len(training["data"]) == count
    assert (training["symbol"] == "circle") == (count == 1), "a line of one point cannot be seen"


def test_option_is_plain_json() -> None:
    option = training_curve("loss", np.ones(3, np.float32), [3], [0.5], 0.4, 3, LIGHT)
    assert json.loads(json.dumps(option)) == option
