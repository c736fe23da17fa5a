"""How large cells are, where their rims run, and what a neighbour or a careless cut has taken off them."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float32]
_Doubles = npt.NDArray[np.floating[Any]]

IMAGE_SIZE_PX = 64
SMALLEST_PX, USUAL_PX, LARGEST_PX = 50.0, 130.0, 390.0
"""A cell's own size, before it is scaled: so wide or high was its cut-out."""

_DIRECTIONS = 128
_WAVES = 14
_DENTED_SHARE = 0.22


def cell_sizes(count: int, rng: np.random.Generator) -> FloatArray:
    """The diameters of cells before they were scaled, in pixels: most near 130, a few far larger or smaller.

    Args:
        count: How many.
        rng: The source of chance.

    Returns:
        `(count,)`, `SMALLEST_PX` to `LARGEST_PX`.
    """
    spread = np.where(rng.uniform(size=count) < 0.06, 0.38, 0.12)
    sizes = USUAL_PX * np.exp(spread * rng.normal(size=count))
    return np.clip(sizes, SMALLEST_PX, LARGEST_PX).astype(np.float32)


@cache
def grid() -> tuple[FloatArray, FloatArray]:
    """Each pixel's place to the right and down, -1 to 1, as a row and a column."""
    place = ((np.arange(IMAGE_SIZE_PX) + 0.5) / (IMAGE_SIZE_PX / 2) - 1).astype(np.float32)
    return place[None, None, :], place[None, :, None]


def cell_rims(count: int, rng: np.random.Generator) -> FloatArray:
    """How far the rim is from the middle in each of 128 directions, where the cell just fills its square.

    A rim is an ellipse with waves: slow ones make a pear or a bean of it, quick ones are the steps of the cut.

    Args:
        count: How many cells.
        rng: The source of chance.

    Returns:
        `(count, 128)`, counted from the right over below; the square reaches from -1 to 1.
    """
    angles = np.arange(_DIRECTIONS) * (2 * np.pi / _DIRECTIONS)
    number = np.arange(2, 2 + _WAVES)
    irregular = 0.045 * np.exp(0.8 * rng.normal(size=(count, 1)))
    heights = np.clip(irregular, 0, 0.2) / number**1.1 * 2 * rng.normal(size=(count, _WAVES))
    phases = rng.uniform(0, 2 * np.pi, (count, _WAVES))
    radii = 1 + np.einsum("cw,cwd->cd", heights, np.cos(number[:, None] * angles + phases[..., None]))
    radii = np.maximum(radii + rng.uniform(0, 0.02, (count, 1)) * rng.normal(size=radii.shape), 0.35)
    return _fill_square(radii * np.cos(angles), radii * np.sin(angles), angles)


def _fill_square(right: _Doubles, down: _Doubles, angles: _Doubles) -> FloatArray:
    """Stretch outlines to the square, as scaling a cut-out does, and measure them from the new middle."""
    stretched = []
    for along in (right, down):
        low, high = along.min(axis=1, keepdims=True), along.max(axis=1, keepdims=True)
        stretched.append((along - (low + high) / 2) * (2 / (high - low)))
    x, y = stretched
    radii, turned = np.hypot(x, y), np.arctan2(y, x)
    rims = [np.interp(angles, at, radius, period=2 * np.pi) for at, radius in zip(turned, radii, strict=True)]
    return np.asarray(rims, np.float32)


def inside_rims(rims: FloatArray) -> FloatArray:
    """How far inside the rim each pixel is: 1 in the middle, 0 at the rim, below 0 outside.

    Args:
        rims: `(count, 128)`, as `cell_rims` brings them.

    Returns:
        `(count, 64, 64)`.
    """
    direction, radius = _directions()
    return np.asarray(1 - radius / rims[:, direction])


@cache
def _directions() -> tuple[npt.NDArray[np.int64], FloatArray]:
    right, down = grid()
    angle = np.arctan2(down[0], right[0])
    direction = np.rint(angle * (_DIRECTIONS / (2 * np.pi))).astype(np.int64) % _DIRECTIONS
    return direction, np.hypot(down[0], right[0])


def take_dents(inside: FloatArray, rng: np.random.Generator) -> None:
    """Take from some cells what a neighbour covered: a round piece at the rim.

    Args:
        inside: As `inside_rims` brings it; changed in place.
        rng: The source of chance.
    """
    chosen = np.flatnonzero(rng.uniform(size=len(inside)) < _DENTED_SHARE)
    angle = rng.uniform(0, 2 * np.pi, (len(chosen), 1, 1))
    radius = rng.uniform(0.2, 0.9, (len(chosen), 1, 1))
    far = 1 + radius - rng.uniform(0.1, 0.5, (len(chosen), 1, 1))
    right, down = grid()
    away = np.hypot(right - far * np.cos(angle), down - far * np.sin(angle)) - radius
    inside[chosen] = np.minimum(inside[chosen], away)
