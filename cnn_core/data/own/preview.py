"""A look at what was brought, before anything is imported: classes, sizes, a few images, and what would suit them."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from cnn_core.data.own.decoding import read_payload
from cnn_core.data.own.fitting import BadImageError, Fit, Pixels
from cnn_core.data.own.folder import MOST_SET_BYTES
from cnn_core.data.own.grouping import Grouping, suggested_pattern
from cnn_core.data.own.listing import Listing, Payload, Source
from cnn_core.data.own.sources import open_source

SAMPLES = 48
"""Images that are looked at, spread over all classes."""
MOST_SAMPLED_CLASSES = 8
MOST_KEPT_BYTES = 100_000
"""Of a longer file a smaller image is kept, so that previews take little memory."""
KEPT_SIDE = 256
SIDES = (128, 96, 64, 48, 32, 28)
LARGEST_SUGGESTED = 64
"""Larger images teach little more, and each step takes longer by the square."""


@dataclass(frozen=True, eq=False)
class Sample:
    """One image that was looked at.

    Args:
        name: Its file's name.
        class_index: Its class.
        payload: The file's content, or its pixels.
        height: Pixels from top to bottom.
        width: Pixels from left to right.
        is_grey: Whether it has no colours.
        taken_bits: How many bits a pixel it is taken to have, where its file does not say so (`upright_in_colour`).
    """

    name: str
    class_index: int
    payload: bytes | npt.NDArray[np.uint8]
    height: int
    width: int
    is_grey: bool
    taken_bits: int | None = None

    def fitted(self, fit: Fit) -> Pixels:
        """Return the image as it would be imported."""
        return read_payload(self.payload, fit).pixels


@dataclass(frozen=True, eq=False)
class Preview:
    """What was found.

    Args:
        path: Where it lies.
        words: What it is, as `"a zip of class folders"`.
        listing: The images by class.
        counts: `(classes,)`, how many images there are of each.
        can_group: Whether the images have names by which they could be grouped.
        samples: Some of the images.
        bad: Files among those that cannot be read, with the reason.
        suggested_shape: Height, width and channels that suit the images.
        suggested_pattern: A text by which the names seem to be grouped; `""` for none.
    """

    path: Path
    words: str
    listing: Listing
    counts: npt.NDArray[np.int64]
    can_group: bool
    samples: tuple[Sample, ...]
    bad: tuple[tuple[str, str], ...]
    suggested_shape: tuple[int, int, int]
    suggested_pattern: str

    @property
    def names(self) -> tuple[str, ...]:
        """The images' file names without their folders."""
        return tuple(image.file_name for image in self.listing.images)

    def pictures(self, fit: Fit, most: int) -> list[tuple[Pixels, str]]:
        """Return some of the samples as they would be imported, the classes in turn, with the names of the classes."""
        turns: dict[int, int] = {}
        order = []
        for sample in self.samples:
            turns[sample.class_index] = turns.get(sample.class_index, 0) + 1
            order.append((turns[sample.class_index], sample.class_index, sample))
        shown = sorted(order, key=lambda item: item[:2])[:most]
        return [(sample.fitted(fit), self.listing.class_names[index]) for _, index, sample in shown]

    def sides(self) -> tuple[int, int] | None:
        """The shortest and the longest side among the samples, in pixels."""
        sides = [side for sample in self.samples for side in (sample.height, sample.width)]
        return (min(sides), max(sides)) if sides else None

    def taken_bits(self) -> dict[int, int]:
        """How many of the samples are taken to have how many bits a pixel, because their files do not say so."""
        return dict(sorted(Counter(it.taken_bits for it in self.samples if it.taken_bits is not None).items()))

    def memory(self, shape: tuple[int, int, int]) -> int:
        """How many bytes the images would take at this size."""
        return int(self.counts.sum()) * math.prod(shape)

    def fits_memory(self, shape: tuple[int, int, int]) -> bool:
        """Whether the images would be few enough at this size."""
        return self.memory(shape) <= MOST_SET_BYTES


def look(path: Path) -> Preview:
    """Look at what was brought, without importing it.

    Args:
        path: A folder, zip or npz; see `open_source`.

    Raises:
        ClassroomError: If nothing can be made of it.
    """
    source = open_source(path)
    listing = source.listing
    samples, bad = _samples(source)
    names = [image.file_name for image in listing.images]
    return Preview(
        path=path,
        words=source.words,
        listing=listing,
        counts=listing.counts(),
        can_group=source.can_group,
        samples=samples,
        bad=bad,
        suggested_shape=_suggested_shape(samples),
        suggested_pattern=suggested_pattern(names) if source.can_group else "",
    )


def torn_groups(listing: Listing, found: Grouping) -> int:
    """Count the groups that lie on both sides of the split that the files came with.

    Args:
        listing: The images, in training and test folders.
        found: Their groups, in the same order.
    """
    is_test = np.array([image.part == "test" for image in listing.images])
    return len(np.intersect1d(found.numbers[is_test], found.numbers[~is_test]))


def _samples(source: Source) -> tuple[tuple[Sample, ...], tuple[tuple[str, str], ...]]:
    images = source.listing.images
    samples, bad = [], []
    wanted = _spread(source)
    with source.payloads(wanted) as payloads:
        for number, payload in zip(wanted, payloads, strict=True):
            image = images[number]
            try:
                samples.append(_sample(image.name, image.class_index, payload))
            except BadImageError as error:
                bad.append((image.name, str(error)))
    return tuple(samples), tuple(bad)


def _spread(source: Source) -> list[int]:
    """Choose images of the first classes, evenly over each; of an npz the first ones, as it is read from its front."""
    listing = source.listing
    labels = np.array([image.class_index for image in listing.images])
    if not source.can_group:
        labels = labels[: 40 * SAMPLES]
    classes = range(min(len(listing.class_names), MOST_SAMPLED_CLASSES))
    each = SAMPLES // len(classes)
    found: set[int] = set()
    for class_index in classes:
        members = np.flatnonzero(labels == class_index)
        if len(members):
            found.update(members[np.linspace(0, len(members) - 1, min(each, len(members))).astype(int)].tolist())
    return sorted(found)


def _sample(name: str, class_index: int, payload: Payload) -> Sample:
    small, (height, width), taken_bits = read_payload(payload, Fit((32, 32, 3)))
    assert not isinstance(payload, str)
    is_grey = bool((small == small[..., :1]).all())
    if len(payload) > MOST_KEPT_BYTES:
        shorter = max(1, round(KEPT_SIDE * min(height, width) / max(height, width)))
        shape = (KEPT_SIDE, shorter, 3) if height >= width else (shorter, KEPT_SIDE, 3)
        payload = read_payload(payload, Fit(shape, keeps_aspect=False)).pixels
    return Sample(name, class_index, payload, height, width, is_grey, taken_bits)


def _suggested_shape(samples: tuple[Sample, ...]) -> tuple[int, int, int]:
    """Take the largest usual size that most images fill; pixels that nobody photographed teach nothing."""
    if not samples:
        return 64, 64, 3
    channels = 1 if all(sample.is_grey for sample in samples) else 3
    sizes = {(sample.height, sample.width) for sample in samples}
    if len(sizes) == 1:
        height, width = sizes.pop()
        if max(height, width) <= LARGEST_SUGGESTED and min(height, width) >= SIDES[-1]:
            return height, width, channels
    middle = float(np.median([max(sample.height, sample.width) for sample in samples]))
    side = next((side for side in SIDES if side <= min(middle, LARGEST_SUGGESTED)), SIDES[-1])
    return side, side, channels
