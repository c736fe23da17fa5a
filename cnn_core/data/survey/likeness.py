"""How alike two images are, and short descriptions of images that bound it from above."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Bytes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]

MOST_NUMBERS = 200
"""So many numbers describe one image, at most."""
AT_ONCE_BYTES = 16_000_000
"""So much memory the images take that are worked on at once, as float32."""


def likeness(first: Bytes, second: Bytes) -> Floats:
    """Compare pairs of images by their correlation: 1 for equal ones, whatever their brightness and contrast.

    From each image its mean is taken away, and what remains is brought to the same length. Then the numbers of the two
    images are multiplied pixel by pixel and added up.

    Args:
        first: `(count, height, width, channels)`.
        second: The same shape: the other image of each pair.

    Returns:
        `(count,)`, −1 for an image and its negative, to 1. An image of one colour is like no other: 0.

    Example:
        >>> ramp = np.arange(4, dtype=np.uint8).reshape(1, 2, 2, 1)
        >>> likeness(ramp, 2 * ramp + 9).tolist(), likeness(ramp, 3 - ramp).tolist()
        ([1.0], [-1.0])
    """
    step = max(1, AT_ONCE_BYTES // (8 * max(1, int(np.prod(first.shape[1:])))))
    found = np.zeros(len(first), np.float32)
    for start in range(0, len(first), step):
        one, other = (_centred(images[start : start + step]) for images in (first, second))
        products = np.einsum("ij,ij->i", one, other)
        lengths = _lengths(one) * _lengths(other)
        found[start : start + step] = np.divide(products, lengths, out=np.zeros_like(products), where=lengths > 0)
    return np.clip(found, -1.0, 1.0)


def describe(images: Bytes) -> Floats:
    """Describe each image by a thumbnail of itself, so that no two images are more alike than their descriptions.

    The thumbnail holds the mean of each block of the image, after its brightness and contrast were taken away; one more
    number says how much of the image the thumbnail has lost. A description is a vector of length 1. The product of two
    descriptions is at least the likeness of the images: of an orthogonal projection and the length of what it leaves
    out, the products can only grow. So who compares descriptions first misses no pair.

    Args:
        images: `(count, height, width, channels)`.

    Returns:
        `(count, numbers)`, at most `MOST_NUMBERS + 1` numbers each; only zeros for an image of one colour.

    Example:
        >>> image = np.arange(16, dtype=np.uint8).reshape(1, 4, 4, 1)
        >>> round(float((describe(image) @ describe(255 - image).T).item()), 3)
        -1.0
    """
    count, height, width, channels = images.shape
    side = max(1, int(np.sqrt(MOST_NUMBERS / channels)))
    tops, lefts = (np.arange(0, length, -(-length // side)) for length in (height, width))
    areas = np.outer(np.diff(tops, append=height), np.diff(lefts, append=width))[..., np.newaxis]
    numbers = areas.size * channels
    found = np.zeros((count, numbers + 1), np.float32)
    step = max(1, AT_ONCE_BYTES // (4 * height * width * channels))
    for start in range(0, count, step):
        values = _centred(images[start : start + step])
        lengths = _lengths(values)
        lengths[lengths == 0] = np.inf
        blocks = np.add.reduceat(values.reshape(-1, height, width * channels), tops, axis=1)
        blocks = np.add.reduceat(blocks.reshape(len(values), len(tops), width, channels), lefts, axis=2)
        thumbnails = (blocks / np.sqrt(areas)).reshape(-1, numbers) / lengths[:, np.newaxis]
        lost = np.sqrt(np.maximum(0, 1 - np.einsum("ij,ij->i", thumbnails, thumbnails)))
        found[start : start + step, :-1] = thumbnails
        found[start : start + step, -1] = np.where(np.isinf(lengths), 0, lost)
    return found


def _centred(images: Bytes) -> Floats:
    values = images.reshape(len(images), -1).astype(np.float32)
    values -= values.mean(axis=1, keepdims=True, dtype=np.float64).astype(np.float32)
    # Of an image of one colour nothing remains, not even what rounding leaves.
    values[images.reshape(len(images), -1).max(axis=1) == images.reshape(len(images), -1).min(axis=1)] = 0
    return values


def _lengths(values: Floats) -> Floats:
    found: Floats = np.sqrt(np.einsum("ij,ij->i", values, values))
    return found
