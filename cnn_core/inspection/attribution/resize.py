"""A small map stretched over a large image."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from cnn_core.inspection.records import FloatArray


def resize_bilinear(values: npt.NDArray[np.floating[Any]], height: int, width: int) -> FloatArray:
    """Stretch a map to another size: each new pixel is mixed from the four old ones around its centre.

    Beyond the centres of the outermost old pixels, their values go on.

    Args:
        values: `(old height, old width)`.
        height: New height in pixels, at least 1.
        width: New width in pixels, at least 1.

    Returns:
        `(height, width)`.

    Example:
        >>> resize_bilinear(np.array([[0.0, 4.0]]), 1, 4).tolist()
        [[0.0, 1.0, 3.0, 4.0]]

    Reference:
        Gonzalez & Woods 2018, *Digital Image Processing*, section 2.4.
    """
    tall = _mixed(np.asarray(values, np.float32), height)
    return _mixed(tall.T, width).T


def _mixed(values: FloatArray, size: int) -> FloatArray:
    """Stretch the first axis."""
    old = len(values)
    centres = np.clip((np.arange(size) + 0.5) * old / size - 0.5, 0, old - 1)
    below = np.floor(centres).astype(int)
    above = np.minimum(below + 1, old - 1)
    share = (centres - below).astype(np.float32)[:, np.newaxis]
    mixed: FloatArray = values[below] * (1 - share) + values[above] * share
    return mixed
