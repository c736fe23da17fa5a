"""The ink in a photo of a digit on paper: under uneven light, with specks, and on ruled paper.

A photo has no colour that is "the paper": one corner lies in a shadow, another one under a lamp. So each place is
compared with the paper around it. What is darker there is ink; of that, lines that cross the whole picture and specks
are taken out, and one digit is kept.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

from cnn_core.drawing.components import Piece, connected_pieces
from cnn_core.drawing.ink import GREY_WEIGHTS, FloatImage
from cnn_core.drawing.way import Subject

BoolImage = npt.NDArray[np.bool_]

WORK_SIDE = 256
"""Pixels of the longer side on which ink is looked for; larger photos are shrunk to it."""

PARTS = 5
"""Parts along each side, of which each has a middle brightness."""

WIDEST_STROKE = 0.16
"""Share of the longer side that a stroke may be wide; what is wider is a shadow or a table."""

LEAST_CONTRAST = 0.1
"""Ink that is not darker than the paper by so much of the paper's brightness is no ink."""

THRESHOLD = 0.42
"""Between the paper (0) and the darkest ink (1): from here on it counts as ink."""

FAINT = 0.25
"""Ruled lines are fainter than ink; from here on something may be a part of one."""

SPECK = 0.06
"""A piece with less than this share of the largest one's area is a speck."""

APART = 0.45
"""Pieces nearer than this share of the largest one's longer side belong to the same digit, if they are small."""

RIVAL = 0.35
"""A piece apart with more than this share of the largest one's area is another digit."""

LINE_SHARE = 0.7
"""A straight line over more than this share of the picture is ruled."""
MOST_SLOPE = 16
"""Pixels that a ruled line may rise or fall over the whole picture."""
LINE_WIDTH = 5
"""Pixels that a ruled line is thick at most."""


@dataclass(frozen=True, eq=False)
class PhotoInk:
    """What was found in a photo.

    Args:
        subject: The photo in grey and its ink, ready for the way.
        notes: What was done or seen, each a clause, as `"ruled lines were taken out"`.
        digits: How many digits there seem to be; the largest one was taken.
    """

    subject: Subject
    notes: tuple[str, ...]
    digits: int


def ink_of_photo(pixels: npt.NDArray[np.uint8]) -> PhotoInk:
    """Find the ink of one digit in a photo.

    Args:
        pixels: `(height, width, 3)`, `uint8`, a colour photo of something written on paper, or in chalk on a board.

    Returns:
        The ink, 0 paper to 1; without any where nothing was found.

    Raises:
        ValueError: If `pixels` has another shape or type, or no pixel.

    Example:
        >>> paper = np.linspace(90, 220, 100)[:, None, None] * np.ones((1, 80, 3))
        >>> paper[30:70, 38:44] *= 0.4
        >>> found = ink_of_photo(paper.astype(np.uint8))
        >>> found.digits, bool(found.subject.ink[:25].any()), bool(found.subject.ink[35:65, 40].all())
        (1, False, True)

    Reference:
        Bradley & Roth 2007, *Adaptive thresholding using the integral image*, for comparing with the surroundings.
    """
    if pixels.ndim != 3 or pixels.shape[2] != 3 or pixels.dtype != np.uint8 or not pixels.size:
        raise ValueError(f"pixels must be (height, width, 3) uint8. Received: {pixels.shape}, {pixels.dtype}.")
    grey = _grey(pixels)
    notes = []
    contrast = _contrast(grey)
    if _is_light_on_dark(grey):
        contrast = _contrast(1.0 - grey)
        notes.append("light ink on a dark ground")
    strongest = float(np.quantile(contrast, 0.995))
    if strongest < LEAST_CONTRAST:
        return PhotoInk(Subject(grey, np.zeros_like(grey)), tuple(notes), 0)
    strength = np.clip(contrast / strongest, 0.0, 1.0)
    is_ink = strength >= THRESHOLD
    is_faint = strength >= FAINT
    is_ruled = _ruled(is_faint) | _ruled(is_faint.T).T
    if is_ruled.any():
        notes.append("ruled lines were taken out")
        is_ink &= ~is_ruled
    is_digit, digits, specks = _largest_digit(is_ink)
    if specks:
        notes.append("specks were taken out")
    # Soft rims of the strokes stay: a picture of hard squares shrinks to a jagged digit.
    near = _grown(is_digit, 1)
    ink = np.where(near, np.clip((strength - THRESHOLD / 2) / (0.85 - THRESHOLD / 2), 0.0, 1.0), 0.0)
    ink[is_ruled] = 0.0
    return PhotoInk(Subject(grey, ink.astype(np.float32)), tuple(notes), digits)


def _grey(pixels: npt.NDArray[np.uint8]) -> FloatImage:
    image = Image.fromarray(pixels)
    if max(image.size) > WORK_SIDE:
        image.thumbnail((WORK_SIDE, WORK_SIDE), Image.Resampling.BOX)
    grey: FloatImage = np.clip(np.asarray(image, np.float32) @ GREY_WEIGHTS / 255.0, 0.0, 1.0)
    return grey


def _contrast(grey: FloatImage) -> FloatImage:
    """How much darker each pixel is than the paper around it, as a share of the paper's brightness.

    The paper is what remains when everything narrower than a stroke may be is painted over with the brightest around
    it, and the bright areas are shrunk again by as much: the border of a shadow stays where it is.
    """
    smooth = _blurred(_blurred(grey))
    paper = _blurred(_filled(smooth))
    contrast: FloatImage = np.clip(1.0 - smooth / np.maximum(paper, 0.02), 0.0, 1.0)
    return contrast


def _is_light_on_dark(grey: FloatImage) -> bool:
    """Whether what stands out of a photo is lighter than most of what is around it.

    Ink is the smaller part of the paper around it. So what differs from the middle brightness of a part of the photo
    differs further to the side of the ink.
    """
    parts = [np.array_split(band, PARTS, axis=1) for band in np.array_split(grey, PARTS, axis=0)]
    middles = np.array([[np.median(part) if part.size else 0.0 for part in band] for band in parts], np.float32)
    size = (grey.shape[1], grey.shape[0])
    usual = np.asarray(Image.fromarray(middles).resize(size, Image.Resampling.BILINEAR), np.float32)
    return float(((grey - usual) ** 3).sum()) > 0


def _filled(picture: FloatImage) -> FloatImage:
    """A picture without the dark things that are narrower than a stroke may be."""
    reach = max(3, round(WIDEST_STROKE * max(picture.shape) / 2))
    return -_highest(-_highest(picture, reach), reach)


def _blurred(picture: FloatImage) -> FloatImage:
    """Each pixel as a quarter, a half and a quarter of itself and its neighbours, down and across."""
    for axis in (0, 1):
        count = picture.shape[axis]
        padded = np.pad(picture, [(1, 1) if axis == at else (0, 0) for at in (0, 1)], mode="edge")
        before, after = np.take(padded, range(count), axis), np.take(padded, range(2, count + 2), axis)
        picture = 0.25 * before + 0.5 * picture + 0.25 * after
    return picture


def _highest(picture: FloatImage, reach: int) -> FloatImage:
    """The highest number within a square around each pixel; what lies beyond the edge does not count."""
    for axis in (0, 1):
        length, wanted = 1, 2 * reach + 1
        padding = [(reach, reach) if axis == at else (0, 0) for at in (0, 1)]
        picture = np.pad(picture, padding, constant_values=-np.inf)
        while length < wanted:
            step = min(length, wanted - length)
            size = picture.shape[axis] - step
            picture = np.maximum(np.take(picture, range(size), axis), np.take(picture, range(step, size + step), axis))
            length += step
    return picture


def _ruled(is_ink: BoolImage) -> BoolImage:
    """Which ink belongs to lines that cross the picture from left to right, nearly level.

    For every slope the picture is sheared so that such lines become level; a row that is ink nearly all along is
    one. Where a stroke crosses it, the ink is thicker there than a line is, and stays.
    """
    height, width = is_ink.shape
    # Along each column, how many pixels of ink stand on one another around a pixel.
    thickness = _run_lengths(is_ink)
    thin = is_ink & (thickness <= LINE_WIDTH)
    columns = np.arange(width)
    found = np.zeros_like(is_ink)
    for rise in range(-MOST_SLOPE, MOST_SLOPE + 1, 2):
        shift = np.rint((columns / max(width - 1, 1) - 0.5) * rise).astype(np.int64)
        rows = np.arange(height)[:, np.newaxis] + shift[np.newaxis, :]
        inside = (rows >= 0) & (rows < height)
        at = np.clip(rows, 0, height - 1)
        sheared = is_ink[at, columns] & inside
        # A line that is one pixel off here and there is still that line.
        tolerant = sheared.copy()
        tolerant[1:] |= sheared[:-1]
        tolerant[:-1] |= sheared[1:]
        for row in np.flatnonzero(tolerant.mean(axis=1) >= LINE_SHARE):
            for near in range(-2, 3):
                line = np.clip(row + near + shift, 0, height - 1)
                found[line, columns] |= thin[line, columns]
    return found


def _run_lengths(is_ink: BoolImage) -> npt.NDArray[np.int32]:
    """For each pixel of ink the length of the upright run that it lies in."""
    down = np.zeros(is_ink.shape, np.int32)
    up = np.zeros(is_ink.shape, np.int32)
    for row in range(len(is_ink)):
        down[row] = np.where(is_ink[row], (down[row - 1] if row else 0) + 1, 0)
        back = len(is_ink) - 1 - row
        up[back] = np.where(is_ink[back], (up[back + 1] if row else 0) + 1, 0)
    return np.where(is_ink, down + up - 1, 0).astype(np.int32)


def _largest_digit(is_ink: BoolImage) -> tuple[BoolImage, int, bool]:
    """The ink of the largest digit, how many digits there are, and whether specks were left out."""
    labels, pieces = connected_pieces(is_ink)
    whole = [piece for piece in pieces if not _is_border(piece, is_ink.shape)]
    if not whole:
        return np.zeros_like(is_ink), 0, bool(pieces)
    largest = max(whole, key=lambda piece: piece.height * piece.width * piece.area)
    mine = [largest]
    others: list[Piece] = []
    for piece in whole:
        if piece is largest or piece.area < SPECK * largest.area:
            continue
        is_near = _gap(piece, largest) <= APART * max(largest.height, largest.width) / 2
        is_part = is_near and not _stands_beside(piece, largest)
        (mine if is_part else others).append(piece)
    rivals = [piece for piece in others if piece.area >= RIVAL * largest.area]
    has_specks = len(pieces) > len(mine) + len(rivals)
    return np.isin(labels, [piece.label for piece in mine]), 1 + len(rivals), has_specks


def _is_border(piece: Piece, shape: tuple[int, ...]) -> bool:
    """Whether a piece is the edge of the paper, or what lies beyond: it runs along a whole side of the photo."""
    height, width = shape
    at_side = piece.top == 0 or piece.left == 0 or piece.bottom == height or piece.right == width
    return at_side and (piece.height >= 0.9 * height or piece.width >= 0.9 * width)


def _gap(one: Piece, other: Piece) -> float:
    """Pixels between two boxes."""
    down = max(one.top - other.bottom, other.top - one.bottom, 0)
    across = max(one.left - other.right, other.left - one.right, 0)
    return float(np.hypot(down, across))


def _stands_beside(piece: Piece, largest: Piece) -> bool:
    """Whether a piece is as tall as a digit of its own, left or right of the largest one."""
    is_apart = piece.right <= largest.left or piece.left >= largest.right
    return is_apart and piece.height >= 0.6 * largest.height


def _grown(is_ink: BoolImage, reach: int) -> BoolImage:
    return _highest(is_ink.astype(np.float32), reach) > 0
