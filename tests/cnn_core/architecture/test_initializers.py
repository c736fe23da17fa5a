"""How weights begin, and how L2 pulls at them: against the formulas of the papers, in what Keras builds."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np
import pytest

from cnn_core.architecture.layers import (
    INITIALIZERS,
    LAYER_KINDS,
    Conv2D,
    Dense,
    Flatten,
    Layer,
    ResidualBlock,
    SeparableConv2D,
)
from cnn_core.architecture.layers.initializers import INITIALIZER_TITLES, initializer_words
from cnn_core.architecture.spec import NetworkSpec

slow = pytest.mark.slow


VARIANCES = {
    "glorot_uniform": lambda fan_in, fan_out: 2 / (fan_in + fan_out),
    "glorot_normal": lambda fan_in, fan_out: 2 / (fan_in + fan_out),
    "he_uniform": lambda fan_in, fan_out: 2 / fan_in,
    "he_normal": lambda fan_in, fan_out: 2 / fan_in,
    "lecun_normal": lambda fan_in, fan_out: 1 / fan_in,
    "random_normal": lambda fan_in, fan_out: 0.05**2,
    "zeros": lambda fan_in, fan_out: 0,
}
"""The variance that each initialiser gives weights, from the papers, by how many numbers each unit takes and gives.

Reference:
    Glorot & Bengio 2010, equation 12; He et al. 2015, equation 10; LeCun et al. 1998, *Efficient backprop*, 4.6.
"""


def layers_with(initializer: str) -> list[tuple[Layer, tuple[int, ...], dict[str, tuple[int, int]]]]:
    """Layers of every kind with weights, what comes in, and how many numbers each array's units take and give."""
    return [
        (Dense(units=300, initializer=initializer), (200,), {"": (200, 300)}),
        (
            Conv2D(filters=64, kernel_height=3, kernel_width=5, initializer=initializer),
            (9, 9, 40),
            {"": (15 * 40, 15 * 64)},
        ),
        (
            SeparableConv2D(filters=250, kernel_height=11, kernel_width=13, initializer=initializer),
            (15, 15, 120),
            {"depthwise": (143 * 120, 143), "": (120, 250)},
        ),
        (
            ResidualBlock(filters=64, stride=2, initializer=initializer),
            (9, 9, 48),
            {"conv_a": (9 * 48, 9 * 64), "conv_b": (9 * 64, 9 * 64), "skip": (48, 64)},
        ),
    ]


def parts_of(build: ModuleType, keras: Any, layer: Layer, shape: tuple[int, ...], seed: int) -> list[Any]:
    """The Keras layers with weights, without batch normalisation, that a layer consists of."""
    inputs = keras.Input(shape)
    model = keras.Model(inputs, build.build_layer(layer, shape, "layer", seed)(inputs))
    return [part for part in model.layers if any(array.ndim > 1 for array in part.get_weights())]


def weights_of(build: ModuleType, keras: Any, layer: Layer, shape: tuple[int, ...], seed: int) -> dict[str, np.ndarray]:
    """All arrays of a layer that are not biases or of batch normalisation, by the suffix of their Keras layer."""
    found = {}
    for part in parts_of(build, keras, layer, shape, seed):
        kernels = [array for array in part.get_weights() if array.ndim > 1]
        found[part.name.removeprefix("layer").removeprefix("_")] = kernels.pop()
        if kernels:
            found["depthwise"] = kernels.pop()
        assert not kernels
    return found


def test_every_layer_with_weights_can_choose() -> None:
    with_weights = {kind for kind in LAYER_KINDS.values() if hasattr(kind, "initializer")}
    assert with_weights == {type(layer) for layer, _, _ in layers_with("zeros")}
    assert VARIANCES.keys() == set(INITIALIZERS) == INITIALIZER_TITLES.keys()


@slow
@pytest.mark.parametrize("initializer", INITIALIZERS)
def test_weights_have_the_mean_and_the_variance_of_the_paper(build: ModuleType, keras: Any, initializer: str) -> None:
    for layer, shape, fans in layers_with(initializer):
        weights = weights_of(build, keras, layer, shape, seed=7)
        assert weights.keys() == fans.keys()
        for part, (fan_in, fan_out) in fans.items():
            expected = VARIANCES[initializer](fan_in, fan_out)
            assert weights[part].size > 3000
            assert weights[part].var() == pytest.approx(expected, rel=0.08), (layer.kind, part)
            assert abs(weights[part].mean()) <= 4 * np.sqrt(expected / weights[part].size)


@slow
@pytest.mark.parametrize("initializer", INITIALIZERS)
def test_an_initializer_is_the_one_that_keras_calls_by_that_name(
    build: ModuleType, keras: Any, initializer: str
) -> None:
    expected = type(keras.initializers.get(initializer))
    for layer, shape, _ in layers_with(initializer):
        for part in parts_of(build, keras, layer, shape, seed=1):
            is_separable = isinstance(layer, SeparableConv2D)
            names = ("depthwise_initializer", "pointwise_initializer") if is_separable else ("kernel_initializer",)
            assert [type(getattr(part, name)) for name in names] == [expected] * len(names)


@slow
@pytest.mark.parametrize("initializer", INITIALIZERS)
def test_equal_seeds_give_equal_weights_and_different_seeds_different_ones(
    build: ModuleType, keras: Any, initializer: str
) -> None:
    for layer, shape, _ in layers_with(initializer):
        first, again, other = (weights_of(build, keras, layer, shape, seed) for seed in (3, 3, 4000))
        for part, array in first.items():
            assert np.array_equal(array, again[part])
            assert np.array_equal(array, other[part]) == (initializer == "zeros")
            assert np.any(array) == (initializer != "zeros")


@slow
def test_no_two_arrays_of_a_network_draw_with_the_same_seed(build: ModuleType, keras: Any) -> None:
    """Two layers with the same seed and the same shape would begin alike."""
    block = ResidualBlock(filters=8, kernel_size=1, has_batch_norm=False)
    pointwise = SeparableConv2D(filters=8, kernel_height=1, kernel_width=1)
    layers = (Conv2D(filters=8, kernel_height=1, kernel_width=1), block, pointwise, block, Flatten(), Dense(units=8))
    model = build.build_model(NetworkSpec((1, 1, 4), (Conv2D(filters=8, kernel_height=1, kernel_width=1), *layers)))
    square = [array for array in model.get_weights() if array.size == 64]
    assert len(square) == 7
    assert len({array.tobytes() for array in square}) == 7


@slow
def test_l2_adds_its_share_of_all_squared_weights_to_the_loss(build: ModuleType) -> None:
    layers = (Dense(units=7, l2=0.03), Dense(units=5), Dense(units=3, l2=0.002, use_bias=False))
    model = build.build_model(NetworkSpec((2, 3, 1), (Flatten(), *layers)))
    model.set_weights([np.random.default_rng(1).uniform(-1, 1, w.shape) for w in model.get_weights()])
    expected = [
        0.03 * np.sum(model.get_layer("dense_1").get_weights()[0] ** 2),
        0.002 * np.sum(model.get_layer("dense_3").get_weights()[0] ** 2),
    ]
    assert [float(loss) for loss in model.losses] == pytest.approx(expected, rel=1e-5)


@slow
def test_without_l2_nothing_is_added_to_the_loss(build: ModuleType) -> None:
    assert build.build_model(NetworkSpec((2, 3, 1), (Flatten(), Dense(units=7)))).losses == []


def test_the_usual_initializer_goes_without_saying() -> None:
    assert [initializer_words(name) for name in INITIALIZERS[:2]] == ["", "weights begin Glorot, normal"]
    assert "weights begin all zero" in Conv2D(initializer="zeros").details()
    assert "weights" not in Conv2D().details()
