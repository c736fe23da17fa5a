"""The step and the optimisers against Keras itself."""

from __future__ import annotations

import numpy as np
import pytest

from cnn_core.operations.one_step import backward, forward, initial_network, stepped
from cnn_core.operations.optimizers import RULES, no_memory
from cnn_core.training.optimizers import OPTIMIZERS
from cnn_core.training.settings import TrainingSettings

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(("filters", "kernel_size", "pool_size"), [(3, 3, 2), (2, 2, 1)])
def test_step_is_the_one_of_tensorflow_s_gradient_tape(filters: int, kernel_size: int, pool_size: int) -> None:
    from cnn_core.backend import keras, tf

    image = np.random.default_rng(2).random((9, 9))
    network = initial_network((9, 9), filters, kernel_size, pool_size, seed=4)
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((9, 9, 1), dtype="float64"),
            layers.Conv2D(filters, kernel_size, activation="relu", dtype="float64", name="conv"),
            layers.MaxPooling2D(pool_size, dtype="float64", name="pool"),
            layers.Flatten(dtype="float64", name="flatten"),
            layers.Dense(10, activation="softmax", dtype="float64", name="dense"),
        ]
    )
    own = network.parameters
    model.set_weights([own.kernels, own.biases, own.dense_weights, own.dense_biases])
    optimizer = keras.optimizers.SGD(0.3)
    with tf.GradientTape() as tape:
        probabilities = model(image[np.newaxis, ..., np.newaxis])
        loss = -tf.math.log(probabilities[0, 7])
    slopes = tape.gradient(loss, model.trainable_variables)
    found = backward(network, image, 7)
    ours = found.parameters
    np.testing.assert_allclose(forward(network, image).probabilities, probabilities[0], rtol=1e-10)
    assert found.loss == pytest.approx(float(loss))
    pairs = zip((ours.kernels, ours.biases, ours.dense_weights, ours.dense_biases), slopes, strict=True)
    for mine, theirs in pairs:
        np.testing.assert_allclose(mine, theirs.numpy(), rtol=1e-8, atol=1e-12)
    optimizer.apply(slopes, model.trainable_variables)
    after = stepped(network, found.parameters, 0.3).parameters
    np.testing.assert_allclose(after.kernels, model.get_weights()[0], atol=1e-7)
    np.testing.assert_allclose(after.dense_weights, model.get_weights()[2], atol=1e-7)


@pytest.mark.parametrize("rule", RULES)
def test_optimizer_steps_as_keras_s_with_the_app_s_settings(rule: str) -> None:
    from cnn_core.backend import keras

    assert set(RULES) == set(OPTIMIZERS)
    call = OPTIMIZERS[rule].call(TrainingSettings())
    theirs = getattr(keras.optimizers, call.class_name)(learning_rate=0.05, **call.arguments)
    chance = np.random.default_rng(0)
    weights, scales = chance.normal(size=5), np.array([10, 1, 1e-2, 1e-3, 1e-4])  # the last ones: epsilon counts there
    variable = keras.Variable(weights, dtype="float64")
    memory = no_memory(weights)
    for _ in range(8):
        gradient = chance.normal(size=5) * scales
        theirs.apply([keras.ops.convert_to_tensor(gradient)], [variable])
        weights, memory = RULES[rule](weights, gradient, memory, 0.05)
    assert memory.step == 8
    np.testing.assert_allclose(weights, variable.numpy(), atol=3e-6)  # Keras keeps rate and betas in float32
