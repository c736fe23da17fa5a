"""Mirroring, zooming, turning and shifting: chosen moves against loops, and what is drawn by chance."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnn_core.augmentation.settings import Augmentation
from tests.cnn_core.augmentation.loops import naive_moved
from tests.oracles import STEADY

pytestmark = pytest.mark.slow

SCALE = 64.0
"""What columns and rows are divided by to become values of pixels; a power of two, so that nothing is rounded."""


def any_image(height: int, width: int, channels: int = 1, count: int = 1) -> np.ndarray:
    return np.random.default_rng(0).random((count, height, width, channels), np.float32)


def moved(images: np.ndarray, **moves: float) -> np.ndarray:
    from cnn_core.augmentation.graph import resample, source_places
    from cnn_core.backend import tf

    given_moves = {name: tf.constant([value] * len(images), tf.float32) for name, value in moves.items()}
    return np.asarray(resample(tf.constant(images), source_places(tf.constant(images), **given_moves)))


def augmented(images: np.ndarray, augmentation: Augmentation, seed: tuple[int, int] = (3, 4)) -> np.ndarray:
    from cnn_core.augmentation.graph import augment
    from cnn_core.backend import tf

    compiled = tf.function(lambda values, drawn: augment(values, augmentation, drawn), jit_compile=False)
    return np.asarray(compiled(tf.constant(images), tf.constant(seed, tf.int32)))


def places_image(height: int, width: int, count: int) -> np.ndarray:
    """Images whose two channels say the column and the row of each pixel: moved, they tell where they came from."""
    rows, columns = np.mgrid[:height, :width]
    return np.stack([np.stack([columns, rows], -1) / SCALE] * count).astype(np.float32)


def drawn_moves(augmentation: Augmentation, height: int, width: int, count: int) -> np.ndarray:
    """Fit `(count, 3, 2)`: how column and row of the source follow from column, row and 1, about the middle."""
    result = augmented(places_image(height, width, count), augmentation) * SCALE
    rows, columns = np.mgrid[:height, :width]
    here = np.stack([columns - (width - 1) / 2, rows - (height - 1) / 2, np.ones((height, width))], -1)
    fits = []
    for places in result:
        is_inside = (places > 0).all(-1) & (places[..., 0] < width - 1) & (places[..., 1] < height - 1)
        assert is_inside.sum() > 12
        there = places[is_inside] - [(width - 1) / 2, (height - 1) / 2]
        fit, *_ = np.linalg.lstsq(here[is_inside], there, rcond=None)
        np.testing.assert_allclose(here[is_inside] @ fit, there, atol=1e-3, err_msg="lines stay lines")
        fits.append(fit)
    return np.array(fits)


def test_shift_by_whole_pixels_moves_every_pixel_and_goes_on_with_the_edge() -> None:
    image = any_image(4, 6, 2)
    result = moved(image, down=1, right=-2)[0]
    for row in range(4):
        for column in range(6):
            assert (result[row, column] == image[0, max(row - 1, 0), min(column + 2, 5)]).all()


def test_a_quarter_turn_is_that_of_a_clock() -> None:
    image = any_image(5, 5)
    result = moved(image, angle=math.pi / 2)[0]
    for row in range(5):
        for column in range(5):
            np.testing.assert_allclose(result[column, 4 - row], image[0, row, column], atol=1e-5)


def test_twice_the_size_shows_the_middle() -> None:
    image = any_image(5, 9)
    np.testing.assert_array_equal(moved(image, scale=2.0)[0, ::2, ::2], image[0, 1:4, 2:7])


@settings(STEADY, max_examples=60)
@given(
    st.integers(2, 8),
    st.integers(2, 8),
    st.floats(-4, 4),
    st.floats(-4, 4),
    st.floats(-math.pi, math.pi),
    st.floats(0.5, 1.5),
    st.booleans(),
    st.booleans(),
)
def test_all_at_once_is_what_loops_do_one_after_the_other(
    height: int, width: int, down: float, right: float, angle: float, scale: float, is_mirrored: bool, is_tumbled: bool
) -> None:
    image = any_image(height, width, 3)
    sides = {"side_x": -1.0 if is_mirrored else 1.0, "side_y": -1.0 if is_tumbled else 1.0}
    result = moved(image, down=down, right=right, angle=angle, scale=scale, **sides)[0]
    expected = naive_moved(image[0], down, right, angle, scale, is_mirrored, is_tumbled)
    np.testing.assert_allclose(result, expected, atol=2e-5)


def test_shift_never_exceeds_its_share_and_reaches_nearly_as_far() -> None:
    fits = drawn_moves(Augmentation(shift=0.25), 20, 32, 200)
    np.testing.assert_allclose(fits[:, :2], np.tile(np.eye(2), (200, 1, 1)), atol=1e-4)
    for shifts, most in ((fits[:, 2, 0], 0.25 * 32), (fits[:, 2, 1], 0.25 * 20)):
        assert np.abs(shifts).max() <= most + 1e-3
        assert shifts.min() < -0.9 * most
        assert shifts.max() > 0.9 * most
        assert abs(shifts.mean()) < 0.15 * most
        assert len(np.unique(shifts.round(3))) > 190, "each image has its own draw"
    assert abs(np.corrcoef(fits[:, 2, 0], fits[:, 2, 1])[0, 1]) < 0.25


def test_rectangles_turn_and_zoom_without_being_sheared_and_within_their_limits() -> None:
    fits = drawn_moves(Augmentation(shift=0.1, rotation_degrees=40, zoom=0.3), 20, 32, 200)
    turns, scales = [], []
    for fit in fits[:, :2]:
        scale = 1 / math.sqrt(np.linalg.det(fit))
        np.testing.assert_allclose(fit.T @ fit, np.eye(2) / scale**2, atol=1e-3)
        scales.append(scale)
        turns.append(math.degrees(math.atan2(fit[1, 0], fit[0, 0])))
    for values, low, high in ((turns, -40, 40), (scales, 0.7, 1.3)):
        assert low - 0.01 <= min(values) < low + 0.1 * (high - low)
        assert high + 0.01 >= max(values) > high - 0.1 * (high - low)
    assert abs(np.corrcoef(turns, scales)[0, 1]) < 0.25, "one draw for each"


def test_the_middle_stays_where_it_is_unless_shifted() -> None:
    fits = drawn_moves(Augmentation(rotation_degrees=180, zoom=0.5), 16, 24, 40)
    np.testing.assert_allclose(fits[:, 2], 0, atol=2e-3)


@pytest.mark.parametrize("flip", ["left-right", "up-down", "both"])
def test_half_of_the_images_are_mirrored_exactly_and_the_others_untouched(flip: str) -> None:
    image = any_image(3, 4, 3)
    results = augmented(np.repeat(image, 800, axis=0), Augmentation(flip=flip))
    ways = {"left-right": [(1, 1), (1, -1)], "up-down": [(1, 1), (-1, 1)]}
    expected = ways.get(flip, [(1, 1), (1, -1), (-1, 1), (-1, -1)])
    shares = [(results == image[:, ::down, ::right]).all(axis=(1, 2, 3)).mean() for down, right in expected]
    assert sum(shares) == pytest.approx(1.0)
    np.testing.assert_allclose(shares, 1 / len(expected), atol=0.06)


def test_switching_one_thing_on_changes_no_other_draw() -> None:
    images = any_image(6, 6, 1, count=30)
    one, both = (augmented(images, Augmentation(flip=flip)) for flip in ("left-right", "both"))
    is_mirrored = (one != images).any(axis=(1, 2, 3))
    upright = (both == images).all(axis=(1, 2, 3)) | (both == images[:, ::-1]).all(axis=(1, 2, 3))
    np.testing.assert_array_equal(is_mirrored, ~upright)
    shifts = [drawn_moves(Augmentation(shift=0.2, contrast=contrast), 12, 12, 8)[:, 2] for contrast in (0, 1e-9)]
    np.testing.assert_allclose(*shifts, atol=1e-3)
