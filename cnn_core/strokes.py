"""Drawings as strokes: what a pen did, one record for every canvas, and the picture that it leaves.

A canvas in the browser and this module draw the same curve through a pen's points, so that the person and the network
look at the same picture.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

Point = tuple[float, float]
Colour = tuple[int, int, int]

FINENESS = 3
"""The picture is painted this many times finer in each direction, and averaged: so edges are soft, as in a browser."""

STEP_PX = 3.0
"""A curve is painted as short straight lines of about this length."""

MOST_KEPT = 32
"""Pictures that go on, one for each person who draws; 0.9 MB each."""


@dataclass(frozen=True)
class Stroke:
    """What a pen did between touching the paper and leaving it.

    Args:
        points: Where the pen was, `(x, y)` in pixels of the canvas from its top left corner; at least one.
        width_px: How wide the line is, in pixels of the canvas.
        is_eraser: Whether it takes ink away instead of leaving it.

    Raises:
        ValueError: If there is no point, or the width is not positive.
    """

    points: tuple[Point, ...]
    width_px: float
    is_eraser: bool = False

    def __post_init__(self) -> None:
        if not self.points or not self.width_px > 0:
            raise ValueError(
                "A stroke needs a point and a positive width. "
                f"Received: {len(self.points)} points, width_px={self.width_px}."
            )


def stroke_curve(points: Sequence[Point], step_px: float = STEP_PX) -> npt.NDArray[np.float64]:
    """Follow the smooth curve through a pen's points, in short steps.

    A pen is read only every few milliseconds, and straight lines between would show corners. So the curve runs from
    the middle between two points to the middle between the next two, and each point bends it towards itself.

    Args:
        points: Where the pen was, in the order of time.
        step_px: About how long one step is.

    Returns:
        `(count, 2)`: the places on the curve, the first and the last one where the pen was.

    Example:
        >>> stroke_curve([(0.0, 0.0), (4.0, 0.0)], step_px=2.0).tolist()
        [[0.0, 0.0], [2.0, 0.0], [4.0, 0.0]]
        >>> bent = stroke_curve([(0.0, 0.0), (8.0, 0.0), (8.0, 8.0)], step_px=1.0)
        >>> bool((bent == [8.0, 0.0]).all(axis=1).any())
        False

    Reference:
        Bézier's quadratic curve, as in the SVG 1.1 recommendation 2011, section 8.3.7.
    """
    return _curve(points, step_px)[0]


def _curve(points: Sequence[Point], step_px: float = STEP_PX) -> tuple[npt.NDArray[np.float64], int]:
    """Return a curve's places, and how many of them stay where they are when the pen goes on."""
    given = np.asarray(points, np.float64)
    if len(given) == 1:
        return given, 1
    middles = (given[:-1] + given[1:]) / 2
    begins = np.concatenate([given[:1], middles])
    ends = np.concatenate([middles, given[-1:]])
    controls = np.concatenate([given[:-1], (middles[-1:] + given[-1:]) / 2])
    lengths = np.hypot(*(controls - begins).T) + np.hypot(*(ends - controls).T)
    counts = np.maximum(1, np.rint(lengths / step_px)).astype(int)
    piece = np.repeat(np.arange(len(counts)), counts)
    step = np.arange(len(piece)) - np.repeat(np.cumsum(counts) - counts, counts) + 1
    share = (step / counts[piece])[:, np.newaxis]
    bends = (1 - share) ** 2 * begins[piece] + 2 * share * (1 - share) * controls[piece] + share**2 * ends[piece]
    return np.concatenate([given[:1], bends]), 1 + int(counts[:-1].sum())


def ink_of_strokes(strokes: Sequence[Stroke], size_px: int) -> npt.NDArray[np.uint8]:
    """Paint strokes one after the other, each with a round tip; an eraser takes away what lies below it.

    Args:
        strokes: The strokes, the oldest first.
        size_px: Width and height of the canvas, in pixels.

    Returns:
        `(size_px, size_px)`: 0 paper to 255 ink; between them at the edges of lines.

    Example:
        >>> dot = Stroke(((5.0, 5.0),), width_px=6.0)
        >>> ink = ink_of_strokes([dot], 10)
        >>> int(ink[5, 5]), int(ink[0, 0])
        (255, 0)
        >>> int(ink_of_strokes([dot, Stroke(dot.points, 8.0, is_eraser=True)], 10).max())
        0
    """
    return np.asarray(_painted(tuple(strokes), size_px).reduce(FINENESS))


@dataclass(frozen=True, eq=False)
class _Begun:
    """A picture that goes on.

    Args:
        picture: What is painted: all strokes but the newest one, and of that one the first places.
        newest: The newest stroke, as it was then.
        place_count: How many of its places are painted.
    """

    picture: Image.Image
    newest: Stroke
    place_count: int


def _painted(strokes: tuple[Stroke, ...], size_px: int) -> Image.Image:
    """Paint all strokes. While one grows, only its end is painted; what stays is kept."""
    fine = Image.new("L", (size_px * FINENESS, size_px * FINENESS), 0)
    if not strokes:
        return fine
    finished, count = strokes[:-1], 0
    begun = _recall(strokes, size_px)
    if begun is not None:
        fine, count = begun.picture.copy(), begun.place_count
    elif (before := _recall(finished, size_px)) is not None:  # a new stroke has just begun
        fine = before.picture.copy()
        _paint(fine, finished[-1], before.place_count)
    else:  # others have pushed the picture out
        for stroke in finished:
            _paint(fine, stroke)
    staying = _curve(strokes[-1].points)[1]
    _paint(fine, strokes[-1], count, staying)
    _keep(strokes, size_px, _Begun(fine.copy(), strokes[-1], staying))
    _paint(fine, strokes[-1], staying)
    return fine


_Key = tuple[tuple[Stroke, ...], Point, int]
_kept: OrderedDict[_Key, _Begun] = OrderedDict()
_lock = threading.Lock()


def _key(strokes: tuple[Stroke, ...], size_px: int) -> _Key:
    """Tell drawings from each other whose newest stroke may grow: by all others, and by where that one began."""
    return strokes[:-1], strokes[-1].points[0], size_px


def _recall(strokes: tuple[Stroke, ...], size_px: int) -> _Begun | None:
    """Return what is kept of a drawing if its newest stroke goes on from there."""
    if not strokes:
        return None
    key, newest = _key(strokes, size_px), strokes[-1]
    with _lock:
        begun = _kept.get(key)
        if begun is None:
            return None
        _kept.move_to_end(key)
    known = begun.newest
    is_same_pen = (known.width_px, known.is_eraser) == (newest.width_px, newest.is_eraser)
    return begun if is_same_pen and newest.points[: len(known.points)] == known.points else None


def _keep(strokes: tuple[Stroke, ...], size_px: int, begun: _Begun) -> None:
    with _lock:
        key = _key(strokes, size_px)
        _kept[key] = begun
        _kept.move_to_end(key)
        while len(_kept) > MOST_KEPT:
            _kept.popitem(last=False)


def _paint(fine: Image.Image, stroke: Stroke, start: int = 0, stop: int | None = None) -> None:
    """Paint a line of short pieces with a disc at each joint; of all its places those from `start` to before `stop`."""
    pen = ImageDraw.Draw(fine)
    fill = 0 if stroke.is_eraser else 255
    places = _curve(stroke.points)[0] * FINENESS
    width = round(stroke.width_px * FINENESS)
    # Pillow takes whole numbers only, and counts both ends of a disc in.
    for left, top in np.rint(places[start:stop] - width / 2).astype(int).tolist():
        pen.ellipse((left, top, left + width - 1, top + width - 1), fill)
    line = places[max(0, start - 1) : stop]
    if len(line) > 1:
        pen.line(np.rint(line - 0.5).astype(int).ravel().tolist(), fill, width)


def paint_strokes(strokes: Sequence[Stroke], size_px: int, ink: Colour, paper: Colour) -> npt.NDArray[np.uint8]:
    """Paint strokes in colours, as they look on the canvas.

    Args:
        strokes: The strokes, the oldest first.
        size_px: Width and height of the canvas, in pixels.
        ink: Red, green and blue of the ink, 0 to 255.
        paper: Red, green and blue of the paper.

    Returns:
        `(size_px, size_px, 4)`: red, green, blue and opacity, which is full everywhere.

    Example:
        >>> rgba = paint_strokes([Stroke(((4.0, 4.0),), 4.0)], 8, ink=(0, 0, 255), paper=(255, 255, 255))
        >>> rgba[4, 4].tolist(), rgba[0, 0].tolist()
        ([0, 0, 255, 255], [255, 255, 255, 255])
    """
    amount = ink_of_strokes(strokes, size_px)
    mixed = np.array([[*paper, 255], [*ink, 255]], np.float32)
    colours = np.rint(mixed[0] + (mixed[1] - mixed[0]) * (np.arange(256)[:, np.newaxis] / 255)).astype(np.uint8)
    rgba: npt.NDArray[np.uint8] = colours.view(np.uint32)[amount, 0, np.newaxis].view(np.uint8)  # four numbers at once
    return rgba
