"""Images changed on purpose: against plain loops, and what must hold for any image."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnn_core.inspection.perturbation import PERTURBATIONS, perturb, perturb_many
from tests.cnn_core.augmentation.loops import naive_moved
from tests.oracles import STEADY

SHAPES = st.tuples(st.integers(1, 9), st.integers(1, 9), st.sampled_from([1, 3]))
STILL = ("contrast", "erase", "noise")
"""Changes that move no pixels, and need no TensorFlow."""


def any_image(shape: tuple[int, ...] = (6, 8, 1), seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, shape, np.uint8)


# --- loops --------------------------------------------------------------------------------------------------------


def naive_shifted(image: np.ndarray, down: int, right: int) -> np.ndarray:
    """Each pixel from where it was; what comes from outside is the nearest pixel of the edge."""
    result = np.zeros_like(image)
    height, width = image.shape[:2]
    for row in range(height):
        for column in range(width):
            result[row, column] = image[min(max(row - down, 0), height - 1), min(max(column - right, 0), width - 1)]
    return result


def naive_erased(image: np.ndarray, side: int, place: tuple[int, int]) -> np.ndarray:
    """Each pixel of the square in the colour in the middle of the rim's colours."""
    result = image.copy()
    height, width, channels = image.shape
    for channel in range(channels):
        rim = sorted(
            [int(image[row, column, channel]) for row in (0, height - 1) for column in range(width)]
            + [int(image[row, column, channel]) for row in range(height) for column in (0, width - 1)]
        )
        paper = (rim[(len(rim) - 1) // 2] + rim[len(rim) // 2]) / 2
        for row in range(height):
            for column in range(width):
                if 0 <= row - place[0] + side // 2 < side and 0 <= column - place[1] + side // 2 < side:
                    result[row, column, channel] = round(paper)
    return result


@settings(STEADY, max_examples=60)
@given(SHAPES, st.integers(0, 9), st.tuples(st.integers(0, 8), st.integers(0, 8)), st.integers(0, 9))
def test_an_erased_square_is_the_loops_one(
    shape: tuple[int, int, int], side: int, place: tuple[int, int], seed: int
) -> None:
    image = any_image(shape, seed)
    erased = perturb(image, {"erase": side}, place)
    assert abs(erased.astype(int) - naive_erased(image, side, place)).max() <= 1  # a half is rounded up or down
    down, right = np.indices(shape[:2]) - np.array(place)[:, np.newaxis, np.newaxis] + side // 2
    outside = (down < 0) | (down >= side) | (right < 0) | (right >= side)
    np.testing.assert_array_equal(erased[outside], image[outside])


def test_the_square_lies_in_the_middle_and_follows_the_place() -> None:
    image = np.zeros((7, 7, 1), np.uint8)
    image[1:-1, 1:-1] = 200
    assert np.argwhere(perturb(image, {"erase": 1})[1:-1, 1:-1, 0] == 0).tolist() == [[2, 2]]
    assert np.argwhere(perturb(image, {"erase": 1}, (4, 5))[1:-1, 1:-1, 0] == 0).tolist() == [[3, 4]]
    assert perturb(image, {"erase": 9}, (6, 6))[1:, 1:].max() == 200, "it is cut off at the edge"


@pytest.mark.slow
@settings(STEADY, max_examples=40)
@given(SHAPES, st.integers(-9, 9), st.integers(-9, 9), st.booleans())
def test_shifts_by_whole_pixels_are_exact(shape: tuple[int, int, int], down: int, right: int, is_float: bool) -> None:
    image = any_image(shape)
    image = image.astype(np.float32) / 255 if is_float else image
    shifted = perturb(image, {"down": down, "right": right})
    assert shifted.dtype == image.dtype
    np.testing.assert_array_equal(shifted, naive_shifted(image, down, right))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("amounts", "moves"),
    [
        ({"rotation": 90}, {"angle": math.pi / 2}),
        ({"rotation": -35}, {"angle": -math.radians(35)}),
        ({"scale": 60}, {"scale": 0.6}),
        ({"scale": 180, "down": 2}, {"scale": 1.8, "down": 2.0}),
        ({"right": -1, "rotation": 20, "scale": 140}, {"right": -1.0, "angle": math.radians(20), "scale": 1.4}),
    ],
)
def test_moves_are_made_in_one_go_as_in_the_loop(amounts: dict[str, float], moves: dict[str, float]) -> None:
    image = any_image((8, 6, 3)).astype(np.float32) / 255
    np.testing.assert_allclose(perturb(image, amounts), naive_moved(image, **moves), atol=2e-5)


@pytest.mark.slow
def test_moved_first_then_contrast_then_erased_then_noise() -> None:
    image = any_image((9, 9, 1)).astype(np.float32) / 255
    amounts = {"noise": 10.0, "erase": 4.0, "contrast": 50.0, "right": 2.0}
    one_by_one = image
    for slug in ("right", "contrast", "erase", "noise"):
        one_by_one = perturb(one_by_one, {slug: amounts[slug]}, (2, 3), seed=5)
    np.testing.assert_allclose(perturb(image, amounts, (2, 3), seed=5), one_by_one, atol=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("slug", list(PERTURBATIONS))
def test_many_are_the_same_as_one_by_one(slug: str) -> None:
    image = any_image((7, 5, 3))
    values = PERTURBATIONS[slug].sweep_values(image.shape)
    many = perturb_many(image, {slug: values}, (1, 2), seed=3)
    assert many.shape == (len(values), 7, 5, 3)
    for value, changed in zip(values, many, strict=True):
        apart = perturb(image, {slug: value}, (1, 2), seed=3).astype(int) - changed
        assert abs(apart).max() <= (slug in ("rotation", "scale"))  # many cosines at once may differ in the last bit
    neutral = int(np.flatnonzero(values == PERTURBATIONS[slug].neutral)[0])
    np.testing.assert_array_equal(many[neutral], image)


# --- what must hold -----------------------------------------------------------------------------------------------


@given(SHAPES, st.sampled_from([np.uint8, np.float32, np.float64]), st.integers(0, 9))
def test_neutral_numbers_change_not_a_bit(shape: tuple[int, int, int], kind: type, seed: int) -> None:
    image = any_image(shape, seed) if kind is np.uint8 else np.random.default_rng(seed).random(shape).astype(kind)
    same = perturb(image, {slug: entry.neutral for slug, entry in PERTURBATIONS.items()})
    assert same.dtype == image.dtype
    assert same.tobytes() == image.tobytes()
    assert perturb(image, {}).tobytes() == image.tobytes()


@settings(STEADY, max_examples=50)
@given(SHAPES, st.sampled_from(STILL), st.floats(0, 1), st.booleans())
def test_shape_type_and_range_stay(shape: tuple[int, int, int], slug: str, share: float, is_float: bool) -> None:
    image = any_image(shape)
    image = image.astype(np.float32) / 255 if is_float else image
    before, span = image.copy(), PERTURBATIONS[slug].span(shape)
    changed = perturb(image, {slug: span.low + share * (span.high - span.low)})
    assert (changed.shape, changed.dtype) == (image.shape, image.dtype)
    assert changed.max() <= (1 if is_float else 255)
    assert changed.min() >= 0
    np.testing.assert_array_equal(image, before)


def test_contrast_is_measured_from_the_mean_and_cut_at_black_and_white() -> None:
    image = np.float32([[[0.2], [0.4], [0.9]]])
    np.testing.assert_allclose(perturb(image, {"contrast": 0}).ravel(), [0.5, 0.5, 0.5], atol=1e-6)
    np.testing.assert_allclose(perturb(image, {"contrast": 50}).ravel(), [0.35, 0.45, 0.7], atol=1e-6)
    np.testing.assert_allclose(perturb(image, {"contrast": 200}).ravel(), [0, 0.3, 1], atol=1e-6)


def test_whole_numbers_are_rounded_and_not_cut_off() -> None:
    assert perturb(np.uint8([[[10], [200]]]), {"contrast": 45}).ravel().tolist() == [62, 148]  # 105 ± 0.45 · 95


def test_noise_has_the_size_that_is_said_and_depends_on_the_seed_alone() -> None:
    image = np.full((60, 60, 1), 0.5, np.float32)
    noisy = perturb(image, {"noise": 10}, seed=1)
    assert float((noisy - image).std()) == pytest.approx(0.1, rel=0.05)
    assert float((noisy - image).mean()) == pytest.approx(0, abs=0.005)
    np.testing.assert_array_equal(noisy, perturb(image, {"noise": 10}, seed=1))
    assert (noisy != perturb(image, {"noise": 10}, seed=2)).any()
    np.testing.assert_allclose(perturb(image, {"noise": 5}, seed=1) - image, (noisy - image) / 2, atol=1e-6)


@pytest.mark.parametrize("shape", [(28, 28, 1), (1, 1, 1), (5, 40, 3), (512, 300, 3)])
@pytest.mark.parametrize("slug", list(PERTURBATIONS))
def test_a_sweep_goes_through_the_whole_range_and_neutral(slug: str, shape: tuple[int, int, int]) -> None:
    entry = PERTURBATIONS[slug]
    span, values = entry.span(shape), entry.sweep_values(shape)
    assert entry.neutral in values.tolist()
    assert span.low <= values[0] < span.low + span.sweep_step + 1e-9
    assert span.high >= values[-1] > span.high - span.sweep_step - 1e-9
    np.testing.assert_allclose(np.diff(values), span.sweep_step)
    assert 1 < len(values) <= 73


def test_sweeps_of_pixels_end_within_half_the_image() -> None:
    assert PERTURBATIONS["right"].sweep_values((20, 28, 1)).tolist() == list(range(-14, 15))
    assert PERTURBATIONS["down"].sweep_values((20, 28, 1)).tolist() == list(range(-10, 11))
    assert PERTURBATIONS["erase"].sweep_values((20, 28, 1)).tolist() == list(range(21))


@pytest.mark.parametrize(
    ("slug", "value", "words"),
    [
        ("right", -3, "a shift of 3 px to the left"),
        ("right", 2, "a shift of 2 px to the right"),
        ("down", -1, "a shift of 1 px up"),
        ("rotation", -15, "a turn of 15° counterclockwise"),
        ("rotation", 15, "a turn of 15° clockwise"),
        ("scale", 80, "shrinking it to 80 % of its size"),
        ("scale", 120, "enlarging it to 120 % of its size"),
        ("contrast", 40, "less contrast: 40 % of what it was"),
        ("erase", 6, "an erased square of 6×6 px"),
        ("noise", 12, "noise of 12 %"),
    ],
)
def test_changes_are_named_as_people_say_them(slug: str, value: float, words: str) -> None:
    assert PERTURBATIONS[slug].say(value) == words


def test_what_cannot_be_changed_is_refused() -> None:
    with pytest.raises(ValueError, match="blur × 1"):
        perturb(any_image(), {"blur": 1})
    with pytest.raises(ValueError, match="erase × 3, noise × 2"):
        perturb_many(any_image(), {"erase": np.ones(3), "noise": np.ones(2)})
    with pytest.raises(ValueError, match="dtype=int64"):
        perturb(np.ones((2, 2, 1), np.int64), {"noise": 3})
