"""Moving an image, in plain Python: one place at a time, one step after the other, backwards."""

from __future__ import annotations

import math

import numpy as np


def naive_moved(
    image: np.ndarray,
    down: float = 0.0,
    right: float = 0.0,
    angle: float = 0.0,
    scale: float = 1.0,
    is_mirrored: bool = False,
    is_tumbled: bool = False,
) -> np.ndarray:
    """Mirror, zoom, turn clockwise (radians) and shift `(height, width, channels)`; its edge goes on outside."""
    height, width, _ = image.shape
    result = np.zeros(image.shape)
    for row in range(height):
        for column in range(width):
            x, y = column - right - (width - 1) / 2, row - down - (height - 1) / 2
            distance, direction = math.hypot(x, y) / scale, math.atan2(y, x) - angle
            x, y = distance * math.cos(direction), distance * math.sin(direction)
            x, y = (-x if is_mirrored else x), (-y if is_tumbled else y)
            result[row, column] = _between(image, x + (width - 1) / 2, y + (height - 1) / 2)
    return result


def _between(image: np.ndarray, x: float, y: float) -> np.ndarray:
    """Mean of the four pixels around a place, the nearer ones counting more."""
    left, top = math.floor(x), math.floor(y)
    total = np.zeros(image.shape[2])
    for row in (top, top + 1):
        for column in (left, left + 1):
            weight = (1 - abs(x - column)) * (1 - abs(y - row))
            total += weight * image[min(max(row, 0), len(image) - 1), min(max(column, 0), image.shape[1] - 1)]
    return total
