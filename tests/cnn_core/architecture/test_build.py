"""Building in Keras: seeds, threads, files, and the layers that Keras does not have."""

from __future__ import annotations

import random
import warnings
from concurrent.futures import ThreadPoolExecutor
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from hypothesis import Phase, assume, given, settings

from cnn_core.architecture.layers import (
    LAYER_KINDS,
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
from cnn_core.architecture.presets import PRESETS
from cnn_core.architecture.shapes import find_problem, network_figures
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.errors import ClassroomError
from tests.oracles import STEADY, network_specs, pool2d

pytestmark = [
    pytest.mark.slow,
    # Keras warns of a softmax over one single number; such networks are pointless but possible.
    pytest.mark.filterwarnings("ignore:You are using a softmax over axis -1:UserWarning"),
]


MIXED = NetworkSpec(
    (9, 9, 2),
    (
        Conv2D(filters=3, kernel_width=2, dilation_rate=2, activation="linear", use_bias=False),
        BatchNormalization(),
        Activation(activation="relu"),
        ResidualBlock(filters=4, kernel_size=2),
        SeparableConv2D(filters=3, kernel_height=2, kernel_width=2, initializer="he_normal"),
        Pooling2D(pooling="min"),
        Dropout(rate=0.5),
        Flatten(),
        Dense(units=4, activation="softmax", l2=0.01),
    ),
)
GLOBAL = NetworkSpec((8, 8, 1), (ResidualBlock(filters=2, stride=2), GlobalPooling2D(pooling="max"), Dense(units=3)))


def test_the_mixed_networks_hold_every_kind() -> None:
    assert {layer.kind for layer in MIXED.layers + GLOBAL.layers} == LAYER_KINDS.keys()


@settings(STEADY, max_examples=40, phases=[Phase.generate])
@given(network_specs({"filters": 40, "units": 60}, side=40))
def test_settings_of_their_whole_range_give_in_keras_what_they_give_on_paper(
    build: ModuleType, spec: NetworkSpec
) -> None:
    """The thousand networks are small; these have large windows and steps."""
    assume(find_problem(spec) is None)
    figures = network_figures(spec)
    model = build.build_model(spec)
    assert [model.get_layer(row.name).output.shape[1:] for row in figures.layers] == [
        row.output_shape for row in figures.layers
    ]
    assert model.count_params() == figures.parameters


@pytest.mark.parametrize("slug", PRESETS)
def test_a_preset_is_in_keras_what_it_is_on_paper(build: ModuleType, slug: str) -> None:
    """Building it warns of nothing, either."""
    spec = PRESETS[slug].spec
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model = build.build_model(spec)
    figures = network_figures(spec)
    assert model.count_params() == figures.parameters
    assert model.output_shape == (None, *figures.output_shape)


def are_equal(some: list[np.ndarray], others: list[np.ndarray]) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(some, others, strict=True))


@pytest.mark.parametrize("spec", [MIXED, GLOBAL], ids=["mixed", "global"])
def test_equal_seeds_give_equal_networks(build: ModuleType, spec: NetworkSpec) -> None:
    images = np.random.default_rng(1).uniform(0, 1, (2, *spec.input_shape)).astype(np.float32)
    first, again = build.build_model(spec, seed=3), build.build_model(spec, seed=3)
    assert are_equal(first.get_weights(), again.get_weights())
    assert np.array_equal(first(images, training=True), again(images, training=True)), "dropout differs"


def test_different_seeds_give_different_networks(build: ModuleType) -> None:
    networks = [build.build_model(MIXED, seed=seed).get_weights() for seed in range(5)]
    drawn = [position for position, weight in enumerate(networks[0]) if weight.ndim > 1]
    assert len(drawn) == 7, "one convolution, three in the block, two in the separable one, one dense layer"
    for position in drawn:
        assert len({weights[position].tobytes() for weights in networks}) == 5


def test_different_seeds_drop_other_numbers(build: ModuleType) -> None:
    spec = NetworkSpec((9, 9, 2), (Dropout(rate=0.5),))
    images = np.ones((1, 9, 9, 2), np.float32)
    kept = {np.asarray(build.build_model(spec, seed=seed)(images, training=True)).tobytes() for seed in range(5)}
    assert len(kept) == 5


def test_layers_of_one_network_do_not_start_alike(build: ModuleType) -> None:
    spec = NetworkSpec((6, 6, 1), (Flatten(), Dense(units=36), Dense(units=36)))
    weights = build.build_model(spec).get_weights()
    assert not np.array_equal(weights[0], weights[2])


def test_convolutions_of_one_block_do_not_start_alike(build: ModuleType) -> None:
    model = build.build_model(NetworkSpec((6, 6, 4), (ResidualBlock(filters=4),)))
    first, second = (model.get_layer(f"residual_1_conv_{part}").get_weights()[0] for part in "ab")
    assert first.shape == second.shape
    assert not np.array_equal(first, second)


def test_building_does_not_touch_the_global_randomness(build: ModuleType, keras: Any) -> None:
    keras.utils.set_random_seed(5)
    expected = random.random(), float(keras.random.uniform(()))
    keras.utils.set_random_seed(5)
    build.build_model(MIXED)
    assert (random.random(), float(keras.random.uniform(()))) == expected


def test_networks_are_built_in_several_threads_at_once(build: ModuleType, keras: Any) -> None:
    """Streamlit clears Keras's session after every script run, in whatever thread: that must hurt nobody."""
    names = [layer.name for layer in build.build_model(MIXED).layers]
    assert set(MIXED.layer_names) < set(names)

    def work(number: int) -> list[np.ndarray]:
        model = build.build_model(MIXED, seed=number % 4)
        keras.backend.clear_session()
        assert [layer.name for layer in model.layers] == names
        weights: list[np.ndarray] = model.get_weights()
        return weights

    expected = [build.build_model(MIXED, seed=seed).get_weights() for seed in range(4)]
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(work, range(64)))
    assert all(are_equal(weights, expected[number % 4]) for number, weights in enumerate(results))


def test_blocks_1_and_11_have_parts_of_different_names(build: ModuleType) -> None:
    layers = (Conv2D(filters=1, kernel_height=1, kernel_width=1), ResidualBlock(filters=1, kernel_size=1)) * 11
    names = [layer.name for layer in build.build_model(NetworkSpec((2, 2, 1), layers)).layers]
    assert len(set(names)) == len(names) == 1 + 11 + 11 * 7


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize(("pool_size", "stride"), [(2, 2), (3, 1), (3, 2), (2, 3), (5, 4), (1, 1)])
def test_min_pooling_is_the_loops(build: ModuleType, pool_size: int, stride: int, padding: str) -> None:
    """The images are positive throughout, so that a padded zero would be seen as a minimum."""
    from cnn_core.architecture.keras_layers import MinPooling2D

    images = np.random.default_rng(2).uniform(1, 2, (2, 7, 6, 3)).astype(np.float32)
    pooled = np.asarray(MinPooling2D(pool_size, stride, padding)(images))
    for image, result in zip(images, pooled, strict=True):
        np.testing.assert_array_equal(result, pool2d(image, "min", pool_size, stride, padding).astype(np.float32))


def test_min_pooling_comes_back_from_its_config(build: ModuleType, keras: Any) -> None:
    from cnn_core.architecture.keras_layers import MinPooling2D

    layer = MinPooling2D(pool_size=3, strides=4, padding="same", name="smallest")
    again = keras.layers.deserialize(keras.layers.serialize(layer))
    assert isinstance(again, MinPooling2D)
    assert (again.pool_size, again.strides, again.padding, again.name) == (3, 4, "same", "smallest")


@pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword:DeprecationWarning")
@pytest.mark.parametrize("spec", [MIXED, GLOBAL], ids=["mixed", "global"])
def test_a_network_comes_back_from_its_file(build: ModuleType, keras: Any, tmp_path: Any, spec: NetworkSpec) -> None:
    model = build.build_model(spec)
    model.save(tmp_path / "network.keras")
    again = keras.models.load_model(tmp_path / "network.keras")
    images = np.random.default_rng(3).uniform(0, 1, (2, *spec.input_shape)).astype(np.float32)
    assert are_equal(again.get_weights(), model.get_weights())
    assert [layer.name for layer in again.layers] == [layer.name for layer in model.layers]
    assert np.array_equal(again(images), model(images))


def test_an_impossible_network_is_refused_with_its_sentence(build: ModuleType) -> None:
    with pytest.raises(ClassroomError, match="does not fit into what is left of the image") as caught:
        build.build_model(NetworkSpec((4, 4, 1), (Conv2D(kernel_height=5),)))
    assert caught.value.remedy == "Change that setting first."
