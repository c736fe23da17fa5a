"""Grad-CAM on a layer written by hand, and which layers it can look at."""

from __future__ import annotations

import numpy as np
import pytest

from cnn_core.architecture.layers import (
    Conv2D,
    Dense,
    Flatten,
    GlobalPooling2D,
    Pooling2D,
    ResidualBlock,
    SeparableConv2D,
)
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.errors import ClassroomError
from cnn_core.inspection.attribution.grad_cam import grad_cam, grad_cam_layers, usual_grad_cam_layer
from cnn_core.inspection.attribution.methods import METHODS, explain
from cnn_core.inspection.attribution.resize import resize_bilinear
from cnn_core.inspection.attribution.settings import AttributionSettings
from tests.cnn_core.inspection.attribution.fakes import CROSS, Layered

# Two maps of 2×2. The first one's gradients have the mean 2, the second one's the mean -1.
FIRST, SECOND = [[1.0, 2.0], [0.0, 3.0]], [[4.0, 1.0], [5.0, 0.0]]
MAPS = np.stack([FIRST, SECOND], axis=-1)
GRADIENTS = np.stack([[[1.0, 3.0], [4.0, 0.0]], [[-4.0, 0.0], [1.0, -1.0]]], axis=-1)
NETWORK = Layered(MAPS, GRADIENTS)


def test_maps_are_weighed_by_their_mean_gradient_and_cut_off_at_zero() -> None:
    # 2·1 − 4 = −2, 2·2 − 1 = 3, 2·0 − 5 = −5, 2·3 − 0 = 6
    np.testing.assert_allclose(grad_cam(NETWORK, CROSS, "conv_1", 1), [[0.0, 3.0], [0.0, 6.0]])


def test_what_speaks_against_one_of_two_classes_speaks_for_the_other() -> None:
    np.testing.assert_allclose(grad_cam(NETWORK, CROSS, "conv_1", 0), [[2.0, 0.0], [5.0, 0.0]])


def test_map_is_stretched_to_the_image_and_the_layer_s_own_is_kept() -> None:
    found = explain(METHODS["grad-cam"], NETWORK, CROSS, 1, AttributionSettings(layer="conv_1"))
    assert found.own is not None
    np.testing.assert_allclose(found.own, [[0.0, 3.0], [0.0, 6.0]])
    assert found.values.shape == (5, 5)
    assert found.values[0, 0] == 0
    assert found.values[4, 4] == pytest.approx(6)
    assert found.values[2, 2] == pytest.approx((0 + 3 + 0 + 6) / 4)
    with pytest.raises(ValueError, match="read-only"):
        found.values[0, 0] = 1


def test_layer_without_height_and_width_is_refused() -> None:
    network = Layered([1.0, 2.0], [1.0, 1.0])
    with pytest.raises(ValueError, match=r"layer must give out \(height, width, channels\)\. Received: layer='conv_1'"):
        grad_cam(network, CROSS, "conv_1", 0)


@pytest.mark.parametrize("size", [(5, 5), (1, 1), (7, 11), (2, 3)])
def test_stretching_mixes_by_distance(size: tuple[int, int]) -> None:
    values = np.random.default_rng(1).random((3, 4)).astype(np.float32)
    found = resize_bilinear(values, *size)
    for row in range(size[0]):
        for column in range(size[1]):
            y = min(max((row + 0.5) * 3 / size[0] - 0.5, 0), 2)
            x = min(max((column + 0.5) * 4 / size[1] - 0.5, 0), 3)
            expected = sum(
                values[i, j] * max(0, 1 - abs(y - i)) * max(0, 1 - abs(x - j)) for i in range(3) for j in range(4)
            )
            assert found[row, column] == pytest.approx(expected, abs=1e-6)


def test_last_convolution_with_height_and_width_is_looked_at() -> None:
    layers = (ResidualBlock(filters=2), Pooling2D(), SeparableConv2D(filters=3), Conv2D(filters=2), Flatten())
    # 10×10, residual 10×10, pooled 5×5, separable 3×3, convolution 1×1
    spec = NetworkSpec((10, 10, 3), (*layers, Dense(units=2, activation="softmax")))
    assert grad_cam_layers(spec) == ("residual_1", "separable_1")
    assert usual_grad_cam_layer(spec) == "separable_1"


def test_map_of_one_row_is_taken_only_where_there_is_none_with_height_and_width() -> None:
    one_row = Conv2D(filters=2, kernel_height=6, kernel_width=1)
    spec = NetworkSpec((6, 8, 1), (Conv2D(filters=2, padding="same"), one_row, GlobalPooling2D(), Dense(units=2)))
    assert grad_cam_layers(spec) == ("conv_1", "conv_2")
    assert usual_grad_cam_layer(spec) == "conv_1"
    assert usual_grad_cam_layer(NetworkSpec((6, 8, 1), (one_row, GlobalPooling2D(), Dense(units=2)))) == "conv_1"


@pytest.mark.parametrize(
    "layers", [(Flatten(), Dense(units=2)), (Conv2D(filters=2, kernel_height=5, kernel_width=5), Flatten())]
)
def test_network_without_a_place_to_show_says_why_and_what_to_do(layers: tuple[object, ...]) -> None:
    spec = NetworkSpec((5, 5, 1), (*layers, Dense(units=2, activation="softmax")))  # type: ignore[arg-type]
    with pytest.raises(ClassroomError, match=r"no convolution whose maps have more than one place\. The other methods"):
        usual_grad_cam_layer(spec)
