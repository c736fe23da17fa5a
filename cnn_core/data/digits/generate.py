"""Sheets of digits: writers, each of whom writes all ten digits once."""

from __future__ import annotations

from functools import cache, partial
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cnn_core.data.dataset import LabelledImages
from cnn_core.data.digits.glyphs import GLYPHS
from cnn_core.data.digits.pen import BOX_SIZE_PX, centre_by_mass, draw_dots, fit_into_box, to_grey
from cnn_core.data.digits.spline import DOTS_PER_GLYPH, pen_way
from cnn_core.data.digits.style import FloatArray, Part, draw_writers
from cnn_core.data.sheets import draw_in_sheets

DIGITS = 10
WRITERS_PER_SHEET = 20

_INK_SHARE = 0.39
"""Up to which half line width, times the line's length, a digit may fill the space that it takes."""

_LONGEST_STEP = 0.06
"""Dots farther apart than this share of the digit's size belong to different strokes: the pen was lifted."""

IntArray = npt.NDArray[np.int64]


def generate_digits(count: int, seed: int, part: Part) -> LabelledImages:
    """Handwritten digits, drawn by writers who do not exist.

    Every writer has a hand of their own (slant, width, pen, untidiness …) and writes each digit once, in any order, in
    one of the ways that people write it. The test part's writers share no style value with the training part's.

    Args:
        count: How many digits. Any ten in a row, from a multiple of ten on, are one writer's ten digits.
        seed: Which digits. A longer list with the same seed begins with the shorter one.
        part: `"train"` or `"test"`.

    Returns:
        Images `(count, 28, 28, 1)`, white ink on black, and the digits as labels.

    Raises:
        ValueError: If `count` or `seed` is negative, or `part` is neither of the two.

    Example:
        >>> digits = generate_digits(20, seed=1, part="train")
        >>> digits.images.shape, sorted(digits.labels[:10].tolist())
        ((20, 28, 28, 1), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9])

    Reference:
        Simard, Steinkraus and Platt, *Best Practices for Convolutional Neural Networks Applied to Visual Document
        Analysis*, 2003, for smooth random distortion; here it bends the pen's way and not the image.
    """
    return draw_in_sheets(count, seed, part, WRITERS_PER_SHEET * DIGITS, partial(_sheet, part))


def render_glyphs(
    glyph_indices: IntArray, hands: dict[str, FloatArray], rng: np.random.Generator
) -> npt.NDArray[np.uint8]:
    """Write given glyphs with given hands.

    Args:
        glyph_indices: `(count,)`, indices into `GLYPHS`.
        hands: For each style parameter its value for each digit, `(count,)`.
        rng: The source of what differs from one digit to the next of the same hand.

    Returns:
        Images, `(count, 28, 28, 1)`, 0 black to 255 white.
    """
    dots = _bend(_wander(glyph_indices, hands, rng), hands, rng)
    radii = _readable_radii(dots, _pen_radii(glyph_indices, hands, rng))
    images = draw_dots(fit_into_box(dots, radii), radii, hands["edge_px"])
    return to_grey(centre_by_mass(images))


def _sheet(part: Part, rng: np.random.Generator) -> LabelledImages:
    writers = draw_writers(WRITERS_PER_SHEET, rng, part)
    hands = {name: np.repeat(values, DIGITS) for name, values in writers.items()}
    labels = rng.permuted(np.tile(np.arange(DIGITS), (WRITERS_PER_SHEET, 1)), axis=1).reshape(-1)
    glyph_indices = _choose_glyphs(labels, rng)
    return LabelledImages(render_glyphs(glyph_indices, hands, rng), labels)


@cache
def _glyph_limits() -> FloatArray:
    """For each glyph up to where its share of its digit's frequency reaches, `digit` to `digit + 1`."""
    digits = np.array([glyph.digit for glyph in GLYPHS])
    shares = np.array([glyph.frequency for glyph in GLYPHS])
    shares = shares / np.array([shares[digits == digit].sum() for digit in digits])
    return np.cumsum(shares)


def _choose_glyphs(labels: IntArray, rng: np.random.Generator) -> IntArray:
    wanted = labels + rng.uniform(1e-6, 1 - 1e-6, size=labels.shape)
    return np.searchsorted(_glyph_limits(), wanted).astype(np.int64)


class _PenWays(NamedTuple):
    points: FloatArray
    looseness: FloatArray
    basis: FloatArray
    rounded_basis: FloatArray
    progress: FloatArray


@cache
def _pen_ways() -> _PenWays:
    """All glyphs, padded to the same number of points, with their ends looser than the rest."""
    ways = [pen_way(glyph) for glyph in GLYPHS]
    size = max(len(way.points) for way in ways)
    points, loose = np.zeros((len(ways), size, 2)), np.ones((len(ways), size))
    basis, rounded = np.zeros((2, len(ways), DOTS_PER_GLYPH, size))
    for index, way in enumerate(ways):
        points[index, : len(way.points)] = way.points
        loose[index, : len(way.points)] = np.where(way.is_end, 1.4, 1.0) * GLYPHS[index].looseness
        basis[index, :, : len(way.points)] = way.basis
        rounded[index, :, : len(way.points)] = way.rounded_basis
    return _PenWays(points, loose, basis, rounded, np.stack([way.progress for way in ways]))


def _wander(glyph_indices: IntArray, hands: dict[str, FloatArray], rng: np.random.Generator) -> FloatArray:
    """The pen's way through points that have wandered a little, on a scale of -0.5 to 0.5."""
    ways = _pen_ways()
    looseness = ways.looseness[glyph_indices] * hands["untidiness"][:, None]
    shift = looseness[..., None] * np.clip(rng.normal(size=(*looseness.shape, 2)), -2.0, 2.0)
    wandered = ways.points[glyph_indices] + shift
    careful, hasty = ways.basis[glyph_indices] @ wandered, ways.rounded_basis[glyph_indices] @ wandered
    haste = np.clip(hands["haste"] + rng.normal(0.0, 0.15, len(shift)), 0.0, 1.0)[:, None, None]
    return np.asarray(((1.0 - haste) * careful + haste * hasty - 50.0) / 100.0)


def _bend(dots: FloatArray, hands: dict[str, FloatArray], rng: np.random.Generator) -> FloatArray:
    """Waves, waist, taper, bow, stretch, slant and rotation, in this order."""

    def near(name: str, deviation: float) -> FloatArray:
        return np.asarray((hands[name] + rng.normal(0.0, deviation, len(dots)))[:, None])

    x, y = dots[..., 0], dots[..., 1]
    phases = rng.uniform(0.0, 2.0 * np.pi, (4, len(dots), 1))
    cycles = rng.uniform(0.4, 1.1, (4, len(dots), 1))
    height = hands["wave"][:, None] * rng.uniform(-1.5, 1.5, (4, len(dots), 1))
    turn = 2.0 * np.pi * cycles
    x, y = (
        x + height[0] * np.sin(turn[0] * y + phases[0]) + 0.5 * height[1] * np.sin(turn[1] * x + phases[1]),
        y + height[2] * np.sin(turn[2] * x + phases[2]) + 0.5 * height[3] * np.sin(turn[3] * y + phases[3]),
    )
    y = y + near("waist", 0.08) * (0.25 - y**2)
    x = x * (1.0 + near("taper", 0.1) * y) + near("bend", 0.05) * (0.25 - y**2)
    x = x * np.exp(near("width_log", 0.08))
    x = x - near("slant", 0.06) * y
    angle = near("rotation_rad", 0.04)
    return np.stack([x * np.cos(angle) - y * np.sin(angle), x * np.sin(angle) + y * np.cos(angle)], axis=-1)


def _pen_radii(glyph_indices: IntArray, hands: dict[str, FloatArray], rng: np.random.Generator) -> FloatArray:
    progress = _pen_ways().progress[glyph_indices]
    size = (len(progress), 1)
    beat = np.sin(2.0 * np.pi * (rng.uniform(0.3, 1.5, size) * progress + rng.uniform(0.0, 1.0, size)))
    pressure = 1.0 + hands["pressure_range"][:, None] * beat
    scale = np.array([glyph.pen_scale for glyph in GLYPHS])[glyph_indices]
    return np.asarray((hands["pen_radius_px"] * scale)[:, None] * rng.normal(1.0, 0.05, size) * pressure)


def _readable_radii(dots: FloatArray, radii_px: FloatArray) -> FloatArray:
    """Thinner pens where much line has little room, so that loops stay open."""
    longest = np.ptp(dots, axis=1).max(axis=1)
    steps = np.hypot(*np.moveaxis(np.diff(dots, axis=1), -1, 0))
    length = np.minimum(steps, _LONGEST_STEP * longest[:, None]).sum(axis=1)
    room = longest * np.maximum(_breadth(dots), longest / 2)
    limit = _INK_SHARE * room / (length * longest) * BOX_SIZE_PX
    return np.asarray(radii_px * np.minimum(1.0, limit / radii_px.mean(axis=1))[:, None])


def _breadth(dots: FloatArray) -> FloatArray:
    """How wide a digit is across its longest direction, however it leans: 2√2 deviations, as in a ring."""
    x, y = np.moveaxis(dots - dots.mean(axis=1, keepdims=True), -1, 0)
    half_sum, half_difference = (x**2 + y**2).mean(axis=1) / 2, (x**2 - y**2).mean(axis=1) / 2
    smaller = half_sum - np.hypot(half_difference, (x * y).mean(axis=1))
    return np.asarray(np.sqrt(8.0 * np.maximum(smaller, 0.0)))
