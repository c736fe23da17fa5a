"""How far an image can be changed before a network changes its mind, on networks written by hand."""

from __future__ import annotations

import numpy as np
import pytest

from cnn_core.inspection.perturbation import PERTURBATIONS, perturb
from cnn_core.inspection.robustness import NO_CLASS, Sweep, smallest_turn, sweep

IMAGE = np.zeros((6, 6, 1), np.uint8)
IMAGE[2:4, 2:4] = 255


def brightness_reader(images: np.ndarray) -> np.ndarray:
    """A network that says “bright” (class 1) of images with a mean above 5 %, surer the further away it is."""
    bright = np.clip(images.mean(axis=(1, 2, 3)) / 255 * 10, 0, 1).astype(np.float32)
    return np.stack([1 - bright, bright], axis=1)


def written(values: list[float], guesses: list[int], start: int, classes: int = 3) -> Sweep:
    """A sweep with these guesses, each found with 80 %."""
    probabilities = np.full((len(values), classes), 0.2 / (classes - 1), np.float32)
    probabilities[np.arange(len(values)), guesses] = 0.8
    differences = np.abs(np.arange(len(values)) - start) / 10
    return Sweep("right", np.array(values, float), probabilities, differences, start)


def test_erasing_what_is_bright_changes_the_mind_where_the_sum_says() -> None:
    found = sweep(brightness_reader, IMAGE, PERTURBATIONS["erase"], (3, 3))
    # 4 of 36 pixels are bright: 11 %. A square of 1 leaves 3 (8.3 %), of 2 leaves none.
    assert found.values.tolist() == [0, 1, 2, 3, 4, 5, 6]
    assert found.verdict == 1
    assert found.stays == (0, 1)
    below, above = found.turns
    assert below is None
    assert above is not None
    assert (above.slug, above.value, above.guess, above.probability) == ("erase", 2, 0, 1.0)
    assert above.difference == pytest.approx(np.sqrt(4 / 36))
    assert found.rival == 0


def test_probabilities_and_differences_are_those_of_each_changed_image() -> None:
    found = sweep(brightness_reader, IMAGE, PERTURBATIONS["noise"], seed=3)
    for value, probabilities, difference in zip(found.values, found.probabilities, found.differences, strict=True):
        image = perturb(IMAGE, {"noise": value}, seed=3)
        np.testing.assert_array_equal(brightness_reader(image[np.newaxis])[0], probabilities)
        apart = (image.astype(float) - IMAGE) / 255
        assert difference == pytest.approx(np.sqrt((apart**2).mean()), abs=1e-6)
    assert found.differences[found.start] == 0


def test_large_images_go_through_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = sweep(brightness_reader, IMAGE, PERTURBATIONS["contrast"])
    sizes: list[int] = []

    def counting(images: np.ndarray) -> np.ndarray:
        sizes.append(len(images))
        return brightness_reader(images)

    monkeypatch.setattr("cnn_core.inspection.robustness.MOST_NUMBERS", 5 * IMAGE.size)
    parts = sweep(counting, IMAGE, PERTURBATIONS["contrast"])
    assert sizes == [5] * 8 + [1]
    np.testing.assert_array_equal(parts.probabilities, whole.probabilities)
    np.testing.assert_array_equal(parts.differences, whole.differences)


def test_the_verdict_stays_until_it_first_changes_even_if_it_comes_back() -> None:
    found = written([-3, -2, -1, 0, 1, 2, 3], [2, 0, 1, 1, 2, 1, 0], start=3)
    assert found.stays == (-1, 0)
    below, above = found.turns
    assert below is not None
    assert above is not None
    assert [(turn.value, turn.guess) for turn in (below, above)] == [(-2, 0), (1, 2)]
    assert found.is_kept.tolist() == [False, False, True, True, False, True, False]


def test_a_verdict_that_never_changes_has_no_turn() -> None:
    found = written([0, 1, 2], [1, 1, 1], start=0)
    assert found.turns == (None, None)
    assert found.stays == (0, 2)


def test_the_rival_is_who_takes_over_with_the_least_difference() -> None:
    assert written([-1, 0, 1, 2], [2, 1, 1, 0], start=1).rival == 2
    assert written([-2, -1, 0, 1], [2, 1, 1, 0], start=2).rival == 0


def test_where_none_takes_over_the_rival_is_who_comes_highest() -> None:
    probabilities = np.array([[0.1, 0.9, 0.0], [0.3, 0.6, 0.1], [0.0, 0.55, 0.45]], np.float32)
    assert Sweep("right", np.arange(3.0), probabilities, np.zeros(3), 0).rival == 2


def test_the_smallest_turn_is_the_one_with_least_difference_in_the_pixels() -> None:
    near = written([-2, -1, 0, 1, 2], [0, 1, 1, 1, 0], start=2)
    nearer = written([-2, -1, 0, 1, 2], [1, 1, 1, 2, 2], start=2)
    found = smallest_turn([near, nearer])
    assert found is not None
    assert (found.value, found.guess, found.difference) == (1, 2, 0.1)
    assert smallest_turn([written([0, 1], [1, 1], 0)]) is None
    assert smallest_turn([]) is None


def test_answers_that_are_no_numbers_are_no_class() -> None:
    found = written([0, 1, 2], [1, 1, 1], start=0)
    found.probabilities[2] = np.nan
    assert found.guesses.tolist() == [1, 1, NO_CLASS]
    _, above = found.turns
    assert above is not None
    assert (above.value, above.guess) == (2, NO_CLASS)
    assert np.isnan(above.probability)
    found.probabilities[:] = np.nan
    lost = Sweep("right", found.values, found.probabilities, found.differences, 0)
    assert lost.verdict == NO_CLASS
    assert lost.turns == (None, None)
