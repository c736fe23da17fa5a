"""What the lesson on activation functions has been set to, and what came out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from cnn_core.operations.activations import ActivationFunction, Doubles

Part = Literal["curve", "neuron", "map", "flat", "layers"]

PAGE = "activation"


@dataclass(frozen=True, eq=False)
class Seen:
    """What somebody has set, and what came out.

    Args:
        part: Which of the lesson's parts.
        activation: The function that is chosen.
        sums: What goes into it: one number of a curve or a neuron, a feature map, or places along an axis.
        outputs: What comes out, of the same shape; of two layers what the second one gives out.
        inputs: A neuron's inputs.
    """

    part: Part
    activation: ActivationFunction
    sums: npt.NDArray[np.floating[Any]]
    outputs: Doubles
    inputs: tuple[float, ...] = ()

    @property
    def slopes(self) -> Doubles:
        """The function's slope at each of the sums."""
        return self.activation.slope(self.sums)
