"""How images become numbers for a network: one rule for training, inspection and drawing."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

PIXEL_MAX = 255.0
"""The value of white; networks see it as 1."""


def to_network_input(images: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """Scale pixels from 0..255 to 0..1.

    Args:
        images: Any shape, `uint8`.

    Returns:
        The same shape, `float32`, 0 to 1.

    Raises:
        ValueError: If the images are not `uint8`.

    Example:
        >>> to_network_input(np.array([0, 255], np.uint8)).tolist()
        [0.0, 1.0]
    """
    if images.dtype != np.uint8:
        raise ValueError(f"images must be uint8, 0 to 255. Received: dtype={images.dtype}.")
    return images.astype(np.float32) / np.float32(PIXEL_MAX)
