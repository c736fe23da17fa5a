"""What lies in a folder or a zip: which files are images of which class, and which are passed over."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt

from cnn_core.data.image_file import SUFFIXES
from cnn_core.data.own.folder import MOST_CLASS_NAME, MOST_CLASSES, clean_name
from cnn_core.data.own.grouping import natural_key
from cnn_core.errors import ClassroomError

MOST_FILES = 120_000
"""Files in a folder or zip, whatever they are."""
MOST_SKIPPED_NAMED = 200
"""So many of the files that are left out are named."""
MOST_SHOWN_NAME = 120

_JUNK = ("__MACOSX", "Thumbs.db", "desktop.ini", "ehthumbs.db")
_PARTS = {
    "train": "train",
    "training": "train",
    "val": "validation",
    "valid": "validation",
    "validation": "validation",
    "test": "test",
    "testing": "test",
}
_ARCHIVES = ("zip", "7z", "rar", "tar", "gz", "tgz", "bz2", "xz")

Part = Literal["", "train", "test"]
Payload = bytes | npt.NDArray[np.uint8] | str
"""A file's content, an image's pixels, or why there is neither, in words."""


@dataclass(frozen=True, slots=True)
class SourceImage:
    """One image that might be read.

    Args:
        name: Its file's name with its folders, as it is shown.
        class_index: Its class.
        part: "train" or "test" where the folders say so, else "".
        place: Where its source finds it.
    """

    name: str
    class_index: int
    part: Part
    place: int

    @property
    def file_name(self) -> str:
        """The name without its folders."""
        return self.name.rpartition("/")[2]


@dataclass
class Skipped:
    """Files that are left out: the first of them by name, all of them counted."""

    named: list[tuple[str, str]] = field(default_factory=list)
    count: int = 0

    def add(self, name: str, reason: str) -> None:
        """Note a file that is left out, and why."""
        self.count += 1
        if len(self.named) < MOST_SKIPPED_NAMED:
            self.named.append((shown_name(name), reason))

    def copy(self) -> Skipped:
        """Return a second list that can grow on its own."""
        return Skipped(list(self.named), self.count)


@dataclass(frozen=True)
class Listing:
    """The images of a source, class by class.

    Args:
        class_names: One name a class.
        images: In the order in which they are read.
        skipped: Files that are no images, or in no class.
        has_split: Whether there are folders or arrays for training and for testing.
    """

    class_names: tuple[str, ...]
    images: tuple[SourceImage, ...]
    skipped: Skipped
    has_split: bool

    def counts(self) -> npt.NDArray[np.int64]:
        """How many images there are of each class."""
        return np.bincount([image.class_index for image in self.images], minlength=len(self.class_names))


class Source(Protocol):
    """Where images come from."""

    @property
    def listing(self) -> Listing:
        """What lies there."""
        ...

    @property
    def can_group(self) -> bool:
        """Whether the images have names of their own."""
        ...

    @property
    def words(self) -> str:
        """What it is, as `"a zip of class folders"`."""
        ...

    def payloads(self, wanted: Sequence[int] | None = None) -> AbstractContextManager[Iterator[Payload]]:
        """Read the images in the order of the listing, or some of them, by rising place in it."""
        ...


def shown_name(name: str) -> str:
    r"""Make a file's name fit to be shown: no signs that steer a screen, and not too long.

    Example:
        >>> shown_name("a/b\x1b[2J.png"), len(shown_name("x" * 999))
        ('a/b?[2J.png', 120)
    """
    visible = "".join(letter if letter.isprintable() else "?" for letter in name)
    return visible if len(visible) <= MOST_SHOWN_NAME else f"{visible[: MOST_SHOWN_NAME - 1]}…"


def is_junk(parts: Sequence[str]) -> bool:
    """Whether a file is one that systems leave lying about.

    Example:
        >>> is_junk(("__MACOSX", "cats", "._1.png")), is_junk(("cats", ".DS_Store")), is_junk(("cats", "1.png"))
        (True, True, False)
    """
    return any(part.startswith(".") or part in _JUNK for part in parts)


def arrange(paths: Sequence[tuple[str, ...]], skipped: Skipped | None = None) -> Listing:
    """Find the classes in the paths of files: each folder is a class.

    One folder around all others is passed through. Folders called train and test are taken for a split where all first
    folders are called so; one called validation joins train, or takes the place of test where there is none. A folder
    that holds the class folders once more, as a well-known download of malaria cells does, is left out.

    Args:
        paths: The parts of each file's path; the place in this list is what `SourceImage.place` names.
        skipped: What has been left out before.

    Raises:
        ClassroomError: If there are no images in class folders, one class only, or too many.

    Example:
        >>> found = arrange([("pets", "dog", "1.png"), ("pets", "cat", "2.JPG"), ("pets", "read me.txt")])
        >>> found.class_names, [(image.name, image.class_index) for image in found.images]
        (('cat', 'dog'), [('cat/2.JPG', 0), ('dog/1.png', 1)])
        >>> found.skipped.named
        [('pets/read me.txt', 'not an image file')]
    """
    left_out = skipped.copy() if skipped is not None else Skipped()
    files: list[tuple[tuple[str, ...], int]] = []
    for place, parts in enumerate(paths):
        if is_junk(parts):
            continue
        suffix = PurePosixPath(parts[-1]).suffix.lower().removeprefix(".")
        if suffix in SUFFIXES:
            files.append((parts, place))
        else:
            in_zip = "an archive inside is not opened" if suffix in _ARCHIVES else "not an image file"
            left_out.add("/".join(parts), in_zip)
    files = _without_copies(_without_outer(files), left_out)
    roles = {_PARTS[parts[0].lower()] for parts, _ in files if len(parts) >= 3} if _is_split(files) else set()
    judged = next((role for role in ("test", "validation") if role in roles), "")
    has_split = bool(judged)
    found: dict[str, list[tuple[str, Part, int]]] = {}
    for parts, place in files:
        part = _part_of(parts[0], judged)
        rest = parts[1:] if roles else parts
        if len(rest) < 2:
            left_out.add("/".join(parts), "it lies in no class folder")
            continue
        found.setdefault(rest[0], []).append(("/".join(parts), part, place))
    if has_split:
        _drop_unlearnable(found, left_out)
    return _listing(found, left_out, has_split)


def _listing(found: dict[str, list[tuple[str, Part, int]]], left_out: Skipped, has_split: bool) -> Listing:
    folders = sorted(found, key=natural_key)
    if not folders:
        raise ClassroomError(
            "No images in class folders were found.",
            "Put the images of each class into a folder of their own; the folder’s name is the class’s name.",
        )
    if len(folders) == 1:
        raise ClassroomError(
            f"Only one class folder with images was found: “{clean_name(folders[0], MOST_CLASS_NAME)}”.",
            "A network needs two classes at least: add a folder for another one, or choose the folder around them.",
        )
    if len(folders) > MOST_CLASSES:
        raise ClassroomError(
            f"There are {len(folders):,} folders with images; {MOST_CLASSES} classes are the most.",
            "Leave some of them out.",
        )
    images = tuple(
        SourceImage(name, class_index, part, place)
        for class_index, folder in enumerate(folders)
        for name, part, place in sorted(found[folder], key=lambda item: item[0])
    )
    return Listing(tellable_names(folders), images, left_out, has_split)


def tellable_names(folders: Sequence[str]) -> tuple[str, ...]:
    """Clean the names of classes; where two become alike, or nothing is left, a number tells them apart.

    Example:
        >>> tellable_names(["cat*", "cat?", "***"])
        ('cat', 'cat (2)', 'class 3')
    """
    names: list[str] = []
    for number, folder in enumerate(folders, start=1):
        name = clean_name(folder, MOST_CLASS_NAME - 6) or f"class {number}"
        names.append(name if name not in names else f"{name} ({number})")
    return tuple(names)


def _without_outer(files: list[tuple[tuple[str, ...], int]]) -> list[tuple[tuple[str, ...], int]]:
    """Pass through a single folder around all class folders."""
    while True:
        deep = [parts for parts, _ in files if len(parts) >= 3]
        tops = {parts[0] for parts, _ in files if len(parts) >= 2}
        inner = {parts[1] for parts in deep}
        if len(tops) != 1 or not (len(inner) >= 2 or any(len(parts) >= 4 for parts in deep)):
            return files
        files = [(parts[1:] if len(parts) > 1 else parts, place) for parts, place in files]


def _without_copies(files: list[tuple[tuple[str, ...], int]], left_out: Skipped) -> list[tuple[tuple[str, ...], int]]:
    """Leave folders out that hold nothing but the folders beside them once more: they are no class."""
    inner: dict[str, set[str]] = {}
    for parts, _ in files:
        if len(parts) >= 2:
            inner.setdefault(parts[0], set()).add(parts[1] if len(parts) >= 3 else "")
    copies = {top for top, names in inner.items() if len(names) >= 2 and names == set(inner) - {top}}
    for parts, _ in files:
        if parts[0] in copies:
            left_out.add("/".join(parts), "its folder holds the class folders once more")
    return [(parts, place) for parts, place in files if parts[0] not in copies]


def _is_split(files: list[tuple[tuple[str, ...], int]]) -> bool:
    tops = {parts[0].lower() for parts, _ in files if len(parts) >= 3}
    is_split = bool(tops) and all(top in _PARTS for top in tops) and "train" in {_PARTS[top] for top in tops}
    return is_split and not any(len(parts) == 2 and parts[0].lower() not in _PARTS for parts, _ in files)


def _part_of(folder: str, judged: str) -> Part:
    if not judged:
        return ""
    return "test" if _PARTS.get(folder.lower()) == judged else "train"


def _drop_unlearnable(found: dict[str, list[tuple[str, Part, int]]], left_out: Skipped) -> None:
    """Leave classes out that only the test folder has."""
    for folder in [name for name, items in found.items() if all(part == "test" for _, part, _ in items)]:
        for name, _, _ in found.pop(folder):
            left_out.add(name, "its class is not in the training folder")
