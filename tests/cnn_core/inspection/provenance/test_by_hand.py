"""Records of numbers that can be worked out on paper."""

from __future__ import annotations

import math

import numpy as np
import pytest

from cnn_core.architecture.layers import (
    Activation,
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    GlobalPooling2D,
    Pooling2D,
    ResidualBlock,
    SeparableConv2D,
)
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.inspection.provenance import (
    IMAGE,
    Activated,
    Added,
    Normalized,
    Passed,
    PixelOrigin,
    Pooled,
    Position,
    Provenance,
    WeightedSum,
)
from tests.cnn_core.inspection.provenance.networks import looped, one_layer

NINE = np.arange(9).reshape(3, 3)
"""The printed image. Networks here take images from 0 to 1: it is divided by 10, and its kernel multiplied."""

TEXTBOOK = Conv2D(filters=1, kernel_height=2, kernel_width=2, activation="linear")


def weighted(provenance: Provenance, *place: int, node: str = "conv_1") -> WeightedSum:
    origin = provenance.origin(Position(node, *place))
    assert isinstance(origin, WeightedSum)
    return origin


def pooled(provenance: Provenance, *place: int, node: str = "pool_1") -> Pooled:
    origin = provenance.origin(Position(node, *place))
    assert isinstance(origin, Pooled)
    return origin


def test_the_printed_example_is_worked_out_term_by_term() -> None:
    """Zhang et al., *Dive into Deep Learning*, 7.2: 0 to 8 under the kernel 0 to 3 gives 19, 25, 37, 43."""
    provenance = one_layer(TEXTBOOK, NINE / 10, [10 * np.arange(4), [0]])
    results = [provenance.origin(Position("conv_1", 0, row, column)).result for row in (0, 1) for column in (0, 1)]
    assert results == pytest.approx([19, 25, 37, 43], rel=1e-6)
    last = weighted(provenance, 0, 1, 1)
    np.testing.assert_allclose(last.inputs[:, :, 0], [[0.4, 0.5], [0.7, 0.8]], rtol=1e-6)
    np.testing.assert_array_equal(last.weights[:, :, 0], [[0, 10], [20, 30]])
    np.testing.assert_allclose(last.products[:, :, 0], [[0, 5], [14, 24]], rtol=1e-6)
    assert (last.rows.tolist(), last.columns.tolist(), last.channels.tolist()) == ([1, 2], [1, 2], [0])
    assert last.channel_sums == pytest.approx([43])
    assert last.main_source == Position(IMAGE, 0, 2, 2)
    assert [term.source for term in last.terms()] == [
        Position(IMAGE, 0, row, column) for row in (1, 2) for column in (1, 2)
    ]


def test_bias_and_activation_come_after_the_sum() -> None:
    layer = Conv2D(filters=1, kernel_height=2, kernel_width=2, activation="leaky_relu")
    origin = weighted(one_layer(layer, NINE / 10, [10 * np.arange(4), [-20]]), 0, 0, 0)
    assert origin.bias == -20
    assert origin.activation.before == pytest.approx(-1, abs=1e-5)
    assert (origin.activation.name, origin.activation.vector.size) == ("leaky_relu", 0)
    assert origin.result == pytest.approx(-0.2, abs=1e-5)


def test_padding_is_marked_and_counts_as_nothing() -> None:
    layer = Conv2D(filters=1, padding="same", activation="linear", use_bias=False)
    corner = weighted(one_layer(layer, np.ones((3, 3)), [np.full(9, 2)]), 0, 0, 0)
    assert corner.is_inside.tolist() == [[False, False, False], [False, True, True], [False, True, True]]
    assert corner.products[:, :, 0].tolist() == [[0, 0, 0], [0, 2, 2], [0, 2, 2]]
    assert (corner.result, corner.bias) == (8, None)
    assert corner.source_at(0, 2, 0) is None
    assert corner.source_at(2, 1, 0) == Position(IMAGE, 0, 1, 0)
    assert not corner.has_source(Position(IMAGE, 0, -1, 0))
    assert corner.has_source(Position(IMAGE, 0, 1, 0))
    assert not corner.has_source(Position(IMAGE, 0, 2, 0))


def test_stride_and_dilation_move_the_patch_and_widen_it() -> None:
    spaced = Conv2D(filters=1, kernel_height=2, kernel_width=3, dilation_rate=2, activation="linear")
    origin = weighted(one_layer(spaced, np.zeros((6, 7)), [np.zeros(6), [0]]), 0, 1, 2)
    assert (origin.rows.tolist(), origin.columns.tolist()) == ([1, 3], [2, 4, 6])
    moved = Conv2D(filters=1, kernel_height=2, kernel_width=2, stride=3, activation="linear")
    origin = weighted(one_layer(moved, np.zeros((6, 7)), [np.zeros(4), [0]]), 0, 1, 1)
    assert (origin.rows.tolist(), origin.columns.tolist()) == ([3, 4], [3, 4])


def test_the_largest_product_is_followed_whatever_its_sign() -> None:
    layer = Conv2D(filters=1, kernel_height=1, kernel_width=2, activation="relu", use_bias=False)
    image = np.array([[[0.5, 0.1], [0.25, 0.2]]])
    origin = weighted(one_layer(layer, image, [[[[[1], [1]], [[-4], [1]]]]]), 0, 0, 0)
    np.testing.assert_allclose(origin.channel_sums, [-0.5, 0.3], rtol=1e-6)
    assert origin.main_source == Position(IMAGE, 0, 0, 1)


def test_softmax_of_a_dense_layer_shows_all_units() -> None:
    layers = (Flatten(), Dense(units=3, activation="softmax"))
    weights = [np.log([[1, 2, 5]]).astype(np.float32), np.zeros(3, np.float32)]
    origin = weighted(looped(NetworkSpec((1, 1, 1), layers), 0, weights, np.ones((1, 1, 1))), 1, node="dense_1")
    np.testing.assert_allclose(origin.activation.vector, np.log([1, 2, 5]), rtol=1e-6)
    np.testing.assert_allclose(origin.activation.exponentials, [0.2, 0.4, 1], rtol=1e-6)
    assert origin.result == pytest.approx(2 / 8)
    assert (origin.kind, origin.inputs.shape) == ("dense", (1, 1, 1))


IMAGE_OF_FOUR = np.array([[0.1, 0.4], [0.4, 0.2]])


@pytest.mark.parametrize(
    ("pooling", "result", "winners", "main"),
    [
        ("max", 0.4, [[0, 1], [1, 0]], (0, 1)),
        ("min", 0.1, [[1, 0], [0, 0]], (0, 0)),
        ("average", 0.275, [[0, 0], [0, 0]], (0, 1)),
    ],
)
def test_pooling_names_its_winners(
    pooling: str, result: float, winners: list[list[int]], main: tuple[int, int]
) -> None:
    origin = pooled(one_layer(Pooling2D(pooling=pooling), IMAGE_OF_FOUR, []), 0, 0, 0)
    assert origin.result == pytest.approx(result)
    assert origin.winners.tolist() == np.array(winners, bool).tolist()
    assert origin.main_source == Position(IMAGE, 0, *main)
    assert (origin.pooling, origin.is_global) == (pooling, False)


def test_pooling_over_the_edge_counts_what_is_there() -> None:
    layer = Pooling2D(pooling="average", padding="same")
    origin = pooled(one_layer(layer, np.array([[0.1, 0.2, 0.6], [0.3, 0.4, 0.8], [0.5, 0.7, 0.9]]), []), 0, 0, 1)
    assert origin.result == pytest.approx(0.7)
    assert origin.is_inside.tolist() == [[True, False], [True, False]]
    assert origin.source_at(1, 1) is None
    least = pooled(one_layer(Pooling2D(pooling="min", padding="same"), np.full((3, 3), 0.5), []), 0, 1, 1)
    assert least.winners.tolist() == [[True, False], [False, False]]
    dark = pooled(one_layer(Pooling2D(padding="same"), np.zeros((3, 3)), []), 0, 1, 1)
    assert dark.winners.tolist() == [[True, False], [False, False]]


@pytest.mark.parametrize(("pooling", "result"), [("average", 0.275), ("max", 0.4)])
def test_global_pooling_looks_at_the_whole_map(pooling: str, result: float) -> None:
    origin = pooled(one_layer(GlobalPooling2D(pooling=pooling), IMAGE_OF_FOUR, []), 0, node="global_pool_1")
    assert origin.result == pytest.approx(result)
    assert origin.is_global
    np.testing.assert_allclose(origin.patch, IMAGE_OF_FOUR, rtol=1e-6)


def test_a_pool_of_one_picks() -> None:
    origin = one_layer(Pooling2D(pool_size=1, stride=2), np.arange(9).reshape(3, 3) / 10, []).origin(
        Position("pool_1", 0, 1, 0)
    )
    assert isinstance(origin, Passed)
    assert (origin.how, origin.source, origin.result) == ("pick", Position(IMAGE, 0, 2, 0), pytest.approx(0.6))


def test_batch_normalisation_fills_in_its_four_numbers() -> None:
    provenance = one_layer(BatchNormalization(), [[[0.25, 0.5]]], [[2, 3], [0.1, 0.2], [0.5, 0.25], [4, 0.999]])
    origin = provenance.origin(Position("norm_1", 1))
    assert isinstance(origin, Normalized)
    found = (origin.value, origin.gamma, origin.beta, origin.mean, origin.variance, origin.epsilon)
    assert found == pytest.approx((0.5, 3, 0.2, 0.25, 0.999, 0.001))
    assert origin.result == pytest.approx(3 * 0.25 / 1 + 0.2)
    assert origin.main_source == Position(IMAGE, 1)


def test_an_activation_of_its_own_and_softmax_over_the_channels() -> None:
    provenance = one_layer(Activation(activation="softmax"), [[[0.0, math.log(2), 0.0]]], [])
    origin = provenance.origin(Position("activation_1", 1))
    assert isinstance(origin, Activated)
    assert origin.result == pytest.approx(0.5)
    assert [term.source for term in origin.terms()] == [Position(IMAGE, channel) for channel in range(3)]
    assert origin.has_source(Position(IMAGE, 2))
    assert not origin.has_source(Position(IMAGE, 3))
    alone = one_layer(Activation(activation="tanh"), [[[0.5]]], []).origin(Position("activation_1"))
    assert alone.result == pytest.approx(math.tanh(0.5))
    assert [term.value for term in alone.terms()] == [0.5]


def test_flatten_and_dropout_hand_numbers_on() -> None:
    image = np.arange(12).reshape(2, 3, 2) / 20
    provenance = looped(NetworkSpec((2, 3, 2), (Flatten(), Dropout())), 0, [], image)
    chain = provenance.chain(Position("dropout_1", 9))
    assert [origin.position for origin in chain] == [
        Position("dropout_1", 9),
        Position("flatten_1", 9),
        Position(IMAGE, 1, 1, 1),
    ]
    assert [origin.how for origin in chain if isinstance(origin, Passed)] == ["dropout", "flatten"]
    assert [origin.result for origin in chain] == pytest.approx([0.45] * 3)


def test_a_separable_convolution_is_two_steps() -> None:
    layer = SeparableConv2D(filters=1, kernel_height=1, kernel_width=2, activation="relu")
    depthwise, pointwise = [[[1, 2], [3, 4]]], [[[[10], [-1]]]]
    provenance = one_layer(layer, [[[0.1, 0.2], [0.3, 0.4]]], [depthwise, pointwise, [0.5]])
    origin = weighted(provenance, 0, node="separable_1")
    np.testing.assert_allclose(origin.inputs[0, 0], [0.1 * 1 + 0.3 * 3, 0.2 * 2 + 0.4 * 4], rtol=1e-6)
    assert origin.result == pytest.approx(10 * 1 - 1 * 2 + 0.5)
    assert origin.main_source == Position("separable_1_depthwise", 0)
    below = weighted(provenance, 1, node="separable_1_depthwise")
    assert (below.kind, below.channels.tolist(), below.result) == ("depthwise", [1], pytest.approx(2))
    assert below.main_source == Position(IMAGE, 1, 0, 1)


def test_a_residual_block_is_two_convolutions_and_what_came_in() -> None:
    block = ResidualBlock(filters=1, kernel_size=1, has_batch_norm=False)
    provenance = one_layer(block, [[[0.5]]], [[2], [1], [-3], [4]])
    nodes = [origin.position.node for origin in provenance.chain(Position("residual_1"))]
    inner = [f"residual_1_{part}" for part in ("add", "conv_b", "activation_a", "conv_a")]
    assert nodes == ["residual_1", *inner, IMAGE]
    added = provenance.origin(Position("residual_1_add"))
    assert isinstance(added, Added)
    assert [part.value for part in added.parts] == pytest.approx([-2, 0.5])
    skip = Position(IMAGE)
    around = provenance.chain(Position("residual_1"), {Position("residual_1_add"): skip})
    assert [origin.position.node for origin in around] == ["residual_1", "residual_1_add", IMAGE]
    assert provenance.origin(Position("residual_1")).result == 0


def test_a_pixel_is_the_end_and_says_what_was_stored() -> None:
    spec = NetworkSpec((1, 2, 1), (Flatten(),))
    end = looped(spec, 0, [], np.array([[[51], [255]]], np.uint8)).chain(Position("flatten_1", 0))[-1]
    assert isinstance(end, PixelOrigin)
    assert (end.stored, end.result, end.main_source) == (51, pytest.approx(0.2), None)
    fraction = looped(spec, 0, [], np.array([[[0.2], [1.0]]])).origin(Position(IMAGE, 0, 0, 1))
    assert isinstance(fraction, PixelOrigin)
    assert (fraction.stored, fraction.result) == (None, 1)
