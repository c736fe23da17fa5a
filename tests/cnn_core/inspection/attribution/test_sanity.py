"""Shuffled weights, rank correlation, and what is said of the methods."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn_core.architecture.layers import BatchNormalization, Conv2D, Dense, Flatten, ResidualBlock
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.architecture.weight_shapes import weight_shapes
from cnn_core.errors import ClassroomError
from cnn_core.inspection.attribution.methods import METHODS, Attribution, Method
from cnn_core.inspection.attribution.rank_correlation import mid_ranks, rank_correlation
from cnn_core.inspection.attribution.sanity import Similarity, check_methods, check_words, similarity
from cnn_core.inspection.attribution.settings import AttributionSettings
from cnn_core.inspection.attribution.shuffle import learning_layers, shuffled_weights
from tests.cnn_core.inspection.attribution.fakes import SIDE, Linear

SPEC = NetworkSpec(
    (SIDE, SIDE, 1),
    (Conv2D(filters=2), BatchNormalization(), ResidualBlock(filters=3), Flatten(), Dense(units=2)),
)
WEIGHTS = tuple(np.random.default_rng(1).normal(size=shape).astype(np.float32) for shape in weight_shapes(SPEC))
DENSE = NetworkSpec((SIDE, SIDE, 1), (Flatten(), Dense(units=2, activation="softmax")))
DENSE_WEIGHTS = (np.random.default_rng(2).normal(size=(25, 2)).astype(np.float32), np.zeros(2, np.float32))
IMAGE = np.random.default_rng(3).random((SIDE, SIDE, 1)).astype(np.float32)
NUMBERS = st.lists(st.integers(-3, 3), min_size=2, max_size=12)


def opened(weights: Any) -> Linear:
    kernel, bias = weights
    return Linear(kernel.T.reshape(2, SIDE, SIDE, 1), bias)


def stubborn(network: Any, image: Any, class_index: int, settings: Any, progress: Any) -> Attribution:
    """An edge detector that never asks the network."""
    return Attribution(np.abs(np.diff(image[:, :, 0], axis=0, append=0)))


EDGES = Method("edges", "Edges", "Edges.", "amount", "", "saliency", "", (), True, stubborn)
SALIENCY, INTEGRATED = METHODS["saliency"], METHODS["integrated-gradients"]


def test_rank_correlation_of_a_printed_example() -> None:
    # Myers & Well's IQ and hours of television a week, as on Wikipedia's page: -29/165.
    iq = np.array([86.0, 97, 99, 100, 101, 103, 106, 110, 112, 113])
    television = np.array([2.0, 20, 28, 27, 50, 29, 7, 17, 6, 12])
    assert rank_correlation(iq, television) == pytest.approx(-29 / 165)


@given(NUMBERS)
def test_equal_numbers_share_their_ranks(numbers: list[int]) -> None:
    expected = [
        1 + sum(other < one for other in numbers) + (sum(other == one for other in numbers) - 1) / 2 for one in numbers
    ]
    np.testing.assert_allclose(mid_ranks(np.array(numbers, float)), expected)


@given(NUMBERS, st.integers(0, 99))
def test_rank_correlation_is_the_correlation_of_ranks_and_sees_only_order(numbers: list[int], seed: int) -> None:
    first = np.array(numbers, float)
    second = np.random.default_rng(seed).integers(-2, 3, len(numbers)).astype(float)
    found = rank_correlation(first, second)
    if np.ptp(first) == 0 or np.ptp(second) == 0:
        assert np.isnan(found)
        return
    assert found == pytest.approx(np.corrcoef(mid_ranks(first), mid_ranks(second))[0, 1])
    assert rank_correlation(np.exp(first), second) == pytest.approx(found)
    assert rank_correlation(first, -second) == pytest.approx(-found)


def test_maps_of_different_shapes_cannot_be_compared() -> None:
    with pytest.raises(ValueError, match=r"one shape\. Received: \(2,\) and \(3,\)"):
        rank_correlation(np.zeros(2), np.zeros(3))


def test_layers_are_shuffled_from_the_last_one_on_and_keep_their_numbers() -> None:
    assert learning_layers(SPEC) == ("conv_1", "norm_1", "residual_1", "dense_1")
    for depth, arrays in ((0, 0), (1, 2), (2, len(WEIGHTS) - 6), (3, len(WEIGHTS) - 2), (4, len(WEIGHTS))):
        found = shuffled_weights(SPEC, WEIGHTS, depth, seed=4)
        same = [one is other for one, other in zip(found, WEIGHTS, strict=True)]
        assert same == [True] * (len(WEIGHTS) - arrays) + [False] * arrays
        for one, other in zip(found, WEIGHTS, strict=True):
            assert one.shape == other.shape
            np.testing.assert_array_equal(np.sort(one, axis=None), np.sort(other, axis=None))
    assert not np.array_equal(found[0], WEIGHTS[0])
    with pytest.raises(ValueError, match=r"depth must be from 0 to 4\. Received: depth=5\."):
        shuffled_weights(SPEC, WEIGHTS, 5)


def test_going_deeper_leaves_what_is_shuffled_and_the_seed_decides() -> None:
    last, whole, again, other = (shuffled_weights(SPEC, WEIGHTS, *how) for how in ((1, 3), (4, 3), (4, 3), (4, 8)))
    np.testing.assert_array_equal(last[-2], whole[-2])
    for one, same, different in zip(whole, again, other, strict=True):
        np.testing.assert_array_equal(one, same)
        assert one.size < 4 or not np.array_equal(one, different)


def test_what_follows_the_weights_reacts_and_what_follows_the_image_does_not() -> None:
    told: list[float] = []
    found = check_methods(
        (SALIENCY, INTEGRATED, EDGES),
        opened,
        DENSE,
        DENSE_WEIGHTS,
        IMAGE,
        1,
        AttributionSettings(steps=2),
        depths=(0, 1),
        seeds=(0, 1, 2, 3, 4, 5),
        progress=told.append,
    )
    for checked in found.values():
        assert checked.similarities[0].ranks == pytest.approx(1.0)  # nothing shuffled
        assert not checked.similarities[0].has_reacted
    assert found["saliency"].similarities[1].has_reacted
    assert found["integrated-gradients"].similarities[1].has_reacted
    assert found["edges"].similarities[1].ranks == pytest.approx(1.0)
    kernel = shuffled_weights(DENSE, DENSE_WEIGHTS, 1, seed=0)[0]
    np.testing.assert_allclose(found["saliency"].after[1].values, np.abs(kernel[:, 1]).reshape(5, 5))
    np.testing.assert_allclose(found["saliency"].before.values, np.abs(DENSE_WEIGHTS[0][:, 1]).reshape(5, 5))
    assert told == [pytest.approx((place + 1) / 39) for place in range(39)]
    words = check_words([(method, found[method.slug].similarities[1]) for method in (SALIENCY, INTEGRATED, EDGES)])
    assert "Saliency" in words.split("react")[0]
    assert words.endswith("Edges hardly reacts.")


def test_means_are_taken_over_the_shuffles_and_a_vanished_map_counts_as_nothing() -> None:
    before = Attribution(np.array([[1.0, -2.0], [3.0, -4.0]], np.float32))
    turned, gone = Attribution(-before.values), Attribution(np.zeros((2, 2), np.float32))
    found = similarity(INTEGRATED, before, [before, turned, gone, gone])
    assert found == Similarity(0.0, pytest.approx(0.5), 2)  # type: ignore[arg-type]
    assert found.keeps_places
    assert "signs react" in found.sentence()
    assert similarity(SALIENCY, before, [turned]) == Similarity(-1.0, -1.0)
    assert "hardly reacts" in similarity(SALIENCY, before, [turned]).sentence()


def test_map_that_is_the_same_everywhere_cannot_be_compared() -> None:
    flat = Attribution(np.zeros((2, 2), np.float32))
    found = similarity(SALIENCY, flat, [Attribution(np.eye(2, dtype=np.float32))])
    assert "nothing to compare" in found.sentence()
    assert check_words([(SALIENCY, found), (EDGES, Similarity(0.1, 0.1))]) == (
        "Edges reacts: its map depends on what was learned."
    )


def test_summary_names_each_group() -> None:
    found = [(SALIENCY, Similarity(0.1, 0.1)), (METHODS["smoothgrad"], Similarity(-0.2, -0.2))]
    found += [(INTEGRATED, Similarity(0.1, 0.99)), (EDGES, Similarity(0.9, 0.9))]
    assert check_words(found) == (
        "Saliency and SmoothGrad react: their maps depend on what the network has learned. "
        "Integrated gradients reacts by its signs alone. Edges hardly reacts."
    )


def test_shuffled_network_without_numbers_says_so() -> None:
    def fragile(weights: Any) -> Linear:
        return opened(weights if weights[0] is DENSE_WEIGHTS[0] else (weights[0] * np.inf, weights[1]))

    with pytest.raises(ClassroomError, match=r"With its weights shuffled .* Shuffle again\."):
        check_methods((SALIENCY,), fragile, DENSE, DENSE_WEIGHTS, IMAGE, 0, AttributionSettings(), (1,), (0,))
