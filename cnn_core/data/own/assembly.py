"""From decoded images to a data set: split, mixed and written."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from cnn_core.data.group_split import group_split
from cnn_core.data.image_file import FORMAT_WORDS
from cnn_core.data.own.grouping import find_groups, group_words
from cnn_core.data.own.import_settings import ImportSettings
from cnn_core.data.own.listing import Listing, Skipped, Source
from cnn_core.data.own.original_sizes import size_spreads
from cnn_core.data.own.record import OwnRecord
from cnn_core.data.own.writing import Counts, SetDraft, check_counts, finish, reach_disk, write_array
from cnn_core.errors import ClassroomError

FEWEST_IMAGES = 5
"""Images of each class that can be read; with fewer there is nothing to learn and nothing to judge by."""
COPIED_IMAGES = 512

Indices = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Gathered:
    """The images that could be read.

    Args:
        path: Their pixels, one image after another.
        kept: `(count,)`, which of the source's images they are.
        originals: `(count, 2)`, height and width that they had before, in pixels.
        skipped: Those that are left out.
    """

    path: Path
    kept: Indices
    originals: Indices
    skipped: Skipped


def assemble(
    folder: Path, gathered: Gathered, source: Source, settings: ImportSettings, words: str, owner: str
) -> OwnRecord:
    """Split the images, mix them, write them into a folder as a data set, and move that to its place.

    Args:
        folder: Where it is made; see `part_folder`.
        gathered: The images.
        source: Where they came from.
        settings: How the set is made.
        words: Where they came from, as a sentence.
        owner: Who may delete it.

    Raises:
        ClassroomError: If a class has too few images, or cannot be on both sides.
    """
    listing = source.listing
    images = [listing.images[number] for number in gathered.kept.tolist()]
    labels = np.array([image.class_index for image in images], np.int64)
    _check_enough(source, labels, gathered.skipped)
    groups: Indices | None = None
    if settings.group_pattern and source.can_group:
        groups = find_groups([image.file_name for image in images], settings.group_pattern, settings.group_nth).numbers
    if listing.has_split:
        is_test = np.array([image.part == "test" for image in images])
        learned, judged = np.flatnonzero(~is_test), np.flatnonzero(is_test)
    else:
        learned, judged = group_split(labels, groups, settings.test_share, settings.seed)
    counts = _checked_counts(listing, labels, (learned, judged), groups)
    rng = np.random.default_rng([settings.seed, 7])
    shape = (len(images), *settings.image_shape)
    pixels = np.memmap(gathered.path, np.uint8, "r", shape=shape)
    for name, places in (("train", rng.permutation(learned)), ("test", rng.permutation(judged))):
        _write(folder, name, pixels, places)
        write_array(folder / f"y_{name}.npy", labels[places])
        if groups is not None:
            write_array(folder / f"g_{name}.npy", groups[places])
    del pixels
    gathered.path.unlink()
    draft = SetDraft(
        title=settings.title,
        class_names=listing.class_names,
        source=words,
        owner=owner,
        settings=settings.lines(listing.has_split),
        keeps_aspect=settings.keeps_aspect,
        group_words=group_words(settings.group_pattern, settings.group_nth) if groups is not None else "",
        original_sizes=size_spreads(gathered.originals, labels, len(listing.class_names)),
        skipped=tuple(gathered.skipped.named),
        skipped_count=gathered.skipped.count,
    )
    group_count = len(np.unique(groups)) if groups is not None else 0
    return finish(folder, draft, settings.image_shape, counts, group_count)


def _write(folder: Path, name: str, pixels: npt.NDArray[np.uint8], places: Indices) -> None:
    """Write the images of one part in their new order, a few at a time."""
    head = {"descr": "|u1", "fortran_order": False, "shape": (len(places), *pixels.shape[1:])}
    with (folder / f"x_{name}.npy").open("xb") as file:
        np.lib.format.write_array_header_1_0(file, head)
        for start in range(0, len(places), COPIED_IMAGES):
            file.write(pixels[places[start : start + COPIED_IMAGES]].tobytes())
        file.flush()
        reach_disk(file.fileno())


def _check_enough(source: Source, labels: Indices, skipped: Skipped) -> None:
    class_names = source.listing.class_names
    if not len(labels):
        reason = f": {skipped.named[0][1]}" if skipped.named else ""
        remedy = f"Bring {FORMAT_WORDS}." if source.can_group else "Save them as numbers from 0 to 255."
        raise ClassroomError(f"None of the images could be read{reason}.", remedy)
    counts = np.bincount(labels, minlength=len(class_names))
    fewest = int(counts.argmin())
    if counts[fewest] < FEWEST_IMAGES:
        raise ClassroomError(
            f"The class “{class_names[fewest]}” has {counts[fewest]} {'image' if counts[fewest] == 1 else 'images'} "
            f"that can be read; {FEWEST_IMAGES} are the fewest.",
            "Add images to it, or leave its folder out.",
        )


def _checked_counts(
    listing: Listing, labels: Indices, sides: tuple[Indices, Indices], groups: Indices | None
) -> tuple[Counts, Counts]:
    """Count the images of each class on both sides, and check that there are some."""
    names = listing.class_names
    for class_index, name in enumerate(names if groups is not None else ()):
        if groups is not None and len(np.unique(groups[labels == class_index])) < 2:
            raise ClassroomError(
                f"All images of the class “{name}” belong to one group, which can be only learned from or judged.",
                "Choose another text for the groups, or none.",
            )
    learned, judged = (np.bincount(labels[places], minlength=len(names)) for places in sides)
    if not listing.has_split and not judged.all():
        few = int(judged.argmin())
        raise ClassroomError(
            f"Of the {learned[few]:,} images of the class “{names[few]}” none would be set aside for the test.",
            "Set a larger part aside, or add images to the class.",
        )
    check_counts(names, learned, judged)
    return learned, judged
