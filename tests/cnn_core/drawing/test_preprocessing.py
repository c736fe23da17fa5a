"""Drawings in every corner, colour and width, and what the network gets to see of them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnn_core.drawing import DrawingSteps, centre_by_mass, find_ink, preprocess_drawing, stroke_width

Canvas = npt.NDArray[np.uint8]
BLACK, WHITE = (0, 0, 0), (255, 255, 255)


def blank(height: int = 280, width: int = 280, paper: tuple[int, int, int] = BLACK) -> Canvas:
    canvas = np.full((height, width, 4), 255, np.uint8)
    canvas[..., :3] = paper
    return canvas


def draw_seven(
    canvas: Canvas, top: int = 60, left: int = 70, size: int = 140, pen: int = 14, ink: tuple[int, int, int] = WHITE
) -> Canvas:
    """Draw a bar with a stem at its right end: a seven without a curve."""
    width = size * 2 // 3
    canvas[top : top + pen, left : left + width, :3] = ink
    canvas[top : top + size, left + width - pen : left + width, :3] = ink
    return canvas


def steps_of(canvas: Canvas) -> DrawingSteps:
    steps = preprocess_drawing(canvas)
    assert steps is not None
    return steps


def shift_between(a: npt.NDArray[np.uint8], b: npt.NDArray[np.uint8]) -> float:
    """Return the smallest mean difference when `b` may move by up to one pixel."""
    moved = [np.roll(b, (row, column), axis=(0, 1)) for row in (-1, 0, 1) for column in (-1, 0, 1)]
    return min(float(np.abs(a.astype(float) - m.astype(float)).mean()) for m in moved)


def centre_of(picture: npt.NDArray[np.float32]) -> tuple[float, float]:
    places = np.arange(0.5, 28)
    mass = picture.sum()
    return float(picture.sum(axis=1) @ places / mass), float(picture.sum(axis=0) @ places / mass)


class TestSteps:
    def test_each_step_has_the_size_it_promises(self) -> None:
        steps = steps_of(draw_seven(blank()))
        assert steps.ink.shape == (280, 280)
        assert steps.cropped.shape == (140, 93)
        assert (steps.top, steps.left) == (60, 70)
        assert max(steps.scaled.shape) == 20
        assert steps.centred.shape == (28, 28)
        assert steps.network_input.shape == (28, 28, 1)
        assert steps.network_input.dtype == np.uint8
        assert steps.network_input.max() == 255

    def test_proportions_are_kept(self) -> None:
        scaled = steps_of(draw_seven(blank(), size=180)).scaled
        assert scaled.shape[0] == 20
        assert scaled.shape[1] == pytest.approx(20 * 2 / 3, abs=1)

    def test_scale_and_stroke_width_are_those_of_the_drawing(self) -> None:
        steps = steps_of(draw_seven(blank(), size=200, pen=20))
        assert steps.scale == pytest.approx(20 / 200)
        assert steps.stroke_width_px == pytest.approx(20 * steps.scale, rel=0.15)

    def test_the_small_picture_lies_where_the_offsets_say(self) -> None:
        steps = steps_of(draw_seven(blank(), top=5, left=180, size=100))
        height, width = steps.scaled.shape
        row, column = steps.row_offset, steps.column_offset
        np.testing.assert_array_equal(steps.centred[row : row + height, column : column + width], steps.scaled)
        assert steps.centred.sum() == pytest.approx(steps.scaled.sum())

    def test_the_centre_of_mass_is_in_the_middle_pixel(self) -> None:
        for row, column in [(0, 0), (60, 70), (130, 180)]:
            centre = centre_of(steps_of(draw_seven(blank(), top=row, left=column)).centred)
            assert centre == pytest.approx((14.5, 14.5), abs=0.5001)

    def test_ink_never_leaves_the_picture_however_uneven_the_drawing(self) -> None:
        scaled = np.full((20, 20), 0.01, np.float32)
        scaled[0, 0] = 1.0
        scaled[0, :8] = 1.0
        centred, row, column = centre_by_mass(scaled)
        assert 0 <= row <= 8
        assert 0 <= column <= 8
        assert centred.sum() == pytest.approx(scaled.sum())


class TestPaperAndInk:
    @pytest.mark.parametrize(
        ("paper", "ink"),
        [
            (BLACK, WHITE),
            (WHITE, BLACK),
            ((255, 255, 255), (0, 0, 200)),
            ((0, 0, 0), (0, 0, 255)),
            ((120, 120, 120), (200, 200, 200)),
            ((30, 60, 30), (250, 240, 20)),
        ],
    )
    def test_any_ink_on_any_paper_gives_the_same_picture(
        self, paper: tuple[int, int, int], ink: tuple[int, int, int]
    ) -> None:
        expected = steps_of(draw_seven(blank())).network_input
        received = steps_of(draw_seven(blank(paper=paper), ink=ink)).network_input
        np.testing.assert_allclose(received.astype(int), expected.astype(int), atol=1)

    @pytest.mark.parametrize("ink", [WHITE, BLACK, (200, 30, 30), (90, 200, 255)])
    def test_strokes_on_a_transparent_canvas_are_ink_whatever_their_colour(self, ink: tuple[int, int, int]) -> None:
        canvas = np.zeros((280, 280, 4), np.uint8)
        draw_seven(canvas, ink=ink)
        draw_seven(canvas[..., 3:], ink=(255,))  # type: ignore[arg-type]
        expected = steps_of(draw_seven(blank())).network_input
        np.testing.assert_allclose(steps_of(canvas).network_input.astype(int), expected.astype(int), atol=1)

    def test_half_opaque_rims_of_strokes_are_half_ink(self) -> None:
        canvas = np.zeros((100, 100, 4), np.uint8)
        canvas[30:70, 40:50] = 255
        canvas[30:70, 50] = (255, 255, 255, 128)
        ink = find_ink(canvas)
        assert 0.35 < ink[50, 50] < 0.55
        assert ink[50, 45] == 1.0

    def test_noisy_paper_does_not_widen_the_cut_out(self) -> None:
        rng = np.random.default_rng(3)
        canvas = draw_seven(blank(paper=(40, 40, 40)))
        noisy = np.clip(canvas[..., :3] + rng.normal(0, 5, canvas.shape[:2])[..., None], 0, 255)
        canvas[..., :3] = noisy.astype(np.uint8)
        steps = steps_of(canvas)
        assert (steps.top, steps.left) == (60, 70)
        assert steps.cropped.shape == (140, 93)

    def test_a_drawing_that_fills_most_of_the_canvas_is_still_the_ink(self) -> None:
        canvas = blank()
        canvas[10:270, 10:270, :3] = 255
        assert find_ink(canvas)[140, 140] == 1.0
        assert find_ink(canvas)[0, 0] == 0.0

    def test_a_stroke_along_three_sides_of_the_rim_is_ink(self) -> None:
        canvas = blank()
        canvas[:3, :, :3] = canvas[:, :3, :3] = canvas[:, -3:, :3] = 255
        assert find_ink(canvas)[0, 0] == 1.0
        assert find_ink(canvas)[140, 140] == 0.0


class TestNothingDrawn:
    @pytest.mark.parametrize("paper", [BLACK, WHITE, (18, 52, 86)])
    def test_paper_alone_has_no_picture(self, paper: tuple[int, int, int]) -> None:
        assert preprocess_drawing(blank(paper=paper)) is None

    def test_a_transparent_canvas_has_no_picture_whatever_colour_hides_in_it(self) -> None:
        canvas = np.random.default_rng(0).integers(0, 256, (60, 60, 4), dtype=np.uint8)
        canvas[..., 3] = 0
        assert preprocess_drawing(canvas) is None

    def test_noise_alone_has_no_picture(self) -> None:
        canvas = blank(paper=(128, 128, 128))
        canvas[..., :3] += np.random.default_rng(0).integers(0, 12, (280, 280, 1), dtype=np.uint8)
        assert preprocess_drawing(canvas) is None

    def test_one_pixel_has_no_picture(self) -> None:
        assert preprocess_drawing(np.full((1, 1, 4), 255, np.uint8)) is None


class TestExtremes:
    def test_a_single_dot_is_a_blob_in_the_middle(self) -> None:
        canvas = blank()
        canvas[5, 7, :3] = 255
        steps = steps_of(canvas)
        assert centre_of(steps.centred) == pytest.approx((14.5, 14.5), abs=0.51)

    @pytest.mark.parametrize(("height", "width"), [(1, 200), (200, 1), (10, 280), (280, 3)])
    def test_one_straight_line_stays_a_line(self, height: int, width: int) -> None:
        canvas = blank()
        canvas[:height, :width, :3] = 255
        scaled = steps_of(canvas).scaled
        assert max(scaled.shape) == 20
        assert 1 <= min(scaled.shape) <= 4

    @pytest.mark.parametrize("pen", [1, 2, 4, 8, 16, 30])
    def test_strokes_of_any_width_stay_visible(self, pen: int) -> None:
        steps = steps_of(draw_seven(blank(400, 400), top=20, left=20, size=350, pen=pen))
        assert 1.3 <= stroke_width(steps.centred) <= 4.5
        assert np.quantile(steps.network_input[steps.network_input > 40], 0.5) > 120

    def test_thin_strokes_are_thickened_and_others_left_alone(self) -> None:
        thin = steps_of(draw_seven(blank(), size=200, pen=4))
        thick = steps_of(draw_seven(blank(), size=200, pen=40))
        assert thin.stroke_width_px < 0.6
        assert stroke_width(thin.centred) > 1.6
        assert stroke_width(thick.centred) == pytest.approx(thick.stroke_width_px, rel=0.1)

    def test_the_whole_canvas_but_one_pixel_is_paper(self) -> None:
        canvas = blank(paper=WHITE)
        canvas[100, 100, :3] = 0
        assert find_ink(canvas).sum() == 1.0

    def test_noise_all_over_makes_a_picture_and_no_error(self) -> None:
        canvas = np.random.default_rng(1).integers(0, 256, (90, 130, 4), dtype=np.uint8)
        assert steps_of(canvas).network_input.shape == (28, 28, 1)


class TestProperties:
    @settings(max_examples=40, deadline=None)
    @given(top=st.integers(0, 140), left=st.integers(0, 180), pen=st.integers(2, 30))
    def test_moving_the_drawing_changes_nothing(self, top: int, left: int, pen: int) -> None:
        here = steps_of(draw_seven(blank(), 60, 70, pen=pen))
        there = steps_of(draw_seven(blank(), top, left, pen=pen))
        np.testing.assert_array_equal(there.network_input, here.network_input)
        assert (there.top - here.top, there.left - here.left) == (top - 60, left - 70)

    @settings(max_examples=40, deadline=None)
    @given(size=st.integers(40, 260), canvas_px=st.integers(265, 420))
    def test_drawing_larger_changes_little(self, size: int, canvas_px: int) -> None:
        usual = steps_of(draw_seven(blank(), 10, 10, 160, 16)).network_input
        other = steps_of(draw_seven(blank(canvas_px, canvas_px), 3, 2, size, round(size / 10))).network_input
        assert shift_between(usual, other) < 9

    @settings(max_examples=30, deadline=None)
    @given(
        seed=st.integers(0, 10_000),
        height=st.integers(1, 90),
        width=st.integers(1, 90),
        ink_share=st.floats(0.0, 1.0),
        is_transparent=st.booleans(),
    )
    def test_any_canvas_gives_a_picture_in_range_or_none(
        self, seed: int, height: int, width: int, ink_share: float, is_transparent: bool
    ) -> None:
        rng = np.random.default_rng(seed)
        canvas = rng.integers(0, 256, (height, width, 4), dtype=np.uint8)
        canvas[rng.random((height, width)) >= ink_share] = 0 if is_transparent else 255
        steps = preprocess_drawing(canvas)
        if steps is None:
            return
        for picture in (steps.ink, steps.cropped, steps.thickened, steps.scaled, steps.centred):
            assert np.isfinite(picture).all()
            assert picture.min() >= 0.0
            assert picture.max() <= 1.0
        assert steps.network_input.shape == (28, 28, 1)
        assert steps.network_input.max() > 200
        assert max(steps.scaled.shape) == 20

    @settings(max_examples=30, deadline=None)
    @given(seed=st.integers(0, 10_000), pen=st.integers(1, 40))
    def test_a_negative_gives_the_same_picture(self, seed: int, pen: int) -> None:
        rng = np.random.default_rng(seed)
        canvas = draw_seven(blank(paper=(30, 30, 30)), pen=pen, ink=(220, 220, 220))
        canvas[..., :3] += rng.integers(0, 20, (280, 280, 1), dtype=np.uint8)
        negative = canvas.copy()
        negative[..., :3] = 255 - negative[..., :3]
        difference = steps_of(canvas).network_input.astype(int) - steps_of(negative).network_input
        assert np.abs(difference).max() <= 2

    def test_the_canvas_is_left_as_it_was(self) -> None:
        canvas = draw_seven(blank())
        before = canvas.copy()
        canvas.setflags(write=False)
        preprocess_drawing(canvas)
        np.testing.assert_array_equal(canvas, before)


class TestWrongInput:
    @pytest.mark.parametrize(
        ("canvas", "received"),
        [
            (np.zeros((10, 10), np.uint8), r"Received: shape=\(10, 10\)"),
            (np.zeros((10, 10, 3), np.uint8), r"Received: shape=\(10, 10, 3\)"),
            (np.zeros((10, 10, 4), np.float32), r"Received: .*float32"),
            (np.zeros((0, 10, 4), np.uint8), r"at least one pixel\. Received: shape=\(0, 10, 4\)"),
            (np.zeros((10, 0, 4), np.uint8), r"at least one pixel"),
            ([[1, 2], [3, 4]], r"Received: type=list"),
        ],
    )
    def test_anything_but_a_canvas_is_refused(self, canvas: Canvas, received: str) -> None:
        with pytest.raises(ValueError, match=received):
            preprocess_drawing(canvas)


def test_the_width_of_a_line_is_measured() -> None:
    line = np.zeros((60, 60), np.float32)
    line[10:50, 20:25] = 1.0
    assert stroke_width(line) == pytest.approx(5, rel=0.15)
