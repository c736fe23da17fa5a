"""Drawings of own classes, on the way to becoming a data set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from cnn_core.data.dataset import LabelledImages
from cnn_core.data.own.folder import MOST_CLASS_NAME, clean_name
from cnn_core.data.split import stratified_split
from cnn_core.errors import ClassroomError

Image = npt.NDArray[np.uint8]

IMAGE_SHAPE = (28, 28, 1)
LEAST_CLASSES, MOST_CLASSES = 2, 10
LEAST_EACH = 5
"""With fewer drawings of a class there would be none to be judged on, or hardly any to learn from."""
RECOMMENDED_EACH = 24
MOST_DRAWINGS = 1000
"""Of all classes together: 784 kB."""
LEAST_TEST_SHARE = 0.2


@dataclass(frozen=True, eq=False)
class Drawings:
    """Drawings as a network sees them, each of a class.

    Args:
        class_names: One name a class.
        images: `(count, 28, 28, 1)`, in the order in which they were drawn.
        labels: `(count,)`, the class index of each.

    Raises:
        ValueError: If these do not belong together.
    """

    class_names: tuple[str, ...]
    images: Image
    labels: npt.NDArray[np.int64]

    def __post_init__(self) -> None:
        LabelledImages(self.images, self.labels)
        is_known = not len(self.labels) or (self.labels.min() >= 0 and self.labels.max() < len(self.class_names))
        if self.images.shape[1:] != IMAGE_SHAPE or not is_known:
            raise ValueError(
                f"Drawings must be {IMAGE_SHAPE} and of one of {len(self.class_names)} classes. "
                f"Received: {self.images.shape[1:]}, labels={np.unique(self.labels).tolist()}."
            )

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def counts(self) -> tuple[int, ...]:
        """How many drawings each class has."""
        return tuple(np.bincount(self.labels, minlength=len(self.class_names)).tolist())

    def with_drawing(self, image: Image, class_index: int) -> Drawings:
        """Add a drawing.

        Args:
            image: `(28, 28, 1)`.
            class_index: Its class.

        Raises:
            ClassroomError: If there are too many already.
        """
        if len(self) >= MOST_DRAWINGS:
            raise ClassroomError(
                f"There are {MOST_DRAWINGS:,} drawings, and more are not kept.", "Make a data set of these."
            )
        return replace(
            self,
            images=np.concatenate([self.images, image[np.newaxis]]),
            labels=np.append(self.labels, np.int64(class_index)),
        )

    def without(self, index: int) -> Drawings:
        """Take a drawing out; where there is none with this number, nothing happens.

        Args:
            index: Its place in the order of drawing, from 0.
        """
        is_kept = np.arange(len(self)) != index
        return replace(self, images=self.images[is_kept], labels=self.labels[is_kept])

    def renamed(self, class_names: Sequence[str]) -> Drawings:
        """Give the classes other names, add classes, or take some out that have no drawings.

        Equal names are the same class, wherever they stand. Where as many names as before leave all others at their
        places, the new ones are new names of the same classes.

        Args:
            class_names: The names; they are cleaned.

        Raises:
            ClassroomError: If there are too few or too many, two are alike, or drawings would lose their class.

        Example:
            >>> drawings = no_drawings(["circle", "star"]).with_drawing(np.zeros(IMAGE_SHAPE, np.uint8), 1)
            >>> drawings.renamed(["moon", "sun"]).class_names, drawings.renamed(["star", "a", "b"]).labels.tolist()
            (('moon', 'sun'), [0])
        """
        names = checked_names(class_names)
        is_in_place = all(
            name not in names or names.index(name) == place for place, name in enumerate(self.class_names)
        )
        if is_in_place and len(names) == len(self.class_names):
            return replace(self, class_names=names)
        for name, number in zip(self.class_names, self.counts, strict=True):
            if number and name not in names:
                raise ClassroomError(
                    f"“{name}” has {number} drawings, and no class of that name would be left.",
                    "Keep the name, or remove its drawings first.",
                )
        places = np.array([names.index(name) if name in names else 0 for name in self.class_names], np.int64)
        return replace(self, class_names=names, labels=places[self.labels])

    def lacking(self) -> str:
        """Say what is missing until a data set can be made; `""` if nothing is.

        Example:
            >>> no_drawings(["circle", "star"]).lacking()
            'Each class needs 5 drawings at least: “circle” lacks 5, “star” lacks 5.'
        """
        parts = [
            f"“{name}” lacks {LEAST_EACH - number}"
            for name, number in zip(self.class_names, self.counts, strict=True)
            if number < LEAST_EACH
        ]
        return f"Each class needs {LEAST_EACH} drawings at least: {', '.join(parts)}." if parts else ""

    def split(self, test_share: float, seed: int) -> tuple[LabelledImages, LabelledImages]:
        """Divide the drawings into those to learn from and those to be judged on, the same share of each class.

        Args:
            test_share: The share to be judged on, 0.2 to 0.5.
            seed: Which ones, 0 or more.

        Returns:
            The training part and the test part; every class has drawings in both.

        Raises:
            ClassroomError: If a class has too few drawings.
            ValueError: If the share is outside its range.
        """
        if not LEAST_TEST_SHARE <= test_share <= 0.5:
            raise ValueError(f"test_share must be 0.2 to 0.5. Received: test_share={test_share}.")
        if self.lacking():
            raise ClassroomError(self.lacking(), "Draw some more.")
        parts = stratified_split(self.labels, test_share, seed)
        train, test = (LabelledImages(self.images[places], self.labels[places]) for places in parts)
        return train, test


def no_drawings(class_names: Sequence[str]) -> Drawings:
    """Begin with these classes and no drawing.

    Raises:
        ClassroomError: If there are too few or too many names, or two are alike.
    """
    return Drawings(checked_names(class_names), np.zeros((0, *IMAGE_SHAPE), np.uint8), np.zeros(0, np.int64))


def checked_names(class_names: Sequence[str]) -> tuple[str, ...]:
    """Clean the names of classes and check that they can be told apart.

    Args:
        class_names: What somebody typed; empty ones do not count.

    Raises:
        ClassroomError: If there are too few or too many, or two are alike.

    Example:
        >>> checked_names([" circle ", "", "*star*"])
        ('circle', 'star')
    """
    names = tuple(filter(None, (clean_name(name, MOST_CLASS_NAME) for name in class_names)))
    if not LEAST_CLASSES <= len(names) <= MOST_CLASSES:
        raise ClassroomError(
            f"There must be {LEAST_CLASSES} to {MOST_CLASSES} classes, and here are {len(names)}.",
            "Write their names with a comma between them, as: circle, square, star.",
        )
    twice = next((name for name in names if names.count(name) > 1), "")
    if twice:
        raise ClassroomError(f"Two classes are called “{twice}”.", "Give each class a name of its own.")
    return names
