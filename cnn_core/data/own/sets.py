"""The own data sets on this server: listed, loaded, kept and deleted."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import shutil
import threading
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt

from cnn_core.data.dataset import Dataset, LabelledImages
from cnn_core.data.entry import Availability, DatasetEntry
from cnn_core.data.folder_watch import FolderWatch
from cnn_core.data.own.folder import (
    MOST_CLASS_NAME,
    MOST_TITLE,
    PART_PREFIX,
    RECORD_NAME,
    clean_name,
    is_own_slug,
    own_folder,
)
from cnn_core.data.own.record import OwnRecord, record_from_json
from cnn_core.data.own.writing import SetDraft, write_set
from cnn_core.errors import ClassroomError

MOST_RECORD_BYTES = 1_000_000
MOST_DEPARTED = 200
"""So many of the sets that were deleted are remembered."""

_log = logging.getLogger(__name__)
_lock = threading.RLock()
_watch = FolderWatch()
_records: dict[Path, tuple[tuple[int, int, int], OwnRecord, DatasetEntry]] = {}
_entries: tuple[DatasetEntry, ...] = ()
_departed: dict[str, DatasetEntry] = {}


def own_entries() -> tuple[DatasetEntry, ...]:
    """List the sets that were brought to this server, in the order in which they came.

    Cheap enough to ask on every run of a page: as long as the folder lists the same names, the same tuple comes back.
    """
    global _entries
    with _lock:
        if _watch.has_changed(own_folder()):
            _entries = _refreshed(_entries)
        return _entries


def departed_entries() -> Mapping[str, DatasetEntry]:
    """Return the sets that were listed once and are not there any more, the newest of them, by their short names."""
    with _lock:
        own_entries()
        return dict(_departed)


def own_records() -> tuple[OwnRecord, ...]:
    """Return what is written down about each of the own sets, in the same order."""
    with _lock:
        own_entries()
        return tuple(record for _, record, _ in sorted(_records.values(), key=_age))


def own_record(slug: str) -> OwnRecord | None:
    """Return what is written down about one own set, or nothing if there is no such set."""
    return next((record for record in own_records() if record.slug == slug), None)


def save_own(
    title: str,
    class_names: tuple[str, ...],
    train: LabelledImages,
    test: LabelledImages,
    *,
    source: str,
    owner: str = "",
) -> DatasetEntry:
    """Keep a data set on this server, so that every menu has it from now on.

    It is there whole or not at all, under a short name that nothing had before.

    Args:
        title: The name on the screen; cleaned, and numbered if another own set has it.
        class_names: One name a class; cleaned.
        train: The images to learn from.
        test: The images to be judged on, of the same shape.
        source: Where it comes from, as a sentence.
        owner: Who may delete it, as `owner_mark` writes it.

    Returns:
        Its entry; `registry.DATASETS` has it at once.

    Raises:
        ClassroomError: If a class has no images, names are missing or alike, there is no room, or the disk refuses.
    """
    names = tuple(clean_name(name, MOST_CLASS_NAME) for name in class_names)
    draft = SetDraft(unused_title(title), names, source=source, owner=owner)
    return entry_of_own(write_set(draft, train, test).slug)


def unused_title(title: str) -> str:
    """Clean a title, and number it if another own set has it.

    Raises:
        ClassroomError: If nothing is left of it.
    """
    cleaned = clean_name(title, MOST_TITLE - 5)
    if not cleaned:
        raise ClassroomError("The data set has no name.", "Give it one, with letters or digits.")
    taken = {record.title for record in own_records()}
    numbered = (cleaned, *(f"{cleaned} ({number})" for number in range(2, len(taken) + 3)))
    return next(name for name in numbered if name not in taken)


def delete_own(slug: str) -> None:
    """Delete an own set. Trainings that are running go on with the images that they have.

    Args:
        slug: Its short name.

    Raises:
        ClassroomError: If there is no such set, or the disk refuses.
    """
    folder = own_folder() / slug
    if not is_own_slug(slug) or not folder.is_dir():
        raise ClassroomError("This data set is not there any more.", "Choose another one.")
    # Under another name it is in no menu, and half of it never looks like the whole.
    leaving = own_folder() / f"{PART_PREFIX}deleted-{slug}"
    try:
        folder.rename(leaving)
    except OSError as error:
        raise ClassroomError("The disk refuses to delete this data set.", "Ask whoever runs this server.") from error
    shutil.rmtree(leaving, ignore_errors=True)


def entry_of_own(slug: str) -> DatasetEntry:
    """Return the entry of an own set.

    Raises:
        ClassroomError: If there is no such set.
    """
    entry = next((entry for entry in own_entries() if entry.slug == slug), None)
    if entry is None:
        raise ClassroomError("This data set is not there any more.", "Choose another one.")
    return entry


def owner_mark(person: str) -> str:
    """Write who brought a set so that the record does not say it to others.

    Args:
        person: The session's own name for whoever has it.

    Example:
        >>> owner_mark("a") == owner_mark("a"), owner_mark("a") == owner_mark("b"), owner_mark("")
        (True, False, '')
    """
    return hashlib.sha256(f"own set {person}".encode()).hexdigest()[:16] if person else ""


def may_delete(record: OwnRecord, mark: str) -> bool:
    """Whether somebody may delete a set from a page: whoever brought it; what nobody is known to have brought, all may.

    Args:
        record: The set's record.
        mark: Who asks, as `owner_mark` writes it.
    """
    return not record.owner or record.owner == mark


def _refreshed(before: tuple[DatasetEntry, ...]) -> tuple[DatasetEntry, ...]:
    """Read the records that are new or have changed; where nothing has, the same tuple comes back."""
    seen: set[Path] = set()
    with contextlib.suppress(OSError), os.scandir(own_folder()) as items:
        for item in items:
            if is_own_slug(item.name) and item.is_dir(follow_symlinks=False):
                path = Path(item.path) / RECORD_NAME
                if _is_listed(path, item.name):
                    seen.add(path)
    for path in set(_records) - seen:
        _, record, entry = _records.pop(path)
        _departed[record.slug] = entry
    for slug in list(_departed)[:-MOST_DEPARTED]:
        del _departed[slug]
    after = tuple(entry for _, _, entry in sorted(_records.values(), key=_age))
    is_same = len(after) == len(before) and all(one is other for one, other in zip(after, before, strict=True))
    return before if is_same else after


def _is_listed(path: Path, slug: str) -> bool:
    try:
        status = path.stat()
        mark = (status.st_mtime_ns, status.st_size, status.st_ino)
        if path in _records and _records[path][0] == mark:
            return True
        if status.st_size > MOST_RECORD_BYTES:
            raise ValueError("The record is too long.")
        record = record_from_json(path.read_text(encoding="utf-8"))
        if record.slug != slug:
            raise ValueError("The record belongs to another folder.")
    except (OSError, ValueError) as error:
        _log.warning("The own data set %s is left out: %s", slug, error)
        return False
    _records[path] = mark, record, _entry(record)
    return True


def _age(listed: tuple[tuple[int, int, int], OwnRecord, DatasetEntry]) -> tuple[str, str]:
    return listed[1].created, listed[1].slug


def _entry(record: OwnRecord) -> DatasetEntry:
    height, width, channels = record.image_shape
    total = sum(record.train_counts) + sum(record.test_counts)
    colour = {1: "grey", 3: "in colour"}.get(channels, f"of {channels} channels")
    return DatasetEntry(
        slug=record.slug,
        title=record.title,
        class_names=record.class_names,
        image_shape=(height, width, channels),
        summary=f"An own data set of this server: {total:,} images of {height} × {width} pixels, {colour}.",
        train_count=sum(record.train_counts),
        test_count=sum(record.test_counts),
        source=record.source,
        load=partial(load_own, record),
        availability=partial(_availability, record),
        download=None,
        has_groups=record.group_count > 0,
    )


def _availability(record: OwnRecord) -> Availability:
    if (own_folder() / record.slug / RECORD_NAME).is_file():
        return Availability(True, "It was brought to this server, and needs no network.")
    return Availability(False, "This data set was deleted from this server: choose another one.")


def load_own(record: OwnRecord) -> Dataset:
    """Open an own set. Its images stay on disk until they are looked at.

    Raises:
        ClassroomError: If its files are missing or damaged.
    """
    folder = own_folder() / record.slug
    try:
        parts = [_part(folder, name, len(record.class_names)) for name in ("train", "test")]
    except (OSError, ValueError, EOFError) as error:
        _log.warning("The own data set %s cannot be read: %s", record.slug, error)
        raise ClassroomError(
            f"The files of “{record.title}” are missing or damaged.", "Bring the data set once more."
        ) from error
    return Dataset(record.slug, record.class_names, *parts)


def _part(folder: Path, name: str, classes: int) -> LabelledImages:
    images = np.load(folder / f"x_{name}.npy", mmap_mode="r", allow_pickle=False)
    labels = np.load(folder / f"y_{name}.npy", allow_pickle=False)
    if labels.size and not 0 <= labels.min() <= labels.max() < classes:
        raise ValueError("labels are outside the classes.")
    groups: npt.NDArray[np.int64] | None = None
    if (folder / f"g_{name}.npy").exists():
        groups = np.load(folder / f"g_{name}.npy", allow_pickle=False)
    return LabelledImages(images, labels, groups)
