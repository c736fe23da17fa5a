"""What a data set is: images, labels and the names of the classes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class LabelledImages:
    """Images with the class of each.

    Args:
        images: `(count, height, width, channels)`, `uint8`, 0 black to 255 white.
        labels: `(count,)`, `int64`, the class index of each image.
        groups: `(count,)`, `int64`, what belongs together, as the images of one patient; none where it is not known.
            Images of one group never lie on both sides of a split.

    Raises:
        ValueError: If the shapes or types are not these.
    """

    images: npt.NDArray[np.uint8]
    labels: npt.NDArray[np.int64]
    groups: npt.NDArray[np.int64] | None = None

    def __post_init__(self) -> None:
        if self.images.ndim != 4 or self.images.dtype != np.uint8:
            raise ValueError(
                "images must be (count, height, width, channels) uint8. "
                f"Received: shape={self.images.shape}, dtype={self.images.dtype}."
            )
        if self.labels.shape != (len(self.images),) or self.labels.dtype != np.int64:
            raise ValueError(
                "labels must be (count,) int64, one for each image. "
                f"Received: shape={self.labels.shape}, dtype={self.labels.dtype}, count={len(self.images)}."
            )
        if self.groups is not None and (self.groups.shape != self.labels.shape or self.groups.dtype != np.int64):
            raise ValueError(
                "groups must be (count,) int64, one for each image. "
                f"Received: shape={self.groups.shape}, dtype={self.groups.dtype}, count={len(self.images)}."
            )

    def __len__(self) -> int:
        return len(self.images)


@dataclass(frozen=True)
class Dataset:
    """A training part and a test part that share no image.

    Args:
        slug: The short name by which the registry knows it, as `"digits"`.
        class_names: One name a class, in the order of the class indices.
        train: The part that networks learn from.
        test: The part that they are judged on.
    """

    slug: str
    class_names: tuple[str, ...]
    train: LabelledImages
    test: LabelledImages

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """Height, width and channels of one image."""
        height, width, channels = self.train.images.shape[1:]
        return int(height), int(width), int(channels)
