"""The methods on Keras networks of every kind, and against PAIR's library `saliency`: it shares no code with ours."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from cnn_core.architecture.layers import Conv2D, Dense, Flatten, Layer, Pooling2D, ResidualBlock, SeparableConv2D
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.architecture.weight_shapes import weight_shapes
from cnn_core.data.scaling import to_network_input
from cnn_core.errors import ClassroomError
from cnn_core.inspection.attribution.grad_cam import grad_cam, usual_grad_cam_layer
from cnn_core.inspection.attribution.integrated_gradients import integrated_gradients
from cnn_core.inspection.attribution.methods import METHODS, explain
from cnn_core.inspection.attribution.occlusion import occlusion_map
from cnn_core.inspection.attribution.resize import resize_bilinear
from cnn_core.inspection.attribution.sanity import check_methods
from cnn_core.inspection.attribution.settings import AttributionSettings, batch_for
from tests.oracles import random_weights

pytestmark = pytest.mark.slow

NETWORKS: dict[str, tuple[tuple[int, int, int], tuple[Layer, ...]]] = {
    "ten classes": (
        (12, 10, 1),
        (Conv2D(filters=3, activation="tanh"), Pooling2D(pooling="average"), Flatten(), Dense(activation="softmax")),
    ),
    "one output": ((8, 9, 3), (Conv2D(filters=2), Flatten(), Dense(units=1, activation="sigmoid"))),
    "logits": ((8, 8, 3), (ResidualBlock(filters=2), SeparableConv2D(filters=3), Flatten(), Dense(units=2))),
    "dense": ((6, 6, 1), (Flatten(), Dense(units=4, activation="relu"), Dense(units=3, activation="softmax"))),
}


def network_of(name: str, weights: Any = None) -> tuple[NetworkSpec, Any, Any]:
    from cnn_core.inspection.gradients import NetworkGradients

    spec = NetworkSpec(*NETWORKS[name])
    drawn = tuple(random_weights([np.zeros(shape, np.float32) for shape in weight_shapes(spec)], seed=7))
    return spec, drawn, NetworkGradients(spec, drawn if weights is None else weights(drawn))


def image_for(spec: NetworkSpec) -> np.ndarray:
    return np.random.default_rng(8).integers(0, 256, spec.input_shape, dtype=np.uint8)


@pytest.fixture
def call(keras: Any) -> Any:
    """What the library calls: a network's numbers for class 1, in its own words."""
    import saliency.core as pair

    spec, _, network = network_of("ten classes")

    def answer(images: Any, call_model_args: Any = None, expected_keys: Any = None) -> dict[str, Any]:
        images = np.asarray(images, np.float32)
        if pair.INPUT_OUTPUT_GRADIENTS in expected_keys:
            return {pair.INPUT_OUTPUT_GRADIENTS: network.image_gradients(images, 1)}
        if pair.OUTPUT_LAYER_VALUES in expected_keys:
            return {pair.OUTPUT_LAYER_VALUES: network.logits(images)[:, 1]}
        maps, gradients = network.layer_gradients(images, "conv_1", 1)
        return {pair.CONVOLUTION_LAYER_VALUES: maps, pair.CONVOLUTION_OUTPUT_GRADIENTS: gradients}

    return pair, answer, network, to_network_input(image_for(spec))


def test_grad_cam_agrees_with_an_independent_library(call: Any) -> None:
    pair, answer, network, image = call
    expected = pair.GradCam().GetMask(image, answer, should_resize=False, three_dims=False)
    found = grad_cam(network, image, "conv_1", 1)
    np.testing.assert_allclose(found, expected, atol=1e-6)
    assert found.any()
    stretched = pair.GradCam().GetMask(image, answer, should_resize=True, three_dims=False) * found.max()
    ours = resize_bilinear(found, *image.shape[:2])
    # At the edge it mirrors the map, where we let its values go on, as TensorFlow does.
    np.testing.assert_allclose(ours[1:-1, 1:-1], stretched[1:-1, 1:-1], atol=1e-5)


def test_integrated_gradients_agree_with_an_independent_library(call: Any) -> None:
    pair, answer, network, image = call
    expected = pair.IntegratedGradients().GetMask(image, answer, x_steps=2000, batch_size=500)
    found, complete = integrated_gradients(network, image, 1, steps=50)
    np.testing.assert_allclose(found, expected, atol=1e-3 * np.abs(expected).max())
    assert abs(complete.gap) < 1e-3 * abs(complete.difference)


def test_occlusion_agrees_with_an_independent_library(call: Any) -> None:
    pair, answer, network, image = call
    summed = pair.Occlusion().GetMask(image, answer, size=4, value=0)[:, :, 0]
    # It adds up the drops of all patches that cover a pixel; ours are their mean.
    rows, columns = (np.array([min(i, n - 1 - i, 3, n - 4) + 1 for i in range(n)]) for n in image.shape[:2])
    found, _ = occlusion_map(network.logits, image, 1, patch=4, stride=1, fill="black")
    np.testing.assert_allclose(found, summed / np.outer(rows, columns), atol=1e-4)


def test_stretching_agrees_with_tensorflow(keras: Any) -> None:
    from cnn_core.backend import tf

    values = np.random.default_rng(0).random((5, 3)).astype(np.float32)
    expected = tf.image.resize(values[np.newaxis, :, :, np.newaxis], (28, 20), "bilinear")[0, :, :, 0]
    np.testing.assert_allclose(resize_bilinear(values, 28, 20), expected, atol=1e-6)


@pytest.mark.parametrize("name", NETWORKS)
def test_every_method_explains_every_kind_of_network(keras: Any, name: str) -> None:
    spec, _, network = network_of(name)
    image, has_maps = image_for(spec), name != "dense"
    layer = usual_grad_cam_layer(spec) if has_maps else ""
    settings = AttributionSettings(layer=layer, patch=3, samples=2, steps=100, batch=batch_for(spec))
    for method in METHODS.values():
        if method.slug == "grad-cam" and not has_maps:
            continue
        for class_index in (0, 1):
            found = explain(method, network, image, class_index, settings)
            assert found.values.shape == spec.input_shape[:2]
            if found.completeness is not None:
                assert abs(found.completeness.gap) < 0.02 * max(abs(found.completeness.difference), 1)


def test_of_one_output_the_classes_are_each_other_s_opposite(keras: Any) -> None:
    spec, _, network = network_of("one output")
    settings = AttributionSettings(patch=3, samples=2, steps=5)
    for slug in ("integrated-gradients", "occlusion"):
        first, second = (explain(METHODS[slug], network, image_for(spec), index, settings).values for index in (0, 1))
        np.testing.assert_allclose(first, -second, atol=1e-5)
        assert first.any()


@pytest.mark.parametrize("slug", METHODS)
def test_diverged_network_is_said_to_have_diverged(keras: Any, slug: str) -> None:
    spec, _, network = network_of("ten classes", lambda drawn: [np.full_like(array, np.nan) for array in drawn])
    with pytest.raises(ClassroomError, match="training has diverged"):
        explain(METHODS[slug], network, image_for(spec), 0, AttributionSettings(layer="conv_1", patch=3))


def test_shuffling_every_layer_of_a_real_network_changes_its_saliency(keras: Any) -> None:
    from cnn_core.inspection.gradients import NetworkGradients

    spec, weights, _ = network_of("ten classes")
    method = METHODS["saliency"]
    found = check_methods(
        (method,),
        lambda shuffled: NetworkGradients(spec, shuffled),
        spec,
        weights,
        image_for(spec),
        2,
        AttributionSettings(),
        depths=(0, 2),
        seeds=(0, 1, 2),
    )[method.slug]
    assert found.similarities[0].ranks == pytest.approx(1.0)
    assert found.similarities[1].has_reacted
