"""From logits to probabilities, from probabilities to the loss, and the gradient back to the logits.

Reference:
    Goodfellow, Bengio & Courville 2016, *Deep Learning*, section 6.2.2; Bridle 1990, *Probabilistic interpretation of
    feedforward classification network outputs*.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log

import numpy as np
import numpy.typing as npt

from cnn_core.operations.activations import Doubles

LARGEST_EXPONENT = 700.0
"""e to the power of more than 709 is beyond what a computer holds."""


@dataclass(frozen=True, eq=False)
class SoftmaxTerms:
    """Every number that softmax works out on its way.

    Args:
        exponents: `(classes,)`, each logit divided by the temperature, less `subtracted`.
        powers: `(classes,)`, e to the power of each.
        total: Their sum.
        probabilities: `(classes,)`, each power divided by the sum.
        subtracted: What had to be taken from all exponents, as their powers would have been too large; else 0.
    """

    exponents: Doubles
    powers: Doubles
    total: float
    probabilities: Doubles
    subtracted: float


def softmax(logits: npt.ArrayLike, temperature: float = 1.0) -> Doubles:
    """Make probabilities of logits: the exponential of each, divided by the sum of them all.

    The largest is subtracted from all first. That changes nothing, as only differences count, and keeps every
    exponential finite.

    Args:
        logits: `(..., classes)`.
        temperature: What all logits are divided by, above 0; 1 for the usual softmax.

    Returns:
        The same shape; each row sums to 1.

    Raises:
        ValueError: If the temperature is not above 0.

    Example:
        >>> softmax([2.0, 1.0, 0.0]).round(3).tolist()
        [0.665, 0.245, 0.09]
        >>> softmax([1002.0, 1001.0, 1000.0]).round(3).tolist()
        [0.665, 0.245, 0.09]

    Reference:
        Bridle 1990, *Probabilistic interpretation of feedforward classification network outputs*.
    """
    powers = np.exp(_below_largest(logits, temperature))
    shares: Doubles = powers / powers.sum(axis=-1, keepdims=True)
    return shares


def softmax_terms(logits: npt.ArrayLike, temperature: float = 1.0, added: float = 0.0) -> SoftmaxTerms:
    """Work softmax out as one would by hand, and keep every number.

    Args:
        logits: `(classes,)`.
        temperature: What all logits are divided by, above 0.
        added: What is added to all logits beforehand.

    Raises:
        ValueError: If the logits are no row, or the temperature is not above 0.

    Example:
        >>> terms = softmax_terms([2.0, 1.0, 0.0])
        >>> terms.powers.round(2).tolist(), round(terms.total, 2)
        ([7.39, 2.72, 1.0], 11.11)
        >>> softmax_terms([2.0, 1.0, 0.0], added=10.0).powers.round().tolist()
        [162755.0, 59874.0, 22026.0]
        >>> softmax_terms([2.0, 1.0, 0.0], added=1000.0).subtracted
        1002.0

    Reference:
        Goodfellow, Bengio & Courville 2016, *Deep Learning*, equation 6.29.
    """
    numbers = np.asarray(logits, np.float64)
    if numbers.ndim != 1 or not numbers.size:
        raise ValueError(f"logits must be (classes,). Received: logits.shape={numbers.shape}.")
    exponents = (numbers + added) / _checked(temperature)
    largest = float(exponents.max())
    # Far below zero too: where all powers were 0, there would be nothing to divide by.
    subtracted = largest if abs(largest) > LARGEST_EXPONENT else 0.0
    exponents = exponents - subtracted
    powers = np.exp(exponents)
    total = float(powers.sum())
    return SoftmaxTerms(exponents, powers, total, powers / total, subtracted)


def softmax_over_temperature(logits: npt.ArrayLike, temperatures: npt.ArrayLike) -> Doubles:
    """The probabilities at several temperatures: low ones sharpen, high ones make all classes alike.

    Args:
        logits: `(classes,)`.
        temperatures: `(count,)`, all above 0.

    Returns:
        `(count, classes)`.

    Example:
        >>> softmax_over_temperature([1.0, 0.0], [0.1, 1.0, 10.0]).round(2).tolist()
        [[1.0, 0.0], [0.73, 0.27], [0.52, 0.48]]

    Reference:
        Hinton, Vinyals & Dean 2015, *Distilling the knowledge in a neural network*, section 2.
    """
    return np.stack([softmax(logits, float(temperature)) for temperature in np.asarray(temperatures)])


def softmax_over_logit(
    logits: npt.ArrayLike, class_index: int, values: npt.ArrayLike, temperature: float = 1.0
) -> Doubles:
    """The probabilities while one logit goes through several values and the others stay.

    Args:
        logits: `(classes,)`.
        class_index: Whose logit it is, from 0.
        values: `(count,)`.
        temperature: As in `softmax`.

    Returns:
        `(count, classes)`.

    Raises:
        ValueError: If there is no such class, or the temperature is not above 0.

    Example:
        >>> softmax_over_logit([1.0, 0.0], 0, [0.0, 1.0, 3.0]).round(2).tolist()
        [[0.5, 0.5], [0.73, 0.27], [0.95, 0.05]]
    """
    numbers, steps = np.asarray(logits, np.float64), np.asarray(values, np.float64)
    _check_class(numbers, class_index)
    rows = np.repeat(numbers[np.newaxis], len(steps), axis=0)
    rows[:, class_index] = steps
    return softmax(rows, temperature)


def odds(first: float, second: float, temperature: float = 1.0) -> float:
    """How many times as likely a class is as another one: e to the power of their logits' difference.

    The other classes do not matter for it.

    Args:
        first: The logit of the one class.
        second: That of the other.
        temperature: As in `softmax`.

    Example:
        >>> round(odds(2.0, 1.0), 2), round(odds(2.0, 1.0, temperature=0.5), 2)
        (2.72, 7.39)
    """
    return float(np.exp(min((first - second) / _checked(temperature), LARGEST_EXPONENT)))


def cross_entropy(logits: npt.ArrayLike, class_index: int, temperature: float = 1.0) -> float:
    """The loss: minus the logarithm of the probability that the right class got.

    It is worked out from the logits: also where a probability is too small to be written down, the loss is right.

    Args:
        logits: `(classes,)`.
        class_index: The right class, from 0.
        temperature: As in `softmax`.

    Returns:
        0 or more, in nats; 0 where the right class has all the probability.

    Raises:
        ValueError: If there is no such class, or the temperature is not above 0.

    Example:
        >>> round(cross_entropy([2.0, 1.0, 0.0], 0), 3), round(cross_entropy([2.0, 1.0, 0.0], 2), 3)
        (0.408, 2.408)
        >>> cross_entropy([1000.0, 0.0], 1)
        1000.0

    Reference:
        Goodfellow, Bengio & Courville 2016, *Deep Learning*, equation 6.30.
    """
    below = _below_largest(logits, temperature)
    _check_class(below, class_index)
    return log(float(np.exp(below).sum())) - float(below[class_index])


def cross_entropy_gradient(logits: npt.ArrayLike, class_index: int, temperature: float = 1.0) -> Doubles:
    """How much the loss grows when a logit grows by a little: probability minus target.

    The target is 1 for the right class and 0 for the others. So the right logit is pushed up by what it lacks, and
    each wrong one down by the probability that it got.

    Args:
        logits: `(classes,)`.
        class_index: The right class, from 0.
        temperature: As in `softmax`; it divides the gradient.

    Returns:
        `(classes,)`; they sum to 0.

    Raises:
        ValueError: If there is no such class, or the temperature is not above 0.

    Example:
        >>> cross_entropy_gradient([2.0, 1.0, 0.0], 0).round(3).tolist()
        [-0.335, 0.245, 0.09]

    Reference:
        Bishop 2006, *Pattern Recognition and Machine Learning*, section 5.2.
    """
    gradient = softmax(logits, temperature)
    _check_class(gradient, class_index)
    gradient[class_index] -= 1.0
    return gradient / temperature


def binary_cross_entropy(logit: float, is_first: bool) -> float:
    """The loss with two classes and one logit, whose sigmoid is the first class's probability.

    Args:
        logit: By how much the first class's logit is larger than the second one's.
        is_first: Whether the first class is the right one.

    Returns:
        0 or more, in nats.

    Example:
        >>> round(binary_cross_entropy(2.0, True), 3), round(binary_cross_entropy(2.0, False), 3)
        (0.127, 2.127)
        >>> binary_cross_entropy(-1000.0, True)
        1000.0

    Reference:
        Goodfellow, Bengio & Courville 2016, *Deep Learning*, section 6.2.2.2.
    """
    # log(1 + e^-d) for the right class, with nothing but small powers.
    towards_right = logit if is_first else -logit
    return float(max(-towards_right, 0.0) + np.log1p(np.exp(-abs(towards_right))))


def _below_largest(logits: npt.ArrayLike, temperature: float) -> Doubles:
    """Divide by the temperature, and subtract the largest from all."""
    scaled = np.asarray(logits, np.float64) / _checked(temperature)
    below: Doubles = scaled - scaled.max(axis=-1, keepdims=True)
    return below


def _checked(temperature: float) -> float:
    if not temperature > 0:
        raise ValueError(f"temperature must be above 0. Received: temperature={temperature}.")
    return temperature


def _check_class(logits: Doubles, class_index: int) -> None:
    if logits.ndim != 1 or not 0 <= class_index < len(logits):
        raise ValueError(
            "logits must be (classes,), and class_index one of them. "
            f"Received: logits.shape={logits.shape}, class_index={class_index}."
        )
