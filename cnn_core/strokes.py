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
"""Pictures of finished strokes, one for each person who draws; 0.9 MB each."""


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
    given = np.asarray(points, np.float64)
    middles = (given[:-1] + given[1:]) / 2
    parts = [given[:1]]
    begin = given[0]
    for control, end in zip(given[:-1], middles, strict=True):
        parts.append(_bend(begin, control, end, step_px))
        begin = end
    if len(given) > 1:
        parts.append(_bend(begin, (begin + given[-1]) / 2, given[-1], step_px))
    return np.concatenate(parts)


def _bend(
    begin: npt.NDArray[np.float64], control: npt.NDArray[np.float64], end: npt.NDArray[np.float64], step_px: float
) -> npt.NDArray[np.float64]:
    length = float(np.hypot(*(control - begin)) + np.hypot(*(end - control)))
    share = np.linspace(0, 1, max(1, round(length / step_px)) + 1)[1:, np.newaxis]
    curve: npt.NDArray[np.float64] = (1 - share) ** 2 * begin + 2 * share * (1 - share) * control + share**2 * end
    return curve


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


def _painted(strokes: tuple[Stroke, ...], size_px: int) -> Image.Image:
    """Paint all strokes. While one grows, those before it stay as they are, and their picture is kept."""
    finished = strokes[:-1]
    fine = _recall(finished, size_px)
    if fine is None:  # a new stroke has just begun; or others have pushed the picture out
        before = _recall(finished[:-1], size_px)
        fine = before or Image.new("L", (size_px * FINENESS, size_px * FINENESS), 0)
        pen = ImageDraw.Draw(fine)
        for stroke in finished[-1:] if before else finished:
            _paint(pen, stroke)
        _keep(finished, size_px, fine.copy())
    if strokes:
        _paint(ImageDraw.Draw(fine), strokes[-1])
    return fine


_kept: OrderedDict[tuple[tuple[Stroke, ...], int], Image.Image] = OrderedDict()
_lock = threading.Lock()


def _recall(strokes: tuple[Stroke, ...], size_px: int) -> Image.Image | None:
    """Return a copy of the picture of these strokes, if it is kept."""
    with _lock:
        kept = _kept.get((strokes, size_px))
        if kept is None:
            return None
        _kept.move_to_end((strokes, size_px))
    return kept.copy()


def _keep(strokes: tuple[Stroke, ...], size_px: int, picture: Image.Image) -> None:
    with _lock:
        _kept[strokes, size_px] = picture
        while len(_kept) > MOST_KEPT:
            _kept.popitem(last=False)


def _paint(pen: ImageDraw.ImageDraw, stroke: Stroke) -> None:
    """Paint a line of short pieces with a disc at each joint."""
    fill = 0 if stroke.is_eraser else 255
    places = stroke_curve(stroke.points) * FINENESS
    width = round(stroke.width_px * FINENESS)
    # Pillow takes whole numbers only, and counts both ends of a disc in.
    for left, top in np.rint(places - width / 2).astype(int).tolist():
        pen.ellipse((left, top, left + width - 1, top + width - 1), fill)
    if len(places) > 1:
        pen.line(np.rint(places - 0.5).astype(int).ravel().tolist(), fill, width)


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
