"""Mean images and standard deviations, held against NumPy's own over all images at once."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnn_core.data.survey.moments import EXACT, class_moments


@settings(max_examples=25)
@given(st.integers(1, 40), st.integers(1, 4), st.sampled_from([1, 3]), st.integers(0, 1000))
def test_moments_are_those_of_the_images(count: int, classes: int, channels: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    images = rng.integers(0, 256, (count, 3, 2, channels), dtype=np.uint8)
    labels = rng.integers(0, classes, count)
    found = class_moments(images, labels, classes)
    for index in range(classes + 1):
        of_class = images if index == classes else images[labels == index]
        assert found.counts[index] == len(of_class)
        if len(of_class):
            np.testing.assert_allclose(found.means[index], of_class.mean(axis=0), rtol=1e-6)
            np.testing.assert_allclose(found.deviations[index], of_class.std(axis=0), rtol=1e-5, atol=1e-6)
        else:
            assert not found.means[index].any()
            assert not found.deviations[index].any()


def test_bright_images_lose_nothing_over_many_parts() -> None:
    # Sums of squares near float32's last whole number, and a spread that a rounded difference would lose.
    images = np.full((3 * EXACT + 7, 1, 1, 1), 255, np.uint8)
    images[0] = 254
    found = class_moments(images, np.zeros(len(images), np.int64), 1)
    assert found.means[0].item() == pytest.approx(255 - 1 / len(images), abs=1e-4)
    assert found.deviations[0].item() == pytest.approx(images.std(), rel=1e-6)


def test_progress_is_told_up_to_the_end() -> None:
    told: list[float] = []
    class_moments(np.zeros((EXACT + 1, 1, 1, 1), np.uint8), np.zeros(EXACT + 1, np.int64), 1, told.append)
    assert told == [pytest.approx(EXACT / (EXACT + 1)), 1.0]
