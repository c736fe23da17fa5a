"""What a network is taught from labelled drawings: the drawings, and old images so that it does not forget.

A network that learns from ten drawings alone soon reads these ten and little else. So every batch is mixed: most of it
is taken from the data set that it learned from (rehearsal). Some drawings are left out where there are enough: whether
it has understood them, or only remembers the others, is seen on these.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from cnn_core.augmentation.settings import Augmentation
from cnn_core.correction.kept import KeptDrawing
from cnn_core.data.dataset import Dataset, LabelledImages
from cnn_core.data.registry import DATASETS
from cnn_core.data.split import subset_indices
from cnn_core.errors import ClassroomError
from cnn_core.networks import TrainedNetwork
from cnn_core.training.settings import FLOAT32, TrainingSettings

MOST_OLD = 4000
"""Images of the data set that are mixed in."""
HELD_OUT = 1000
"""Test images on which forgetting shows."""
ENOUGH = 8
"""From so many drawings on, some are left out of the lesson."""
LEFT_OUT_SHARE = 0.25

BATCH = 64
MOST_DRAWN = 16
COPIES = 4
"""Images in a batch; how many of them are drawings at most, and how often the same one. With more copies of a few
drawings it would learn to see them everywhere."""
STEPS = 120
LEARNING_RATE = 0.0005
AUGMENTATION = Augmentation(shift=0.06, rotation_degrees=10.0, zoom=0.1)

Indices = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Lesson:
    """What is learned, and what it is judged by.

    Args:
        train: Old images, then the drawings that are learned from.
        old_count: How many of them are old.
        learned: The drawings that are learned from.
        left_out: The drawings that are not.
        held_out: Test images of the data set.
        dataset: Its slug.
    """

    train: LabelledImages
    old_count: int
    learned: LabelledImages
    left_out: LabelledImages
    held_out: LabelledImages
    dataset: str

    def batches(self, steps: int, seed: int) -> npt.NDArray[np.int64]:
        """Draw the batches: each has some drawings, again and again the same few, and old images around them.

        Args:
            steps: How many.
            seed: Equal seeds give equal batches.

        Returns:
            `(steps, 64)`, indices into `train`.
        """
        rng = np.random.default_rng(seed)
        count = min(MOST_DRAWN, COPIES * len(self.learned))
        old = rng.integers(0, self.old_count, (steps, BATCH - count))
        # Every drawing has its turn before any has a second one.
        rounds = -(-steps * count // len(self.learned))
        turns = np.concatenate([rng.permutation(len(self.learned)) for _ in range(rounds)])
        drawn = self.old_count + turns[: steps * count].reshape(steps, count)
        return np.concatenate([old, drawn], axis=1).astype(np.int64)


def teachable(drawings: Sequence[KeptDrawing], network: TrainedNetwork) -> tuple[KeptDrawing, ...]:
    """Return those drawings whose class the network knows.

    Args:
        drawings: A person's drawings.
        network: The network.
    """
    return tuple(one for one in drawings if one.class_name in network.class_names)


def rehearsal_dataset(network: TrainedNetwork) -> str:
    """Name the data set from which old images are taken: the network's own, or one that is like it.

    Raises:
        ClassroomError: If neither is here.
    """
    own = DATASETS.get(network.dataset)
    others = [entry for entry in DATASETS.values() if not entry.base]
    for entry in ([own] if own is not None else []) + others:
        fits = entry.image_shape == network.spec.input_shape and entry.class_names == network.class_names
        if fits and entry.availability().is_ready:
            return entry.slug
    raise ClassroomError(
        "The images that this network learned from are not here, and without them it would forget what it knows.",
        "Choose another network, or bring its data set back.",
    )


def make_lesson(
    drawings: Sequence[KeptDrawing], class_names: tuple[str, ...], dataset: Dataset, seed: int = 0
) -> Lesson:
    """Put a lesson together; equal seeds give the same one.

    Args:
        drawings: The drawings; their classes are among `class_names`.
        class_names: The network's classes.
        dataset: The data set that is rehearsed.
        seed: Which old images, and which drawings are left out.

    Raises:
        ClassroomError: If there is no drawing.
    """
    if not drawings:
        raise ClassroomError("There is nothing to teach yet.", "Draw something, and say what it is.")
    labels = np.array([class_names.index(one.class_name) for one in drawings], np.int64)
    drawn = LabelledImages(np.stack([one.image for one in drawings]), labels)
    places = np.arange(len(drawings))
    left = np.zeros(0, np.int64)
    if len(drawings) >= ENOUGH:
        left = _left_out(labels, seed)
    learned = _pick(drawn, np.setdiff1d(places, left))
    old = _pick(dataset.train, subset_indices(dataset.train.labels, min(MOST_OLD, len(dataset.train)), seed))
    held_out = subset_indices(dataset.test.labels, min(HELD_OUT, len(dataset.test)), seed)
    train = LabelledImages(np.concatenate([old.images, learned.images]), np.concatenate([old.labels, learned.labels]))
    return Lesson(train, len(old), learned, _pick(drawn, left), _pick(dataset.test, held_out), dataset.slug)


def lesson_settings(dataset: str, seed: int = 0) -> TrainingSettings:
    """Return how a copy is taught: small steps, so that it keeps what it knows.

    Args:
        dataset: Slug of the data set that is rehearsed.
        seed: Which batches and changes.
    """
    usual = TrainingSettings(dataset=dataset, epochs=1, batch_size=BATCH, seed=seed, precision=FLOAT32)
    return replace(usual, learning_rate=LEARNING_RATE, augmentation=AUGMENTATION)


def _left_out(labels: npt.NDArray[np.int64], seed: int) -> Indices:
    """A quarter of the drawings, of each class at most half: one of which there is only one has to be learned."""
    rng = np.random.default_rng(seed)
    wanted = round(LEFT_OUT_SHARE * len(labels))
    left: list[int] = []
    for place in rng.permutation(len(labels)).tolist():
        same = labels == labels[place]
        if len(left) < wanted and sum(bool(same[one]) for one in left) + 1 <= same.sum() // 2:
            left.append(place)
    return np.array(sorted(left), np.int64)


def _pick(part: LabelledImages, places: npt.NDArray[np.integer]) -> LabelledImages:
    return LabelledImages(part.images[places], part.labels[places])
