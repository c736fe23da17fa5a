"""What the advice says of weights that begin at zero, held against trainings by Keras."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cnn_core.architecture.advice import network_advice
from cnn_core.architecture.layers import (
    Activation,
    BatchNormalization,
    Conv2D,
    Dense,
    Flatten,
    Layer,
    ResidualBlock,
    SeparableConv2D,
)
from cnn_core.architecture.spec import NetworkSpec

pytestmark = pytest.mark.slow

Weights = dict[str, list[np.ndarray]]

SHAPE = (6, 6, 2)
CLASSES = 3
ANSWER = Dense(units=CLASSES, activation="softmax")
ZERO_ANSWER = replace(ANSWER, initializer="zeros")
HIDDEN = Dense(units=4, initializer="zeros")
CONV = Conv2D(filters=4, initializer="zeros")


def trained(layers: tuple[Layer, ...], steps: int = 5) -> tuple[Weights, Weights, np.ndarray]:
    """Train a few steps on random images.

    Returns:
        The kernels of every Keras layer before and after, and what the network says about the images at last.
    """
    from cnn_core.architecture.build import build_model
    from cnn_core.backend import keras, tf

    model = build_model(NetworkSpec(SHAPE, layers), seed=1)
    rng = np.random.default_rng(0)
    images = rng.random((24, *SHAPE), dtype=np.float32)
    labels = rng.integers(0, CLASSES, 24)
    loss_of = keras.losses.SparseCategoricalCrossentropy(from_logits=layers[-1].activation != "softmax")  # type: ignore[attr-defined]

    def kernels() -> Weights:
        return {layer.name: [w for w in layer.get_weights() if w.ndim > 1] for layer in model.layers}

    before = kernels()
    for _ in range(steps):
        with tf.GradientTape() as tape:
            loss = loss_of(labels, model(images, training=True))
        for variable, gradient in zip(
            model.trainable_variables, tape.gradient(loss, model.trainable_variables), strict=True
        ):
            variable.assign_sub(0.5 * gradient)
    return before, kernels(), np.asarray(model(images))


def advice_on(layers: tuple[Layer, ...]) -> list[str]:
    return [a.message for a in network_advice(NetworkSpec(SHAPE, layers)) if a.term == "initial-weights"]


@pytest.mark.parametrize(
    "front",
    [
        (Flatten(), HIDDEN),
        (CONV, Flatten()),
        (replace(CONV, activation="linear"), BatchNormalization(), Activation(), Flatten()),
        (Flatten(), replace(HIDDEN, activation="sigmoid"), BatchNormalization(), Activation()),
        (Conv2D(), ResidualBlock(filters=4, initializer="zeros"), Flatten()),
        (Conv2D(), ResidualBlock(filters=4, initializer="zeros", has_batch_norm=False), Flatten()),
    ],
    ids=["dense", "conv", "conv and batch norm", "sigmoid and batch norm", "block", "block without batch norm"],
)
def test_with_relu_after_zeros_the_answer_never_depends_on_the_image(front: tuple[Layer, ...]) -> None:
    layers = (*front, ANSWER)
    (message,) = advice_on(layers)
    assert "its outputs are 0 for every image and stay so" in message
    _, _, answers = trained(layers)
    assert np.ptp(answers, axis=0).max() == 0


@pytest.mark.parametrize(
    ("layers", "stuck"),
    [
        ((Flatten(), replace(HIDDEN, activation="tanh"), ZERO_ANSWER), ("dense_1", "dense_2")),
        ((Flatten(), replace(HIDDEN, activation="gelu"), ZERO_ANSWER), ("dense_1", "dense_2")),
        ((replace(CONV, activation="elu"), Flatten(), ZERO_ANSWER), ("conv_1", "dense_1")),
        ((replace(CONV, activation="leaky_relu"), replace(CONV, activation="silu"), Flatten(), ANSWER), ("conv_1",)),
        ((SeparableConv2D(filters=4, activation="tanh", initializer="zeros"), Flatten(), ANSWER), ("separable_1",)),
        (
            (Conv2D(filters=4), ResidualBlock(filters=4, initializer="zeros"), Flatten(), ANSWER),
            ("residual_1_conv_a", "residual_1_conv_b"),
        ),
        (
            (Conv2D(), ResidualBlock(filters=4, activation="tanh", initializer="zeros"), Flatten(), ANSWER),
            ("residual_1_conv_a", "residual_1_conv_b"),
        ),
    ],
    ids=["tanh", "gelu", "elu", "two convolutions", "separable", "block", "block with another skip"],
)
def test_weights_that_never_change_do_not(layers: tuple[Layer, ...], stuck: tuple[str, ...]) -> None:
    (message,) = advice_on(layers)
    assert "never change" in message or "neither ever changes" in message
    _, after, _ = trained(layers)
    for name in stuck:
        assert after[name], "a layer of that name has kernels"
        assert not any(w.any() for w in after[name])


def test_skip_of_another_shape_learns_while_the_block_s_convolutions_do_not() -> None:
    block = ResidualBlock(filters=4, activation="tanh", initializer="zeros")
    (message,) = advice_on((Conv2D(), block, Flatten(), ANSWER))
    assert "only its skip learns" in message
    _, after, _ = trained((Conv2D(), block, Flatten(), ANSWER))
    assert after["residual_1_skip"][0].any()


@pytest.mark.parametrize(
    ("layers", "name"),
    [
        ((Flatten(), replace(HIDDEN, activation="sigmoid"), ZERO_ANSWER), "dense_1"),
        ((replace(CONV, activation="sigmoid"), Flatten(), ZERO_ANSWER), "conv_1"),
        (
            (
                Conv2D(),
                ResidualBlock(filters=4, activation="sigmoid", has_batch_norm=False, initializer="zeros"),
                Flatten(),
                ANSWER,
            ),
            "residual_1_conv_a",
        ),
    ],
    ids=["dense", "conv", "block"],
)
def test_what_stays_alike_changes_and_stays_alike(layers: tuple[Layer, ...], name: str) -> None:
    (message,) = advice_on(layers)
    assert "stay alike for ever" in message
    _, after, _ = trained(layers)
    (kernel,) = after[name]
    assert kernel.any()
    assert np.ptp(kernel, axis=-1).max() < 1e-6 * np.abs(kernel).max() + 1e-9


@pytest.mark.parametrize(
    ("layers", "name"),
    [
        ((Flatten(), replace(HIDDEN, activation="tanh"), ANSWER), "dense_1"),
        ((Flatten(), replace(HIDDEN, activation="sigmoid"), ANSWER), "dense_1"),
        ((Flatten(), Dense(units=5), ZERO_ANSWER), "dense_2"),
        ((Conv2D(), replace(CONV, activation="elu"), Flatten(), ANSWER), "conv_2"),
    ],
    ids=["tanh", "sigmoid", "answer", "conv"],
)
def test_what_begins_late_gets_over_it(layers: tuple[Layer, ...], name: str) -> None:
    (message,) = advice_on(layers)
    assert "It gets over that" in message
    before, first, _ = trained(layers, steps=1)
    if "learn nothing from the first batch" in message:
        earlier = "conv_1" if "conv_1" in before else "dense_1"
        np.testing.assert_array_equal(before[earlier][0], first[earlier][0])
    _, after, answers = trained(layers)
    assert np.ptp(after[name][0], axis=-1).max() > 1e-4, "its units have become different"
    assert np.ptp(answers, axis=0).max() > 1e-4
