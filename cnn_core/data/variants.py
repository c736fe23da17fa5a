"""Data sets made from another one: the same images, moved by a few pixels each, or with all pixels in another order.

They show what a convolution brings along. The labels and the order of the images stay, so equal seeds choose the same
images from a data set and from its variants.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from cnn_core.data.dataset import Dataset, LabelledImages
from cnn_core.data.entry import Availability, DatasetEntry

Images = npt.NDArray[np.uint8]
Steps = npt.NDArray[np.int64]


def shift_images(images: Images, seed: int, most_px: int = 6) -> Images:
    """Move what is drawn in each image by a random number of pixels, down or up and right or left.

    An image is moved no further than there is room: no ink is cut off. What is drawn from edge to edge stays.

    Args:
        images: `(count, height, width, channels)`, `uint8`, drawn on black (0).
        seed: Which shifts, 0 or more.
        most_px: The longest shift in each direction, in pixels.

    Returns:
        As many images of the same shape.

    Example:
        >>> dot = np.zeros((1, 3, 3, 1), np.uint8)
        >>> dot[0, 1, 1] = 200
        >>> moved = shift_images(dot, seed=0)
        >>> moved.shape, int(moved.sum())
        ((1, 3, 3, 1), 200)
    """
    rng = np.random.default_rng(seed)
    height, width = images.shape[1:3]
    has_ink = images.max(axis=3) > 0
    down = random_steps(has_ink.any(axis=2), rng, most_px)
    right = random_steps(has_ink.any(axis=1), rng, most_px)
    # What leaves at one edge comes back at the other, and that is never ink.
    rows = (np.arange(height) - down[:, np.newaxis]) % height
    columns = (np.arange(width) - right[:, np.newaxis]) % width
    each = np.arange(len(images))[:, np.newaxis, np.newaxis]
    moved: Images = images[each, rows[:, :, np.newaxis], columns[:, np.newaxis, :]]
    return moved


def random_steps(has_ink: npt.NDArray[np.bool_], rng: np.random.Generator, most_px: int) -> Steps:
    """Draw for each image how far it moves along one axis, so that its ink stays inside.

    Args:
        has_ink: `(count, length)`, in which rows or columns there is ink.
        rng: Where chance comes from.
        most_px: The longest way, in pixels.

    Returns:
        `(count,)`, pixels; every way that there is room for is equally likely.
    """
    before = np.minimum(has_ink.argmax(axis=1), most_px)
    after = np.minimum(has_ink[:, ::-1].argmax(axis=1), most_px)
    steps: Steps = rng.integers(-before, after, endpoint=True)
    return steps


def shuffle_pixels(images: Images, seed: int) -> Images:
    """Put the pixels of every image into another order: a random one, but the same for all images.

    Args:
        images: `(count, height, width, channels)`, `uint8`.
        seed: Which order, 0 or more; equal seeds give the same one.

    Returns:
        As many images of the same shape. The channels of a pixel stay together.

    Example:
        >>> image = np.arange(4, dtype=np.uint8).reshape(1, 2, 2, 1)
        >>> sorted(shuffle_pixels(image, seed=0).ravel().tolist())
        [0, 1, 2, 3]
    """
    count, height, width, channels = images.shape
    order = np.random.default_rng(seed).permutation(height * width)
    return images.reshape(count, height * width, channels)[:, order].reshape(images.shape)


@dataclass(frozen=True)
class Variant:
    """A way to make a data set from another one.

    Args:
        name: What is added to slug and title, as `"shifted"`.
        words: What was done, to follow “The images of MNIST,”.
        change: Makes images from images and a seed.
        train_seed: The seed for the images to learn from.
        test_seed: The seed for those to be judged on.
    """

    name: str
    words: str
    change: Callable[[Images, int], Images]
    train_seed: int
    test_seed: int

    def of(self, dataset: Dataset) -> Dataset:
        """Make the variant of a loaded data set."""

        def changed(part: LabelledImages, seed: int) -> LabelledImages:
            return LabelledImages(self.change(part.images, seed), part.labels.copy())

        return Dataset(
            variant_slug(dataset.slug, self.name),
            dataset.class_names,
            changed(dataset.train, self.train_seed),
            changed(dataset.test, self.test_seed),
        )


SHIFTED = Variant(
    "shifted",
    "each moved by up to 6 pixels up or down and left or right, at random and as far as there is room",
    shift_images,
    train_seed=1,
    test_seed=2,
)
SHUFFLED = Variant(
    "shuffled",
    "with all pixels in one other order, drawn at random once and the same for every image",
    shuffle_pixels,
    train_seed=0,
    test_seed=0,
)
VARIANTS: dict[str, Variant] = {variant.name: variant for variant in (SHIFTED, SHUFFLED)}
"""Every way, by its name."""


def variant_slug(base: str, name: str) -> str:
    """Name a variant of a data set.

    Example:
        >>> variant_slug("digits", "shifted")
        'digits-shifted'
    """
    return f"{base}-{name}"


def variant_entry(base: DatasetEntry, variant: Variant, load: Callable[[str], Dataset]) -> DatasetEntry:
    """Describe a variant for the registry. It is there when the data set is there that it is made from.

    Args:
        base: The data set that it is made from.
        variant: The way.
        load: Loads a data set by its slug.
    """

    def availability() -> Availability:
        found = base.availability()
        if found.is_ready:
            return Availability(True, f"It is made from {base.title} on this computer.")
        return Availability(
            False, f"It is made from {base.title}, which is not on this computer yet: choose {base.title} to get it."
        )

    return replace(
        base,
        slug=variant_slug(base.slug, variant.name),
        title=f"{base.title}, {variant.name}",
        summary=f"The images of {base.title}, {variant.words}.",
        source=f"Made by CNN Classroom from {base.title}. {base.source}",
        load=lambda: variant.of(load(base.slug)),
        availability=availability,
        download=None,
        base=base.slug,
        variant=variant.name,
    )
