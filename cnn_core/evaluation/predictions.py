"""What a network says of many images: asked once, in chunks, and everything else is counted from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from cnn_core.inspection.confusion import Labels, class_guesses, confusion_matrix, image_losses
from cnn_core.inspection.records import FloatArray, _Frozen
from cnn_core.inspection.robustness import Predict

CHUNK = 500
"""Images between two tidings of how far it is; few enough that a bar moves, and many enough to be quick."""


@dataclass(frozen=True, eq=False)
class Predictions(_Frozen):
    """What a network says of images whose class is known.

    Args:
        probabilities: `(count, classes)`, at least one image.
        labels: `(count,)`, the right class of each.

    Raises:
        ValueError: If the shapes do not belong together, a label is no class, or there is no image.
    """

    probabilities: FloatArray
    labels: Labels

    def __post_init__(self) -> None:
        super().__post_init__()
        if not len(self.labels):
            raise ValueError("There must be at least one image. Received: count=0.")
        confusion_matrix(self.probabilities, self.labels)  # raises where they do not belong together

    @property
    def count(self) -> int:
        """How many images there are."""
        return len(self.labels)

    @property
    def is_sound(self) -> bool:
        """Whether all probabilities are numbers; those of a network that has diverged are not."""
        return bool(np.isfinite(self.probabilities).all())

    @cached_property
    def guesses(self) -> Labels:
        """`(count,)`, the class that the network takes each image for."""
        return class_guesses(self.probabilities)

    @cached_property
    def confusion(self) -> npt.NDArray[np.int64]:
        """`(classes, classes)` counts: the row is what an image is, the column what the network says."""
        return confusion_matrix(self.probabilities, self.labels)

    @cached_property
    def losses(self) -> npt.NDArray[np.float64]:
        """`(count,)`, minus the natural logarithm of what the right class got."""
        return image_losses(self.probabilities, self.labels)

    @cached_property
    def is_right(self) -> npt.NDArray[np.bool_]:
        """`(count,)`, whether the network says of an image what it is."""
        right: npt.NDArray[np.bool_] = self.guesses == self.labels
        return right

    @property
    def right(self) -> int:
        """How many images are read rightly."""
        return int(self.is_right.sum())

    @property
    def accuracy(self) -> float:
        """The share of images that are read rightly, 0 to 1."""
        return self.right / self.count

    @cached_property
    def confidences(self) -> npt.NDArray[np.float64]:
        """`(count,)`, the probability that the network gives to its own verdict, 0 to 1."""
        highest: FloatArray = self.probabilities.max(axis=1)
        return highest.astype(np.float64)

    def top(self, most: int) -> float:
        """Return the share of images whose right class is among the likeliest ones.

        Where classes are equally likely the one with the smaller index comes first, as it does in `guesses`.

        Args:
            most: How many guesses the network has; 1 gives the accuracy.

        Returns:
            The share, 0 to 1.

        Raises:
            ValueError: If `most` is below 1.

        Example:
            >>> said = np.array([[0.5, 0.3, 0.2], [0.5, 0.3, 0.2], [0.5, 0.3, 0.2]], np.float32)
            >>> predictions = Predictions(said, np.array([0, 1, 2]))
            >>> round(predictions.top(1), 2), round(predictions.top(2), 2), predictions.top(3)
            (0.33, 0.67, 1.0)

        Reference:
            Krizhevsky, Sutskever & Hinton 2012, *ImageNet classification with deep convolutional neural networks*.
        """
        if most < 1:
            raise ValueError(f"most must be at least 1. Received: most={most}.")
        likeliest = np.argsort(-self.probabilities, axis=1, kind="stable")[:, :most]
        return float((likeliest == self.labels[:, np.newaxis]).any(axis=1).mean())


def predict_images(
    predict: Predict,
    images: npt.NDArray[Any],
    places: npt.NDArray[np.int64],
    tell: Callable[[float], None] | None = None,
    chunk: int = CHUNK,
) -> FloatArray:
    """Ask a network about many images, some at a time, so that memory stays small and progress can be told.

    Args:
        predict: The network.
        images: `(total, height, width, channels)`.
        places: `(count,)`, which of them; at least one.
        tell: Gets the share that is done, 0 to 1, after each chunk.
        chunk: Images at a time, at least 1.

    Returns:
        `(count, classes)` float32.

    Raises:
        ValueError: If there is no image, or a chunk holds none.

    Example:
        >>> halves = lambda images: np.full((len(images), 2), 0.5, np.float32)
        >>> predict_images(halves, np.zeros((9, 1, 1, 1)), np.arange(5), print, chunk=2).shape
        0.4
        0.8
        1.0
        (5, 2)
    """
    if not len(places) or chunk < 1:
        raise ValueError(f"There must be at least one image, and one a chunk. Received: {len(places)}, chunk={chunk}.")
    answers = []
    for start in range(0, len(places), chunk):
        answers.append(predict(images[places[start : start + chunk]]))
        if tell is not None:
            tell(min((start + chunk) / len(places), 1.0))
    return np.concatenate(answers)
