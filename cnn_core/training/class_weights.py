"""How much each class counts in the loss, where all are to count the same."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def class_weights(labels: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
    """Return a weight for each class, so that every class counts the same in the loss and the mean weight is 1.

    Args:
        labels: `(count,)`, class indices from 0.

    Example:
        >>> [round(float(weight), 2) for weight in class_weights(np.array([0, 0, 0, 1]))]
        [0.67, 2.0]
    """
    counts = np.bincount(labels)
    present = np.count_nonzero(counts)
    return (len(labels) / (present * np.maximum(counts, 1))).astype(np.float32)
