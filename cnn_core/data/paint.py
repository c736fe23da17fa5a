"""What generated colour images share: soft edges, coloured paper, uneven light, and the noise of a camera."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float32]

_TWO_BYTES_DEVIATION = np.float32(104.5)
"""The standard deviation of the sum of two random bytes."""


def coverage(inside_px: FloatArray, edge_px: FloatArray) -> FloatArray:
    """How much of each pixel a thing covers, from how far inside it the pixel lies.

    Args:
        inside_px: `(count, height, width)`, the distance to the thing's outline; below 0 outside.
        edge_px: `(count,)`, over how many pixels the outline fades.

    Returns:
        The same shape, 0 not covered to 1 covered.

    Example:
        >>> coverage(np.array([[[-2.0, 0.0, 0.25, 3.0]]], np.float32), np.ones(1, np.float32)).ravel().tolist()
        [0.0, 0.5, 0.75, 1.0]
    """
    share = inside_px * (np.float32(1) / edge_px)[:, None, None]
    share += np.float32(0.5)
    return np.clip(share, 0, 1, out=share)


def rgb_from_hsv(hue: FloatArray, saturation: FloatArray, value: FloatArray) -> FloatArray:
    """Colours by hue, saturation and value.

    Args:
        hue: Any shape, in turns: 0 red, 1/3 green, 2/3 blue, 1 red again.
        saturation: The same shape, 0 grey to 1 pure.
        value: The same shape, 0 black to 1 bright.

    Returns:
        The same shape and a last axis of red, green and blue, 0 to 1.

    Example:
        >>> one = np.ones(1, np.float32)
        >>> rgb_from_hsv(one * 0, one, one).tolist()
        [[1.0, 0.0, 0.0]]
    """
    place = (np.array([5, 3, 1]) + hue[..., None] * 6) % 6
    fading = np.clip(np.minimum(place, 4 - place), 0, 1)
    return np.asarray(value[..., None] * (1 - saturation[..., None] * fading), np.float32)


def photograph(planes: FloatArray, noise: FloatArray, rng: np.random.Generator) -> npt.NDArray[np.uint8]:
    """Add a camera's noise, and make pixels of it.

    The noise of each pixel and channel is the sum of two random bytes: a hill, not a plateau, and quick to draw.

    Args:
        planes: `(count, 3, height, width)`, 0 black to 255 white; it is used up.
        noise: `(count,)`, the noise's standard deviation, in grey values.
        rng: The source of chance.

    Returns:
        `(count, height, width, 3)`, `uint8`.

    Example:
        >>> planes = np.full((1, 3, 2, 4), 99.6, np.float32)
        >>> pixels = photograph(planes, noise=np.zeros(1, np.float32), rng=np.random.default_rng(0))
        >>> pixels.shape, pixels.min(), pixels.max()
        ((1, 2, 4, 3), np.uint8(100), np.uint8(100))
    """
    grain = np.frombuffer(rng.bytes(planes.size), np.uint8).astype(np.float32)
    grain += np.frombuffer(rng.bytes(planes.size), np.uint8)
    grain -= np.float32(255)
    grain = grain.reshape(planes.shape)
    grain *= (noise / _TWO_BYTES_DEVIATION)[:, None, None, None]
    planes += grain
    planes += np.float32(0.5)
    pixels = np.clip(planes, 0, 255, out=planes).astype(np.uint8)
    return np.ascontiguousarray(pixels.transpose(0, 2, 3, 1))


def waves(side: int, count: int, cycles: float, rng: np.random.Generator) -> FloatArray:
    """One slow wave for each image, in any direction: for uneven light and paper.

    Args:
        side: Height and width, in pixels.
        count: How many.
        cycles: The most cycles across the image.
        rng: The source of chance.

    Returns:
        `(count, side, side)`, -1 to 1.

    Example:
        >>> waves(8, 3, cycles=0.5, rng=np.random.default_rng(0)).shape
        (3, 8, 8)
    """
    place = np.linspace(-np.pi, np.pi, side, dtype=np.float32)
    turns = rng.uniform(-cycles, cycles, (2, count, 1)).astype(np.float32)
    phase = rng.uniform(0, 2 * np.pi, (count, 1)).astype(np.float32)
    down, right = turns[0] * place + phase, turns[1] * place
    # cos(a + b), taken apart so that only products are as many as pixels.
    drawn = np.cos(down)[:, :, None] * np.cos(right)[:, None, :]
    drawn -= np.sin(down)[:, :, None] * np.sin(right)[:, None, :]
    return np.asarray(drawn)


def each(rng: np.random.Generator, low: float, high: float, count: int) -> FloatArray:
    """A number for each image, any from `low` to `high` equally likely."""
    return rng.uniform(low, high, count).astype(np.float32)
