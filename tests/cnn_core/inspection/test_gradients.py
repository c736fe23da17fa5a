"""Logits and gradients of opened networks: by Keras, by hand, and by moving one number at a time."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from cnn_core.architecture.layers import Activation, Conv2D, Dense, Flatten, Layer, Pooling2D, ResidualBlock
from cnn_core.architecture.outputs import before_final_activation
from cnn_core.architecture.spec import NetworkSpec
from tests.cnn_core.inspection.test_probe import open_network, weights_for

pytestmark = pytest.mark.slow

TEN = (ResidualBlock(filters=3), Pooling2D(pooling="average"), Flatten(), Dense(units=4, activation="softmax"))
ONE = (Conv2D(filters=2, activation="tanh"), Flatten(), Dense(units=1, activation="sigmoid"))
LATE = (Conv2D(filters=2, activation="tanh"), Flatten(), Dense(units=3, activation="linear"), Activation("softmax"))
NETWORKS = {"ten": TEN, "one": ONE, "late": LATE}
IMAGES = np.random.default_rng(3).random((3, 6, 7, 2)).astype(np.float32)
NUDGE = 1e-2


def spec_of(layers: tuple[Layer, ...]) -> NetworkSpec:
    return NetworkSpec((6, 7, 2), layers)


def gradients_of(spec: NetworkSpec, weights: list[np.ndarray]) -> Any:
    from cnn_core.inspection.gradients import NetworkGradients

    return NetworkGradients(spec, weights)


@pytest.fixture(params=NETWORKS)
def network(keras: Any, request: pytest.FixtureRequest) -> tuple[NetworkSpec, list[np.ndarray], Any]:
    spec = spec_of(NETWORKS[request.param])
    weights = weights_for(spec)
    return spec, weights, gradients_of(spec, weights)


def test_logits_become_the_probabilities_of_the_network(network: tuple[NetworkSpec, list[np.ndarray], Any]) -> None:
    spec, weights, found = network
    logits = found.logits(IMAGES)
    expected = open_network(spec, weights).probabilities(IMAGES)
    assert logits.shape == expected.shape == (3, found.classes)
    if before_final_activation(spec).layers[-1] == Dense(units=1, activation="linear"):
        logits = np.stack([np.zeros(3), logits[:, 1]], axis=1)  # one output: the first class has no number of its own
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    np.testing.assert_allclose(powers / powers.sum(axis=1, keepdims=True), expected, atol=1e-5)


def test_image_gradients_are_what_a_nudge_of_a_pixel_does(network: tuple[NetworkSpec, list[np.ndarray], Any]) -> None:
    found = network[2]
    for class_index in (0, 1):
        gradients = found.image_gradients(IMAGES, class_index)
        assert gradients.shape == IMAGES.shape
        rng = np.random.default_rng(class_index)
        direction = rng.normal(size=IMAGES.shape).astype(np.float32)
        direction /= np.abs(direction).max()
        inside = np.clip(IMAGES, 2 * NUDGE, 1 - 2 * NUDGE)
        up, down = (found.logits(inside + sign * NUDGE / 10 * direction)[:, class_index] for sign in (1, -1))
        expected = (found.image_gradients(inside, class_index) * direction).sum(axis=(1, 2, 3))
        np.testing.assert_allclose((up - down) / (2 * NUDGE / 10), expected, rtol=0.05, atol=0.05)


def test_layer_gradients_agree_with_the_rest_of_the_network(network: tuple[NetworkSpec, list[np.ndarray], Any]) -> None:
    spec, weights, found = network
    outputs = {output.name: output.values for output in open_network(spec, weights).feature_maps(IMAGES[0])}
    for name in before_final_activation(spec).layer_names[:-2]:
        maps, gradients = found.layer_gradients(IMAGES, name, 1)
        np.testing.assert_allclose(maps[0], outputs[name], atol=1e-5)
        assert gradients.shape == maps.shape
        np.testing.assert_allclose(
            found.probabilities_after(name, maps), open_network(spec, weights).probabilities(IMAGES), atol=1e-5
        )


def test_layer_outputs_are_the_feature_maps_of_every_image(network: tuple[NetworkSpec, list[np.ndarray], Any]) -> None:
    spec, weights, found = network
    probe = open_network(spec, weights)
    by_image = [{output.name: output.values for output in probe.feature_maps(image)} for image in IMAGES]
    for name in spec.layer_names[:-2]:
        expected = np.stack([maps[name] for maps in by_image])
        np.testing.assert_allclose(found.layer_outputs(IMAGES, name), expected, atol=1e-5)
    logits = found.layer_outputs(IMAGES, spec.layer_names[-1])
    np.testing.assert_allclose(logits, found.logits(IMAGES)[:, -logits.shape[1] :], atol=1e-5)


def test_gradient_of_the_last_layer_is_one_for_the_class_alone(keras: Any) -> None:
    spec = spec_of(TEN)
    _, gradients = gradients_of(spec, weights_for(spec)).layer_gradients(IMAGES, "dense_1", 2)
    np.testing.assert_array_equal(gradients, np.tile([0, 0, 1, 0], (3, 1)))


def test_minus_the_one_logit_is_that_of_the_first_class(keras: Any) -> None:
    spec = spec_of(ONE)
    found = gradients_of(spec, weights_for(spec))
    np.testing.assert_array_equal(found.image_gradients(IMAGES, 0), -found.image_gradients(IMAGES, 1))
    with pytest.raises(ValueError, match=r"class_index must be from 0 to 1\. Received: class_index=2\."):
        found.image_gradients(IMAGES, 2)


def test_channel_gradients_of_a_linear_layer_are_its_kernel_over_the_places(keras: Any) -> None:
    spec = NetworkSpec((2, 2, 1), (Conv2D(filters=2, kernel_height=2, kernel_width=2, activation="linear"),))
    weights = weights_for(spec)
    image = np.array([[[[0.1], [0.2]], [[0.3], [0.4]]]], np.float32)
    means, gradients = gradients_of(spec, weights).channel_gradients(image, "conv_1", 1)
    kernel, bias = weights
    np.testing.assert_allclose(gradients[0], kernel[:, :, :, 1], rtol=1e-5)
    assert means[0] == pytest.approx((image[0] * kernel[:, :, :, 1]).sum() + bias[1], abs=1e-5)
