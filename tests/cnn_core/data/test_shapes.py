"""The built-in shapes: what each class promises, and what chance decides in all of them alike."""

from __future__ import annotations

import numpy as np
import pytest

from cnn_core.data.catalogue import SHAPES as ENTRY
from cnn_core.data.dataset import LabelledImages
from cnn_core.data.shapes import CLASS_NAMES, generate, generate_shapes
from cnn_core.data.shapes.outlines import SHAPES

HORIZONTAL, VERTICAL, CORNER, ARC, STRIPES, CHECKS, DOTS, BLUE, RED, SQUARE = range(10)


@pytest.fixture(scope="module")
def drawn() -> LabelledImages:
    return generate_shapes(1200, seed=7, part="train")


def outline(label: int, count: int = 40) -> np.ndarray:
    """Shapes as 0 and 1, upright and in the middle."""
    place = np.arange(64, dtype=np.float32) / 2 - 15.75
    along = np.broadcast_to(place, (count, 64, 64))
    return SHAPES[label].outline(along, along.transpose(0, 2, 1), np.random.default_rng(3)) > 0


def test_entry_names_the_classes_that_are_drawn() -> None:
    assert ENTRY.class_names == CLASS_NAMES
    assert (ENTRY.train_count, ENTRY.test_count) == tuple(generate.COUNTS.values())
    assert "Generated" in ENTRY.summary


def test_any_ten_in_a_row_are_of_the_ten_classes(drawn: LabelledImages) -> None:
    assert drawn.images.shape == (1200, 32, 32, 3)
    assert all(sorted(ten) == list(range(10)) for ten in drawn.labels.reshape(-1, 10).tolist())
    assert len({image.tobytes() for image in drawn.images}) == 1200


def test_the_first_images_are_always_these() -> None:
    """Whoever changes the generator changes everybody's data set: then these figures change with it."""
    first = generate_shapes(200, generate.SEED, "train").images.astype(float)
    assert first.mean(axis=(0, 1, 2)) == pytest.approx(EXPECTED_MEANS, abs=0.02)
    assert [abs(np.diff(first, axis=axis)).mean() for axis in (1, 2)] == pytest.approx(EXPECTED_STEPS, abs=0.02)


EXPECTED_MEANS = (110.88, 103.29, 105.348)
EXPECTED_STEPS = (9.663, 9.194)


def test_bars_differ_in_direction_only() -> None:
    assert SHAPES[HORIZONTAL].outline is SHAPES[VERTICAL].outline
    shape = outline(HORIZONTAL)
    width, height = shape.any(axis=1).sum(axis=1), shape.any(axis=2).sum(axis=1)
    assert (width > 2 * height).all()


def test_corner_and_arc_are_as_long_and_as_wide() -> None:
    corners, arcs = outline(CORNER, 300), outline(ARC, 300)
    assert corners.mean() == pytest.approx(arcs.mean(), rel=0.12)


def test_arc_keeps_its_distance_from_one_point_and_a_corner_does_not() -> None:
    """The best circle through an arc leaves no pixel far out; a corner is bent in one place only."""

    def farthest_from_circle(pixels: np.ndarray) -> float:
        y, x = np.nonzero(pixels)
        matrix = np.stack([2 * x, 2 * y, np.ones(len(x))], axis=1)
        solved = np.linalg.lstsq(matrix, x**2 + y**2, rcond=None)[0]
        radius = np.sqrt(solved[2] + solved[0] ** 2 + solved[1] ** 2)
        return float(np.percentile(abs(np.hypot(x - solved[0], y - solved[1]) - radius), 98))

    corners, arcs = ([farthest_from_circle(pixels) for pixels in outline(label)] for label in (CORNER, ARC))
    assert max(arcs) < 7  # half a line of 2.5 to 4.5 pixels, in half pixels
    assert np.median(corners) > 1.5 * np.median(arcs)


def test_textures_fill_the_same_patch_in_their_own_ways() -> None:
    """Stripes stay the same along themselves; checks change places with their gaps; dots stand alone."""
    stripes, checks, dots = (outline(label, 60) for label in (STRIPES, CHECKS, DOTS))
    middle = slice(20, 44)
    assert (stripes[:, middle, middle].std(axis=1) == 0).all()
    assert checks[:, middle, middle].mean() == pytest.approx(0.5, abs=0.05)
    assert dots[:, middle, middle].mean() < 0.4
    for shape in (stripes, checks, dots):
        assert not shape[:, :3].any()


def test_discs_differ_in_colour_only_and_a_square_in_its_corners() -> None:
    assert SHAPES[BLUE].outline is SHAPES[RED].outline
    assert SHAPES[RED].hue == SHAPES[SQUARE].hue
    disc, square = outline(RED, 200), outline(SQUARE, 200)
    assert disc.mean() == pytest.approx(square.mean(), rel=0.08)
    assert square[:, 31, :].sum(axis=1).mean() < disc[:, 31, :].sum(axis=1).mean()


@pytest.mark.parametrize(("label", "channel"), [(BLUE, 2), (RED, 0), (SQUARE, 0)])
def test_ink_has_the_colour_of_its_class(label: int, channel: int) -> None:
    ink, paper = generate._colours(np.full(500, label), np.random.default_rng(0))
    assert (ink.argmax(axis=1) == channel).all()
    assert set(paper.argmax(axis=1)) == {0, 1, 2}


def test_ink_and_paper_can_be_told_apart() -> None:
    ink, paper = generate._colours(np.arange(3000) % 10, np.random.default_rng(0))
    distance = np.sqrt(((ink - paper) ** 2).mean(axis=1))
    assert np.mean(distance >= generate._LEAST_CONTRAST) > 0.9
    assert distance.min() > 0.6 * generate._LEAST_CONTRAST
    assert min(ink.min(), paper.min()) >= 0
    assert max(ink.max(), paper.max()) <= 1


def test_colour_alone_tells_no_class_that_is_not_about_colour(drawn: LabelledImages) -> None:
    """Mean and spread of each channel and the middle pixel: enough for red and blue, and for nothing else."""
    images = drawn.images.astype(float) / 255
    features = np.concatenate(
        [images.mean(axis=(1, 2)), images.std(axis=(1, 2)), images[:, 14:18, 14:18].mean(axis=(1, 2))], axis=1
    )
    features = np.concatenate([features, features**2], axis=1)
    features = np.concatenate([features, np.ones((len(features), 1))], axis=1)
    weights = np.linalg.lstsq(features[:900], np.eye(10)[drawn.labels[:900]], rcond=None)[0]
    is_right = (features[900:] @ weights).argmax(axis=1) == drawn.labels[900:]
    is_colour = drawn.labels[900:] >= BLUE
    assert is_right[~is_colour].mean() < 0.4
    assert is_right[is_colour].mean() > 0.5
