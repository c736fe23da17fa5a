"""The one rule by which images become what networks take in."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

PIXEL_MAX = 255.0
"""The largest value of a pixel as data sets keep it; networks see it as 1."""


def to_network_input(images: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
    """Scale images to the range from 0 to 1 that every network here takes in.

    Pixels of whole numbers are divided by 255. Images that are fractions already are left as they are, so that an
    image which was changed by arithmetic can be shown to a network, too. Training and inspection both come through
    here: a network always sees the numbers that it was trained on.

    Args:
        images: Any shape; `uint8` from 0 to 255, or a float type from 0 to 1.

    Returns:
        The same shape, `float32`, from 0 to 1.

    Raises:
        ValueError: If the type is another one, or fractions are not from 0 to 1.

    Example:
        >>> to_network_input(np.array([0, 51, 255], dtype=np.uint8)).tolist()
        [0.0, 0.20000000298023224, 1.0]
    """
    if images.dtype == np.uint8:
        return images.astype(np.float32) / np.float32(PIXEL_MAX)
    if not np.issubdtype(images.dtype, np.floating):
        raise ValueError(f"images must be uint8 or of a float type. Received: dtype={images.dtype}.")
    if images.size and not (images.min() >= 0 and images.max() <= 1):
        raise ValueError(
            f"Images of a float type must be from 0 to 1. Received: minimum={images.min()}, maximum={images.max()}."
        )
    return images.astype(np.float32)
