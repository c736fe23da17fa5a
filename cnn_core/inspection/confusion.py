"""Which classes a network takes for which, and its worst mistakes, from its probabilities alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Labels = npt.NDArray[np.int64]
Probabilities = npt.NDArray[np.floating]

SMALLEST_PROBABILITY = 1e-7
"""A right class that got less is counted as if it had got this much, so that no loss is endless; Keras does the same.
"""


@dataclass(frozen=True)
class Mistake:
    """An image that a network takes for another class.

    Args:
        index: Its place among the images, from 0.
        label: The class that it is.
        guess: The class that the network takes it for.
        label_probability: How likely the network finds the right class, 0 to 1.
        guess_probability: How likely it finds the class that it takes it for, 0 to 1.
        loss: Minus the natural logarithm of `label_probability`: the surer the mistake, the larger.
    """

    index: int
    label: int
    guess: int
    label_probability: float
    guess_probability: float
    loss: float


def class_guesses(probabilities: Probabilities) -> Labels:
    """Return for each image the class that a network takes it for: the most likely one, of equal ones the first.

    Args:
        probabilities: `(count, classes)`. A row that is not all numbers names the first class that is none.

    Returns:
        `(count,)` class indices.

    Example:
        >>> class_guesses(np.array([[0.2, 0.8], [0.5, 0.5]])).tolist()
        [1, 0]
    """
    guesses: Labels = np.argmax(probabilities, axis=1)
    return guesses


def confusion_matrix(probabilities: Probabilities, labels: Labels) -> npt.NDArray[np.int64]:
    """Count how often each class is taken for each.

    Args:
        probabilities: `(count, classes)`, what the network says of each image.
        labels: `(count,)`, the right class of each.

    Returns:
        `(classes, classes)`: the row is the right class, the column what the network says. What is right is on the
        diagonal, and the sum of a row is how many images of that class there are.

    Raises:
        ValueError: If the shapes do not belong together, or a label is no class.

    Example:
        >>> confusion_matrix(np.array([[0.9, 0.1], [0.8, 0.2], [0.3, 0.7]]), np.array([0, 1, 1])).tolist()
        [[1, 0], [1, 1]]

    Reference:
        Stehman 1997, *Selecting and interpreting measures of thematic classification accuracy*.
    """
    _check(probabilities, labels)
    classes = probabilities.shape[1]
    cells = labels * classes + class_guesses(probabilities)
    counts: npt.NDArray[np.int64] = np.bincount(cells, minlength=classes * classes).reshape(classes, classes)
    return counts


def image_losses(probabilities: Probabilities, labels: Labels) -> npt.NDArray[np.float64]:
    """Return each image's loss: minus the natural logarithm of the probability of its right class.

    Args:
        probabilities: `(count, classes)`, what the network says of each image.
        labels: `(count,)`, the right class of each.

    Returns:
        `(count,)`, 0 and more; where the probability is not a number, the loss is infinite.

    Raises:
        ValueError: If the shapes do not belong together, or a label is no class.

    Example:
        >>> image_losses(np.array([[1.0, 0.0], [0.5, 0.5]]), np.array([0, 1])).round(3).tolist()
        [0.0, 0.693]
    """
    _check(probabilities, labels)
    right = probabilities[np.arange(len(labels)), labels].astype(np.float64)
    losses = -np.log(np.clip(right, SMALLEST_PROBABILITY, 1.0)) + 0.0  # + 0.0 turns −0.0 into 0.0
    return np.where(np.isnan(right), np.inf, losses)


def worst_mistakes(probabilities: Probabilities, labels: Labels, most: int = 12) -> tuple[Mistake, ...]:
    """Return the mistakes with the largest loss, the worst first; of equal ones the earlier image first.

    Args:
        probabilities: `(count, classes)`, what the network says of each image.
        labels: `(count,)`, the right class of each.
        most: How many at most, 0 or more.

    Raises:
        ValueError: If the shapes do not belong together, or a label is no class.

    Example:
        >>> mistake = worst_mistakes(np.array([[0.9, 0.1], [0.6, 0.4], [0.7, 0.3]]), np.array([1, 1, 0]), most=1)[0]
        >>> mistake.index, mistake.label, mistake.guess, round(mistake.loss, 2)
        (0, 1, 0, 2.3)
    """
    losses, guesses = image_losses(probabilities, labels), class_guesses(probabilities)
    wrong = np.flatnonzero(guesses != labels)
    chosen = wrong[np.argsort(-losses[wrong], kind="stable")][:most]
    return tuple(
        Mistake(
            index=int(index),
            label=int(labels[index]),
            guess=int(guesses[index]),
            label_probability=float(probabilities[index, labels[index]]),
            guess_probability=float(probabilities[index, guesses[index]]),
            loss=float(losses[index]),
        )
        for index in chosen
    )


@dataclass(frozen=True)
class Confused:
    """One class that is taken for another.

    Args:
        label: What the images are.
        guess: What the network says of them.
        count: How many images.
        images: How many images of the class there are.
    """

    label: int
    guess: int
    count: int
    images: int


def largest_confusions(confusion: npt.NDArray[np.int64], most: int = 10) -> tuple[Confused, ...]:
    """List what is taken for what most often.

    Args:
        confusion: `(classes, classes)` counts.
        most: How many at most, 0 or more.

    Returns:
        The most frequent first; of equally frequent ones those of the earlier class. None that never happens.

    Example:
        >>> found = largest_confusions(np.array([[9, 1, 2], [0, 7, 0], [2, 0, 3]]))
        >>> [(one.label, one.guess, one.count) for one in found]
        [(0, 2, 2), (2, 0, 2), (0, 1, 1)]
    """
    wrong = confusion * (1 - np.eye(len(confusion), dtype=np.int64))
    order = np.argsort(-wrong, axis=None, kind="stable")[:most]
    pairs = [divmod(int(cell), len(confusion)) for cell in order if wrong.flat[cell]]
    return tuple(
        Confused(label, guess, int(wrong[label, guess]), int(confusion[label].sum())) for label, guess in pairs
    )


def _check(probabilities: Probabilities, labels: Labels) -> None:
    if probabilities.ndim != 2 or labels.shape != (len(probabilities),):
        raise ValueError(
            "probabilities must be (count, classes) and labels (count,). "
            f"Received: probabilities={probabilities.shape}, labels={labels.shape}."
        )
    if len(labels) and not 0 <= labels.min() <= labels.max() < probabilities.shape[1]:
        raise ValueError(
            f"labels must be from 0 to {probabilities.shape[1] - 1}. "
            f"Received: minimum={labels.min()}, maximum={labels.max()}."
        )
