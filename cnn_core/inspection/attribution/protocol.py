"""What the methods ask of a network."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from cnn_core.inspection.records import FloatArray

Progress = Callable[[float], None]
"""Is told, now and then, which share of the work is done, from 0 to 1."""


class ClassGradients(Protocol):
    """A network that says how sure it is of a class, and what that hangs on.

    Images are `(count, height, width, channels)`: `uint8`, or a float type from 0 to 1. Gradients are by values from
    0 to 1.
    """

    def logits(self, images: npt.NDArray[Any]) -> FloatArray:
        """Return the logit of each class for each image, `(count, classes)`."""
        ...

    def image_gradients(self, images: npt.NDArray[Any], class_index: int) -> FloatArray:
        """Return how much a class's logit grows with each pixel, in the shape of the images."""
        ...

    def layer_gradients(self, images: npt.NDArray[Any], layer: str, class_index: int) -> tuple[FloatArray, FloatArray]:
        """Return a layer's outputs, `(count, height, width, channels)`, and how much the logit grows with each."""
        ...


def no_progress(share: float) -> None:
    """Tell nobody how far the work is."""


def only_readable(values: npt.NDArray[np.floating[Any]]) -> FloatArray:
    """Return numbers as float32 that nobody can write to: several sessions may look at them."""
    view = np.asarray(values, np.float32).view()
    view.flags.writeable = False
    return view
