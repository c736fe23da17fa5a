"""What a network is worth without one of its filters: the feature map is set to zero, the rest goes on as before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import comb
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from cnn_core.architecture.layers import Conv2D, Dense, ResidualBlock, SeparableConv2D
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.errors import ClassroomError
from cnn_core.inspection.exciting_images import LayerOutputs, check_finite
from cnn_core.inspection.records import FloatArray

LEVEL = 0.05
"""A difference counts as more than chance where chance alone gives one as large less often than this."""

WEIGHING = (Conv2D, Dense, ResidualBlock, SeparableConv2D)
"""The layers that weigh all that comes in against each other."""

Labels = npt.NDArray[np.integer[Any]]


class CutNetwork(LayerOutputs, Protocol):
    """A network that can be cut behind any layer but the last."""

    @property
    def spec(self) -> NetworkSpec:
        """The network."""
        ...

    def probabilities_after(self, layer: str, outputs: npt.NDArray[np.floating[Any]]) -> FloatArray:
        """Return the answer, `(count, classes)`, if a layer gave these numbers."""
        ...


@dataclass(frozen=True)
class ClassAccuracy:
    """How many images of one class are named rightly.

    Args:
        class_index: The class, from 0.
        images: How many there are.
        right_before: How many are named rightly with the filter.
        right_after: How many without it.
    """

    class_index: int
    images: int
    right_before: int
    right_after: int

    @property
    def before(self) -> float:
        """The accuracy with the filter, 0 to 1."""
        return self.right_before / self.images

    @property
    def after(self) -> float:
        """The accuracy without it, 0 to 1."""
        return self.right_after / self.images

    @property
    def change(self) -> float:
        """What the class gains by switching off; negative where it loses."""
        return (self.right_after - self.right_before) / self.images


@dataclass(frozen=True, eq=False)
class Ablation:
    """What a network answers with and without one filter, for the images that have been looked at.

    Args:
        total: How many images there are in all.
        labels: `(done,)`, the true class of each.
        before: `(done,)`, the network's answer with the filter.
        after: `(done,)`, its answer without.
    """

    total: int
    labels: Labels
    before: Labels
    after: Labels

    @property
    def done(self) -> int:
        """How many images have been looked at."""
        return len(self.labels)

    @property
    def accuracy_before(self) -> float:
        """Share of images that are named rightly with the filter, 0 to 1."""
        return float(np.mean(self.before == self.labels))

    @property
    def accuracy_after(self) -> float:
        """Share of images that are named rightly without the filter, 0 to 1."""
        return float(np.mean(self.after == self.labels))

    @property
    def changed(self) -> int:
        """Images whose answer is another one without the filter, whether right or wrong."""
        return int(np.sum(self.before != self.after))

    @property
    def lost(self) -> int:
        """Images that were named rightly, and are not any more."""
        return int(np.sum((self.before == self.labels) & (self.after != self.labels)))

    @property
    def gained(self) -> int:
        """Images that were named wrongly, and are named rightly now."""
        return int(np.sum((self.before != self.labels) & (self.after == self.labels)))

    @property
    def chance(self) -> float:
        """How often a coin for each image that was lost or gained would tip at least as far to one side, 0 to 1."""
        return sign_test(self.lost, self.gained)

    @property
    def is_within_chance(self) -> bool:
        """Whether another sample of images might well show no difference, or the opposite one."""
        return self.chance >= LEVEL

    def by_class(self) -> tuple[ClassAccuracy, ...]:
        """Return the accuracy of each class that has images, in the order of the classes."""
        classes = np.unique(self.labels).tolist()
        found = []
        for index in classes:
            is_class = self.labels == index
            right = [int(np.sum(answers[is_class] == index)) for answers in (self.before, self.after)]
            found.append(ClassAccuracy(index, int(is_class.sum()), *right))
        return tuple(found)


def ablate(
    network: CutNetwork,
    images: npt.NDArray[Any],
    labels: Labels,
    layer: str,
    channel: int,
    batch: int = 64,
) -> Iterator[Ablation]:
    """Switch a filter off: set its feature map, or its one number, to zero, and see what the network answers then.

    Nothing is learned anew. What the other filters of the layer give out stays as it is.

    Args:
        network: The network.
        images: `(count, height, width, channels)` as the network takes them, at least one.
        labels: `(count,)`, their classes.
        layer: The layer's name.
        channel: Which feature map, or which unit, from 0.
        batch: Images that go through the network at a time.

    Yields:
        What has been found after each batch; the last one is the answer.

    Raises:
        ClassroomError: If the layer's outputs are the network's answer, or an answer is no number.
        ValueError: If there is not one label for each of at least one image, or no such channel.

    Reference:
        Morcos, Barrett, Rabinowitz & Botvinick 2018, *On the importance of single directions for generalization*.
    """
    check_switchable(network.spec, layer)
    if not len(images) or len(images) != len(labels) or batch < 1:
        raise ValueError(
            "There must be one label for each of at least one image, and batch at least 1. "
            f"Received: {len(images)} images, {len(labels)} labels, batch={batch}."
        )
    answers: tuple[list[Labels], list[Labels]] = ([], [])
    for start in range(0, len(images), batch):
        outputs = network.layer_outputs(images[start : start + batch], layer)
        if not 0 <= channel < outputs.shape[-1]:
            raise ValueError(f"channel must be from 0 to {outputs.shape[-1] - 1}. Received: channel={channel}.")
        without = outputs.copy()
        without[..., channel] = 0
        for kept, numbers in zip(answers, (outputs, without), strict=True):
            probabilities = network.probabilities_after(layer, numbers)
            check_finite(probabilities)
            kept.append(probabilities.argmax(axis=1))
        before, after = (np.concatenate(kept) for kept in answers)
        yield Ablation(len(images), labels[: start + batch], before, after)


def check_switchable(spec: NetworkSpec, layer: str) -> None:
    """Raise if a layer's outputs are the network's answer: then nothing comes after it that could make up for a loss.

    So it is from the last layer on that weighs what comes in.

    Args:
        spec: A network that can be built.
        layer: The layer's name.

    Raises:
        ClassroomError: If so.
    """
    last = max((place for place, kind in enumerate(spec.layers) if isinstance(kind, WEIGHING)), default=0)
    if spec.layer_names.index(layer) >= last:
        raise ClassroomError(
            f"What {layer} gives out is the network's answer itself, so there is nothing after it that could do "
            "without.",
            "Choose an earlier layer.",
        )


def sign_test(lost: int, gained: int) -> float:
    """Return how often as many fair coins as there are changes would tip at least as far to one side.

    Args:
        lost: Changes for the worse.
        gained: Changes for the better.

    Returns:
        The two-sided p-value, 0 to 1; without any change 1.

    Example:
        >>> sign_test(5, 0), sign_test(1, 1)
        (0.0625, 1.0)

    Reference:
        McNemar 1947, *Note on the sampling error of the difference between correlated proportions*, in its exact form.
    """
    changes = lost + gained
    tail: int = sum(comb(changes, count) for count in range(min(lost, gained) + 1))
    return min(1.0, float(2 * tail / 2**changes))
