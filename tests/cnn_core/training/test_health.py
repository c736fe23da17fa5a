"""Measurements of layers: known weights give known numbers, gradients are those of a plain tape, nothing is changed."""

from __future__ import annotations

from typing import Any

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
    Layer,
    Pooling2D,
    ResidualBlock,
    SeparableConv2D,
)
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.training.diagnosis import LayerHealth

pytestmark = pytest.mark.slow

RNG = np.random.default_rng(3)
IMAGES = RNG.integers(0, 256, (24, 6, 6, 1), dtype=np.uint8)
LABELS = np.arange(24, dtype=np.int64) % 3

MIXED = NetworkSpec(
    (6, 6, 1),
    (
        Conv2D(filters=4, padding="same", activation="linear"),
        BatchNormalization(),
        Activation(),
        SeparableConv2D(filters=5, padding="same"),
        ResidualBlock(filters=6, stride=2),
        Dropout(rate=0.5),
        Flatten(),
        Dense(units=7, activation="tanh", l2=0.1),
        Dense(units=3, activation="softmax"),
    ),
)


def begin(spec: NetworkSpec) -> tuple[Any, Any]:
    """A model and its meter."""
    from cnn_core.architecture.build import build_model
    from cnn_core.training.health import HealthMeter
    from cnn_core.training.trainer import build_loss

    model = build_model(spec, seed=1)
    return model, HealthMeter(model, spec, build_loss(spec))


def small(*layers: Layer) -> NetworkSpec:
    return NetworkSpec((1, 2, 1), (Flatten(), *layers, Dense(units=3, activation="softmax")))


def by_name(health: tuple[LayerHealth, ...]) -> dict[str, LayerHealth]:
    return {layer.name: layer for layer in health}


def two_pixels(*pairs: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    return np.uint8(pairs).reshape(-1, 1, 2, 1), np.zeros(len(pairs), np.int64)


def test_units_that_are_zero_for_every_image_are_dead() -> None:
    model, meter = begin(small(Dense(units=4)))
    # For two images, (1, 0) and (0, 1): never, only for the first, for both, and exactly at the edge, which is 0 too.
    kernel = np.float32([[-1, 1, 1, 0], [-1, -1, 1, 0]])
    model.get_layer("dense_1").set_weights([kernel, np.zeros(4, np.float32)])
    assert by_name(meter.measure(*two_pixels((255, 0), (0, 255))))["dense_1"].dead_share == 0.5
    assert by_name(meter.measure(*two_pixels((0, 255), (0, 255))))["dense_1"].dead_share == 0.75


def test_filter_is_dead_only_if_zero_at_every_place() -> None:
    spec = NetworkSpec((2, 2, 1), (Conv2D(filters=2, kernel_height=1, kernel_width=1), Flatten(), Dense(units=3)))
    model, meter = begin(spec)
    model.get_layer("conv_1").set_weights([np.float32([1, -1]).reshape(1, 1, 1, 2), np.zeros(2, np.float32)])
    image = np.zeros((1, 2, 2, 1), np.uint8)
    image[0, 1, 1] = 9
    assert by_name(meter.measure(image, np.zeros(1, np.int64)))["conv_1"].dead_share == 0.5


@pytest.mark.parametrize(
    ("activation", "inside", "outside"),
    [("sigmoid", np.log(0.97 / 0.03), np.log(0.985 / 0.015)), ("tanh", np.arctanh(0.95), np.arctanh(0.97))],
)
def test_outputs_at_the_flat_ends_are_saturated(activation: str, inside: float, outside: float) -> None:
    model, meter = begin(small(Dense(units=4, activation=activation)))
    biases = np.float32([inside, -inside, outside, -outside])
    model.get_layer("dense_1").set_weights([np.zeros((2, 4), np.float32), biases])
    layer = by_name(meter.measure(*two_pixels((255, 0), (0, 255))))["dense_1"]
    assert (layer.saturated_share, layer.dead_share) == (0.5, None)


def test_length_of_weights_and_how_far_they_have_come() -> None:
    model, meter = begin(small(Dense(units=2)))
    kernel, bias = model.get_layer("dense_1").get_weights()
    first = by_name(meter.measure(*two_pixels((255, 0))))["dense_1"]
    assert first.weight_norm == pytest.approx(np.linalg.norm(kernel))
    assert (first.weight_change, first.weight_count) == (0.0, 6)
    model.get_layer("dense_1").set_weights([kernel + np.float32([[3, 0], [0, 0]]), bias + np.float32([0, 4])])
    assert by_name(meter.measure(*two_pixels((255, 0))))["dense_1"].weight_change == pytest.approx(5.0, rel=1e-5)


def test_gradients_are_those_of_a_plain_tape_layer_by_layer() -> None:
    """In a network of layers that are several in Keras, with batch norm and dropout at work, and without L2's part."""
    from cnn_core.backend import keras, tf

    model, meter = begin(MIXED)
    measured = by_name(meter.measure(IMAGES, LABELS))
    with tf.GradientTape() as tape:  # the measurement has put back the dropout's state: here the same units are dropped
        answers = model(IMAGES.astype(np.float32) / 255, training=True)
        loss = keras.losses.SparseCategoricalCrossentropy()(LABELS, answers)
    squares: dict[str, float] = {}
    gradients = tape.gradient(loss, model.trainable_variables)
    for variable, gradient in zip(model.trainable_variables, gradients, strict=True):
        name = "_".join(variable.path.split("/")[0].split("_")[:2])
        squares[name] = squares.get(name, 0.0) + float(np.sum(np.square(gradient)))
    assert set(squares) == {"conv_1", "norm_1", "separable_1", "residual_1", "dense_1", "dense_2"}
    for name, square in squares.items():
        assert measured[name].gradient_norm == pytest.approx(np.sqrt(square), rel=1e-4), name


def test_layers_come_in_order_with_what_they_have() -> None:
    _, meter = begin(MIXED)
    health = meter.measure(IMAGES, LABELS)
    names = ["conv_1", "norm_1", "activation_1", "separable_1", "residual_1", "dense_1", "dense_2"]
    assert [layer.name for layer in health] == names
    assert [layer.name for layer in health if layer.dead_share is not None] == [names[2], names[3], names[4]]
    assert [layer.name for layer in health if layer.saturated_share is not None] == ["dense_1"]
    assert [layer.name for layer in health if layer.gradient_norm is None] == ["activation_1"]
    assert by_name(health)["residual_1"].weight_count == 5 * 9 * 6 + 6 * 9 * 6 + 5 * 6 + 2 * 2 * 6


def test_measuring_leaves_no_trace() -> None:
    from cnn_core.data.dataset import LabelledImages
    from cnn_core.training.health import HealthMeter
    from cnn_core.training.settings import TrainingSettings
    from cnn_core.training.trainer import Trainer, build_loss

    def train(is_measured: bool) -> tuple[np.ndarray, ...]:
        trainer = Trainer(MIXED, TrainingSettings(seed=2), LabelledImages(IMAGES, LABELS))
        meter = HealthMeter(trainer.model, MIXED, build_loss(MIXED))
        for start in (0, 8, 16):
            if is_measured:
                meter.measure(IMAGES, LABELS)
            trainer.step(np.arange(start, start + 8))
        return trainer.weights()

    for with_measurements, without in zip(train(True), train(False), strict=True):
        np.testing.assert_array_equal(with_measurements, without)


def test_of_many_images_the_first_256_are_taken() -> None:
    _, meter = begin(small(Dense(units=4)))
    images = RNG.integers(0, 256, (300, 1, 2, 1), dtype=np.uint8)
    labels = np.arange(300, dtype=np.int64) % 3
    assert meter.measure(images, labels) == meter.measure(images[:256], labels[:256])
    assert meter.measure(images, labels) != meter.measure(images[:255], labels[:255])


def test_two_classes_and_logits_are_measured_too() -> None:
    spec = NetworkSpec((6, 6, 1), (Conv2D(filters=2), Pooling2D(), Flatten(), Dense(units=1, activation="sigmoid")))
    _, meter = begin(spec)
    answer = meter.measure(IMAGES, LABELS % 2)[-1]
    assert (answer.name, answer.dead_share) == ("dense_1", None)
    assert answer.saturated_share is not None
    assert answer.gradient_norm


def test_network_with_nothing_to_measure_gives_nothing() -> None:
    spec = NetworkSpec((6, 6, 3), (Pooling2D(), GlobalPooling2D()))
    _, meter = begin(spec)
    assert meter.measure(IMAGES.repeat(3, axis=3), LABELS) == ()


def test_numbers_of_a_diverged_training_are_given_as_they_are() -> None:
    model, meter = begin(small(Dense(units=2)))
    model.get_layer("dense_1").set_weights([np.full((2, 2), np.nan, np.float32), np.zeros(2, np.float32)])
    layer = by_name(meter.measure(*two_pixels((255, 0))))["dense_1"]
    assert layer.weight_norm is not None
    assert np.isnan(layer.weight_norm)
