"""Accuracy under stress: counted per strength, in the background, and given up when nobody looks."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from cnn_core.evaluation import stress as stress_module
from cnn_core.evaluation import stress_job
from cnn_core.evaluation.interval import wilson_interval
from cnn_core.evaluation.stress import STRESSES, StressCurve, stress, stress_passes, stress_values
from cnn_core.inspection.perturbation import PERTURBATIONS
from tests.pages.helpers import until

IMAGES = np.arange(25, dtype=np.uint8).reshape(25, 1, 1, 1)
LABELS = (np.arange(25) % 2).astype(np.int64)


@pytest.fixture
def changes(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, str, int]]:
    """Note which image is changed how, with which noise; a change adds its distance from neutral to the pixel."""
    noted: list[tuple[int, str, int]] = []

    def change(image: np.ndarray, amounts: Mapping[str, np.ndarray], *, seed: int) -> np.ndarray:
        ((slug, values),) = amounts.items()
        noted.append((int(image.item()), slug, seed))
        away = np.abs(values - PERTURBATIONS[slug].neutral)
        return (image[np.newaxis] + away[:, np.newaxis, np.newaxis, np.newaxis] * 100).astype(np.float64)

    monkeypatch.setattr(stress_module, "perturb_many", change)
    return noted


def sees_through_little(images: np.ndarray) -> np.ndarray:
    """Tell odd from even pixels; of what was changed by much it gives no numbers."""
    numbers = images.reshape(len(images))
    is_odd = numbers % 2 == 1
    said = np.stack([~is_odd, is_odd], axis=1).astype(np.float32)
    said[numbers >= 300] = np.nan
    return said


def test_each_image_is_tried_at_each_strength_with_noise_of_its_own(changes: list[tuple[int, str, int]]) -> None:
    steps = list(stress(sees_through_little, IMAGES, LABELS))
    assert [curves[0].total for curves in steps] == [10, 20, 25]
    assert sorted(changes) == sorted((number, slug, number) for number in range(25) for slug in STRESSES)
    for curve in steps[-1]:
        away = np.abs(curve.values - PERTURBATIONS[curve.slug].neutral)
        assert curve.right.tolist() == [25 if distance < 3 else 0 for distance in away]
        assert curve.unchanged == 1.0
        assert curve.intervals[0] == wilson_interval(int(curve.right[0]), 25)
    assert steps[0][0].right.max() == 10, "what was found first is not changed afterwards"


def test_every_change_has_its_neutral_strength_within_the_image() -> None:
    for shape in ((28, 28, 1), (64, 64, 3), (6, 5, 1), (2, 2, 1)):
        for slug in STRESSES:
            values = stress_values(slug, shape)
            assert PERTURBATIONS[slug].neutral in values
            assert (np.diff(values) > 0).all()
            assert len(values) <= 15
            if slug == "right":
                assert np.abs(values).max() <= max(1, shape[1] // 4)
    assert stress_passes((28, 28, 1), 10) == 10 * (15 + 13 + 11 + 14)


@pytest.mark.parametrize(
    ("right", "ends"), [([0, 90, 100, 96, 94], (0, 1)), ([99, 99, 100, 99, 99], (-2, 2)), ([0, 0, 100, 0, 99], (0, 0))]
)
def test_how_far_a_change_may_go(right: list[int], ends: tuple[int, int]) -> None:
    assert StressCurve("right", np.arange(-2.0, 3.0), np.array(right), 100).holds(0.05) == ends


def test_images_without_their_labels_are_refused() -> None:
    with pytest.raises(ValueError, match="Received: 25, 3"):
        next(stress(sees_through_little, IMAGES, LABELS[:3]))


def asked(key: str, predict: Any = sees_through_little) -> stress_job.StressProgress:
    return stress_job.stress_progress(key, predict, IMAGES, LABELS)


def test_a_test_runs_by_itself_and_whoever_asks_again_joins_it(changes: list[tuple[int, str, int]]) -> None:
    gate = threading.Event()

    def slow(images: np.ndarray) -> np.ndarray:
        assert gate.wait(10)
        return sees_through_little(images)

    first = asked("joined", slow)
    assert (first.done, first.total, first.is_over, first.time_left_s) == (0, 25, False, None)
    gate.set()
    until(lambda: asked("joined").is_over, "the test ends")
    over = asked("joined")
    assert (over.done, over.share, over.failure) == (25, 1.0, "")
    assert over.time_left_s == 0
    assert len(changes) == 25 * len(STRESSES), "it ran once"
    assert over.curves[0].total == 25


def test_a_failure_is_said_and_the_next_try_begins_anew(
    changes: list[tuple[int, str, int]], caplog: pytest.LogCaptureFixture
) -> None:
    def broken(_images: np.ndarray) -> np.ndarray:
        raise RuntimeError("no")

    until(lambda: bool(asked("broken", broken).failure), "the failure is known")
    assert asked("broken").failure == asked("broken", broken).failure != ""
    assert "A stress test failed" in caplog.text
    stress_job.begin_again("broken")
    until(lambda: asked("broken").done == 25, "it ends now")


def test_what_nobody_looks_at_any_more_ends(
    changes: list[tuple[int, str, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stress_job, "ABANDONED_AFTER_S", -1.0)
    asked("left")
    until(lambda: "left" not in stress_job._jobs, "it is given up")
    assert len(changes) == 10 * len(STRESSES)


@pytest.mark.slow
def test_real_changes_of_real_images() -> None:
    images = np.zeros((2, 8, 8, 1), np.uint8)
    images[:, 2:6, 3:5] = 200
    curves = list(stress(lambda part: np.tile(np.float32([1, 0]), (len(part), 1)), images, np.array([0, 1])))[-1]
    assert all((curve.right == 1).all() for curve in curves)
