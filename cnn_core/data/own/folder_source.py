"""A folder of class folders on the server."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from cnn_core.data.own.listing import MOST_FILES, Listing, Payload, Skipped, arrange
from cnn_core.errors import ClassroomError

MOST_DEPTH = 6
MOST_FILE_BYTES = 20_000_000
"""A single image file may be so long; longer ones are left out."""
TOO_LONG = f"more than {MOST_FILE_BYTES // 1_000_000} MB"


class FolderSource:
    """Images in a folder. Links are not followed: they could lead out of it.

    Args:
        root: The folder.

    Raises:
        ClassroomError: If it cannot be read, holds too many files, or no two classes.
    """

    can_group = True
    words = "a folder of class folders"

    def __init__(self, root: Path) -> None:
        self._root = root
        self._paths: list[tuple[str, ...]] = []
        skipped = Skipped()
        try:
            self._walk((), skipped)
        except OSError as error:
            raise ClassroomError(
                f"The folder “{root.name}” cannot be read: {error.strerror}.", "Ask whoever runs this server."
            ) from error
        self.listing: Listing = arrange(self._paths, skipped)

    def _walk(self, parts: tuple[str, ...], skipped: Skipped) -> None:
        with os.scandir(self._root.joinpath(*parts)) as items:
            for item in items:
                path = (*parts, item.name)
                if item.is_symlink():
                    skipped.add("/".join(path), "a link is not followed")
                elif item.is_dir(follow_symlinks=False):
                    if len(path) <= MOST_DEPTH:
                        self._walk(path, skipped)
                    else:
                        skipped.add("/".join(path), "it lies too deep")
                else:
                    self._paths.append(path)
                    if len(self._paths) > MOST_FILES:
                        raise too_many_files(f"The folder “{self._root.name}”")

    @contextmanager
    def payloads(self, wanted: Sequence[int] | None = None) -> Iterator[Iterator[Payload]]:
        """Read the images in the order of the listing, or some of them."""
        images = self.listing.images
        yield (self._read(images[number].place) for number in (range(len(images)) if wanted is None else wanted))

    def _read(self, place: int) -> Payload:
        path = self._root.joinpath(*self._paths[place])
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        try:
            with os.fdopen(os.open(path, flags), "rb") as file:
                status = os.fstat(file.fileno())
                if not stat.S_ISREG(status.st_mode):
                    return "not a file"
                return TOO_LONG if status.st_size > MOST_FILE_BYTES else file.read(MOST_FILE_BYTES)
        except OSError as error:
            return f"it cannot be read: {error.strerror}"


def too_many_files(what: str) -> ClassroomError:
    """Say that there are more files than are listed."""
    return ClassroomError(f"{what} holds more than {MOST_FILES:,} files.", "Bring fewer images.")
