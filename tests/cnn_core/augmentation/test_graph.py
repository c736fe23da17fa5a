"""What is drawn from a seed, noise and contrast, what the compiled step consists of, and previews as bytes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnn_core.augmentation.settings import Augmentation
from tests.cnn_core.augmentation.test_moving import any_image, augmented
from tests.oracles import STEADY, records

pytestmark = pytest.mark.slow

ALL = Augmentation(0.2, 30, 0.2, "both", 0.1, 0.5)
ALONE = {
    "shift": Augmentation(shift=0.2),
    "rotation": Augmentation(rotation_degrees=30),
    "zoom": Augmentation(zoom=0.2),
    "flip": Augmentation(flip="both"),
    "noise": Augmentation(noise=0.1),
    "contrast": Augmentation(contrast=0.5),
}
SIGNS = {
    "rotation": {"Cos", "Sin"},
    "flip": {"SelectV2"},
    "noise": {"StatelessRandomNormalV2", "BitwiseXor"},
    "contrast": {"Mean"},
}
"""Operations that only one setting needs."""


def operations(augmentation: Augmentation) -> list[str]:
    """Name the operations of the compiled function, before anything is simplified; its frame is left out."""
    from cnn_core.augmentation.graph import augment
    from cnn_core.backend import tf

    graph = tf.Graph()
    with graph.as_default():
        images = tf.compat.v1.placeholder(tf.float32, [None, 5, 7, 3])
        seed = tf.compat.v1.placeholder(tf.int32, [2])
        augment(images, augmentation, seed)
    return [operation.type for operation in graph.get_operations() if operation.type not in ("Placeholder", "Const")]


def test_nothing_active_adds_no_operation() -> None:
    assert operations(Augmentation()) == []
    images = any_image(4, 5, 3, count=2)
    np.testing.assert_array_equal(augmented(images, Augmentation()), images)


@pytest.mark.parametrize("name", ALONE)
def test_what_is_switched_off_adds_no_operation(name: str) -> None:
    found = operations(ALONE[name])
    for other, signs in SIGNS.items():
        assert (signs <= set(found)) if other == name else not signs & set(found)
    is_moved = name in ("shift", "rotation", "zoom", "flip")
    assert found.count("ImageProjectiveTransformV3") == is_moved
    assert found.count("Maximum") == (not is_moved), "only noise and contrast can leave the range"


def test_all_together_resample_once() -> None:
    assert operations(ALL).count("ImageProjectiveTransformV3") == 1


@settings(STEADY, max_examples=50)
@given(records(Augmentation), st.integers(1, 6), st.integers(1, 6), st.integers(1, 3), st.integers(0, 2**20))
def test_any_augmentation_keeps_shape_type_and_range(
    augmentation: Augmentation, height: int, width: int, channels: int, seed: int
) -> None:
    from cnn_core.augmentation.graph import augment

    images = any_image(height, width, channels, count=3).round()
    results = [np.asarray(augment(images, augmentation, np.array([seed, 1], np.int32))) for _ in range(2)]
    assert (results[0].shape, results[0].dtype) == (images.shape, np.float32)
    assert results[0].min() >= 0
    assert results[0].max() <= 1
    np.testing.assert_array_equal(*results, err_msg="equal seeds give equal images")


@pytest.mark.parametrize("name", ALONE)
def test_each_image_and_each_half_of_the_seed_has_its_own_draw(name: str) -> None:
    images = np.repeat(any_image(6, 5, 2), 24, axis=0)
    seeds = [(3, 4), (3, 5), (4, 4), (4, 3)]
    results = [augmented(images, ALONE[name], seed) for seed in seeds]
    for result in results:
        assert len(np.unique(result.reshape(24, -1), axis=0)) == (4 if name == "flip" else 24)
    assert len(np.unique(np.reshape(results, (4, -1)), axis=0)) == 4


def test_seed_draws_the_same_on_every_machine() -> None:
    """Numbers written down once: whoever repeats a training elsewhere gets the same images."""
    image = np.linspace(0, 1, 6, dtype=np.float32).reshape(1, 2, 3, 1)
    expected = [0.97537, 0.7648, 0.23936, 0.3625, 0.02641, 0.04613]
    np.testing.assert_allclose(augmented(image, ALL, (11, 12)).ravel(), expected, atol=1e-4)


def test_noise_has_the_mean_zero_and_its_deviation_and_is_new_for_every_number() -> None:
    added = augmented(np.full((64, 8, 8, 3), 0.5, np.float32), Augmentation(noise=0.1)) - 0.5
    assert abs(added.mean()) < 0.005
    assert added.std() == pytest.approx(0.1, rel=0.03)
    assert np.median(np.abs(added)) == pytest.approx(0.0674, rel=0.05), "as of a normal distribution"
    flat = added.reshape(64, -1)
    assert np.abs(np.corrcoef(flat)[~np.eye(64, dtype=bool)]).max() < 0.4
    for axis in (1, 2, 3):
        neighbours = [np.take(added, places, axis).ravel() for places in (range(2), range(1, 3))]
        assert abs(np.corrcoef(*neighbours)[0, 1]) < 0.1


def test_contrast_changes_each_image_about_its_own_mean_and_keeps_it_where_nothing_clips() -> None:
    images = 0.45 + 0.1 * any_image(6, 5, 3, count=200)
    result = augmented(images, Augmentation(contrast=0.6))
    means = images.mean(axis=(1, 2, 3), keepdims=True)
    np.testing.assert_allclose(result.mean(axis=(1, 2, 3)), means.ravel(), atol=1e-6)
    factors = (result - means).std(axis=(1, 2, 3)) / (images - means).std(axis=(1, 2, 3))
    np.testing.assert_allclose(result, means + factors[:, None, None, None] * (images - means), atol=1e-5)
    assert 0.4 <= factors.min() + 1e-4 < 0.45
    assert 1.55 < factors.max() - 1e-4 <= 1.6


def test_contrast_clips_what_leaves_the_range() -> None:
    images = np.repeat(any_image(6, 6).round(), 50, axis=0)
    result = augmented(images, Augmentation(contrast=0.9))
    is_stronger = (result == images).all(axis=(1, 2, 3))
    assert 10 < is_stronger.sum() < 40, "black and white cannot differ more"


@pytest.mark.parametrize("shape", [(256, 1, 1, 1), (2, 4, 4, 3), (0, 3, 3, 1)])
def test_bytes_stay_what_they_are_where_nothing_is_active(shape: tuple[int, ...]) -> None:
    from cnn_core.augmentation.graph import augment_arrays

    images = np.arange(np.prod(shape), dtype=np.uint8).reshape(shape)
    result = augment_arrays(images, Augmentation(), (0, 0))
    assert result is not images
    assert result.dtype == np.uint8
    np.testing.assert_array_equal(result, images)


def test_preview_shows_what_the_network_gets() -> None:
    from cnn_core.augmentation.graph import augment_arrays

    images = (255 * any_image(7, 5, 3, count=4)).astype(np.uint8)
    images.setflags(write=False)
    expected = augmented(images.astype(np.float32) / 255, ALL, (7, 8))
    result: Any = augment_arrays(images, ALL, (7, 8))
    np.testing.assert_allclose(result, expected * 255, atol=0.502)
    assert (result != augment_arrays(images, ALL, (7, 9))).any()
    np.testing.assert_array_equal(result, augment_arrays(images, ALL, (7, 8)))
