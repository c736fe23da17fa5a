"""The way from stroke to number with every step switched off in turn, against the whole way."""

from __future__ import annotations

import hashlib

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnn_core.drawing import preprocess_drawing
from cnn_core.drawing.way import STEPS, WHOLE_WAY, Strip, Way, drawn_subject, framed, seen_image, strip_of, tellings
from cnn_core.strokes import Stroke, paint_strokes

NAMES = [step.name for step in STEPS]
WHITE, BLACK = (255, 255, 255), (0, 0, 0)
SEVEN = (Stroke(((40.0, 50.0), (150.0, 50.0), (90.0, 200.0)), 12.0),)
HAIR = (Stroke(((100.0, 60.0), (90.0, 250.0)), 1.5),)
GOLDEN = ["45981f967e2e", "15f220afa871", "cbe662943f70"]


def canvas(
    strokes: tuple[Stroke, ...], ink: tuple[int, int, int] = WHITE, paper: tuple[int, int, int] = BLACK
) -> npt.NDArray[np.uint8]:
    return paint_strokes(strokes, 308, ink, paper)


def without(name: str, strokes: tuple[Stroke, ...] = SEVEN, **colours: tuple[int, int, int]) -> npt.NDArray[np.uint8]:
    return seen_image(drawn_subject(canvas(strokes, **colours)), WHOLE_WAY - {name})[..., 0]


POINT = st.tuples(st.floats(5, 300), st.floats(5, 300))
DRAWING = st.lists(
    st.builds(Stroke, st.lists(POINT, min_size=1, max_size=5).map(tuple), st.floats(1, 40)), min_size=1, max_size=2
).map(tuple)


@settings(max_examples=12)
@given(DRAWING, st.sampled_from([(WHITE, BLACK), (BLACK, WHITE), ((27, 58, 140), (243, 237, 218))]))
def test_the_whole_way_is_that_of_preprocess_drawing_bit_for_bit(
    strokes: tuple[Stroke, ...], colours: tuple[tuple[int, int, int], tuple[int, int, int]]
) -> None:
    rgba = canvas(strokes, *colours)
    steps = preprocess_drawing(rgba)
    assert steps is not None
    np.testing.assert_array_equal(strip_of(drawn_subject(rgba)).network_input, steps.network_input)


def test_the_whole_way_is_what_it_was_before_it_could_be_switched() -> None:
    # Written down from the code as it was when the starter network was trained.
    found = [
        hashlib.sha256(seen_image(drawn_subject(canvas(strokes))).tobytes()).hexdigest()[:12]
        for strokes in (SEVEN, HAIR, (*SEVEN, *HAIR))
    ]
    assert found == GOLDEN


@settings(max_examples=6)
@given(st.sets(st.sampled_from(NAMES)).map(frozenset))
def test_every_way_ends_in_an_image_and_asks_for_each_picture_once(way: Way) -> None:
    subject = drawn_subject(canvas(SEVEN, BLACK, WHITE))
    strip = strip_of(subject, way)
    assert strip.images.shape[1:] == (28, 28, 1)
    assert len(strip.images) <= 2 * len(STEPS) + 1
    assert strip.ended[-1] == strip.seen
    for step, index in zip(STEPS, strip.turned, strict=True):
        np.testing.assert_array_equal(strip.images[index], seen_image(subject, way ^ {step.name}))
    for done, index in enumerate(strip.ended):
        kept = way & {step.name for step in STEPS[:done]}
        np.testing.assert_array_equal(strip.images[index], seen_image(subject, kept))


class TestEachStepLeftOut:
    def test_ink_is_not_inverted(self) -> None:
        image = without("ink", ink=BLACK, paper=WHITE)
        assert image[4:24, 4:24].mean() > 150

    def test_the_drawing_stays_small_where_it_was(self) -> None:
        image = without("crop") > 60
        whole = without("") > 60
        assert np.ptp(np.flatnonzero(image.any(axis=1))) < 0.7 * np.ptp(np.flatnonzero(whole.any(axis=1)))

    def test_hairlines_fade(self) -> None:
        assert without("thicken", HAIR).sum() < 0.6 * without("", HAIR).sum()

    def test_it_is_stretched_to_all_sides(self) -> None:
        image = without("scale") > 60
        assert image[0].any()
        assert image[-1].any()
        assert image[:, 0].any()
        assert image[:, -1].any()

    def test_the_box_and_not_the_ink_is_in_the_middle(self) -> None:
        rows, columns = np.nonzero(without("centre"))
        assert abs(rows.min() - (27 - rows.max())) <= 1
        assert abs(columns.min() - (27 - columns.max())) <= 1
        whole_rows, whole_columns = np.nonzero(without(""))
        assert (rows.min(), columns.min()) != (whole_rows.min(), whole_columns.min())

    def test_faint_ink_stays_faint(self) -> None:
        image = seen_image(drawn_subject(canvas(HAIR)), WHOLE_WAY - {"normalise", "thicken"})
        assert 20 < image.max() < 120
        assert without("", HAIR).max() == 255


def test_an_empty_canvas_has_no_way() -> None:
    subject = drawn_subject(np.zeros((50, 50, 4), np.uint8))
    assert subject.is_empty
    with pytest.raises(ValueError, match="some ink"):
        strip_of(subject)


class TestTellings:
    @staticmethod
    def strip() -> Strip:
        images = np.zeros((4, 28, 28, 1), np.uint8)
        return Strip(WHOLE_WAY, (), images, (0,) * 7, (0, 1, 2, 3, 0, 0), 0)

    def test_a_step_that_changes_the_answer_comes_before_one_that_only_shakes_it(self) -> None:
        chances = np.array([[0.6, 0.4, 0.0], [0.1, 0.05, 0.85], [0.35, 0.33, 0.32], [0.45, 0.55, 0.0]], np.float32)
        found = tellings(self.strip(), chances)
        assert [(one.step.name, one.guess, one.changes_answer) for one in found[:3]] == [
            ("crop", 2, True),
            ("scale", 1, True),
            ("thicken", 0, False),
        ]
        assert found[0].before == pytest.approx(0.6)
        assert found[0].after == pytest.approx(0.1)
        assert found[0].probability == pytest.approx(0.85)


def test_stages_are_framed_pixel_by_pixel_or_shrunk() -> None:
    small = np.zeros((20, 10), np.float32)
    small[0, 0] = 1.0
    square = framed(small)
    assert np.argwhere(square == 255).tolist() == [[8, 18], [8, 19], [9, 18], [9, 19]]
    assert framed(np.ones((300, 100), np.float32)).sum(axis=0).nonzero()[0].size == pytest.approx(19, abs=1)
