"""Ten shapes as distances: for every pixel, how far inside the shape it lies.

Neighbours in the list differ in exactly one thing, so that what a network must have learned is plain: bars in their
direction, corner and arc in how they bend, stripes, checks and dots in their texture, the red disc and the blue one
in colour, the red disc and the red square in having corners.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float32]
Outline = Callable[[FloatArray, FloatArray, np.random.Generator], FloatArray]

SIDEWAYS_RAD = np.pi / 2
ANY_ANGLE_RAD = np.pi
NEARLY_STRAIGHT_RAD = np.radians(15)


def _uniform(rng: np.random.Generator, low: float, high: float, count: int) -> FloatArray:
    """One number for each image, with axes for its rows and columns."""
    return rng.uniform(low, high, (count, 1, 1)).astype(np.float32)


def bar(along: FloatArray, across: FloatArray, rng: np.random.Generator) -> FloatArray:
    """A bar of 15 to 26 by 3 to 7 pixels."""
    count = len(along)
    half_length, half_width = _uniform(rng, 7.5, 13, count), _uniform(rng, 1.5, 3.5, count)
    return np.asarray(np.minimum(half_length - abs(along), half_width - abs(across)))


def _bend(count: int, rng: np.random.Generator) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Length of one arm, half width, and by how much a line turns: corner and arc draw the same numbers."""
    turn = _uniform(rng, np.radians(100), np.radians(142), count)
    return _uniform(rng, 10.5, 13, count), _uniform(rng, 1.25, 2.25, count), turn


def corner(along: FloatArray, across: FloatArray, rng: np.random.Generator) -> FloatArray:
    """A line that turns by 100 to 142 degrees in one point."""
    arm, half_width, turn = _bend(len(along), rng)
    half_opening = (np.float32(np.pi) - turn) / 2
    forth, aside = np.cos(half_opening), np.sin(half_opening)
    along = np.asarray(along + arm * forth / 2, np.float32)  # so that the middle of the shape is the middle
    across = abs(across)
    from_line = abs(along * aside - across * forth)
    return np.asarray(np.minimum(half_width - from_line, arm - along * forth - across * aside))


def arc(along: FloatArray, across: FloatArray, rng: np.random.Generator) -> FloatArray:
    """A line that turns by as much, but evenly on all its way."""
    arm, half_width, turn = _bend(len(along), rng)
    radius, half_turn = 2 * arm / turn, turn / 2
    along = along + radius * (1 + np.cos(half_turn)) / 2
    from_line = abs(np.hypot(along, across) - radius)
    from_end = along * np.sin(half_turn) - abs(across) * np.cos(half_turn)
    return np.asarray(np.minimum(half_width - from_line, from_end))


def disc(along: FloatArray, across: FloatArray, rng: np.random.Generator) -> FloatArray:
    """A disc of 15 to 22 pixels."""
    return np.asarray(_uniform(rng, 7.5, 11, len(along)) - np.hypot(along, across))


def square(along: FloatArray, across: FloatArray, rng: np.random.Generator) -> FloatArray:
    """A square with as much room as a disc has."""
    half_side = _uniform(rng, 7.5, 11, len(along)) * np.float32(np.sqrt(np.pi) / 2)
    return np.asarray(half_side - np.maximum(abs(along), abs(across)))


def stripes(along: FloatArray, across: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Parallel stripes in a round patch, 6 to 9 pixels from one to the next."""
    pace = _pace(len(along), rng)
    return _in_patch(np.cos(along * pace) / pace, along, across, rng)


def checks(along: FloatArray, across: FloatArray, rng: np.random.Generator) -> FloatArray:
    """A chequered round patch."""
    pace = _pace(len(along), rng)
    return _in_patch(np.cos(along * pace) * np.cos(across * pace) / pace, along, across, rng)


def dots(along: FloatArray, across: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Dots in rows and columns in a round patch."""
    pace = _pace(len(along), rng)
    return _in_patch((np.cos(along * pace) + np.cos(across * pace) - np.float32(0.8)) / pace, along, across, rng)


def _pace(count: int, rng: np.random.Generator) -> FloatArray:
    return np.float32(2 * np.pi) / _uniform(rng, 6, 9, count)


def _in_patch(texture: FloatArray, along: FloatArray, across: FloatArray, rng: np.random.Generator) -> FloatArray:
    return np.asarray(np.minimum(texture, _uniform(rng, 10.5, 14, len(along)) - np.hypot(along, across)))


@dataclass(frozen=True)
class Shape:
    """One class of the data set.

    Args:
        name: Its name on the screen.
        outline: How far inside the shape a pixel lies, from its place along and across the shape, in pixels.
        turned_rad: The angle that it is drawn at, 0 for lying flat.
        wavering_rad: By how much the angle differs, either way.
        hue: The middle of its hues, in turns; None for any.
    """

    name: str
    outline: Outline
    turned_rad: float = 0.0
    wavering_rad: float = ANY_ANGLE_RAD
    hue: float | None = None


SHAPES: tuple[Shape, ...] = (
    Shape("Horizontal bar", bar, 0.0, NEARLY_STRAIGHT_RAD),
    Shape("Vertical bar", bar, SIDEWAYS_RAD, NEARLY_STRAIGHT_RAD),
    Shape("Corner", corner),
    Shape("Arc", arc),
    Shape("Stripes", stripes),
    Shape("Checks", checks),
    Shape("Dots", dots),
    Shape("Blue disc", disc, hue=0.62),
    Shape("Red disc", disc, hue=0.0),
    Shape("Red square", square, hue=0.0),
)
"""Every class, in the order of the labels."""
