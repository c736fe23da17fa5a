"""A unit's weights, multiplied by what comes in, are what the loops of the whole network give."""

from __future__ import annotations

import numpy as np
import pytest

from cnn_core.architecture.layers import (
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
from cnn_core.architecture.weight_shapes import network_nodes, weight_shapes
from cnn_core.inspection.unit_weights import unit_weights
from tests.oracles import cross_correlate2d, forward, random_weights

PLAIN = {"activation": "linear"}


def network(*layers: Layer) -> tuple[NetworkSpec, list[np.ndarray], list[np.ndarray]]:
    """A network with weights, and what each of its layers gives for a random image, which comes first."""
    spec = NetworkSpec((6, 5, 2), layers)
    weights = random_weights([np.zeros(shape, np.float32) for shape in weight_shapes(spec)], seed=4)
    left = iter(weights)
    by_name = {node.name: [next(left) for _ in node.shapes] for node in network_nodes(spec)}
    image = np.random.default_rng(5).random(spec.input_shape)
    return spec, weights, [image, *forward(spec, by_name, image)]


@pytest.mark.parametrize("layer", [Conv2D(filters=3, **PLAIN), SeparableConv2D(filters=3, **PLAIN)])
def test_kernels_slide_over_the_image_and_give_the_feature_map(layer: Layer) -> None:
    spec, weights, (image, maps) = network(layer)
    for channel in range(3):
        found = unit_weights(spec, weights, spec.layer_names[0], channel)
        assert found is not None
        assert found.pictures.shape == (2, 3, 3)
        kernels = found.pictures.transpose(1, 2, 0)[..., np.newaxis]
        np.testing.assert_allclose(
            cross_correlate2d(image, kernels)[..., 0] + found.bias, maps[..., channel], atol=1e-5
        )
        assert found.is_kernel
        assert found.is_product == isinstance(layer, SeparableConv2D)


def test_weights_of_a_dense_unit_are_laid_out_as_the_maps_before_flattening() -> None:
    spec, weights, outputs = network(Pooling2D(), BatchNormalization(), Flatten(), Dropout(), Dense(units=3, **PLAIN))
    maps = outputs[2]
    for unit in range(3):
        found = unit_weights(spec, weights, "dense_1", unit)
        assert found is not None
        assert found.pictures.shape == (2, 3, 2)
        assert not found.is_kernel
        total = (found.pictures.transpose(1, 2, 0) * maps).sum() + found.bias
        assert total == pytest.approx(outputs[-1][unit], abs=1e-5)


def test_weights_of_a_dense_unit_after_plain_numbers_are_one_each() -> None:
    spec, weights, outputs = network(GlobalPooling2D(), Dense(units=3, use_bias=False, **PLAIN))
    found = unit_weights(spec, weights, "dense_1", 2)
    assert found is not None
    assert found.pictures.shape == (2, 1, 1)
    assert found.bias is None
    assert (found.pictures.ravel() * outputs[1]).sum() == pytest.approx(outputs[2][2], abs=1e-5)


@pytest.mark.parametrize("has_batch_norm", [True, False])
def test_of_a_residual_block_it_is_the_last_convolution(has_batch_norm: bool) -> None:
    spec, weights, _ = network(Conv2D(), ResidualBlock(filters=3, has_batch_norm=has_batch_norm))
    found = unit_weights(spec, weights, "residual_1", 1)
    assert found is not None
    assert found.node == "residual_1_conv_b"
    (kernel,) = (w for w in weights if w.shape == (3, 3, 3, 3))
    np.testing.assert_array_equal(found.pictures, kernel[..., 1].transpose(2, 0, 1))


def test_layers_that_weigh_nothing_have_none() -> None:
    spec, weights, _ = network(Pooling2D(), BatchNormalization(), Flatten(), Dropout())
    assert [unit_weights(spec, weights, name, 0) for name in spec.layer_names] == [None] * 4
