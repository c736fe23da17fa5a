"""The oracles themselves, held against worked examples that others have printed."""

from __future__ import annotations

import numpy as np
import pytest

from cnn_core.architecture.layers import Dense, Flatten
from cnn_core.architecture.spec import NetworkSpec
from tests.oracles import Tally, activate, cross_correlate2d, dense, forward, pool2d, window_places


def as_image(rows: list[list[float]]) -> np.ndarray:
    return np.array(rows, dtype=np.float64)[..., np.newaxis]


def as_kernels(rows: list[list[float]]) -> np.ndarray:
    return np.array(rows, dtype=np.float64)[..., np.newaxis, np.newaxis]


NINE = as_image([[0, 1, 2], [3, 4, 5], [6, 7, 8]])


def test_cross_correlation_is_the_textbooks() -> None:
    """Zhang et al., *Dive into Deep Learning*, section 7.2.1: 0…8 with 0…3 is 19, 25, 37, 43."""
    tally = Tally()
    result = cross_correlate2d(NINE, as_kernels([[0, 1], [2, 3]]), tally=tally)
    assert result[..., 0].tolist() == [[19, 25], [37, 43]]
    assert tally.multiply_adds == 4 * 4


def test_padding_and_stride_are_the_textbooks() -> None:
    """The same book, section 7.3.2: one row and column of zeros all round, strides 3 down and 2 across: 0, 8, 6, 8."""
    padded = np.pad(NINE, ((1, 1), (1, 1), (0, 0)))
    full = cross_correlate2d(padded, as_kernels([[0, 1], [2, 3]]))
    assert full[::3, ::2, 0].tolist() == [[0, 8], [6, 8]]


def test_channels_are_summed_as_in_the_textbook() -> None:
    """The same book, section 7.4.1: two channels in, one out: 56, 72, 104, 120."""
    image = np.concatenate([NINE, NINE + 1], axis=-1)
    kernel = np.array([[[0, 1], [1, 2]], [[2, 3], [3, 4]]], dtype=np.float64)[..., np.newaxis]
    assert cross_correlate2d(image, kernel)[..., 0].tolist() == [[56, 72], [104, 120]]


def test_pooling_is_the_textbooks() -> None:
    """The same book, section 7.5.1: largest 4, 5, 7, 8 and average 2, 3, 5, 6."""
    assert pool2d(NINE, "max", 2, 1)[..., 0].tolist() == [[4, 5], [7, 8]]
    assert pool2d(NINE, "average", 2, 1)[..., 0].tolist() == [[2, 3], [5, 6]]
    assert pool2d(NINE, "min", 2, 1)[..., 0].tolist() == [[0, 1], [3, 4]]


@pytest.mark.parametrize(
    ("size", "window", "stride", "padding", "places"),
    [
        (5, 3, 1, "valid", [0, 1, 2]),
        (6, 3, 2, "valid", [0, 2]),
        (5, 3, 2, "same", [-1, 1, 3]),
        (6, 3, 2, "same", [0, 2, 4]),  # one padded pixel: it comes last
        (4, 2, 1, "same", [0, 1, 2, 3]),
        (4, 4, 1, "same", [-1, 0, 1, 2]),  # three padded pixels: one before, two behind
        (5, 2, 4, "same", [0, 4]),
        (7, 2, 4, "same", [0, 4]),  # a stride beyond the window: nothing is padded
    ],
)
def test_a_window_stops_where_tensorflow_says(
    size: int, window: int, stride: int, padding: str, places: list[int]
) -> None:
    assert window_places(size, window, stride, padding) == places


def test_an_average_leaves_padded_places_out() -> None:
    assert pool2d(NINE, "average", 2, 2, "same")[..., 0].tolist() == [[2, 3.5], [6.5, 8]]


def test_dense_counts_every_connection() -> None:
    tally = Tally()
    assert dense(np.array([1.0, 2.0]), np.array([[1.0, 0, 3], [0, 1, 4]]), tally).tolist() == [1, 2, 11]
    assert tally.multiply_adds == 6


def test_activations_at_known_places() -> None:
    xs = np.array([-1.0, 0.0, 2.0])
    assert activate(xs, "relu").tolist() == [0, 0, 2]
    assert activate(xs, "leaky_relu").tolist() == [-0.2, 0, 2]
    assert activate(xs, "elu") == pytest.approx([np.expm1(-1), 0, 2])
    assert activate(xs, "sigmoid") == pytest.approx([0.268941, 0.5, 0.880797], abs=1e-6)
    assert activate(xs, "gelu") == pytest.approx([-0.158655, 0, 1.954500], abs=1e-6)
    assert activate(np.log([[1.0, 3.0]]), "softmax") == pytest.approx(np.array([[0.25, 0.75]]))


def test_a_network_is_its_layers_one_after_another() -> None:
    spec = NetworkSpec((2, 2, 1), (Flatten(), Dense(units=1, activation="linear")))
    outputs = forward(spec, [np.array([[1.0], [2], [3], [4]]), np.array([0.5])], np.array([[[1.0], [0]], [[0], [1]]]))
    assert [o.tolist() for o in outputs] == [[1, 0, 0, 1], [5.5]]
