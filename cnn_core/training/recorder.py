"""What a training writes down while it goes on: numbers of every step, gradients now and then, the time it takes."""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from cnn_core.training.history import MetricSeries
from cnn_core.training.snapshot import LayerGradients, RunSnapshot

PACE_MEMORY = 0.95
"""How much of the former pace each step keeps; about the last twenty steps count."""

WATCH_INTERVAL_S = 0.25
"""Gradients are measured no oftener."""

NO_SUMS = (0.0, 0.0, 0.0)

MOST_MOMENTS = 400
"""When so many gradients are kept, every second one is dropped, and only every second one is kept from then on: early
and late ones stay equally dense."""


class Recorder:
    """The numbers of one training; written by its thread only.

    Args:
        layers: The layers that learn, by their names.

    Attributes:
        gradients: The gradients so far; nothing before the first.
    """

    def __init__(self, layers: Sequence[str]) -> None:
        self.losses = MetricSeries()
        self.accuracies = MetricSeries()
        self.rates = MetricSeries()
        self.step_s = 0.0
        self.image_s = 0.0
        self.elapsed_s = 0.0
        self.gradients: LayerGradients | None = None
        self._counted_until_s = time.perf_counter()
        self._watched_at_s = -WATCH_INTERVAL_S
        self._layers = tuple(layers)
        self._moments: list[int] = []
        self._norms: list[npt.NDArray[np.float32]] = []
        self._measured = 0
        self._every = 1
        self._epoch_sums = NO_SUMS
        self._steps_here = 0

    def __len__(self) -> int:
        return len(self.losses)

    @property
    def wants_gradients(self) -> bool:
        """Whether it is time to measure the gradients again."""
        return time.perf_counter() - self._watched_at_s >= WATCH_INTERVAL_S

    @property
    def has_pace(self) -> bool:
        """Whether there were enough steps to know how long one takes."""
        return self._steps_here > 1

    @property
    def epoch_sums(self) -> npt.NDArray[np.float64]:
        """Sums of loss and accuracy over the images of this epoch, and their number, `(3,)`."""
        return np.array(self._epoch_sums)

    def go_on_from(self, snapshot: RunSnapshot, epoch_sums: npt.NDArray[np.float64]) -> None:
        """Take over what an interrupted training had written down.

        Args:
            snapshot: Its numbers up to where it goes on.
            epoch_sums: `(3,)`, as the property of that name gave them.
        """
        for series, numbers in (
            (self.losses, snapshot.batch_loss),
            (self.accuracies, snapshot.batch_accuracy),
            (self.rates, snapshot.learning_rates),
        ):
            for number in numbers:
                series.append(float(number))
        self.elapsed_s = snapshot.elapsed_s
        self._epoch_sums = (float(epoch_sums[0]), float(epoch_sums[1]), float(epoch_sums[2]))

    def note_step(self, loss: float, accuracy: float, rate: float, images: int, duration_s: float) -> None:
        """Write down a step.

        Args:
            loss: Of the batch.
            accuracy: Of the batch, 0 to 1.
            rate: Its learning rate.
            images: How many images it had.
            duration_s: How long it took.
        """
        self.losses.append(loss)
        self.accuracies.append(accuracy)
        self.rates.append(rate)
        # The first step compiles the function: it says nothing about the pace.
        self._steps_here += 1
        keep = PACE_MEMORY if self._steps_here > 2 else 0.0
        self.step_s = keep * self.step_s + (1 - keep) * duration_s
        self.image_s = keep * self.image_s + (1 - keep) * duration_s / images
        sums = self._epoch_sums
        self._epoch_sums = (sums[0] + loss * images, sums[1] + accuracy * images, sums[2] + images)
        self.count_time()

    def note_gradients(self, norms: npt.NDArray[np.float32]) -> None:
        """Write down the gradients of the last step, `(layer,)`, if it is the turn of one to be kept."""
        self._watched_at_s = time.perf_counter()
        self._measured += 1
        if (self._measured - 1) % self._every:
            return
        self._moments.append(len(self))
        self._norms.append(norms)
        if len(self._moments) >= MOST_MOMENTS:
            del self._moments[1::2], self._norms[1::2]
            self._every *= 2
        self.gradients = LayerGradients(self._layers, np.array(self._moments, np.int64), np.array(self._norms))

    def close_epoch(self) -> tuple[float, float]:
        """Return mean loss and accuracy over the images since the last call, as Keras reports them for an epoch."""
        loss, accuracy, images = self._epoch_sums
        self._epoch_sums = NO_SUMS
        return float(loss / images), float(accuracy / images)

    def count_time(self, *, is_training: bool = True) -> None:
        """Count the time since the last call as training, or leave it out because the run was halted."""
        now_s = time.perf_counter()
        if is_training:
            self.elapsed_s += now_s - self._counted_until_s
        self._counted_until_s = now_s
