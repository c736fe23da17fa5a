"""What lies on a cell: a parasite's ring, dots or body; and what is none: platelets, dirt, a bright bubble."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from cnn_core.data.cells.outlines import IMAGE_SIZE_PX, grid
from cnn_core.data.paint import FloatArray, each

_RING, _DOTS, _BODY = 0, 1, 2
_KIND_SHARES = (0.36, 0.34, 0.3)


class Spots:
    """Soft spots, one for each cell, that are darkest or brightest in their middle.

    Args:
        right: `(count,)`, where they are, -1 to 1.
        down: The same.
        pixel: `(count,)`, how long a pixel of the photograph is where a cell is 2 long.
        blur_px: Over how many pixels of the photograph they fade.
    """

    def __init__(self, right: FloatArray, down: FloatArray, pixel: FloatArray, blur_px: float) -> None:
        columns, rows = grid()
        self.x = (columns - right[:, None, None]) / pixel[:, None, None]
        self.y = (rows - down[:, None, None]) / pixel[:, None, None]
        # What was sharper than a pixel of the scaled image is not any more.
        scaled = 2 / IMAGE_SIZE_PX / pixel
        self.fade = np.float32(1) / np.hypot(scaled, np.float32(blur_px))[:, None, None]

    def round(self, radius_px: FloatArray, stretch: FloatArray, angle: FloatArray) -> FloatArray:
        """A disc or an ellipse, `(count, 64, 64)`, 0 to 1."""
        return self._soft(radius_px[:, None, None] - self._away(stretch, angle))

    def ring(self, radius_px: FloatArray, width_px: FloatArray, stretch: FloatArray, angle: FloatArray) -> FloatArray:
        """A ring, `(count, 64, 64)`, 0 to 1."""
        from_line = abs(self._away(stretch, angle) - radius_px[:, None, None])
        return self._soft(width_px[:, None, None] - from_line)

    def _away(self, stretch: FloatArray, angle: FloatArray) -> FloatArray:
        cosine, sine = np.cos(angle)[:, None, None], np.sin(angle)[:, None, None]
        along, across = self.x * cosine + self.y * sine, self.y * cosine - self.x * sine
        return np.hypot(along / stretch[:, None, None], across)

    def _soft(self, inside_px: FloatArray) -> FloatArray:
        share = np.clip(inside_px * self.fade * np.float32(0.5) + np.float32(0.5), 0, 1)
        return np.asarray(share * share * (3 - 2 * share))


def places(
    rims: FloatArray, nearest: float, farthest: float, rng: np.random.Generator
) -> tuple[FloatArray, FloatArray]:
    """Somewhere on each cell.

    Args:
        rims: `(count, directions)`, how far the rim is.
        nearest: The least distance from the middle, as a share of the way to the rim.
        farthest: The greatest.
        rng: The source of chance.

    Returns:
        Places to the right and down, `(count,)` each.
    """
    count, directions = rims.shape
    direction = rng.integers(0, directions, count)
    share = np.sqrt(rng.uniform(nearest**2, farthest**2, count))
    away = share * rims[np.arange(count), direction]
    angle = direction * (2 * np.pi / directions)
    return (away * np.cos(angle)).astype(np.float32), (away * np.sin(angle)).astype(np.float32)


def parasites(rims: FloatArray, pixel: FloatArray, blur_px: float, rng: np.random.Generator) -> FloatArray:
    """One parasite on each cell, sometimes two: how much stain each pixel has taken.

    Args:
        rims: `(count, directions)`, the cells' rims.
        pixel: `(count,)`, how long a pixel of the photograph is where a cell is 2 long.
        blur_px: How far out of focus the slide is.
        rng: The source of chance.

    Returns:
        `(count, 64, 64)`, 0 to 1.
    """
    count = len(rims)
    stain = np.zeros((count, IMAGE_SIZE_PX, IMAGE_SIZE_PX), np.float32)
    kinds = rng.choice(3, size=count, p=_KIND_SHARES)
    for kind, draw in ((_RING, _ring), (_DOTS, _dots), (_BODY, _body)):
        chosen = np.flatnonzero(kinds == kind)
        again = chosen[rng.uniform(size=len(chosen)) < 0.2]
        for part in (chosen, again):
            strength = each(rng, 0.65, 1.0, len(part))[:, None, None]
            drawn = draw(rims[part], pixel[part], blur_px, rng) * strength
            stain[part] = np.maximum(stain[part], drawn)
    return stain


def _ring(rims: FloatArray, pixel: FloatArray, blur_px: float, rng: np.random.Generator) -> FloatArray:
    """A pale ring with a dark dot on it, as a young parasite looks."""
    count = len(rims)
    right, down = places(rims, 0.0, 0.72, rng)
    radius, angle = each(rng, 8, 14, count), each(rng, 0, 2 * np.pi, count)
    spots = Spots(right, down, pixel, blur_px)
    ring = spots.ring(radius, each(rng, 1.2, 2.8, count), each(rng, 1, 1.5, count), angle)
    towards = each(rng, 0, 2 * np.pi, count)
    dot = Spots(right + radius * pixel * np.cos(towards), down + radius * pixel * np.sin(towards), pixel, blur_px)
    dark = dot.round(each(rng, 3.6, 5.6, count), each(rng, 1, 1.5, count), angle)
    return np.asarray(np.maximum(ring * each(rng, 0.6, 1, count)[:, None, None], dark))


def _dots(rims: FloatArray, pixel: FloatArray, blur_px: float, rng: np.random.Generator) -> FloatArray:
    """One dark dot, or two side by side."""
    count = len(rims)
    right, down = places(rims, 0.2, 0.9, rng)
    radius, towards = each(rng, 4, 7, count), each(rng, 0, 2 * np.pi, count)
    first = Spots(right, down, pixel, blur_px).round(radius, each(rng, 1, 1.6, count), towards)
    away = radius * pixel * each(rng, 1.6, 3.0, count)
    beside = Spots(right + away * np.cos(towards), down + away * np.sin(towards), pixel, blur_px)
    second = beside.round(radius * each(rng, 0.5, 0.9, count), np.ones(count, np.float32), towards)
    is_double = rng.uniform(size=(count, 1, 1)) < 0.45
    return np.maximum(first, second * is_double)


def _body(rims: FloatArray, pixel: FloatArray, blur_px: float, rng: np.random.Generator) -> FloatArray:
    """A larger irregular body with darker and paler parts, as an older parasite looks."""
    count = len(rims)
    right, down = places(rims, 0.1, 0.75, rng)
    body = np.zeros((count, IMAGE_SIZE_PX, IMAGE_SIZE_PX), np.float32)
    for _ in range(3):
        aside = rng.normal(0, 4.5, (2, count)).astype(np.float32) * pixel
        lobe = Spots(right + aside[0], down + aside[1], pixel, blur_px)
        drawn = lobe.round(each(rng, 4, 8, count), each(rng, 1, 2.2, count), each(rng, 0, 2 * np.pi, count))
        body = np.maximum(body, drawn * each(rng, 0.45, 1, count)[:, None, None])
    return body


def platelets(rims: FloatArray, pixel: FloatArray, blur_px: float, rng: np.random.Generator) -> FloatArray:
    """A platelet on each cell, mostly at the rim: takes the stain too, but palely, in a cloud with a pale halo.

    Returns:
        `(count, 64, 64)`, 0 to 1; below 0 where the halo is brighter than the cell.
    """
    count = len(rims)
    right, down = places(rims, 0.35, 1.0, rng)
    angle = each(rng, 0, 2 * np.pi, count)
    cloud = Spots(right, down, pixel, 2 * blur_px + 3)
    radius = each(rng, 8, 15, count)
    shade = cloud.round(radius, each(rng, 1, 1.5, count), angle) * each(rng, 0.5, 1, count)[:, None, None]
    halo = cloud.round(radius + 7, np.ones(count, np.float32), angle)
    return np.asarray(shade - np.float32(0.16) * (halo - halo * shade))


def dirt(rims: FloatArray, pixel: FloatArray, rng: np.random.Generator) -> FloatArray:
    """One to three sharp specks on each cell, smaller than a parasite and without its colour, `(count, 64, 64)`."""
    count = len(rims)
    specks = np.zeros((count, IMAGE_SIZE_PX, IMAGE_SIZE_PX), np.float32)
    for share in (1.0, 0.5, 0.3):
        spots = Spots(*places(rims, 0.0, 0.95, rng), pixel, 1.5)
        drawn = spots.round(each(rng, 1.2, 3.4, count), each(rng, 1, 3, count), each(rng, 0, 2 * np.pi, count))
        is_there = rng.uniform(size=(count, 1, 1)) < share
        specks = np.maximum(specks, drawn * is_there * each(rng, 0.3, 1, count)[:, None, None])
    return specks


def bubbles(rims: FloatArray, pixel: FloatArray, rng: np.random.Generator) -> FloatArray:
    """A small bright spot on each cell, where light breaks, `(count, 64, 64)`."""
    count = len(rims)
    spots = Spots(*places(rims, 0.0, 0.85, rng), pixel, 2.0)
    return spots.round(each(rng, 1.5, 4.5, count), each(rng, 1, 2.5, count), each(rng, 0, 2 * np.pi, count))


def labels_of(count: int, rng: np.random.Generator) -> npt.NDArray[np.int64]:
    """As many cells of each class, in random order: 0 with a parasite, 1 without."""
    return rng.permutation(np.arange(count) % 2).astype(np.int64)
