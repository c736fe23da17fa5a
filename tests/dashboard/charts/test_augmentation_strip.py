"""The rows of images beside what chance makes of them."""

from __future__ import annotations

import re

import numpy as np
import pytest

from dashboard.charts.augmentation_strip import MOST_SIDE, augmentation_strip, shrunk
from dashboard.charts.png import png_address


def sources(html: str) -> list[str]:
    return re.findall(r'src="([^"]*)"', html)


def test_each_image_stands_first_and_its_own_versions_beside_it() -> None:
    numbers = np.arange(2 * 4, dtype=np.uint8).reshape(2, 4)
    images = np.broadcast_to(numbers[:, :, None, None, None], (2, 4, 5, 6, 3)).copy()
    html = augmentation_strip(images[:, 0], images[:, 1:], ["cat", "dog"])
    assert sources(html) == [png_address(image) for row in images for image in row]
    assert re.findall("<figcaption>(.*?)</figcaption>", html) == ["cat", "dog"]
    assert re.findall('alt="(.*?)"', html)[:2] == ["cat as it is", "cat changed by chance, 1"]


def test_name_that_somebody_gave_is_text() -> None:
    images = np.zeros((1, 2, 2, 1), np.uint8)
    html = augmentation_strip(images, images[:, None], ['<b onclick="x">'])
    assert "<b" not in html
    assert html.count("&lt;b onclick=&quot;x&quot;&gt;") == 3


@pytest.mark.parametrize("shape", [(200, 300, 3), (97, 2, 1), (5, 512, 1)])
def test_large_image_is_sent_small_with_the_same_mean(shape: tuple[int, int, int]) -> None:
    image = np.full(shape, 70, np.uint8)
    small = shrunk(image)
    assert max(small.shape[:2]) <= MOST_SIDE
    assert small.shape[2] == shape[2]
    assert (small == 70).all()


def test_small_image_is_sent_pixel_by_pixel() -> None:
    image = np.arange(MOST_SIDE * 2, dtype=np.uint8).reshape(MOST_SIDE, 2, 1)
    assert shrunk(image) is image
