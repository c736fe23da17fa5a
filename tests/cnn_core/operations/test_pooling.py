"""Pooling: printed examples, plain loops, Keras, and what holds for every map; then what shifts and shuffles do."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from cnn_core.errors import ClassroomError
from cnn_core.operations.feature_maps import first_feature_maps
from cnn_core.operations.pooling import KINDS, NO_WINNER, change, pool2d, pooling_steps, shifted, shuffled_inside
from tests import oracles
from tests.oracles import STEADY

PRINTED = np.array([[3, 3, 2, 1, 0], [0, 0, 1, 3, 1], [3, 1, 2, 2, 3], [2, 0, 0, 2, 2], [2, 0, 0, 0, 1]])
"""The input of figures 1.5 and 1.6 of Dumoulin & Visin 2016, pooled there with windows of 3×3 and stride 1."""

maps = hnp.arrays(np.int64, hnp.array_shapes(min_dims=2, max_dims=2, max_side=7), elements=st.integers(-9, 9))
kinds, paddings = st.sampled_from(KINDS), st.sampled_from(("valid", "same"))


def test_the_printed_examples() -> None:
    assert pool2d(PRINTED, 3, 1).tolist() == [[3, 3, 3], [3, 3, 3], [3, 2, 3]]
    assert pool2d(PRINTED, 3, 1, kind="average").round(1).tolist() == [
        [1.7, 1.7, 1.7],
        [1.0, 1.2, 1.8],
        [1.1, 0.8, 1.3],
    ]


@STEADY
@given(maps, st.integers(1, 4), st.integers(1, 4), paddings, kinds)
def test_equals_plain_loops(values: np.ndarray, size: int, stride: int, padding: str, kind: str) -> None:
    if padding == "valid" and size > min(values.shape):
        with pytest.raises(ClassroomError, match=f"does not fit .* at most {min(values.shape)}×"):
            pool2d(values, size, stride, padding, kind)
        return
    expected = oracles.pool2d(values[..., np.newaxis], kind, size, stride, padding)[..., 0]
    np.testing.assert_allclose(pool2d(values, size, stride, padding, kind), expected, rtol=1e-12)


@STEADY
@given(maps, st.integers(1, 4), st.integers(1, 4), paddings, kinds)
def test_steps_tell_how_each_number_came_about(
    values: np.ndarray, size: int, stride: int, padding: str, kind: str
) -> None:
    size = min(size, *values.shape)
    steps = pooling_steps(values, size, stride, padding, kind)
    top, bottom, left, right = steps.padding
    np.testing.assert_array_equal(
        steps.padded[top : len(steps.padded) - bottom, left : steps.padded.shape[1] - right], values
    )
    assert np.isnan(steps.padded).sum() == steps.padded.size - values.size
    under = steps.padded[steps.cells[..., 0], steps.cells[..., 1]]
    np.testing.assert_array_equal(under, steps.patches.reshape(len(steps), -1))
    np.testing.assert_array_equal(steps.output[steps.output_cells[:, 0], steps.output_cells[:, 1]], steps.kept)
    for patch, cells, winner, kept in zip(under, steps.cells, steps.winners[:, 0], steps.kept, strict=True):
        if kind == "average":
            assert winner.tolist() == [NO_WINNER, NO_WINNER]
            continue
        # Of equal numbers the first one wins.
        equal = [cell for cell, number in zip(cells.tolist(), patch, strict=True) if number == kept]
        assert winner.tolist() == equal[0]
        assert kept == (np.nanmax if kind == "max" else np.nanmin)(patch)


@STEADY
@given(maps, st.integers(1, 3), st.integers(1, 3), paddings)
def test_smallest_average_and_largest_keep_their_order(
    values: np.ndarray, size: int, stride: int, padding: str
) -> None:
    size = min(size, *values.shape)
    low, middle, high = (pool2d(values, size, stride, padding, kind) for kind in ("min", "average", "max"))
    assert (low <= middle + 1e-9).all()
    assert (middle <= high + 1e-9).all()
    np.testing.assert_array_equal(low, -pool2d(-values, size, stride, padding, "max"))


@STEADY
@given(maps, st.integers(1, 4), st.integers(0, 9), kinds)
def test_place_inside_the_window_is_lost(values: np.ndarray, size: int, seed: int, kind: str) -> None:
    size = min(size, *values.shape)
    shuffled = shuffled_inside(values, size, seed)
    assert sorted(shuffled.ravel()) == sorted(values.ravel())
    np.testing.assert_allclose(pool2d(shuffled, size, kind=kind), pool2d(values, size, kind=kind), atol=1e-9)
    rows, columns = (side - side % size for side in values.shape)
    np.testing.assert_array_equal(shuffled[rows:], values[rows:])
    np.testing.assert_array_equal(shuffled[:, columns:], values[:, columns:])


def test_shuffling_moves_pixels_the_same_way_for_the_same_seed() -> None:
    values = np.arange(64).reshape(8, 8)
    moved = shuffled_inside(values, 4) != values
    assert all(moved[top : top + 4, left : left + 4].any() for top in (0, 4) for left in (0, 4))
    np.testing.assert_array_equal(shuffled_inside(values, 4, 3), shuffled_inside(values, 4, 3))


@STEADY
@given(maps, st.integers(0, 9))
def test_shift_moves_to_the_right(values: np.ndarray, right: int) -> None:
    moved = shifted(values, right)
    for row in range(values.shape[0]):
        for column in range(values.shape[1]):
            assert moved[row, column] == (values[row, column - right] if column >= right else 0)


def test_a_shift_by_the_stride_shifts_the_pooled_map_by_one() -> None:
    values = np.random.default_rng(0).integers(0, 9, (6, 8))
    np.testing.assert_array_equal(pool2d(shifted(values, 2))[:, 1:], pool2d(values)[:, :-1])


def test_change_counts_and_weighs_differences() -> None:
    found = change(np.array([[4, -4], [0, 2]]), np.array([[4, -3], [3, 1]]))
    assert (found.changed, found.count, found.share) == (3, 4, 0.5)
    assert change(np.zeros(2), np.zeros(2)).share == 0
    assert change(np.zeros(2), np.ones(2)).share == float("inf")
    # Bytes do not overflow.
    assert change(np.array([200], np.uint8), np.array([250], np.uint8)).share == 0.25


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((np.zeros(3),), r"values\.shape=\(3,\)"),
        ((np.zeros((2, 0)),), r"values\.shape=\(2, 0\)"),
        ((PRINTED, 0), "at least 1"),
        ((PRINTED, 2, 0), "stride=0"),
        ((PRINTED, 2, 2, "full"), "padding='full'"),
        ((PRINTED, 2, 2, "valid", "median"), "kind='median'"),
    ],
)
def test_what_cannot_be_meant_is_refused(arguments: tuple[object, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        pool2d(*arguments)  # type: ignore[arg-type]


def test_shift_to_the_left_and_maps_of_two_shapes_are_refused() -> None:
    with pytest.raises(ValueError, match="right=-1"):
        shifted(PRINTED, -1)
    with pytest.raises(ValueError, match=r"\(5, 5\) and \(4, 5\)"):
        change(PRINTED, PRINTED[1:])


@pytest.mark.slow
def test_equals_keras() -> None:
    from cnn_core.architecture.layers import Pooling2D
    from cnn_core.architecture.spec import NetworkSpec
    from cnn_core.inspection.probe import NetworkProbe

    image = np.random.default_rng(0).integers(0, 256, (9, 7, 1), dtype=np.uint8)
    for size, stride, padding in ((2, 3, "valid"), (3, 2, "same")):
        layers = tuple(Pooling2D(pooling=kind, pool_size=size, stride=stride, padding=padding) for kind in KINDS)
        for kind, layer in zip(KINDS, layers, strict=True):
            (output,) = NetworkProbe(NetworkSpec(image.shape, (layer,)), ()).feature_maps(image)
            ours = pool2d(image[..., 0] / 255, size, stride, padding, kind)  # type: ignore[arg-type]
            np.testing.assert_allclose(output.values[..., 0], ours, atol=1e-6)


@pytest.mark.slow
def test_first_feature_maps_are_those_of_the_starter_network() -> None:
    from cnn_core.data.registry import load_dataset
    from cnn_core.inspection.probe import NetworkProbe
    from cnn_core.networks import starter_network

    network = starter_network()
    image = load_dataset("digits").test.images[0]
    theirs = NetworkProbe(network.spec, network.weights).feature_maps(image)[0].values
    np.testing.assert_allclose(first_feature_maps(image, *network.weights[:2]), theirs, atol=1e-4)
