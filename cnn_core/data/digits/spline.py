"""From the points of a glyph to the pen's way: a smooth curve as one matrix product."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from cnn_core.data.digits.glyphs import Glyph

FloatArray = npt.NDArray[np.float64]

DOTS_PER_GLYPH = 112
"""How many dots of ink make one digit: about two for each pixel of the longest pen's way."""

_STEPS_PER_SPAN = 24
_CORNER_DOTS = 5.0


@dataclass(frozen=True)
class PenWay:
    """A glyph, ready to be bent: moving its points moves the dots by one matrix product.

    Args:
        points: `(points, 2)`, x and y of the glyph's points, on the grid of 0 to 100.
        basis: `(dots, points)`, how much each point pulls on each dot; every row sums to 1.
        rounded_basis: The same for a hasty pen, which cuts corners.
        progress: `(dots,)`, how far along its stroke each dot lies, 0 to 1.
        is_end: `(points,)`, whether a point begins or ends a stroke.
    """

    points: FloatArray
    basis: FloatArray
    rounded_basis: FloatArray
    progress: FloatArray
    is_end: npt.NDArray[np.bool_]


def parse_stroke(text: str) -> tuple[FloatArray, list[int]]:
    """The points of one stroke, and which of them are sharp corners.

    Args:
        text: Points `x,y` separated by blanks; an exclamation mark follows a corner.

    Returns:
        The points, `(points, 2)`, and the indices of the corners.

    Raises:
        ValueError: If there are fewer than two points, or one is not two numbers.

    Example:
        >>> parse_stroke("0,10 50,10! 20,90")[1]
        [1]
    """
    words = text.split()
    pairs = [word.rstrip("!").split(",") for word in words]
    if len(words) < 2 or any(len(pair) != 2 for pair in pairs):
        raise ValueError(f"a stroke must be two or more points 'x,y'. Received: text={text!r}.")
    points = np.array([[float(x), float(y)] for x, y in pairs])
    return points, [index for index, word in enumerate(words) if word.endswith("!")]


def pen_way(glyph: Glyph, dot_count: int = DOTS_PER_GLYPH) -> PenWay:
    """The curve of a glyph as evenly spaced dots.

    Args:
        glyph: The way of writing.
        dot_count: How many dots all strokes get together.

    Returns:
        The points, the matrix that turns points into dots, and where in its stroke each dot lies.

    Example:
        >>> from cnn_core.data.digits.glyphs import glyphs_of
        >>> way = pen_way(glyphs_of(1)[0])
        >>> (way.basis @ way.points).shape
        (112, 2)
    """
    parsed = [parse_stroke(stroke) for stroke in glyph.strokes]
    bases = [_fine_basis(points, corners) for points, corners in parsed]
    distances = [_arc_length(basis @ points) for (points, _), basis in zip(parsed, bases, strict=True)]
    counts = _share(dot_count, [distance[-1] for distance in distances])
    total_points = sum(len(points) for points, _ in parsed)
    basis = np.zeros((dot_count, total_points))
    first_dot = first_point = 0
    for (points, _), fine, distance, count in zip(parsed, bases, distances, counts, strict=True):
        wanted = np.linspace(0.0, distance[-1], count)
        columns = [np.interp(wanted, distance, fine[:, column]) for column in range(len(points))]
        basis[first_dot : first_dot + count, first_point : first_point + len(points)] = np.stack(columns, axis=1)
        first_dot, first_point = first_dot + count, first_point + len(points)
    ends = [np.isin(np.arange(len(points)), (0, len(points) - 1)) for points, _ in parsed]
    return PenWay(
        points=np.concatenate([points for points, _ in parsed]),
        basis=basis,
        rounded_basis=_cut_corners(basis, counts),
        progress=np.concatenate([np.linspace(0.0, 1.0, count) for count in counts]),
        is_end=np.concatenate(ends),
    )


def _cut_corners(basis: FloatArray, counts: list[int]) -> FloatArray:
    """Each dot moved to the weighted mean of its neighbours on the same stroke."""
    stroke = np.repeat(np.arange(len(counts)), counts)
    apart = np.arange(len(basis))[:, None] - np.arange(len(basis))[None, :]
    weights = np.exp(-0.5 * (apart / _CORNER_DOTS) ** 2) * (stroke[:, None] == stroke[None, :])
    return np.asarray(weights / weights.sum(axis=1, keepdims=True) @ basis)


def _share(dot_count: int, lengths: list[float]) -> list[int]:
    counts = [max(4, round(dot_count * length / sum(lengths))) for length in lengths]
    counts[int(np.argmax(lengths))] += dot_count - sum(counts)
    return counts


def _arc_length(curve: FloatArray) -> FloatArray:
    steps = np.hypot(*np.diff(curve, axis=0).T)
    return np.concatenate([[0.0], np.cumsum(steps)])


def _fine_basis(points: FloatArray, corners: list[int]) -> FloatArray:
    """The pieces between corners, each a spline of its own, joined into one matrix."""
    borders = [0, *[corner for corner in corners if 0 < corner < len(points) - 1], len(points) - 1]
    pieces: list[FloatArray] = []
    for first, last in pairwise(borders):
        piece = np.zeros((_STEPS_PER_SPAN * (last - first) + 1, len(points)))
        piece[:, first : last + 1] = _spline_basis(points[first : last + 1])
        pieces.append(piece if not pieces else piece[1:])
    return np.concatenate(pieces)


def _spline_basis(points: FloatArray) -> FloatArray:
    """Cubic Hermite pieces; the speed at a point is that of the parabola through it and its neighbours.

    The knots are spaced by the square root of the distance, which keeps curves free of small loops where the
    points are unevenly spaced.
    """
    count = len(points)
    gaps = np.sqrt(np.maximum(np.hypot(*np.diff(points, axis=0).T), 1e-6))
    slopes = (np.eye(count)[1:] - np.eye(count)[:-1]) / gaps[:, None]
    speeds = np.empty((count, count))
    if count == 2:
        speeds[:] = slopes[0]
    else:
        share = (gaps[:-1] / (gaps[:-1] + gaps[1:]))[:, None]
        speeds[1:-1] = (1 - share) * slopes[:-1] + share * slopes[1:]
        speeds[0], speeds[-1] = 1.5 * slopes[0] - 0.5 * speeds[1], 1.5 * slopes[-1] - 0.5 * speeds[-2]
    t = (np.arange(_STEPS_PER_SPAN) / _STEPS_PER_SPAN)[:, None]
    rows = []
    for span, gap in enumerate(gaps):
        value = (1 + 2 * t) * (1 - t) ** 2 * np.eye(count)[span] + t**2 * (3 - 2 * t) * np.eye(count)[span + 1]
        bend = t * (1 - t) ** 2 * speeds[span] - t**2 * (1 - t) * speeds[span + 1]
        rows.append(value + gap * bend)
    return np.concatenate([*rows, np.eye(count)[-1:]])
