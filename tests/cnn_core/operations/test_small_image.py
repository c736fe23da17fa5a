"""Small images: each pixel is the mean of those it stands for."""

from __future__ import annotations

import numpy as np
import pytest

from cnn_core.operations.small_image import small_image


@pytest.mark.parametrize("channels", [1, 3])
def test_pixels_are_means(channels: int) -> None:
    image = np.random.default_rng(2).integers(0, 256, (12, 12, channels), dtype=np.uint8)
    small = small_image(image, 4)
    means = image.reshape(4, 3, 4, 3, channels).mean(axis=(1, 3))
    assert small.shape == (4, 4, channels)
    assert np.abs(small - means).max() <= 1  # rounded once for the rows, once for the columns


def test_small_image_stays_as_it_is() -> None:
    image = np.arange(4, dtype=np.uint8).reshape(2, 2, 1)
    assert small_image(image, 6) is image


def test_what_is_no_image_is_refused() -> None:
    with pytest.raises(ValueError, match=r"image.shape=\(4, 4\)"):
        small_image(np.zeros((4, 4), np.uint8), 2)
    with pytest.raises(ValueError, match="side=0"):
        small_image(np.zeros((4, 4, 1), np.uint8), 0)
