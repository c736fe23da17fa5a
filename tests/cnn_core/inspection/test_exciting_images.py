"""The most exciting images against plain loops, and what a place sees against the loops of the whole network."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from cnn_core.architecture.layers import Conv2D, Dense, Flatten, Pooling2D
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.architecture.weight_shapes import network_nodes
from cnn_core.errors import ClassroomError
from cnn_core.inspection.exciting_images import Box, ExcitingImage, exciting_images, sample_places, seen_box
from tests.oracles import forward


class Known:
    """A network of which one layer's outputs are known; an image's only pixel says which image it is."""

    def __init__(self, outputs: Any) -> None:
        self.outputs = np.asarray(outputs, np.float32)
        self.images = np.arange(len(outputs), dtype=np.uint8).reshape(-1, 1, 1, 1)
        self.batches: list[int] = []

    def layer_outputs(self, images: Any, layer: str) -> Any:
        assert layer == "conv_1"
        self.batches.append(len(images))
        return self.outputs[images.ravel()]


def loops(maps: np.ndarray, channel: int, best: int) -> list[ExcitingImage]:
    found = []
    for image in range(maps.shape[0]):
        peak = ExcitingImage(image, float(maps[image, 0, 0, channel]), 0, 0)
        for row in range(maps.shape[1]):
            for column in range(maps.shape[2]):
                if maps[image, row, column, channel] > peak.value:
                    peak = ExcitingImage(image, float(maps[image, row, column, channel]), row, column)
        found.append(peak)
    return sorted(found, key=lambda peak: (-peak.value, peak.image))[:best]


@pytest.mark.parametrize("batch", [1, 4, 11, 64])
def test_best_images_and_places_are_those_of_the_loops_and_ties_go_to_the_first(batch: int) -> None:
    # Few different numbers: many images and places are equally good.
    network = Known(np.random.default_rng(0).integers(-3, 3, (11, 3, 4, 5)))
    *_, found = exciting_images(network, network.images, "conv_1", best=6, batch=batch)
    for channel in range(5):
        assert list(found.of(channel)) == loops(network.outputs, channel, 6)
        assert found.lowest[channel] == min(network.outputs[:, :, :, channel].max(axis=(1, 2)))
    assert sum(network.batches) == 11
    assert max(network.batches) == min(batch, 11)


def test_units_without_a_map_have_one_place() -> None:
    network = Known([[0.5, -2.0], [0.25, -1.0], [1.5, -4.0]])
    *_, found = exciting_images(network, network.images, "conv_1", best=2, batch=2)
    assert found.of(0) == (ExcitingImage(2, 1.5, 0, 0), ExcitingImage(0, 0.5, 0, 0))
    assert found.of(1) == (ExcitingImage(1, -1.0, 0, 0), ExcitingImage(0, -2.0, 0, 0))


def test_each_step_knows_how_far_it_is_and_the_best_so_far() -> None:
    network = Known([[1.0], [3.0], [2.0], [5.0], [4.0]])
    steps = list(exciting_images(network, network.images, "conv_1", best=2, batch=2))
    assert [(step.done, step.total) for step in steps] == [(2, 5), (4, 5), (5, 5)]
    assert [[peak.image for peak in step.of(0)] for step in steps] == [[1, 0], [3, 1], [3, 4]]


def test_dead_unit_is_excited_by_all_images_equally() -> None:
    network = Known([[0.0, 0.0], [0.0, 1.0], [0.0, 0.0]])
    *_, found = exciting_images(network, network.images, "conv_1", best=9, batch=2)
    assert [found.is_constant(unit) for unit in (0, 1)] == [True, False]
    assert len(found.of(0)) == 3


def test_what_is_no_number_is_said_and_not_sorted() -> None:
    network = Known([[1.0], [np.nan]])
    with pytest.raises(ClassroomError, match=r"training has diverged.* Look at an earlier moment"):
        list(exciting_images(network, network.images, "conv_1"))


@pytest.mark.parametrize(("count", "best", "batch"), [(0, 1, 1), (2, 0, 1), (2, 1, 0)])
def test_nothing_to_look_at_is_refused(count: int, best: int, batch: int) -> None:
    network = Known(np.zeros((2, 1)))
    with pytest.raises(ValueError, match=rf"must be at least 1\. Received: .*best={best}, batch={batch}"):
        list(exciting_images(network, network.images[:count], "conv_1", best, batch))


def test_samples_are_drawn_without_repeats_from_all_images() -> None:
    assert sample_places(5, 5).tolist() == [0, 1, 2, 3, 4]
    places = sample_places(1000, 100)
    assert len(set(places.tolist())) == 100
    assert (np.diff(places) > 0).all()
    assert places.min() < 100
    assert places.max() >= 900
    np.testing.assert_array_equal(places, sample_places(1000, 100))
    assert not np.array_equal(places, sample_places(1000, 100, seed=1))


def test_box_is_around_all_pixels_that_change_the_number() -> None:
    size = 9
    layers = (
        Conv2D(filters=1, kernel_height=2, dilation_rate=2, padding="same", activation="linear", use_bias=False),
        Pooling2D(pooling="average"),
    )
    spec = NetworkSpec((size, size, 1), layers)
    weights = {"conv_1": [np.ones((2, 3, 1, 1))]}
    spots = [forward(spec, weights, spot.reshape(size, size, 1)) for spot in np.eye(size * size)]
    for index, layer in enumerate(spec.layer_names):
        for row, column in np.ndindex(spots[0][index].shape[:2]):
            seen = [divmod(spot, size) for spot, outputs in enumerate(spots) if outputs[index][row, column, 0] > 0]
            (top, left), (bottom, right) = (min(seen), max(seen))
            assert seen_box(spec, layer, row, column) == Box(top, left, bottom + 1, right + 1)


def test_units_of_a_dense_layer_see_the_whole_image() -> None:
    spec = NetworkSpec((4, 6, 1), (Conv2D(), Flatten(), Dense(units=2)))
    assert [node.name for node in network_nodes(spec)][-1] == "dense_1"
    assert seen_box(spec, "dense_1", 0, 0) == Box(0, 0, 4, 6)
