"""Fingerprints of images: equal pixels, equal fingerprint."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

import numpy as np
import numpy.typing as npt

DIGEST_BYTES = 16


def digests(images: Iterable[npt.NDArray[np.uint8]]) -> Iterator[bytes]:
    """Return a checksum of each image's shape and pixels, so that large sets can be compared in little memory.

    Args:
        images: Each `(height, width, channels)`.

    Yields:
        16 bytes an image; two different images have the same ones practically never.

    Example:
        >>> one, same, other = digests(np.array([[[[7]]], [[[7]]], [[[8]]]], np.uint8))
        >>> one == same, one == other
        (True, False)
    """
    for image in images:
        shape = repr(image.shape).encode()
        yield hashlib.blake2b(np.ascontiguousarray(image).data, digest_size=DIGEST_BYTES, person=shape[:16]).digest()
