"""The oracles themselves, held against worked examples that others have printed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnn_core.architecture.layers import LAYER_KINDS, Dense, Dropout, Flatten, ResidualBlock, SeparableConv2D
from cnn_core.architecture.spec import NetworkSpec
from tests.oracles import (
    STEADY,
    Tally,
    activate,
    cross_correlate2d,
    dense,
    depthwise2d,
    forward,
    global_pool2d,
    image_shapes,
    normalize,
    pool2d,
    random_weights,
    records,
    residual_block,
    window_places,
)


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
        (1, 3, 1, "valid", []),
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


@pytest.mark.parametrize(
    ("size", "window", "dilation_rate", "padding", "places"),
    [
        (7, 3, 2, "valid", [0, 1, 2]),  # Dumoulin & Visin 2016, section 5.1
        (5, 3, 2, "same", [-2, -1, 0, 1, 2]),
        (4, 2, 3, "same", [-1, 0, 1, 2]),  # reaches over 4 pixels: one padded before, two behind
        (5, 1, 8, "valid", [0, 1, 2, 3, 4]),
        (4, 3, 2, "valid", []),
    ],
)
def test_a_dilated_window_stops_where_its_reach_allows(
    size: int, window: int, dilation_rate: int, padding: str, places: list[int]
) -> None:
    assert window_places(size, window, 1, padding, dilation_rate) == places


def test_a_rectangular_kernel_finds_edges_as_in_the_textbook() -> None:
    """The same book, section 7.2.3: 1×2 of 1 and −1 over ones with four columns of zeros."""
    image = np.ones((6, 8, 1))
    image[:, 2:6] = 0
    tally = Tally()
    edges = cross_correlate2d(image, as_kernels([[1, -1]]), tally=tally)
    assert edges[..., 0].tolist() == [[0, 1, 0, 0, 0, -1, 0]] * 6
    assert tally.multiply_adds == 6 * 7 * 2
    assert cross_correlate2d(image, as_kernels([[1], [-1]])).shape == (5, 8, 1)


def test_a_dilated_kernel_leaves_pixels_out() -> None:
    """Over 0…24 in rows of 5, the four taps of 2×2 with dilation 4 are the corners, with 3 they leave out two each."""
    image = as_image(np.arange(25.0).reshape(5, 5).tolist())
    kernel = as_kernels([[1, 10], [100, 1000]])
    assert cross_correlate2d(image, kernel, dilation_rate=4)[..., 0].tolist() == [[0 + 40 + 2000 + 24000]]
    tally = Tally()
    assert cross_correlate2d(image, kernel, dilation_rate=3, tally=tally)[..., 0].tolist() == [
        [0 + 30 + 1500 + 18000, 1 + 40 + 1600 + 19000],
        [5 + 80 + 2000 + 23000, 6 + 90 + 2100 + 24000],
    ]
    assert tally.multiply_adds == 4 * 4
    padded = cross_correlate2d(image, kernel, padding="same", dilation_rate=2)
    assert padded[0, 0, 0] == 1000 * 6, "one row and one column are padded on each side"


def test_a_depthwise_convolution_keeps_channels_apart() -> None:
    """The two channels of the textbook's section 7.4.1, each by its own kernel, not summed up."""
    image = np.concatenate([NINE, NINE + 1], axis=-1)
    kernels = np.array([[[0, 1], [1, 2]], [[2, 3], [3, 4]]], dtype=np.float64)[..., np.newaxis]
    tally = Tally()
    maps = depthwise2d(image, kernels, tally=tally)
    assert maps[..., 0].tolist() == [[19, 25], [37, 43]]
    assert maps.sum(axis=-1).tolist() == [[56, 72], [104, 120]]
    assert tally.multiply_adds == 4 * 4 * 2


def test_a_separable_convolution_mixes_channels_afterwards() -> None:
    image = np.concatenate([NINE, NINE + 1], axis=-1)
    layer = SeparableConv2D(filters=1, kernel_height=2, kernel_width=2, activation="linear")
    depthwise = np.array([[[0, 1], [1, 2]], [[2, 3], [3, 4]]], dtype=np.float64)[..., np.newaxis]
    weights = {"separable_1": [depthwise, np.array([[[[1.0], [10.0]]]]), np.array([0.5])]}
    tally = Tally()
    (output,) = forward(NetworkSpec((3, 3, 2), (layer,)), weights, image, tally)
    assert output[..., 0].tolist() == [[19 + 370 + 0.5, 25 + 470 + 0.5], [37 + 670 + 0.5, 43 + 770 + 0.5]]
    assert tally.multiply_adds == 4 * (4 * 2 + 2)


def test_a_block_adds_what_came_in() -> None:
    """With kernels that copy, x becomes relu(x + 3 · relu(2x)); with a stride, every other x, four-fold, is added."""
    image = as_image([[1, -2, 3], [-4, 5, -6], [7, -8, 9]])
    twice, thrice = (as_kernels([[0, 0, 0], [0, n, 0], [0, 0, 0]]) for n in (2, 3))
    weights = {"block_conv_a": [twice, np.zeros(1)], "block_conv_b": [thrice, np.zeros(1)]}
    tally = Tally()
    block = ResidualBlock(filters=1, has_batch_norm=False)
    output = residual_block(block, "block", weights, image, tally)
    assert output[..., 0].tolist() == [[7, 0, 21], [0, 35, 0], [49, 0, 63]]
    assert tally.multiply_adds == 9 * 9 * 2
    weights["block_skip"] = [as_kernels([[4]])]
    tally = Tally()
    output = residual_block(ResidualBlock(filters=1, stride=2, has_batch_norm=False), "block", weights, image, tally)
    assert output[..., 0].tolist() == [[6 * 1 + 4, 6 * 3 + 12], [6 * 7 + 28, 6 * 9 + 36]]
    assert tally.multiply_adds == 4 * (9 * 2 + 1)


def test_batch_normalisation_is_the_papers() -> None:
    """Ioffe & Szegedy 2015, algorithm 2: with mean 2 and variance 4, 6 becomes 2; then times 3 plus 1."""
    arrays = [np.array([n]) for n in (3.0, 1.0, 2.0, 4.0 - 1e-3)]
    assert normalize(as_image([[6, 2]]), arrays)[..., 0] == pytest.approx(np.array([[7, 1]]))


def test_a_whole_map_becomes_one_number() -> None:
    image = np.concatenate([NINE, -NINE], axis=-1)
    assert global_pool2d(image, "average").tolist() == [4, -4]
    assert global_pool2d(image, "max").tolist() == [8, 0]


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
    weights = {"dense_1": [np.array([[1.0], [2], [3], [4]]), np.array([0.5])]}
    outputs = forward(spec, weights, np.array([[[1.0], [0]], [[0], [1]]]))
    assert [o.tolist() for o in outputs] == [[1, 0, 0, 1], [5.5]]


@pytest.mark.parametrize("kind", LAYER_KINDS.values(), ids=lambda kind: kind.kind)
def test_records_are_drawn_within_what_is_asked_for(kind: type) -> None:
    @settings(STEADY, max_examples=30)
    @given(records(kind, {"filters": 2, "units": 3}, **({"rate": st.just(0.5)} if kind is Dropout else {})))
    def check(record: Any) -> None:
        assert isinstance(record, kind)
        assert getattr(record, "filters", 0) <= 2
        assert getattr(record, "units", 0) <= 3
        assert getattr(record, "rate", 0.5) == 0.5

    check()


@settings(STEADY, max_examples=50)
@given(image_shapes(side=9, least=4))
def test_shapes_are_drawn_within_what_is_asked_for(shape: tuple[int, int, int]) -> None:
    assert 4 <= min(shape[:2]) <= max(shape[:2]) <= 9


def test_random_weights_are_equal_for_equal_seeds_and_positive_where_they_may_be_variances() -> None:
    like = [np.zeros((3, 3, 2, 4)), np.zeros(4)]
    kernel, bias = random_weights(like, seed=1)
    assert (kernel.shape, bias.shape) == ((3, 3, 2, 4), (4,))
    assert kernel.min() < 0 < bias.min()
    assert len(np.unique(kernel)) == kernel.size
    assert np.array_equal(kernel, random_weights(like, seed=1)[0])
