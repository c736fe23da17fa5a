"""How far an image can be changed before a network changes its mind. No TensorFlow is needed here."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from cnn_core.data.scaling import to_network_input
from cnn_core.inspection.confusion import class_guesses
from cnn_core.inspection.perturbation import Perturbation, Place, perturb_many
from cnn_core.inspection.records import FloatArray

Predict = Callable[[npt.NDArray[Any]], FloatArray]
"""From images `(count, height, width, channels)` to probabilities `(count, classes)`."""

MOST_NUMBERS = 4_000_000
"""Numbers of changed images that are held at a time: 16 MB as float32."""
NO_CLASS = -1
"""The guess of a network whose probabilities are no numbers."""


@dataclass(frozen=True)
class Turn:
    """A change of an image with which a network says something else.

    Args:
        slug: Which change, in `PERTURBATIONS`.
        value: By how much.
        guess: The class that the network now takes it for, or `NO_CLASS`.
        probability: How likely it finds that class, 0 to 1.
        difference: How much the pixels differ from the unchanged image's: the root of the mean square, where black is
            0 and white is 1.
    """

    slug: str
    value: float
    guess: int
    probability: float
    difference: float


@dataclass(frozen=True, eq=False)
class Sweep:
    """What a network says of an image while one change goes through its whole range.

    Args:
        slug: Which change, in `PERTURBATIONS`.
        values: `(count,)`, by how much, rising.
        probabilities: `(count, classes)`.
        differences: `(count,)`, how much the pixels differ from the unchanged image's, as in `Turn`.
        start: Where among the values the neutral one is.
    """

    slug: str
    values: npt.NDArray[np.float64]
    probabilities: FloatArray
    differences: npt.NDArray[np.float64]
    start: int

    @cached_property
    def guesses(self) -> npt.NDArray[np.int64]:
        """The class at each value; `NO_CLASS` where the probabilities are no numbers."""
        is_sound = np.isfinite(self.probabilities).all(axis=1)
        return np.where(is_sound, class_guesses(self.probabilities), NO_CLASS)

    @property
    def verdict(self) -> int:
        """The class of the unchanged image."""
        return int(self.guesses[self.start])

    @property
    def is_kept(self) -> npt.NDArray[np.bool_]:
        """At which values the network says the same as of the unchanged image."""
        kept: npt.NDArray[np.bool_] = self.guesses == self.verdict
        return kept

    @property
    def stays(self) -> tuple[float, float]:
        """From which value to which, around the neutral one, the verdict stays."""
        first, last = self._kept_places()
        return float(self.values[first]), float(self.values[last])

    @property
    def turns(self) -> tuple[Turn | None, Turn | None]:
        """Where the verdict first changes below and above the neutral value; nothing where it never does."""
        first, last = self._kept_places()
        below = self._turn(first - 1) if first > 0 else None
        return below, self._turn(last + 1) if last + 1 < len(self.values) else None

    @property
    def rival(self) -> int:
        """The class that takes over first; where none does, the one that comes closest to it anywhere."""
        turn = smallest_turn([self])
        if turn is not None and turn.guess != NO_CLASS:
            return turn.guess
        highest = np.nan_to_num(self.probabilities, nan=0.0).max(axis=0)
        highest[self.verdict] = -1
        return int(np.argmax(highest))

    def _kept_places(self) -> tuple[int, int]:
        changed = np.flatnonzero(~self.is_kept)
        below, above = changed[changed < self.start], changed[changed > self.start]
        return int(below[-1]) + 1 if below.size else 0, int(above[0]) - 1 if above.size else len(self.values) - 1

    def _turn(self, place: int) -> Turn:
        guess = int(self.guesses[place])
        probability = float(self.probabilities[place, guess]) if guess != NO_CLASS else float("nan")
        return Turn(self.slug, float(self.values[place]), guess, probability, float(self.differences[place]))


def sweep(
    predict: Predict, image: npt.NDArray[Any], perturbation: Perturbation, place: Place | None = None, seed: int = 0
) -> Sweep:
    """Change an image step by step through a change's whole range, and ask a network about every step.

    Args:
        predict: The network.
        image: `(height, width, channels)`; uint8, or a float type from 0 to 1.
        perturbation: The change.
        place: Row and column of the middle of the erased square; by default the image's middle.
        seed: Which noise.

    Raises:
        ValueError: If the image has another type or range.

    Reference:
        Engstrom, Tran, Tsipras, Schmidt & Madry 2019, *Exploring the landscape of spatial robustness*; Hendrycks &
        Dietterich 2019, *Benchmarking neural network robustness to common corruptions and perturbations*.
    """
    values = perturbation.sweep_values(image.shape)
    before = to_network_input(image)
    found: list[FloatArray] = []
    differences: list[npt.NDArray[np.float64]] = []
    at_once = max(1, MOST_NUMBERS // image.size)
    for begin in range(0, len(values), at_once):
        images = perturb_many(image, {perturbation.slug: values[begin : begin + at_once]}, place, seed)
        found.append(predict(images))
        apart = np.square(to_network_input(images) - before).mean(axis=(1, 2, 3), dtype=np.float64)
        differences.append(np.sqrt(apart))
    start = int(np.argmin(np.abs(values - perturbation.neutral)))
    return Sweep(perturbation.slug, values, np.concatenate(found), np.concatenate(differences), start)


def smallest_turn(sweeps: Iterable[Sweep]) -> Turn | None:
    """Return the change that makes a network say something else with the least difference in the pixels.

    Pixels and degrees cannot be compared; how much the pixels differ can.

    Args:
        sweeps: What was tried.

    Returns:
        The first turn to either side of one of them; nothing where the verdict stays throughout.
    """
    turns = [turn for tried in sweeps for turn in tried.turns if turn is not None]
    return min(turns, key=lambda turn: turn.difference, default=None)
