"""How well each class is found, and how far one can trust it when it is named."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cnn_core.evaluation.interval import Interval, wilson_interval


@dataclass(frozen=True)
class ClassFigures:
    """How a network does on one class.

    Args:
        class_index: The class, from 0.
        images: How many images are of it: its support.
        named: How many images the network takes for it.
        right: How many of these are of it.
    """

    class_index: int
    images: int
    named: int
    right: int

    @property
    def precision(self) -> float | None:
        """Of the images that it takes for this class, the share that are; nothing where it never says so."""
        return self.right / self.named if self.named else None

    @property
    def recall(self) -> float | None:
        """Of the images of this class, the share that it finds; nothing where there are none."""
        return self.right / self.images if self.images else None

    @property
    def f1(self) -> float | None:
        """The harmonic mean of both: as low as the lower one makes it; nothing where there is nothing to count."""
        counted = self.images + self.named
        return 2 * self.right / counted if counted else None

    @property
    def recall_interval(self) -> Interval | None:
        """Between what and what its true recall lies; nothing where there are no images of it."""
        return wilson_interval(self.right, self.images) if self.images else None


def class_figures(confusion: npt.NDArray[np.int64]) -> tuple[ClassFigures, ...]:
    """Count for each class how often it is found, and how often it is named.

    Args:
        confusion: `(classes, classes)` counts; the row is what an image is, the column what the network says.

    Returns:
        One record a class.

    Raises:
        ValueError: If the matrix is not square.

    Example:
        >>> figures = class_figures(np.array([[4, 1], [0, 5]]))[1]
        >>> round(figures.precision, 3), figures.recall, round(figures.f1, 3)
        (0.833, 1.0, 0.909)

    Reference:
        van Rijsbergen 1979, *Information Retrieval*, chapter 7.
    """
    if confusion.ndim != 2 or confusion.shape[0] != confusion.shape[1]:
        raise ValueError(f"confusion must be (classes, classes). Received: shape={confusion.shape}.")
    rows, columns = confusion.sum(axis=1).tolist(), confusion.sum(axis=0).tolist()
    return tuple(
        ClassFigures(index, rows[index], columns[index], int(confusion[index, index])) for index in range(len(rows))
    )


def mean_figure(figures: tuple[float | None, ...]) -> float | None:
    """Average one figure over the classes, each counting the same; those that have none are left out.

    Args:
        figures: One a class.

    Example:
        >>> mean_figure((0.5, None, 1.0)), mean_figure((None,))
        (0.75, None)

    Reference:
        Sokolova & Lapalme 2009, *A systematic analysis of performance measures for classification tasks*.
    """
    known = [figure for figure in figures if figure is not None]
    return sum(known) / len(known) if known else None


def row_shares(confusion: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Divide each row of a confusion matrix by its sum: what becomes of the images of a class, whatever their number.

    Args:
        confusion: `(classes, classes)` counts.

    Returns:
        The same shape, 0 to 1; a class without images has zeros.

    Example:
        >>> row_shares(np.array([[3, 1], [0, 0]])).tolist()
        [[0.75, 0.25], [0.0, 0.0]]
    """
    shares: npt.NDArray[np.float64] = confusion / np.maximum(confusion.sum(axis=1, keepdims=True), 1)
    return shares
