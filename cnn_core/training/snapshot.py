"""What a run looks like at one moment: frozen records that pages read while the thread goes on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

Status = Literal["queued", "preparing", "running", "paused", "finished", "stopped", "failed", "interrupted"]

ACTIVE: frozenset[Status] = frozenset({"queued", "preparing", "running", "paused"})
"""The states in which a run's thread is alive."""


def _no_numbers() -> npt.NDArray[np.float32]:
    return np.empty(0, dtype=np.float32)


@dataclass(frozen=True)
class EpochResult:
    """How an epoch ended.

    Args:
        epoch: Which one, from 1.
        step: The number of steps taken by then.
        loss: Mean training loss over the epoch's batches.
        accuracy: Mean training accuracy over the epoch's batches, 0 to 1.
        val_loss: Loss on the validation images.
        val_accuracy: Accuracy on the validation images, 0 to 1.
    """

    epoch: int
    step: int
    loss: float
    accuracy: float
    val_loss: float
    val_accuracy: float


@dataclass(frozen=True)
class Change:
    """A setting that was changed while the network learned.

    Args:
        step: Steps taken before.
        name: `"learning_rate"`, `"dropout"` or `"batch_size"`.
        value: Its new value.
    """

    step: int
    name: str
    value: float


@dataclass(frozen=True)
class LayerGradients:
    """How long the layers' gradients were, at some steps.

    Args:
        layers: The layers that learn, by their names.
        steps: `(moments,)`, the step that each was measured in.
        norms: `(moments, layer)`, root of the sum of the squares of all numbers of a layer's gradient.
    """

    layers: tuple[str, ...]
    steps: npt.NDArray[np.int64]
    norms: npt.NDArray[np.float32]


@dataclass(frozen=True)
class Verdicts:
    """What a network says of a few test images while it learns.

    Args:
        step: Steps taken by then.
        images: `(count, height, width, channels)`, uint8; the same ones through the whole training.
        labels: `(count,)`, the right class of each.
        guesses: `(count,)`, the class that the network takes each for.
    """

    step: int
    images: npt.NDArray[np.uint8]
    labels: npt.NDArray[np.int64]
    guesses: npt.NDArray[np.int64]


@dataclass(frozen=True)
class TestResult:
    """How a finished network does on images that it has never seen.

    Args:
        loss: Loss on the test images.
        accuracy: Share of the test images that it reads rightly, 0 to 1.
        count: How many test images there were.
    """

    __test__ = False  # not a test class, whatever pytest makes of its name

    loss: float
    accuracy: float
    count: int


@dataclass(frozen=True)
class RunSnapshot:
    """A run at one moment.

    Args:
        status: Where the run is.
        message: What it is doing while it prepares, or one sentence and the remedy when it failed.
        step: Steps taken.
        steps_per_epoch: Steps in one epoch; 0 while it prepares.
        total_steps: Steps in all epochs; 0 while it prepares.
        batch_loss: `(step,)`, loss of each batch.
        batch_accuracy: `(step,)`, accuracy of each batch, 0 to 1.
        learning_rates: `(step,)`, the learning rate of each step.
        gradients: Gradient norms, a few times a second; nothing before the first.
        changes: The settings that were changed while it ran.
        epochs: The epochs that are complete.
        images_per_second: Training images a second, lately; 0 before the first step.
        elapsed_s: Seconds of training so far, without pauses.
        time_left_s: Seconds that remain at this pace, or `None` while unknown.
        test: The result on the test images once finished or stopped.
        remark: What is to be said about the end: that it came early, or whose epoch's weights were kept.
        taught_with: Of a copy that was taught with drawings, how many they were; 0 of every other training.
        verdicts: What the network says of some test images, about once a second; nothing before the first.
    """

    status: Status = "preparing"
    message: str = "Getting ready"
    step: int = 0
    steps_per_epoch: int = 0
    total_steps: int = 0
    batch_loss: npt.NDArray[np.float32] = field(default_factory=_no_numbers)
    batch_accuracy: npt.NDArray[np.float32] = field(default_factory=_no_numbers)
    learning_rates: npt.NDArray[np.float32] = field(default_factory=_no_numbers)
    gradients: LayerGradients | None = None
    changes: tuple[Change, ...] = ()
    epochs: tuple[EpochResult, ...] = ()
    images_per_second: float = 0.0
    elapsed_s: float = 0.0
    time_left_s: float | None = None
    test: TestResult | None = None
    remark: str = ""
    taught_with: int = 0
    verdicts: Verdicts | None = None

    @property
    def is_active(self) -> bool:
        """Whether the run's thread is alive."""
        return self.status in ACTIVE

    @property
    def progress(self) -> float:
        """Share of all steps that is done, 0 to 1."""
        return self.step / self.total_steps if self.total_steps else 0.0

    @property
    def accuracy(self) -> float | None:
        """The most telling accuracy there is: test, else validation, else the mean of the last batches; 0 to 1."""
        if self.test is not None:
            return self.test.accuracy
        if self.epochs:
            return self.epochs[-1].val_accuracy
        return float(self.batch_accuracy[-20:].mean()) if len(self.batch_accuracy) else None


@dataclass(frozen=True)
class WeightsSnapshot:
    """The weights of a network at one step.

    Args:
        step: Steps taken when they were copied; tells two snapshots of a run apart.
        arrays: The weights in the order of Keras's `get_weights`.
    """

    step: int
    arrays: tuple[npt.NDArray[Any], ...]
