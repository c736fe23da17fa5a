"""Strokes: the curve through a pen's points, and the picture that a row of strokes leaves."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ImageDraw

from cnn_core import strokes
from cnn_core.strokes import Point, Stroke, ink_of_strokes, paint_strokes, stroke_curve

SIZE_PX = 48
CORNER = ((8.0, 10.0), (38.0, 10.0), (38.0, 40.0))

places = st.tuples(st.floats(-20, 60), st.floats(-20, 60))
any_stroke = st.builds(Stroke, st.lists(places, min_size=1, max_size=6).map(tuple), st.floats(3, 20), st.booleans())


def curve_by_definition(points: tuple[Point, ...]) -> npt.NDArray[np.float64]:
    """The same curve by the textbook's formula, in a thousand steps a piece."""
    middles = [((a + c) / 2, (b + d) / 2) for (a, b), (c, d) in pairwise(points)]
    ends = [points[0], *middles]
    found: list[Point] = [points[0]]
    for begin, control, end in zip(ends[:-1], points[:-1], ends[1:], strict=True):
        for share in np.linspace(0, 1, 1000):
            weights = ((1 - share) ** 2, 2 * share * (1 - share), share**2)
            found.append(tuple(np.dot(weights, (begin, control, end)).tolist()))
    last = np.linspace(ends[-1], points[-1], 1000)
    return np.concatenate([found, last])


def ink_by_distance(points: tuple[Point, ...], width_px: float) -> npt.NDArray[np.float64]:
    """Share of 4×4 places in each pixel that are nearer to the curve than half the width."""
    fine = (np.arange(SIZE_PX * 4) + 0.5) / 4
    curve = curve_by_definition(points)[::20]
    nearest = np.full((fine.size, fine.size), np.inf)
    for x, y in curve:
        nearest = np.minimum(nearest, (fine[:, np.newaxis] - y) ** 2 + (fine - x) ** 2)
    inside = nearest <= (width_px / 2) ** 2
    return inside.reshape(SIZE_PX, 4, SIZE_PX, 4).mean(axis=(1, 3))


@pytest.mark.parametrize("points", [CORNER, CORNER[:2], CORNER[:1]], ids=["corner", "line", "dot"])
@pytest.mark.parametrize("width_px", [3.0, 12.0])
def test_ink_is_what_lies_within_half_a_width_of_the_curve(points: tuple[Point, ...], width_px: float) -> None:
    ink = ink_of_strokes([Stroke(points, width_px)], SIZE_PX) / 255
    expected = ink_by_distance(points, width_px)
    assert abs(ink.sum() / expected.sum() - 1) < 0.035
    assert np.abs(ink - expected).max() <= 0.5
    assert np.abs(ink - expected)[(expected > 0) & (expected < 1)].mean() < 0.2
    assert (ink[expected == 1] >= 0.5).all()
    assert (ink[expected == 0] <= 0.4).all()


def test_curve_goes_through_both_ends_and_the_middles_between_points() -> None:
    curve = stroke_curve(CORNER, step_px=1.0)
    assert curve[0].tolist() == [8, 10]
    assert curve[-1].tolist() == [38, 40]
    for middle in ([23, 10], [38, 25]):
        assert np.hypot(*(curve - middle).T).min() < 1e-9
    exact = curve_by_definition(CORNER)
    assert max(np.hypot(*(exact - place).T).min() for place in curve) < 0.05


@settings(max_examples=25, deadline=None)
@given(st.lists(any_stroke, max_size=4))
def test_picture_does_not_depend_on_what_was_painted_before(drawing: list[Stroke]) -> None:
    for count in range(len(drawing) + 1):
        grown = ink_of_strokes(drawing[:count], SIZE_PX)
    strokes._kept.clear()
    assert (ink_of_strokes(drawing, SIZE_PX) == grown).all()


def test_a_drawing_of_very_many_strokes_is_painted_anew_when_others_have_pushed_it_out_of_memory() -> None:
    dots = [Stroke(((float(number % SIZE_PX), float(number // SIZE_PX)),), 3.0) for number in range(600)]
    strokes._kept.clear()
    ink = ink_of_strokes(dots, SIZE_PX)
    assert ink[3:10, 3:-3].min() == 255
    for other in range(2 * strokes.MOST_KEPT):
        ink_of_strokes([Stroke(((1.0, 1.0),), 3.0 + other), *dots[:2]], SIZE_PX)
    assert len(strokes._kept) == strokes.MOST_KEPT
    np.testing.assert_array_equal(ink_of_strokes(dots, SIZE_PX), ink)


@settings(max_examples=25, deadline=None)
@given(any_stroke, any_stroke)
def test_an_eraser_leaves_nothing_of_what_lies_below_it_and_takes_nothing_else(first: Stroke, second: Stroke) -> None:
    pen, eraser = Stroke(first.points, first.width_px), Stroke(second.points, second.width_px, is_eraser=True)
    before, below = ink_of_strokes([pen], SIZE_PX), ink_of_strokes([Stroke(second.points, second.width_px)], SIZE_PX)
    after = ink_of_strokes([pen, eraser], SIZE_PX)
    assert not after[below == 255].any()
    assert (after[below == 0] == before[below == 0]).all()
    assert not ink_of_strokes([eraser], SIZE_PX).any()


def test_picture_has_the_colours_of_ink_and_paper_and_mixes_them_at_edges() -> None:
    rgba = paint_strokes([Stroke(CORNER, 7.0)], SIZE_PX, ink=(27, 58, 140), paper=(243, 237, 218))
    assert rgba.shape == (SIZE_PX, SIZE_PX, 4)
    assert rgba.dtype == np.uint8
    assert rgba[10, 20].tolist() == [27, 58, 140, 255]
    assert rgba[40, 10].tolist() == [243, 237, 218, 255]
    amount = ink_of_strokes([Stroke(CORNER, 7.0)], SIZE_PX)[..., np.newaxis] / 255
    mixed = amount * (27, 58, 140) + (1 - amount) * (243, 237, 218)
    assert np.abs(rgba[..., :3] - mixed).max() <= 0.5 + 1e-4


def test_no_stroke_is_an_empty_sheet() -> None:
    assert not ink_of_strokes([], 5).any()


@pytest.mark.parametrize(("points", "width_px"), [((), 5.0), (((1.0, 1.0),), 0.0), (((1.0, 1.0),), float("nan"))])
def test_stroke_without_a_point_or_a_width_is_refused(points: tuple[Point, ...], width_px: float) -> None:
    with pytest.raises(ValueError, match="Received"):
        Stroke(points, width_px)


@settings(max_examples=25, deadline=None)
@given(st.lists(any_stroke, max_size=2), st.lists(places, min_size=1, max_size=30), st.floats(3, 20), st.booleans())
def test_a_stroke_that_grows_point_by_point_leaves_what_it_leaves_at_once(
    before: list[Stroke], points: list[Point], width_px: float, is_eraser: bool
) -> None:
    ground = [Stroke(((10.0, 10.0), (30.0, 30.0)), 20.0), *before]
    for count in range(1, len(points) + 1):
        grown = ink_of_strokes([*ground, Stroke(tuple(points[:count]), width_px, is_eraser)], SIZE_PX)
        strokes_kept = dict(strokes._kept)
        strokes._kept.clear()
        at_once = ink_of_strokes([*ground, Stroke(tuple(points[:count]), width_px, is_eraser)], SIZE_PX)
        assert (grown == at_once).all()
        strokes._kept.clear()
        strokes._kept.update(strokes_kept)


def test_of_a_growing_stroke_only_the_end_is_painted(monkeypatch: pytest.MonkeyPatch) -> None:
    strokes._kept.clear()
    painted: list[int] = []
    ellipse = ImageDraw.ImageDraw.ellipse

    def count(pen: ImageDraw.ImageDraw, *given: object) -> None:
        painted.append(1)
        ellipse(pen, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(ImageDraw.ImageDraw, "ellipse", count)
    points = tuple((float(place), float(place)) for place in range(0, SIZE_PX, 3))
    counts = []
    for length in range(2, len(points) + 1):
        painted.clear()
        ink_of_strokes([Stroke(points[:length], 5.0)], SIZE_PX)
        counts.append(len(painted))
    assert max(counts) <= 5


def test_another_stroke_from_the_same_place_is_not_taken_for_the_one_before() -> None:
    strokes._kept.clear()
    start = (8.0, 8.0)
    ink_of_strokes([Stroke((start, (40.0, 8.0), (40.0, 40.0)), 6.0)], SIZE_PX)
    thin = ink_of_strokes([Stroke((start, (8.0, 40.0)), 3.0)], SIZE_PX)
    assert not thin[:, 20:].any()
    assert ink_of_strokes([Stroke((start, (8.0, 40.0)), 12.0)], SIZE_PX).sum() > 3 * thin.sum()
