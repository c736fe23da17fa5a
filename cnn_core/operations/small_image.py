"""An image made small, so that each of its pixels can be written down."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PIL import Image

Bytes = npt.NDArray[np.uint8]


def small_image(image: Bytes, side: int) -> Bytes:
    """The image shrunk to a few pixels, each the mean of those that it stands for.

    Args:
        image: `(height, width, 1 or 3)`, uint8.
        side: Height and width of the small image, at least 1; an image that is as small already stays as it is.

    Returns:
        `(side, side, channels)`, or the image itself.

    Raises:
        ValueError: If the side is below 1, or the image has another number of channels.

    Example:
        >>> image = np.array([[0, 100, 9, 9], [100, 200, 9, 9]] * 2, np.uint8)[..., np.newaxis]
        >>> small_image(image, 2)[..., 0].tolist()
        [[100, 9], [100, 9]]
    """
    if side < 1 or image.ndim != 3 or image.shape[2] not in (1, 3):
        raise ValueError(
            "image must be (height, width, 1 or 3), and side at least 1. "
            f"Received: image.shape={image.shape}, side={side}."
        )
    if max(image.shape[:2]) <= side:
        return image
    source = Image.fromarray(image if image.shape[2] == 3 else image[..., 0])
    return np.asarray(source.resize((side, side), Image.Resampling.BOX)).reshape(side, side, -1)
