"""Which epoch was the best so far, and whether it pays to go on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy.typing as npt

Weights = tuple[npt.NDArray[Any], ...]


class BestEpoch:
    """Follows the validation loss, as Keras's `EarlyStopping` does.

    Args:
        patience: Epochs without a lower validation loss after which it does not pay to go on; 0 for never.
    """

    def __init__(self, patience: int) -> None:
        self._patience = patience
        self.loss = float("inf")
        self.epoch = 0
        self.weights: Weights | None = None

    def note(self, epoch: int, val_loss: float, weights: Callable[[], Weights | None]) -> None:
        """Write down the end of an epoch.

        Args:
            epoch: Which one, from 1.
            val_loss: Its validation loss.
            weights: Gives the weights, if they are at hand; called where it is the best so far.
        """
        if val_loss < self.loss:
            self.loss, self.epoch, self.weights = val_loss, epoch, weights()

    def is_over(self, epoch: int) -> bool:
        """Whether the loss has not fallen for as long as patience goes.

        Args:
            epoch: The last one that is complete.
        """
        return bool(self._patience) and epoch - self.epoch >= self._patience
