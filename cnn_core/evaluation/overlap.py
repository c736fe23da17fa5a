"""Whether images by which a network is judged are among those that it has learned from, pixel for pixel."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from cnn_core.data.survey.digests import digests

Images = npt.NDArray[np.uint8]


def learned_before(judged: Iterable[Images], learned: Iterable[Images]) -> npt.NDArray[np.bool_]:
    """Find the images that occur among others with exactly the same pixels.

    Only the checksum of each image is kept, so that memory stays small however large the images are.

    Args:
        judged: The images in question, one `(height, width, channels)` after the other.
        learned: Those that the network has learned from.

    Returns:
        `(count,)`, for each image in question whether it is among the others.

    Example:
        >>> images = np.arange(6, dtype=np.uint8).reshape(3, 1, 2, 1)
        >>> learned_before(images, images[1:2]).tolist()
        [False, True, False]

    Reference:
        Barz & Denzler 2020, *Do we train on test data? Purging CIFAR of near-duplicates*.
    """
    known = set(digests(learned))
    return np.array([digest in known for digest in digests(judged)], dtype=np.bool_)
