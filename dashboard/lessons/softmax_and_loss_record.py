"""What the lesson on softmax and loss begins with, what it has been set to, and what came out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from cnn_core.operations.softmax import SoftmaxTerms

Part = Literal["terms", "sharpen", "two"]

PAGE = "softmax"


@dataclass(frozen=True, eq=False)
class Start:
    """The logits that one begins with.

    Args:
        names: One name a class.
        logits: One a class.
        movable: The classes whose logits have a slider.
        right: The right class, from 0.
        words: Where the logits are from.
        image: `(height, width, channels)`, the image that the network saw, if they are a network's.
    """

    names: tuple[str, ...]
    logits: tuple[float, ...]
    movable: tuple[int, ...]
    right: int
    words: str = ""
    image: npt.NDArray[np.uint8] | None = None


EXAMPLE = Start(("cat", "dog", "bird", "fish"), (2.0, 1.0, 0.1, -1.0), (0, 1, 2, 3), 1)


@dataclass(frozen=True, eq=False)
class Seen:
    """What somebody has set, and what came out.

    Args:
        part: Which of the lesson's parts.
        logits: One a class.
        temperature: What all are divided by.
        added: What is added to all beforehand.
        terms: Softmax, worked out.
        loss: The cross-entropy of the right class.
        is_moved: Whether the logits are others than at the start.
    """

    part: Part
    logits: npt.NDArray[np.floating[Any]]
    temperature: float
    added: float
    terms: SoftmaxTerms
    loss: float
    is_moved: bool
