"""A picture that a program makes, so that there is always something to look at."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def generated_image(shape: tuple[int, int, int], seed: int) -> npt.NDArray[np.uint8]:
    """Make a picture with a gradient, a disc, and the edges of a turned square.

    Edges of every direction, an even surface and a slow change are what first layers tell apart. Nobody photographed
    it, and it belongs to no class.

    Args:
        shape: Height, width and channels.
        seed: Where things lie, which way they are turned, and their colours; 0 or more.

    Returns:
        An image of that shape; equal seeds give equal images.

    Example:
        >>> image = generated_image((28, 28, 1), seed=0)
        >>> image.shape, bool((image == generated_image((28, 28, 1), seed=0)).all())
        ((28, 28, 1), True)
    """
    height, width, channels = shape
    rng = np.random.default_rng([seed, 28])
    rows, columns = np.mgrid[0:height, 0:width]
    # From −1 to 1 along the shorter side, measured at the middle of each pixel.
    down = (2 * rows + 1 - height) / min(height, width)
    right = (2 * columns + 1 - width) / min(height, width)
    slope, turn = rng.uniform(0, 2 * np.pi, 2)
    darkest, lightest, square, disc = rng.permuted(np.tile([[25], [110], [175], [245]], channels), axis=0)[[0, 1, 2, 3]]
    share = (1 + np.clip(right * np.cos(slope) + down * np.sin(slope), -1, 1)) / 2
    image = darkest + (lightest - darkest) * share[..., np.newaxis]
    x, y, x_disc, y_disc = rng.uniform(-0.35, 0.35, 4)
    along = (right - x) * np.cos(turn) + (down - y) * np.sin(turn)
    across = (down - y) * np.cos(turn) - (right - x) * np.sin(turn)
    image[np.maximum(abs(along), abs(across)) <= 0.5] = square
    image[np.hypot(right - x_disc, down - y_disc) <= 0.32] = disc
    pixels: npt.NDArray[np.uint8] = np.rint(image).astype(np.uint8)
    return pixels
