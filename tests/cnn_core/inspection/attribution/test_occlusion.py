"""Occlusion against loops that can be checked by reading."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn_core.errors import ClassroomError
from cnn_core.inspection.attribution.occlusion import occlusion_map, occlusion_places
from cnn_core.inspection.attribution.settings import usual_patch
from tests.cnn_core.inspection.attribution.fakes import CROSS, SIDE, Linear, Square

CENTRE = np.zeros((2, SIDE, SIDE, 1))
CENTRE[1, 2, 2] = 4.0
"""A network that looks at the middle pixel alone: it speaks for class 1."""


def by_loops(answers: Any, image: np.ndarray, class_index: int, patch: int, stride: int, fill: str) -> np.ndarray:
    """For each pixel, the mean drop over all patches that cover it."""
    height, width, channels = image.shape
    tops = [top for top in range(height - patch + 1) if top % stride == 0 or top == height - patch]
    lefts = [left for left in range(width - patch + 1) if left % stride == 0 or left == width - patch]
    result = np.zeros((height, width))
    for row in range(height):
        for column in range(width):
            drops = []
            for top in tops:
                for left in lefts:
                    if top <= row < top + patch and left <= column < left + patch:
                        covered = image.copy()
                        for channel in range(channels):
                            colour = image[:, :, channel].mean() if fill == "mean" else 0
                            covered[top : top + patch, left : left + patch, channel] = colour
                        pair = np.stack([image, covered])
                        first, second = answers(pair)[:, class_index]
                        drops.append(first - second)
            result[row, column] = np.mean(drops) if drops else 0
    return result


def test_covering_the_pixel_that_matters_lowers_the_logit_by_its_part() -> None:
    values, drops = occlusion_map(Linear(CENTRE).logits, CROSS, 1, patch=1, stride=1, fill="black")
    expected = np.zeros((5, 5))
    expected[2, 2] = 4.0
    np.testing.assert_array_equal(values, expected)
    np.testing.assert_array_equal(drops, expected)


def test_each_pixel_has_the_mean_of_the_patches_that_cover_it() -> None:
    # Patches of 3×3 at rows and columns 0, 2: all four cover the middle. Those of its row's ends cover it, too.
    values, drops = occlusion_map(Linear(CENTRE).logits, CROSS, 1, patch=3, stride=2, fill="black")
    np.testing.assert_array_equal(drops, np.full((2, 2), 4.0))
    np.testing.assert_array_equal(values, np.full((5, 5), 4.0))


def test_mean_grey_covers_less_than_black() -> None:
    drop = occlusion_map(Linear(CENTRE).logits, CROSS, 1, patch=1, stride=1, fill="mean")[1][2, 2]
    assert drop == pytest.approx(4.0 * (1 - 9 / 25))


@given(
    seed=st.integers(0, 99),
    patch=st.integers(1, 4),
    stride=st.integers(1, 5),
    fill=st.sampled_from(["mean", "black"]),
    batch=st.integers(1, 7),
)
def test_any_patch_and_stride_agree_with_the_loops(seed: int, patch: int, stride: int, fill: Any, batch: int) -> None:
    rng = np.random.default_rng(seed)
    image, network = rng.random((4, 6, 3)).astype(np.float32), Square(rng.normal(size=(2, 4, 6, 3)))
    values, drops = occlusion_map(network.logits, image, 0, patch=patch, stride=stride, fill=fill, batch=batch)
    assert max(network.batches) <= batch
    np.testing.assert_allclose(values, by_loops(network.logits, image, 0, patch, stride, fill), atol=1e-4)
    assert drops.shape == (len(occlusion_places(4, patch, stride)), len(occlusion_places(6, patch, stride)))


def test_last_patch_is_at_the_image_s_end_and_never_beyond() -> None:
    assert occlusion_places(5, 2, 2) == [0, 2, 3]
    assert occlusion_places(5, 5, 3) == [0]
    assert occlusion_places(6, 2, 2) == [0, 2, 4]


def test_any_answers_can_be_measured() -> None:
    def certain(images: Any) -> Any:
        return np.stack([1 - images[:, 2, 2, 0], images[:, 2, 2, 0]], axis=1)

    values = occlusion_map(certain, CROSS, 0, patch=1, stride=1, fill="black")[0]
    assert values[2, 2] == -1.0


def test_patch_that_does_not_fit_is_refused_with_what_fits() -> None:
    network = Linear(CENTRE)
    with pytest.raises(ClassroomError, match=r"A patch of 6 pixels does not fit .* Choose a patch of 1 to 5 pixels\."):
        occlusion_map(network.logits, CROSS, 0, patch=6, stride=1)
    with pytest.raises(ValueError, match=r"stride must be at least 1\. Received: stride=0\."):
        occlusion_map(network.logits, CROSS, 0, patch=2, stride=0)
    with pytest.raises(ValueError, match=r"fill must be one of mean, black\. Received: fill='pink'\."):
        occlusion_map(network.logits, CROSS, 0, patch=2, stride=1, fill="pink")  # type: ignore[arg-type]


def test_progress_is_told_after_each_batch() -> None:
    told: list[float] = []
    occlusion_map(Linear(CENTRE).logits, CROSS, 0, patch=3, stride=1, batch=4, progress=told.append)
    assert told == [pytest.approx(share) for share in (4 / 9, 8 / 9, 1.0)]


@given(st.integers(1, 512), st.integers(1, 512))
def test_usual_patch_fits_every_image(height: int, width: int) -> None:
    patch, stride = usual_patch(height, width)
    assert 1 <= stride <= patch <= min(height, width)
