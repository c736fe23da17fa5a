"""The pen: dots of ink on 28 by 28 pixels, fitted and centred as MNIST's digits are."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
Float32Array = npt.NDArray[np.float32]

IMAGE_SIZE_PX = 28
BOX_SIZE_PX = 20
GREY_LEVELS = 16
"""Grey values are multiples of 17, so that an image packs into half the space."""

_MARGIN_PX = (IMAGE_SIZE_PX - BOX_SIZE_PX) // 2
_REACH_PX = 4
_MAX_RADIUS_PX = 3.2


def fit_into_box(dots: FloatArray, radii_px: FloatArray) -> FloatArray:
    """Scale digits, keeping their proportions, until the ink just fits a box of 20 by 20 pixels.

    Args:
        dots: `(count, dots, 2)`, x and y of the dots in any unit.
        radii_px: `(count, dots)`, the radius of each dot.

    Returns:
        The dots in pixels, the box's upper left corner at (4, 4), centred in the direction that has room left.

    Reference:
        LeCun, Bottou, Bengio and Haffner, *Gradient-Based Learning Applied to Document Recognition*, 1998, III-A.
    """
    low, high = dots.min(axis=1), dots.max(axis=1)
    room = BOX_SIZE_PX - 2.0 * np.minimum(radii_px.max(axis=1), _MAX_RADIUS_PX)
    scale = room / np.maximum((high - low).max(axis=1), 1e-9)
    centre = (low + high)[:, None, :] / 2.0
    return np.asarray((dots - centre) * scale[:, None, None] + IMAGE_SIZE_PX / 2)


def draw_dots(dots_px: FloatArray, radii_px: FloatArray, edges_px: FloatArray) -> Float32Array:
    """Ink, where the pen has been.

    Args:
        dots_px: `(count, dots, 2)`, x and y of the dots; a dot at (0.5, 0.5) fills the upper left pixel.
        radii_px: `(count, dots)`, the radius of each dot; 0 leaves no ink.
        edges_px: `(count,)`, over how many pixels ink fades into paper.

    Returns:
        Images, `(count, 28, 28)`, 0 paper to 1 ink.
    """
    count, dot_count = radii_px.shape
    side = IMAGE_SIZE_PX + 2 * _REACH_PX
    offsets = np.arange(-_REACH_PX, _REACH_PX + 1)
    nearest = np.clip(np.floor(dots_px).astype(np.int64), 0, IMAGE_SIZE_PX - 1)
    corner = np.arange(count)[:, None] * side * side + nearest[..., 1] * side + nearest[..., 0]
    window = ((offsets[:, None] + _REACH_PX) * side + offsets[None, :] + _REACH_PX).reshape(-1)
    rest = (dots_px - nearest - 0.5).astype(np.float32)
    radii = np.minimum(radii_px, _MAX_RADIUS_PX).astype(np.float32)
    steep = (1.0 / edges_px).astype(np.float32)[:, None]
    paper = np.zeros(count * side * side, np.float32)
    offset_row = offsets.astype(np.float32)[None, :]
    for dot in range(dot_count):
        across = (offset_row - rest[:, dot, :1]) ** 2
        down = (offset_row - rest[:, dot, 1:]) ** 2
        distance = np.sqrt(down[:, :, None] + across[:, None, :]).reshape(count, -1)
        ink = (radii[:, dot, None] - distance) * steep + np.float32(0.5)
        ink[radii[:, dot] <= 0] = 0
        where = corner[:, dot, None] + window
        paper[where] = np.maximum(paper[where], ink)
    inner = slice(_REACH_PX, _REACH_PX + IMAGE_SIZE_PX)
    return np.asarray(np.clip(paper.reshape(count, side, side)[:, inner, inner], 0.0, 1.0))


def centre_by_mass(images: Float32Array) -> Float32Array:
    """Move every image by whole pixels until its centre of mass is the middle of the image.

    Args:
        images: `(count, 28, 28)`. What lies outside the middle 20 by 20 pixels is cut off.

    Returns:
        The moved images. As in MNIST, the middle is row 14 and column 14, counted from 0.

    Reference:
        LeCun, Bottou, Bengio and Haffner, *Gradient-Based Learning Applied to Document Recognition*, 1998, III-A.
    """
    places = np.arange(IMAGE_SIZE_PX, dtype=np.float32)
    box = slice(_MARGIN_PX, _MARGIN_PX + BOX_SIZE_PX)
    moved = np.zeros_like(images)
    moved[:, box, box] = images[:, box, box]
    mass = np.maximum(moved.sum(axis=(1, 2)), 1e-6)
    for axis in (1, 2):
        centre = (moved.sum(axis=3 - axis) * places).sum(axis=1) / mass
        shift = np.clip(np.rint(IMAGE_SIZE_PX / 2 - centre), -_MARGIN_PX, _MARGIN_PX).astype(np.int64)
        source = (np.arange(IMAGE_SIZE_PX)[None, :] - shift[:, None]) % IMAGE_SIZE_PX
        shape = (-1, IMAGE_SIZE_PX, 1) if axis == 1 else (-1, 1, IMAGE_SIZE_PX)
        moved = np.take_along_axis(moved, source.reshape(shape), axis=axis)
    return moved


def to_grey(images: Float32Array) -> npt.NDArray[np.uint8]:
    """Ink as grey values; the most ink of an image becomes white.

    Args:
        images: `(count, height, width)`, 0 to 1.

    Returns:
        `(count, height, width, 1)`, black (0) to white (255) in `GREY_LEVELS` steps.

    Example:
        >>> to_grey(np.array([[[0.0, 0.5, 1.0]]], np.float32)).ravel().tolist()
        [0, 136, 255]
    """
    step = 255 // (GREY_LEVELS - 1)
    most = np.maximum(images.max(axis=(1, 2), keepdims=True), 1e-6)
    levels = np.floor(images / most * (GREY_LEVELS - 1) + np.float32(0.5)).astype(np.uint8)
    return np.asarray(levels * np.uint8(step))[..., None]
