"""Kernels of layers that consist of several: blocks and separable convolutions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from cnn_core.architecture.layers import (
    Dense,
    GlobalPooling2D,
    ResidualBlock,
    SeparableConv2D,
)
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.errors import ClassroomError
from tests.cnn_core.inspection.test_probe import open_network, weights_for
from tests.oracles import forward, weights_by_name

pytestmark = [
    pytest.mark.slow,
    # Keras warns of a softmax over one single number; such networks are pointless but possible.
    pytest.mark.filterwarnings("ignore:You are using a softmax over axis -1:UserWarning"),
]


MANY_KINDS = NetworkSpec(
    (8, 7, 2),
    (
        ResidualBlock(filters=2, kernel_size=5, has_batch_norm=False),
        ResidualBlock(filters=3, stride=2),
        SeparableConv2D(filters=4, kernel_height=2, kernel_width=3),
        SeparableConv2D(filters=5, kernel_height=1, kernel_width=1, use_bias=False),
        GlobalPooling2D(),
        Dense(units=3, activation="softmax"),
    ),
)


def test_every_convolution_inside_a_layer_shows_its_kernels(keras: Any) -> None:
    kernels = open_network(MANY_KINDS, weights_for(MANY_KINDS)).kernels()
    assert [(k.name, k.layer, k.kernels.shape, k.filters, k.is_depthwise, k.bias is not None) for k in kernels] == [
        ("residual_1_conv_a", "residual_1", (5, 5, 2, 2), 2, False, True),
        ("residual_1_conv_b", "residual_1", (5, 5, 2, 2), 2, False, True),
        ("residual_2_conv_a", "residual_2", (3, 3, 2, 3), 3, False, False),
        ("residual_2_conv_b", "residual_2", (3, 3, 3, 3), 3, False, False),
        ("residual_2_skip", "residual_2", (1, 1, 2, 3), 3, False, False),
        ("separable_1_depthwise", "separable_1", (2, 3, 3, 1), 3, True, False),
        ("separable_1_pointwise", "separable_1", (1, 1, 3, 4), 4, False, True),
        ("separable_2_depthwise", "separable_2", (1, 1, 4, 1), 4, True, False),
        ("separable_2_pointwise", "separable_2", (1, 1, 4, 5), 5, False, False),
    ]


def test_kernels_of_every_kind_are_those_that_compute(keras: Any) -> None:
    """Each set of kernels under its name: the loops give the probe's feature maps with them."""
    from cnn_core.architecture.build import build_model

    model = build_model(MANY_KINDS)
    model.set_weights(weights_for(MANY_KINDS))
    probe = open_network(MANY_KINDS, model.get_weights())
    weights = weights_by_name(model)
    for shown in probe.kernels():
        arrays = [shown.kernels] if shown.bias is None else [shown.kernels, shown.bias]
        stem, _, half = shown.name.rpartition("_")
        if half == "depthwise":
            weights[stem][:1] = arrays
        elif half == "pointwise":
            weights[stem][1:] = arrays
        else:
            weights[shown.name] = arrays
    image = np.random.default_rng(9).integers(0, 256, MANY_KINDS.input_shape, dtype=np.uint8)
    for output, values in zip(probe.feature_maps(image), forward(MANY_KINDS, weights, image / 255), strict=True):
        np.testing.assert_allclose(output.values, values, rtol=2e-3, atol=1e-4)


def test_weights_of_another_block_are_refused_by_name(keras: Any) -> None:
    weights = weights_for(MANY_KINDS)
    with pytest.raises(ClassroomError, match="“kernel” of layer residual_1_conv_a is 5×5×2×2, but 3×3×2×2 was given"):
        open_network(MANY_KINDS, [weights[0][:3, :3], *weights[1:]])
