"""Receptive fields against real networks: which pixels have a gradient, and which move a number when they change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from hypothesis import Phase, assume, example, given, settings

from cnn_core.architecture.layers import (
    LAYER_KINDS,
    Activation,
    Conv2D,
    Dense,
    Flatten,
    GlobalPooling2D,
    Layer,
    Pooling2D,
    ResidualBlock,
    SeparableConv2D,
)
from cnn_core.architecture.receptive_field import Reach, network_reach
from cnn_core.architecture.shapes import find_problem
from cnn_core.architecture.spec import NetworkSpec
from tests.oracles import SMALL, STEADY, network_specs

pytestmark = pytest.mark.slow

BRIEF = settings(STEADY, phases=[Phase.explicit, Phase.generate])
SIDE = 16
MOST_PLACES = 12


def with_pooling(spec: NetworkSpec, pooling: str) -> NetworkSpec:
    """Let every pooling layer be of one sort, and every activation leave the numbers as they are.

    What a number depends on is a matter of windows. Of a maximum, only the largest has a gradient, and behind a
    sigmoid that is far from zero no float is left of one.
    """

    def changed(layer: Layer) -> Layer:
        if isinstance(layer, Pooling2D):
            return replace(layer, pooling=pooling)
        if isinstance(layer, GlobalPooling2D):
            return replace(layer, pooling="max" if pooling == "max" else "average")
        return replace(layer, activation="linear") if hasattr(layer, "activation") else layer  # type: ignore[type-var]

    return NetworkSpec(spec.input_shape, tuple(map(changed, spec.layers)))


def open_model(build: ModuleType, spec: NetworkSpec, weight: Callable[[np.ndarray], np.ndarray]) -> Any:
    """Build a network, give it weights, and return all its layers' outputs."""
    from cnn_core.backend import keras

    model = build.build_model(spec)
    model.set_weights([weight(array) for array in model.get_weights()])
    return keras.Model(model.input, {name: model.get_layer(name).output for name in spec.layer_names})


def by_place(output: Any, reach: Reach) -> Any:
    """Write a layer's outputs as `(image, row, column, channel)`, lists too."""
    from cnn_core.backend import tf

    return tf.reshape(output, (len(output), len(reach.rows), len(reach.columns), -1))


def seen_pixels(reach: Reach, row: int, column: int, shape: tuple[int, int, int]) -> np.ndarray:
    """Which pixels of the image a place can see, `(height, width)`."""
    rows, columns = (
        np.array([mask >> place & 1 for place in range(size)], dtype=bool)
        for mask, size in ((reach.rows[row], shape[0]), (reach.columns[column], shape[1]))
    )
    return np.outer(rows, columns)


def some_places(reach: Reach) -> list[tuple[int, int]]:
    """The corners, and places from everywhere between."""
    places = [(row, column) for row in range(len(reach.rows)) for column in range(len(reach.columns))]
    chosen = np.random.default_rng(len(places)).permutation(len(places))[:MOST_PLACES]
    corners = [(row, column) for row in (0, len(reach.rows) - 1) for column in (0, len(reach.columns) - 1)]
    return sorted({*corners, *(places[index] for index in chosen)})


ODD_CASES = [
    NetworkSpec((15, 9, 1), (Conv2D(stride=4, kernel_height=2, kernel_width=1), ResidualBlock(kernel_size=2))),
    NetworkSpec((16, 16, 2), (ResidualBlock(kernel_size=4, stride=3, filters=2), ResidualBlock(kernel_size=5))),
    NetworkSpec((9, 12, 1), (SeparableConv2D(dilation_rate=3), Flatten(), Dense(units=2), Dense(units=3))),
    NetworkSpec((16, 16, 1), (Conv2D(dilation_rate=3, padding="same"), Pooling2D(pool_size=2, stride=3))),
    NetworkSpec((2, 2, 1), (Conv2D(kernel_height=2, kernel_width=2, dilation_rate=4, padding="same"),)),
    NetworkSpec((16, 7, 1), (Pooling2D(pool_size=2, stride=5), GlobalPooling2D(), Dense(units=2))),
]


def test_gradients_reach_exactly_the_pixels_of_the_field(build: ModuleType, tf: Any) -> None:
    """Every layer's numbers at many places, in one backward pass: one image for each number that is asked about."""
    seen: Counter[Any] = Counter()

    def weight(like: np.ndarray) -> np.ndarray:
        scale = np.prod(like.shape[:-1]) if like.ndim > 1 else 1
        return np.random.default_rng(like.size).uniform(0.5, 1.5, like.shape) / scale

    @settings(BRIEF, max_examples=110)
    @given(network_specs(SMALL, SIDE))
    def compare(spec: NetworkSpec) -> None:
        assume(find_problem(spec) is None)
        spec = with_pooling(spec, "average")
        seen.update({type(layer) for layer in spec.layers})
        reaches = network_reach(spec)
        asked = [(index, *place) for index, reach in enumerate(reaches) for place in some_places(reach)]
        model = open_model(build, spec, weight)
        images = tf.constant(np.random.default_rng(1).uniform(0.5, 1, (len(asked), *spec.input_shape)), tf.float32)
        with tf.GradientTape() as tape:
            tape.watch(images)
            outputs = model(images, training=False)
            maps = [by_place(outputs[name], reach) for name, reach in zip(spec.layer_names, reaches, strict=True)]
            total = tf.add_n([tf.reduce_sum(maps[i][n, row, column]) for n, (i, row, column) in enumerate(asked)])
        moved = np.any(tape.gradient(total, images).numpy() != 0, axis=-1)
        for pixels, (index, row, column) in zip(moved, asked, strict=True):
            expected = seen_pixels(reaches[index], row, column, spec.input_shape)
            np.testing.assert_array_equal(pixels, expected, f"{spec.layer_names[index]} at {row}, {column}")
            seen["places"] += 1
            seen["cut"] += not expected.all()

    for spec in ODD_CASES:
        compare = example(spec)(compare)
    compare()
    assert min(seen[kind] for kind in LAYER_KINDS.values()) >= 5, seen
    assert seen["cut"] > seen["places"] / 3 > 700, seen


@pytest.mark.parametrize(("pooling", "bump"), [("max", 1.0), ("min", -1.0)])
def test_bumped_pixels_move_exactly_the_numbers_that_see_them(build: ModuleType, pooling: str, bump: float) -> None:
    """One image for each pixel, zero but there: with positive weights and no bias, what sees it is no longer zero."""

    def weight(like: np.ndarray) -> np.ndarray:
        return np.random.default_rng(like.size).uniform(0.5, 1.5, like.shape) if like.ndim > 1 else like

    @settings(BRIEF, max_examples=60)
    @given(network_specs(SMALL, side=12))
    def compare(spec: NetworkSpec) -> None:
        assume(find_problem(spec) is None)
        spec = with_pooling(spec, pooling)
        height, width, channels = spec.input_shape
        bumped = np.eye(height * width).reshape(height * width, height, width, 1) * bump
        outputs = open_model(build, spec, weight)(bumped.repeat(channels, axis=3).astype(np.float32), training=False)
        for name, reach in zip(spec.layer_names, network_reach(spec), strict=True):
            moved = np.any(by_place(outputs[name], reach).numpy() != 0, axis=-1)
            for row, column in some_places(reach):
                expected = seen_pixels(reach, row, column, spec.input_shape)
                np.testing.assert_array_equal(moved[:, row, column].reshape(height, width), expected, name)

    compare()


def test_softmax_looks_at_all_of_a_list_but_only_at_the_channels_of_a_place(build: ModuleType, tf: Any) -> None:
    conv = Conv2D(filters=3, kernel_height=2, kernel_width=2, activation="linear")
    spec = NetworkSpec((4, 5, 1), (conv, Activation(activation="softmax"), Flatten(), Activation(activation="softmax")))
    on_image, on_list = (network_reach(spec)[index] for index in (1, 3))
    assert (len(on_image.rows), len(on_list.rows)) == (3, 1)
    model = open_model(build, spec, lambda like: np.random.default_rng(like.size).uniform(0.5, 1.5, like.shape))
    image = tf.constant(np.random.default_rng(1).uniform(0.5, 1, (1, 4, 5, 1)), tf.float32)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(image)
        outputs = model(image, training=False)
        one, other = outputs["activation_1"][0, 1, 2, 0], outputs["activation_2"][0, 0]
    pixels, all_pixels = (tape.gradient(number, image).numpy()[0, :, :, 0] != 0 for number in (one, other))
    np.testing.assert_array_equal(pixels, seen_pixels(on_image, 1, 2, spec.input_shape))
    np.testing.assert_array_equal(all_pixels, seen_pixels(on_list, 0, 0, spec.input_shape))
    assert all_pixels.all()
    assert not pixels.all()
