"""Shifted and shuffled images: the same ink, elsewhere; labels and order as they were."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn_core.data import registry
from cnn_core.data.catalogue import DIGITS
from cnn_core.data.dataset import Dataset, LabelledImages
from cnn_core.data.entry import Availability
from cnn_core.data.registry import DATASETS, load_dataset
from cnn_core.data.split import subset_indices
from cnn_core.data.variants import SHIFTED, VARIANTS, shift_images, shuffle_pixels, variant_entry
from cnn_core.errors import ClassroomError


def framed(count: int, margin: int, size: int = 12, seed: int = 0) -> np.ndarray:
    """Random ink within an empty frame of so many pixels."""
    images = np.zeros((count, size, size, 2), np.uint8)
    inner = np.random.default_rng(seed).integers(1, 256, (count, size - 2 * margin, size - 2 * margin, 2))
    images[:, margin : size - margin, margin : size - margin] = inner
    return images


def shift_by_loop(image: np.ndarray, down: int, right: int) -> np.ndarray:
    """Pixel by pixel; raises where ink would leave the image."""
    moved = np.zeros_like(image)
    for row, column in np.argwhere(image.max(axis=2) > 0):
        assert row + down >= 0
        assert column + right >= 0
        moved[row + down, column + right] = image[row, column]
    return moved


@given(st.integers(0, 6), st.integers(0, 1000), st.integers(0, 7))
def test_every_image_is_moved_whole_and_no_further_than_there_is_room(margin: int, seed: int, most_px: int) -> None:
    margin = min(margin, 5)
    images = framed(5, margin, seed=seed)
    moved = shift_images(images, seed, most_px)
    reach = min(margin, most_px)
    for before, after in zip(images, moved, strict=True):
        (row, column) = np.argwhere(after.max(axis=2) > 0)[0]
        down, right = int(row) - margin, int(column) - margin
        assert max(abs(down), abs(right)) <= reach
        np.testing.assert_array_equal(after, shift_by_loop(before, down, right))


def test_all_shifts_within_reach_happen_about_equally_often() -> None:
    moved = shift_images(np.repeat(framed(1, 3, 9), 4900, axis=0), seed=5, most_px=3)
    rows = (moved.max(axis=(2, 3)) > 0).argmax(axis=1)
    columns = (moved.max(axis=(1, 3)) > 0).argmax(axis=1)
    places = np.bincount(7 * rows + columns, minlength=49)
    assert len(places) == 49
    assert places.min() > 50, "a hundred are expected at each place"


def test_empty_image_and_image_full_of_ink_stay() -> None:
    images = np.stack([np.zeros((4, 4, 1), np.uint8), np.full((4, 4, 1), 9, np.uint8)])
    np.testing.assert_array_equal(shift_images(images, seed=0), images)


@given(st.integers(0, 1000))
def test_shuffle_is_one_order_of_the_pixels_for_all_images(seed: int) -> None:
    places = np.arange(5 * 7, dtype=np.uint8).reshape(1, 5, 7, 1)
    images = np.concatenate([places, places + 100], axis=0)
    one, other = shuffle_pixels(images, seed)
    assert sorted(one.ravel().tolist()) == list(range(35))
    np.testing.assert_array_equal(other, one + 100)
    np.testing.assert_array_equal(shuffle_pixels(images[1:], seed)[0], other)


def test_channels_of_a_pixel_stay_together() -> None:
    grey = np.arange(16, dtype=np.uint8).reshape(1, 4, 4, 1)
    image = np.concatenate([grey, grey + 100], axis=3)
    shuffled = shuffle_pixels(image, seed=3)
    np.testing.assert_array_equal(shuffled[..., 1], shuffled[..., 0] + 100)
    assert (shuffled != image).any()


@pytest.mark.parametrize("name", VARIANTS)
def test_variant_of_the_digits_has_their_ink_their_labels_and_another_look(name: str) -> None:
    base, made = load_dataset("digits"), load_dataset(f"digits-{name}")
    entry = DATASETS[f"digits-{name}"]
    assert (entry.base, entry.variant, entry.title) == ("digits", name, f"Digits, {name}")
    for before, after in ((base.train, made.train), (base.test, made.test)):
        np.testing.assert_array_equal(after.labels, before.labels)
        np.testing.assert_array_equal(
            np.sort(after.images[:500].reshape(500, -1)), np.sort(before.images[:500].reshape(500, -1))
        )
        assert (after.images != before.images).reshape(len(before), -1).any(axis=1).mean() > 0.9
    np.testing.assert_array_equal(
        subset_indices(made.train.labels, 300, seed=4), subset_indices(base.train.labels, 300, seed=4)
    )


def test_shifts_of_the_digits_reach_six_pixels() -> None:
    base, made = load_dataset("digits"), load_dataset("digits-shifted")
    for axis in (1, 2):
        before = (base.test.images.max(axis=(axis, 3)) > 0).argmax(axis=1)
        after = (made.test.images.max(axis=(axis, 3)) > 0).argmax(axis=1)
        assert np.abs(after - before).max() == 6


def test_training_and_test_images_are_shifted_independently() -> None:
    images = framed(200, 4)
    part = LabelledImages(images, np.zeros(200, np.int64))
    made = SHIFTED.of(Dataset("same", ("a",), part, part))
    assert made.slug == "same-shifted"
    assert (made.train.images != made.test.images).any(axis=(1, 2, 3)).mean() > 0.9


def test_variant_is_there_when_its_data_set_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(slug: str) -> Dataset:
        raise ClassroomError("Not there.", "Get it.")

    absent = replace(DIGITS, title="Ciphers", availability=lambda: Availability(False, "It is not there."))
    entry = variant_entry(absent, SHIFTED, refuse)
    assert not entry.availability().is_ready
    assert "choose Ciphers to get it" in entry.availability().explanation
    assert entry.download is None
    monkeypatch.setitem(registry.DATASETS, entry.slug, entry)
    registry.forget_loaded()
    with pytest.raises(ClassroomError, match="Not there"):
        load_dataset(entry.slug)
    registry.forget_loaded()
