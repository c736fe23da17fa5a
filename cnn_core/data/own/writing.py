"""Writing an own data set so that it is there whole or not at all."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from cnn_core.data.dataset import LabelledImages
from cnn_core.data.own.folder import (
    MOST_CLASSES,
    MOST_OWN_BYTES,
    MOST_SET_BYTES,
    MOST_SETS,
    PART_PREFIX,
    RECORD_NAME,
    SPARE_BYTES,
    UPLOAD_PREFIX,
    is_own_slug,
    new_slug,
    own_folder,
)
from cnn_core.data.own.original_sizes import Spread
from cnn_core.data.own.record import OwnRecord, record_to_json
from cnn_core.errors import ClassroomError

Counts = npt.NDArray[np.integer[Any]]

HEADER_BYTES = 20_000
"""More than the heads of all files and the record take, usually."""
LONGEST_IMPORT_S = 24 * 3600

_being_filled: set[str] = set()
"""The folders that this process is filling now."""


@dataclass(frozen=True)
class SetDraft:
    """What is to be written down about a set, besides what its images say. See `OwnRecord`."""

    title: str
    class_names: tuple[str, ...]
    source: str
    owner: str = ""
    settings: tuple[str, ...] = ()
    keeps_aspect: bool = False
    group_words: str = ""
    original_sizes: tuple[Spread, ...] = ()
    skipped: tuple[tuple[str, str], ...] = ()
    skipped_count: int = 0


@contextmanager
def part_folder() -> Iterator[Path]:
    """Make a folder for what is not whole yet; what is still in there at the end is removed.

    Raises:
        ClassroomError: If the disk refuses.
    """
    sweep_parts()
    folder = own_folder() / f"{PART_PREFIX}{os.getpid()}-{secrets.token_hex(4)}"
    _being_filled.add(folder.name)
    with _explained():
        try:
            folder.mkdir(parents=True)
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
            _being_filled.discard(folder.name)


def sweep_parts() -> None:
    """Remove what imports and deletions left behind whose process ended in the middle."""
    for path in own_folder().glob(f"{PART_PREFIX}*"):
        if path.name.startswith(UPLOAD_PREFIX) or path.name in _being_filled or not path.is_dir():
            continue
        process = path.name.removeprefix(PART_PREFIX).partition("-")[0]
        if not process.isdigit() or int(process) == os.getpid() or not _is_running(int(process), path):
            shutil.rmtree(path, ignore_errors=True)


def _is_running(process: int, path: Path) -> bool:
    """Whether the process that fills a folder is still there; where asking would end it, the folder's age tells."""
    try:
        if os.name == "nt":
            return time.time() - path.stat().st_mtime < LONGEST_IMPORT_S
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True  # it belongs to somebody else
    return True


def write_set(draft: SetDraft, train: LabelledImages, test: LabelledImages) -> OwnRecord:
    """Write a set's files and its record, and give the folder its name when all have reached the disk.

    Raises:
        ClassroomError: If the set is no good, there is no room, or the disk refuses.
    """
    counts = [np.bincount(part.labels, minlength=len(draft.class_names)) for part in (train, test)]
    check_counts(draft.class_names, counts[0], counts[1])
    check_room(train.images.nbytes + test.images.nbytes)
    with part_folder() as folder:
        for name, part in (("train", train), ("test", test)):
            write_array(folder / f"x_{name}.npy", part.images)
            write_array(folder / f"y_{name}.npy", part.labels)
            if part.groups is not None:
                write_array(folder / f"g_{name}.npy", part.groups)
        groups = [part.groups for part in (train, test) if part.groups is not None]
        group_count = len(np.unique(np.concatenate(groups))) if groups else 0
        return finish(folder, draft, train.images.shape[1:], (counts[0], counts[1]), group_count)


def finish(
    folder: Path, draft: SetDraft, image_shape: tuple[int, ...], counts: tuple[Counts, Counts], group_count: int
) -> OwnRecord:
    """Write the record beside a set's arrays, and move the folder to its place.

    Args:
        folder: Where the arrays are; see `part_folder`.
        draft: What is to be written down.
        image_shape: Height, width and channels.
        counts: `(classes,)` each, how many images there are to learn from and to be judged on.
        group_count: How many groups there are.
    """
    check_names(draft.class_names)
    height, width, channels = image_shape
    record = OwnRecord(
        slug=new_slug(draft.title),
        title=draft.title,
        class_names=draft.class_names,
        image_shape=(int(height), int(width), int(channels)),
        train_counts=tuple(counts[0].tolist()),
        test_counts=tuple(counts[1].tolist()),
        source=draft.source,
        created=datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f"),
        owner=draft.owner,
        settings=draft.settings,
        keeps_aspect=draft.keeps_aspect,
        group_words=draft.group_words,
        group_count=group_count,
        original_sizes=draft.original_sizes,
        skipped=draft.skipped,
        skipped_count=draft.skipped_count,
        size_bytes=sum(path.stat().st_size for path in folder.iterdir()),
    )
    with (folder / RECORD_NAME).open("xb") as file:
        file.write(record_to_json(record).encode("utf-8"))
        reach_disk(file.fileno())
    folder.rename(own_folder() / record.slug)
    return record


def write_array(path: Path, array: npt.NDArray[np.generic]) -> None:
    """Write an array by plain writing. A full disk is then an error, where writing through a map ends the process."""
    with path.open("xb") as file:
        np.lib.format.write_array(file, np.ascontiguousarray(array), allow_pickle=False)
        reach_disk(file.fileno())


def reach_disk(descriptor: int) -> None:
    """Wait until a file has reached the disk, where the file system knows such a thing."""
    with contextlib.suppress(OSError):
        os.fsync(descriptor)


def check_names(class_names: tuple[str, ...]) -> None:
    """Check that there are two classes or more, and that people can tell them apart.

    Raises:
        ClassroomError: If not.
    """
    if len(class_names) < 2:
        raise ClassroomError("A network needs two classes at least to tell apart.", "Add another class with images.")
    if len(class_names) > MOST_CLASSES:
        raise ClassroomError(
            f"There are {len(class_names)} classes; {MOST_CLASSES} are the most.", "Leave some of them out."
        )
    for name in class_names:
        if not name:
            raise ClassroomError("A class has no name.", "Name each class with letters or digits.")
        if class_names.count(name) > 1:
            raise ClassroomError(f"Two classes are called “{name}”.", "Give each class a name of its own.")


def check_counts(class_names: tuple[str, ...], train_counts: Counts, test_counts: Counts) -> None:
    """Check that every class has an image to learn from and one to be judged on.

    Raises:
        ClassroomError: If not; the error names the class.
    """
    for name, learned, judged in zip(class_names, train_counts, test_counts, strict=True):
        if not learned or not judged:
            which = "to learn from" if not learned else "to be judged on"
            raise ClassroomError(f"The class “{name}” has no image {which}.", "Add images to it, or leave it out.")


def check_room(size_bytes: int) -> None:
    """Check that a set of this size may be kept.

    Raises:
        ClassroomError: If it is too large, there are too many, or the disk is full.
    """
    sets = _sets()
    if size_bytes > MOST_SET_BYTES:
        raise ClassroomError(
            f"These images would take {size_bytes / 1e6:,.0f} MB; {MOST_SET_BYTES / 1e6:,.0f} MB are the most.",
            "Choose a smaller image size, or fewer images.",
        )
    if len(sets) >= MOST_SETS:
        raise ClassroomError(f"This server keeps {MOST_SETS} own data sets at most.", "Delete one first.")
    used = sum(path.stat().st_size for folder in sets for path in folder.iterdir())
    if used + size_bytes + HEADER_BYTES > MOST_OWN_BYTES:
        raise ClassroomError(
            f"All own data sets together may take {MOST_OWN_BYTES / 1e9:.0f} GB, and this would be more.",
            "Delete one first, or choose a smaller image size.",
        )
    place = own_folder()
    while not place.exists():
        place = place.parent
    if shutil.disk_usage(place).free < size_bytes + SPARE_BYTES:
        raise ClassroomError("The server's disk has too little room for this.", "Make room on it first.")


def _sets() -> list[Path]:
    folder = own_folder()
    return [path for path in folder.iterdir() if is_own_slug(path.name)] if folder.is_dir() else []


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ClassroomError(
            f"The data set could not be written: {error.strerror or 'the disk refuses'}.",
            "Ask whoever runs this server to look at its disk.",
        ) from error
