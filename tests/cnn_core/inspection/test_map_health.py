"""A feature map is called dead or saturated exactly when its numbers are."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from cnn_core.inspection.map_health import at_flat_end, map_health
from tests.oracles import STEADY

SHAPES = st.tuples(st.integers(1, 4), st.integers(1, 4), st.integers(1, 3))
SLOPES = {"sigmoid": lambda y: 4 * y * (1 - y), "tanh": lambda y: 1 - y**2}
"""The slope of each function where it gives y, as a share of its largest."""


@STEADY
@given(arrays(np.float32, SHAPES, elements=st.sampled_from([-1.0, 0.0, 1e-30, 2.0, np.nan])))
def test_map_is_dead_if_every_number_is_zero(maps: np.ndarray) -> None:
    for channel, word in enumerate(map_health(maps, "relu")):
        numbers = [maps[row, column, channel] for row in range(maps.shape[0]) for column in range(maps.shape[1])]
        assert (word == "dead") == all(number == 0 for number in numbers)
        assert word in ("", "dead")


@STEADY
@given(st.sampled_from(sorted(SLOPES)), arrays(np.float32, SHAPES, elements=st.floats(-1, 1, width=32)))
def test_map_is_saturated_if_most_of_its_slopes_are_small(activation: str, maps: np.ndarray) -> None:
    numbers = np.abs(maps) if activation == "sigmoid" else maps
    slopes = SLOPES[activation](numbers.astype(np.float64))
    clear = np.abs(slopes - 0.0784) > 1e-6  # not on the edge itself, where rounding decides
    np.testing.assert_array_equal(at_flat_end(numbers, activation)[clear], (slopes < 0.0784)[clear])
    if clear.all():
        count = maps.shape[0] * maps.shape[1]
        flat = [sum(slopes[:, :, channel].ravel() < 0.0784) for channel in range(maps.shape[2])]
        expected = ["saturated" if 2 * number > count else "" for number in flat]
        found = ["" if word == "dead" else word for word in map_health(numbers, activation)]
        assert found == expected


def test_half_is_not_most_and_other_functions_have_no_ends() -> None:
    maps = np.float32([[[0.5], [1.0]]])
    assert map_health(maps, "sigmoid") == ("",)
    assert map_health(np.float32([[[0.5], [1.0], [0.0]]]), "sigmoid") == ("saturated",)
    assert map_health(np.ones((2, 2, 1), np.float32), "relu") == ("",)
    # Zeros only: a sigmoid that gives 0 is saturated, a tanh is in the middle and says nothing.
    nothing = np.zeros((2, 2, 1), np.float32)
    assert [map_health(nothing, name) for name in ("sigmoid", "tanh", "linear")] == [
        ("saturated",), ("dead",), ("dead",)
    ]  # fmt: skip


def test_units_are_judged_one_by_one() -> None:
    assert map_health(np.float32([0.0, 0.3, -0.1]), "leaky_relu") == ("dead", "", "")
    assert map_health(np.zeros((2, 2, 0), np.float32), "relu") == ()


def test_other_shapes_are_refused() -> None:
    with pytest.raises(ValueError, match=r"Received: shape=\(2, 2\)"):
        map_health(np.zeros((2, 2), np.float32), "relu")


@pytest.mark.slow
def test_ends_are_those_of_the_diagnosis() -> None:
    from cnn_core.inspection import map_health as here
    from cnn_core.training import health as there

    assert (here.SIGMOID_EDGE, here.TANH_EDGE) == (there.SIGMOID_EDGE, there.TANH_EDGE)
