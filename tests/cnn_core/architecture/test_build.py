"""The arithmetic, the checks and the loops against Keras and TensorFlow themselves."""

from __future__ import annotations

import random
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from hypothesis import Phase, assume, given, settings

from cnn_core.architecture.layers import (
    Activation,
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    Pooling2D,
)
from cnn_core.architecture.presets import PRESETS
from cnn_core.architecture.shapes import find_problem, network_figures
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.errors import ClassroomError
from tests.oracles import SMALL, STEADY, forward, network_specs, pool2d, random_weights

pytestmark = [
    pytest.mark.slow,
    # Keras warns of a softmax over one single number; such networks are pointless but possible.
    pytest.mark.filterwarnings("ignore:You are using a softmax over axis -1:UserWarning"),
]

BRIEF = settings(STEADY, phases=[Phase.generate])
"""Without the search for a smaller failing case, which takes minutes where every case is built in Keras."""

TINY = SMALL | {"filters": 3, "units": 5, "kernel_size": 4}


@pytest.fixture(scope="module")
def build() -> ModuleType:
    """Late, so that collecting these tests does not wait for TensorFlow."""
    from cnn_core.architecture import build

    return build


@pytest.fixture(scope="module")
def tf(build: ModuleType) -> Any:
    from cnn_core.backend import tf

    return tf


@pytest.fixture(scope="module")
def keras(build: ModuleType) -> Any:
    from cnn_core.backend import keras

    return keras


def keras_refusal(build: ModuleType, keras: Any, spec: NetworkSpec) -> tuple[int, list[Any]]:
    """Build layer by layer without any check; return where Keras refuses (or the end), and the shapes up to there."""
    values = keras.Input(spec.input_shape)
    shapes = []
    for index, (name, layer) in enumerate(zip(spec.layer_names, spec.layers, strict=True)):
        try:
            values = build.build_layer(layer, name, index)(values)
        except ValueError:
            return index, shapes
        shapes.append(values.shape[1:])
    return len(spec.layers), shapes


@settings(BRIEF, max_examples=600)
@given(network_specs(SMALL, side=20))
def test_keras_agrees_on_every_number_and_every_refusal(build: ModuleType, keras: Any, spec: NetworkSpec) -> None:
    problem = find_problem(spec)
    if problem is not None:
        refused_at, shapes = keras_refusal(build, keras, spec)
        assert refused_at >= problem.layer_index, "Keras refuses before find_problem does"
        assert all(0 not in shape for shape in shapes[: problem.layer_index])
        # Keras may go on where the classroom does not: with an image of no pixels, or dense layers on an image.
        is_dense_on_image = isinstance(spec.layers[problem.layer_index], Dense)
        assert refused_at == problem.layer_index or is_dense_on_image or 0 in shapes[problem.layer_index]
        with pytest.raises(ClassroomError) as caught:
            build.build_model(spec)
        assert caught.value.problem == problem.message
        return
    figures = network_figures(spec)
    model = build.build_model(spec)
    layers = model.layers[1:]
    assert model.input_shape == (None, *spec.input_shape)
    assert tuple(layer.name for layer in layers) == spec.layer_names
    assert [layer.output.shape[1:] for layer in layers] == [row.output_shape for row in figures.layers]
    assert [layer.count_params() for layer in layers] == [row.parameters for row in figures.layers]
    trainable = [sum(int(np.prod(w.shape)) for w in layer.trainable_weights) for layer in layers]
    assert trainable == [row.trainable_parameters for row in figures.layers]
    assert model.count_params() == figures.parameters
    assert model.output_shape == (None, *figures.output_shape)


@settings(BRIEF, max_examples=60)
@given(network_specs(TINY, side=8))
def test_a_built_network_computes_what_the_loops_compute(build: ModuleType, keras: Any, spec: NetworkSpec) -> None:
    assume(find_problem(spec) is None)
    model = build.build_model(spec)
    weights = random_weights(model.get_weights(), seed=len(spec.layers))
    model.set_weights(weights)
    image = np.random.default_rng(0).uniform(0, 1, spec.input_shape).astype(np.float32)
    expected = forward(spec, weights, image)[-1]
    np.testing.assert_allclose(model(image[np.newaxis], training=False)[0], expected, rtol=2e-3, atol=1e-4)


def flops(tf: Any, model: Any) -> int:
    """Ask TensorFlow's profiler for the multiplications and additions of convolutions and matrix products."""
    from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

    signature = tf.TensorSpec((1, *model.input_shape[1:]), tf.float32)
    concrete = tf.function(lambda images: model(images, training=False)).get_concrete_function(signature)
    graph = convert_variables_to_constants_v2(concrete).graph
    builder = tf.compat.v1.profiler.ProfileOptionBuilder
    options = builder(builder.float_operation()).with_empty_output().build()
    kinds = {operation.name: operation.type for operation in graph.get_operations()}

    def nodes(node: Any) -> Iterator[Any]:
        yield node
        for child in node.children:
            yield from nodes(child)

    root = tf.compat.v1.profiler.profile(graph, options=options)
    return sum(node.float_ops for node in nodes(root) if kinds.get(node.name) in ("Conv2D", "MatMul"))


@settings(BRIEF, max_examples=40)
@given(network_specs(SMALL, side=16))
def test_multiply_adds_are_half_of_tensorflows_operations(build: ModuleType, tf: Any, spec: NetworkSpec) -> None:
    assume(find_problem(spec) is None)
    assert network_figures(spec).multiply_adds * 2 == flops(tf, build.build_model(spec))


@pytest.mark.parametrize("slug", PRESETS)
def test_a_preset_is_in_keras_what_it_is_on_paper(build: ModuleType, tf: Any, slug: str) -> None:
    spec = PRESETS[slug].design.to_spec()
    figures = network_figures(spec)
    model = build.build_model(spec)
    assert model.count_params() == figures.parameters
    assert flops(tf, model) == figures.multiply_adds * 2


MIXED = NetworkSpec(
    (9, 9, 2),
    (
        Conv2D(filters=3, activation="linear", use_bias=False),
        BatchNormalization(),
        Activation(activation="relu"),
        Pooling2D(pooling="min"),
        Dropout(rate=0.5),
        Flatten(),
        Dense(units=4, activation="softmax"),
    ),
)


def are_equal(some: list[np.ndarray], others: list[np.ndarray]) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(some, others, strict=True))


def test_equal_seeds_give_equal_networks(build: ModuleType) -> None:
    images = np.random.default_rng(1).uniform(0, 1, (2, 9, 9, 2)).astype(np.float32)
    first, again = build.build_model(MIXED, seed=3), build.build_model(MIXED, seed=3)
    assert are_equal(first.get_weights(), again.get_weights())
    assert np.array_equal(first(images, training=True), again(images, training=True)), "dropout differs"


def test_different_seeds_give_different_networks(build: ModuleType) -> None:
    kernels = [build.build_model(MIXED, seed=seed).get_weights()[0] for seed in range(5)]
    assert len({kernel.tobytes() for kernel in kernels}) == 5


def test_layers_of_one_network_do_not_start_alike(build: ModuleType) -> None:
    spec = NetworkSpec((6, 6, 1), (Flatten(), Dense(units=36), Dense(units=36)))
    weights = build.build_model(spec).get_weights()
    assert not np.array_equal(weights[0], weights[2])


def test_building_does_not_touch_the_global_randomness(build: ModuleType, keras: Any) -> None:
    keras.utils.set_random_seed(5)
    expected = random.random(), float(keras.random.uniform(()))
    keras.utils.set_random_seed(5)
    build.build_model(MIXED)
    assert (random.random(), float(keras.random.uniform(()))) == expected


def test_networks_are_built_in_several_threads_at_once(build: ModuleType, keras: Any) -> None:
    """Streamlit clears Keras's session after every script run, in whatever thread: that must hurt nobody."""

    def work(number: int) -> list[np.ndarray]:
        model = build.build_model(MIXED, seed=number % 4)
        keras.backend.clear_session()
        assert tuple(layer.name for layer in model.layers[1:]) == MIXED.layer_names
        weights: list[np.ndarray] = model.get_weights()
        return weights

    expected = [build.build_model(MIXED, seed=seed).get_weights() for seed in range(4)]
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(work, range(64)))
    assert all(are_equal(weights, expected[number % 4]) for number, weights in enumerate(results))


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
def test_a_network_with_min_pooling_comes_back_from_its_file(build: ModuleType, keras: Any, tmp_path: Any) -> None:
    model = build.build_model(MIXED)
    model.save(tmp_path / "network.keras")
    again = keras.models.load_model(tmp_path / "network.keras")
    assert are_equal(again.get_weights(), model.get_weights())
    assert [layer.name for layer in again.layers] == [layer.name for layer in model.layers]


def test_building_ordinary_networks_warns_of_nothing(build: ModuleType) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for ready_made in PRESETS.values():
            build.build_model(ready_made.design.to_spec())


def test_an_impossible_network_is_refused_with_its_sentence(build: ModuleType) -> None:
    with pytest.raises(ClassroomError, match="does not fit into what is left of the image") as caught:
        build.build_model(NetworkSpec((4, 4, 1), (Conv2D(kernel_size=5),)))
    assert caught.value.remedy == "Change that setting first."
