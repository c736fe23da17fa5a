"""What generated data sets share: sheets with their own chance, soft edges, colours and noise."""

from __future__ import annotations

import colorsys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn_core.data.dataset import LabelledImages
from cnn_core.data.paint import coverage, photograph, rgb_from_hsv, waves
from cnn_core.data.sheets import draw_in_sheets


def numbered(rng: np.random.Generator) -> LabelledImages:
    return LabelledImages(rng.integers(0, 256, (4, 2, 2, 1), dtype=np.uint8), rng.permutation(4))


def test_longer_list_begins_with_the_shorter_one_and_every_sheet_differs() -> None:
    long, short = (draw_in_sheets(count, 3, "train", 4, numbered) for count in (14, 6))
    np.testing.assert_array_equal(long.images[:6], short.images)
    assert len({image.tobytes() for image in long.images}) == 14
    assert len(draw_in_sheets(0, 3, "train", 4, numbered)) == 0


def test_seed_and_part_decide() -> None:
    drawn = [
        draw_in_sheets(8, seed, part, 4, numbered).images for seed, part in ((0, "train"), (1, "train"), (0, "test"))
    ]
    assert not (drawn[0] == drawn[1]).all()
    assert not (drawn[0] == drawn[2]).all()


@pytest.mark.parametrize(("count", "seed", "part"), [(-1, 0, "train"), (1, -1, "train"), (1, 0, "validation")])
def test_impossible_wishes_are_refused(count: int, seed: int, part: str) -> None:
    with pytest.raises(ValueError, match="count and seed must be 0 or more"):
        draw_in_sheets(count, seed, part, 4, numbered)  # type: ignore[arg-type]


@given(*[st.floats(0, 1, width=32)] * 3)
def test_colours_are_those_of_the_standard_library(hue: float, saturation: float, value: float) -> None:
    rgb = rgb_from_hsv(*(np.array([number], np.float32) for number in (hue, saturation, value)))
    assert rgb[0] == pytest.approx(colorsys.hsv_to_rgb(hue, saturation, value), abs=1e-5)


def test_edge_fades_over_its_width() -> None:
    inside = np.array([[[-2.0, -1.0, 0.0, 1.0, 2.0]]], np.float32)
    assert coverage(inside.copy(), np.array([4], np.float32)).ravel().tolist() == [0.0, 0.25, 0.5, 0.75, 1.0]


def test_noise_has_the_strength_that_was_asked_for() -> None:
    planes = np.full((2, 3, 64, 64), 128, np.float32)
    pixels = photograph(planes, np.array([2, 20], np.float32), np.random.default_rng(0)).astype(float)
    assert pixels.shape == (2, 64, 64, 3)
    assert pixels.std(axis=(1, 2, 3)) == pytest.approx([2, 20], rel=0.03)
    assert pixels.mean(axis=(1, 2, 3)) == pytest.approx([128, 128], abs=0.5)


def test_planes_keep_their_channel_and_do_not_run_over() -> None:
    planes = np.zeros((1, 3, 2, 2), np.float32)
    planes[0, 0], planes[0, 2] = 300, -40
    assert photograph(planes, np.zeros(1, np.float32), np.random.default_rng(0))[0, 0, 0].tolist() == [255, 0, 0]


def test_waves_are_slow_and_bounded() -> None:
    drawn = waves(32, 50, 0.5, np.random.default_rng(0))
    assert abs(drawn).max() <= 1.0001
    assert abs(np.diff(drawn, axis=1)).max() < 0.2
    assert drawn.std(axis=(1, 2)).mean() > 0.1
