"""Images of the test part that are in the training part too, or nearly so."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cnn_core.data.dataset import LabelledImages
from cnn_core.data.survey.digests import digests
from cnn_core.data.survey.likeness import describe, likeness

LEAST_LIKENESS = 0.97
"""Pairs that are less alike are no twins, whatever one chooses."""
MOST_CANDIDATES = 4_000_000
"""So many pairs of descriptions are compared at once: 16 MB."""
MOST_TESTED = 64
"""So many test images are compared between two tidings; in between, a search cannot be stopped."""

MOST_COMPARED = 300
"""With so many training images a test image is compared itself, at most: those with the most alike descriptions."""

_SLACK = 1e-4
"""Descriptions are rounded: where they promise this little less, the images are compared all the same."""


@dataclass(frozen=True)
class Twins:
    """A test image and a training image that resembles it.

    Args:
        test_index: The test image's place, from 0.
        train_index: The training image's place, from 0.
        likeness: How alike they are, up to 1.
        is_identical: Whether every pixel is the same.
        test_label: The class of the test image.
        train_label: The class of the training image.
    """

    test_index: int
    train_index: int
    likeness: float
    is_identical: bool
    test_label: int
    train_label: int

    @property
    def is_contradictory(self) -> bool:
        """Whether the two are said to be of different classes."""
        return self.test_label != self.train_label


@dataclass(frozen=True)
class TwinCount:
    """How many images some pairs are about.

    Args:
        images: Test images that have a twin.
        identical: Test images of which every pixel is the same in a training image.
        contradictory: Test images with a twin of another class.
    """

    images: int
    identical: int
    contradictory: int


@dataclass(frozen=True)
class TwinSearch:
    """What was found.

    Args:
        pairs: For every test image at most two: its nearest training image of the same class, and its nearest one of
            another class. Identical pairs come first, then the more alike; of equal ones those that contradict.
        test_count: Test images that were looked at.
        train_count: Training images that they were compared with.
        train_repeats: Training images that are identical with an earlier one.
        cut_short: Test images with more than `MOST_COMPARED` training images that might be alike: of these the less
            promising ones were passed over.
    """

    pairs: tuple[Twins, ...]
    test_count: int
    train_count: int
    train_repeats: int
    cut_short: int = 0

    def at_least(self, least: float) -> tuple[Twins, ...]:
        """Return the pairs that are at least so alike; above 1 only the identical ones."""
        return tuple(pair for pair in self.pairs if pair.is_identical or pair.likeness >= least)


def count_twins(pairs: Sequence[Twins]) -> TwinCount:
    """Count the test images of some pairs, each once.

    Example:
        >>> count_twins([Twins(4, 0, 1.0, True, 1, 1), Twins(4, 9, 0.98, False, 1, 0), Twins(5, 2, 0.99, False, 1, 1)])
        TwinCount(images=2, identical=1, contradictory=1)
    """
    return TwinCount(
        len({pair.test_index for pair in pairs}),
        len({pair.test_index for pair in pairs if pair.is_identical}),
        len({pair.test_index for pair in pairs if pair.is_contradictory}),
    )


def find_twins(
    train: LabelledImages,
    test: LabelledImages,
    tell: Callable[[float], None] | None = None,
    least: float = LEAST_LIKENESS,
) -> TwinSearch:
    """Find the test images that are in the training part too: unchanged, or with other brightness, or nearly the same.

    A network can know such images by heart, so they make it look better than it is. Every test image is compared with
    every training image, by their descriptions; only where these do not exclude it, the images themselves are compared.

    Args:
        train: The images to learn from.
        test: The images to be judged on.
        tell: Is told which share is done, 0 to 1; may raise, to stop the search.
        least: How alike a pair must be, above 0 and at most 1.

    Returns:
        Every test image that has a twin. Neither memory nor time grows with the number of pairs.

    Example:
        >>> images = np.arange(32, dtype=np.uint8).reshape(2, 4, 4, 1) ** 2
        >>> part = LabelledImages(images, np.array([0, 1]))
        >>> search = find_twins(part, LabelledImages(images[1:], np.array([0])))
        >>> [(pair.train_index, pair.is_identical, pair.is_contradictory) for pair in search.pairs]
        [(1, True, True)]

    Reference:
        B. Barz, J. Denzler 2020, *Do we train on test data? Purging CIFAR of near-duplicates*, Journal of Imaging 6.
    """
    said = tell or (lambda share: None)
    repeats, first_places = _first_places(train)
    said(0.05)
    known = describe(train.images)
    said(0.15)
    best = _Best(train, test)
    for index, digest in enumerate(digests(test.images)):
        for place in first_places.get(digest, {}).values():
            best.offer(index, place, 1.0, is_identical=True)
    step, cut_short = max(1, min(MOST_CANDIDATES // max(1, len(train)), MOST_TESTED)), 0
    for start in range(0, len(test), step):
        promised = describe(test.images[start : start + step]) @ known.T
        cut_short += _drop_least(promised, least - _SLACK)
        rows, columns = np.nonzero(promised >= least - _SLACK)
        best.offer_many(rows + start, columns, least)
        said(0.15 + 0.85 * min(1.0, (start + step) / len(test)))
    said(1.0)
    return TwinSearch(best.pairs(), len(test), len(train), repeats, cut_short)


def _first_places(part: LabelledImages) -> tuple[int, dict[bytes, dict[int, int]]]:
    """How many images repeat an earlier one, and for every content and label the first image that has them."""
    found: dict[bytes, dict[int, int]] = {}
    for index, digest in enumerate(digests(part.images)):
        found.setdefault(digest, {}).setdefault(int(part.labels[index]), index)
    return len(part) - len(found), found


def _drop_least(promised: npt.NDArray[np.float32], least: float) -> int:
    """Of rows with too many candidates leave the most promising ones; say how many rows these were."""
    crowded = np.flatnonzero(np.count_nonzero(promised >= least, axis=1) > MOST_COMPARED)
    for row in crowded:
        dropped = np.argpartition(promised[row], -MOST_COMPARED)[:-MOST_COMPARED]
        promised[row, dropped] = -1
    return len(crowded)


class _Best:
    """The best pairs so far: of each test image one with the same label, and one with another label."""

    def __init__(self, train: LabelledImages, test: LabelledImages) -> None:
        self._train, self._test = train, test
        self._found: dict[tuple[int, bool], Twins] = {}

    def offer_many(self, rows: npt.NDArray[np.intp], columns: npt.NDArray[np.intp], least: float) -> None:
        step = MOST_CANDIDATES // max(1, int(np.prod(self._test.images.shape[1:])))
        for start in range(0, len(rows), max(1, step)):
            some, others = rows[start : start + step], columns[start : start + step]
            alike = likeness(self._test.images[some], self._train.images[others])
            for number in np.flatnonzero(alike >= least):
                self.offer(int(some[number]), int(others[number]), float(alike[number]))

    def offer(self, test_index: int, train_index: int, alike: float, *, is_identical: bool = False) -> None:
        test_label, train_label = int(self._test.labels[test_index]), int(self._train.labels[train_index])
        pair = Twins(test_index, train_index, alike, is_identical, test_label, train_label)
        key = (test_index, pair.is_contradictory)
        if key not in self._found or _rank(pair) < _rank(self._found[key]):
            self._found[key] = pair

    def pairs(self) -> tuple[Twins, ...]:
        return tuple(sorted(self._found.values(), key=_rank))


def _rank(pair: Twins) -> tuple[bool, float, bool, int, int]:
    return not pair.is_identical, -pair.likeness, not pair.is_contradictory, pair.test_index, pair.train_index
