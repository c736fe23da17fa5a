"""What the rules of diagnosis have in common: what they are given, what they give, and how they write numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from math import isinf, log, sqrt
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt

from cnn_core.architecture.advice.base import has_kernel
from cnn_core.architecture.layers import BatchNormalization, ResidualBlock
from cnn_core.architecture.spec import NetworkSpec

if TYPE_CHECKING:  # so that snapshots and settings may import this package
    from cnn_core.training.settings import TrainingSettings
    from cnn_core.training.snapshot import EpochResult, Status

EvidenceKind = Literal["loss", "accuracy", "validation", "gradients", "activations"]

SMOOTHING_IMAGES = 16
"""The loss of a batch of fewer images says little: then neighbouring batches are averaged until there are so many."""

MOST_CURVE_POINTS = 60
"""A curve that is shown as evidence has no more points: it is a small picture."""

STANDSTILL_STEPS = 60
"""Healthy deep networks may take some fifty steps before the loss begins to fall."""

GUESSING_SHARE = 0.95
"""From this part of the loss of guessing on, nothing worth mentioning has been learned."""

CHANCE_MARGIN = 0.02
CHANCE_ERRORS = 3.0
"""An accuracy is one of guessing up to so many standard errors, and the margin, above it."""

MOVING_AVERAGE_STEPS = 50
"""Batch norm's moving averages keep 90 % a step: only after 44 steps is less than 1 % left of where they began."""


@dataclass(frozen=True)
class LayerHealth:
    """How one layer is doing at one moment of a training, measured on a fixed batch of training images.

    Args:
        name: Its name in the network, as `"conv_1"`.
        weight_count: How many trained weights it has.
        gradient_norm: Length of the loss's gradient for all its weights together; None without weights.
        weight_norm: Length of all its weights together; None without weights.
        weight_change: Distance of its weights from where they began; None without weights.
        dead_share: Share of its ReLU units that are 0 for every image, 0 to 1; None without ReLU. A filter is one unit.
        saturated_share: Share of its outputs at the flat ends of a sigmoid or tanh, 0 to 1; None without such.
    """

    name: str
    weight_count: int = 0
    gradient_norm: float | None = None
    weight_norm: float | None = None
    weight_change: float | None = None
    dead_share: float | None = None
    saturated_share: float | None = None


NetworkHealth = tuple[LayerHealth, ...]


@dataclass(frozen=True)
class Evidence:
    """Where to look for what a finding says.

    Args:
        kind: Which picture shows it.
        first_step: First step of the part of the training that shows it, from 1; 0 is before the first step.
        last_step: Last step of that part; the same as the first for what was measured at one moment.
        layer: The layer that shows it most clearly; None where it is about the whole network.
        curves: The numbers themselves, each line with its name, evenly spread over these steps and thinned out.
        health: Every layer's measurements at `last_step`, for gradients and activations.
    """

    kind: EvidenceKind
    first_step: int
    last_step: int
    layer: str | None = None
    curves: tuple[tuple[str, tuple[float, ...]], ...] = ()
    health: NetworkHealth = ()


@dataclass(frozen=True)
class Finding:
    """Something that strikes one about a training.

    Args:
        slug: The rule's name, as `"dead-relu"`.
        message: What is seen, with this training's numbers.
        reason: Why that happens, and what helps.
        term: The glossary's term that explains it, as `"vanishing-gradients"`.
        evidence: Where it is seen.
    """

    slug: str
    message: str
    reason: str
    term: str
    evidence: Evidence


@dataclass(frozen=True)
class Course:
    """A training so far, with all that the rules look at.

    Args:
        batch_loss: `(step,)`, loss of each batch, before the network learned from it.
        batch_accuracy: `(step,)`, accuracy of each batch, 0 to 1.
        epochs: The epochs that are complete.
        steps_per_epoch: Steps in one epoch.
        total_steps: Steps in all epochs.
        status: Where the training is, as in `RunSnapshot`.
        message: What a failed training said.
        class_count: How many classes there are.
        spec: The network.
        settings: How it is trained.
        health: When layers were measured, and how they did: before the first step (0), then at the end of each epoch.
        class_shares: Share of each class among the training images; empty where all are equally frequent.
    """

    batch_loss: npt.NDArray[np.float32]
    batch_accuracy: npt.NDArray[np.float32]
    epochs: tuple[EpochResult, ...]
    steps_per_epoch: int
    total_steps: int
    status: Status
    message: str
    class_count: int
    spec: NetworkSpec
    settings: TrainingSettings
    health: tuple[tuple[int, NetworkHealth], ...] = ()
    class_shares: tuple[float, ...] = ()

    @property
    def steps(self) -> int:
        """Count the steps taken."""
        return len(self.batch_loss)

    @property
    def progress(self) -> float:
        """Share of all steps that is done, 0 to 1; 1 once no more will come."""
        if self.status in ("finished", "stopped", "failed", "interrupted"):
            return 1.0
        return self.steps / self.total_steps if self.total_steps else 0.0

    @property
    def guessing_loss(self) -> float:
        """The loss of a network that only knows how frequent each class is."""
        return -sum(share * log(share) for share in self._shares if share > 0)

    @property
    def guessing_accuracy(self) -> float:
        """The accuracy of always naming the most frequent class."""
        return max(self._shares)

    @property
    def _shares(self) -> tuple[float, ...]:
        return self.class_shares or (1 / self.class_count,) * self.class_count

    @cached_property
    def losses(self) -> npt.NDArray[np.float64]:
        """Loss of each step while it is a number; where batches are tiny, averaged over neighbouring ones."""
        values = np.asarray(self.batch_loss, dtype=np.float64)
        broken = np.flatnonzero(~np.isfinite(values))
        values = values[: broken[0]] if len(broken) else values
        width = min(-(-SMOOTHING_IMAGES // self.settings.batch_size), max(len(values), 1))
        return np.convolve(values, np.full(width, 1 / width), "valid") if width > 1 else values

    @property
    def start_loss(self) -> float:
        """The loss before anything was learned."""
        return float(self.losses[0])

    @property
    def is_guessing(self) -> bool:
        """Whether the network still only guesses.

        That takes a complete epoch and 60 steps. Both loss and accuracy must say so: the loss holds regularisers too.
        """
        if not self.epochs or self.steps < STANDSTILL_STEPS:
            return False
        return recent_mean(self.losses) >= GUESSING_SHARE * self.guessing_loss and self.is_chance(
            recent_mean(self.batch_accuracy), recent_count(self.steps) * self.settings.batch_size
        )

    def is_chance(self, accuracy: float, count: int) -> bool:
        """Whether an accuracy on so many images may come from guessing."""
        chance = self.guessing_accuracy
        error = sqrt(chance * (1 - chance) / max(count, 1))
        return accuracy <= chance + CHANCE_MARGIN + CHANCE_ERRORS * error

    @property
    def is_validation_fair(self) -> bool:
        """Whether the validation shows the network as it is: batch norm needs some time for its moving averages."""
        has_norm = any(
            isinstance(layer, BatchNormalization) or (isinstance(layer, ResidualBlock) and layer.has_batch_norm)
            for layer in self.spec.layers
        )
        return not has_norm or self.steps >= MOVING_AVERAGE_STEPS

    @property
    def validation_count(self) -> int:
        """About how many validation images there are."""
        share = self.settings.validation_share
        return round(self.steps_per_epoch * self.settings.batch_size * share / (1 - share))

    @property
    def latest_health(self) -> tuple[int, NetworkHealth]:
        """The latest measurement, with its step; an empty one if there is none."""
        return self.health[-1] if self.health else (0, ())

    def kernels(self, health: NetworkHealth) -> NetworkHealth:
        """Keep the layers that multiply with learned weights, from the image to the answer."""
        pairs = zip(self.spec.layer_names, self.spec.layers, strict=True)
        names = {name for name, layer in pairs if has_kernel(layer)}
        return tuple(layer for layer in health if layer.name in names)

    def hidden(self, health: NetworkHealth) -> NetworkHealth:
        """Keep the layers before the one that answers: from its weights on, being sure of oneself is no fault."""
        kernels = self.kernels(health)
        if not kernels:
            return ()
        return health[: health.index(kernels[-1])]

    def curve_evidence(self, first_step: int = 1) -> Evidence:
        """Show the training's loss from a step on."""
        first = min(max(first_step, 1), max(self.steps, 1))
        return Evidence("loss", first, self.steps, curves=(("training", thinned(self.batch_loss[first - 1 :])),))

    def epoch_evidence(self, kind: Literal["validation", "accuracy"]) -> Evidence:
        """Show training and validation side by side, epoch by epoch: their loss, or their accuracy."""
        is_loss = kind == "validation"
        training = tuple(epoch.loss if is_loss else epoch.accuracy for epoch in self.epochs)
        validation = tuple(epoch.val_loss if is_loss else epoch.val_accuracy for epoch in self.epochs)
        first, last = self.epochs[0].step, self.epochs[-1].step
        return Evidence(kind, first, last, curves=(("training", training), ("validation", validation)))


Rule = Callable[[Course], Iterator[Finding]]
"""Looks at a training and says what strikes it, or nothing."""


def recent_count(steps: int) -> int:
    """Count the steps that say how a training does now: the last fifth, but 20 to 100.

    Example:
        >>> recent_count(15), recent_count(60), recent_count(300), recent_count(5000)
        (15, 20, 60, 100)
    """
    return min(steps, max(20, min(100, steps // 5)))


def recent_mean(values: npt.NDArray[np.floating]) -> float:
    """Average the steps that say how a training does now."""
    return float(np.mean(values[-recent_count(len(values)) :]))


def thinned(values: npt.NDArray[np.floating], most: int = MOST_CURVE_POINTS) -> tuple[float, ...]:
    """Keep few numbers of many: the first, the last, and the largest of each stretch between, so that leaps stay.

    Example:
        >>> thinned(np.float32([1, 5, 9, 2, 3, 4]), most=4)
        (1.0, 9.0, 3.0, 4.0)
    """
    if len(values) <= most:
        return tuple(float(value) for value in values)
    inner = values[1:-1]
    width = -(-len(inner) // (most - 2))
    largest = (np.max(inner[start : start + width]) for start in range(0, len(inner), width))
    return tuple(float(value) for value in (values[0], *largest, values[-1]))


def loss_text(loss: float) -> str:
    """Write a loss as people say it.

    Example:
        >>> loss_text(2.3026), loss_text(0.0123), loss_text(2519.4), loss_text(4e15)
        ('2.30', '0.012', '2,519', 'over a million')
    """
    if loss >= 1e6:
        return "over a million"
    return f"{loss:,.0f}" if loss >= 100 else f"{loss:.2f}" if loss >= 0.1 else f"{loss:.3f}"


def times_text(ratio: float) -> str:
    """Write how many times smaller something is.

    Example:
        >>> times_text(2345.6), times_text(54_321_000), times_text(2.4e12)
        ('2,300', '54 million', 'billions of')
    """
    if isinf(ratio) or ratio >= 1e10:
        return "billions of"
    for size, word in ((1e9, " billion"), (1e6, " million"), (1.0, "")):
        if ratio >= size:
            return f"{float(f'{ratio / size:.2g}'):,.0f}{word}"
    return f"{ratio:.1f}"


def rate_text(rate: float) -> str:
    """Write a learning rate without powers of ten.

    Example:
        >>> rate_text(3e-5), rate_text(0.3 / 10), rate_text(10.0)
        ('0.00003', '0.03', '10')
    """
    return np.format_float_positional(float(f"{rate:.3g}"), trim="-")
