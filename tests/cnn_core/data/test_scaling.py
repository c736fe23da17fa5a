"""The one rule by which images become what networks take in."""

from __future__ import annotations

import numpy as np
import pytest

from cnn_core.data.scaling import to_network_input


def test_every_pixel_value_is_divided_by_255() -> None:
    pixels = np.arange(256, dtype=np.uint8).reshape(1, 16, 16, 1)
    scaled = to_network_input(pixels)
    assert scaled.dtype == np.float32
    assert scaled.shape == pixels.shape
    assert scaled.min() == 0
    assert scaled.max() == 1
    np.testing.assert_allclose(scaled.ravel(), np.arange(256) / 255, rtol=1e-7)
    assert np.array_equal(np.round(scaled * 255), pixels), "what was scaled can be brought back"


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_fractions_are_left_as_they_are(dtype: type) -> None:
    image = np.array([0, 0.25, 1], dtype=dtype)
    scaled = to_network_input(image)
    assert scaled.dtype == np.float32
    assert scaled.tolist() == [0, 0.25, 1]


def test_the_input_is_neither_changed_nor_shared() -> None:
    image = np.array([0, 0.25, 1], dtype=np.float32)
    to_network_input(image)[0] = 9
    assert image.tolist() == [0, 0.25, 1]


@pytest.mark.parametrize("wrong", [[-0.1], [1.001], [128.0], [float("nan")], [float("inf")]])
def test_fractions_out_of_range_are_refused(wrong: list[float]) -> None:
    with pytest.raises(ValueError, match=r"must be from 0 to 1. Received: minimum="):
        to_network_input(np.array(wrong))


@pytest.mark.parametrize("dtype", [np.int64, np.int8, np.bool_, np.complex128])
def test_other_types_are_refused(dtype: type) -> None:
    with pytest.raises(ValueError, match=r"must be uint8 or of a float type. Received: dtype="):
        to_network_input(np.zeros((2, 2), dtype=dtype))


@pytest.mark.parametrize("dtype", [np.uint8, np.float64])
def test_no_images_are_no_images(dtype: type) -> None:
    assert to_network_input(np.zeros((0, 28, 28, 1), dtype=dtype)).shape == (0, 28, 28, 1)
