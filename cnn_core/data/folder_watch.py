"""Noticing that something was put into a folder or taken out of it, without reading the folder."""

from __future__ import annotations

import time
from pathlib import Path

YOUNG_NS = 100_000_000
"""A folder that changed so shortly ago may change again within the same tick of the disk's clock."""

Signature = tuple[str, int, int]


class FolderWatch:
    """Remembers how folders looked, and says whether their lists of names may have changed since.

    Asking costs a few microseconds a folder, so a page may ask on every run. What is inside a file is not looked at:
    a file that is replaced counts, one that is written over in place does not.

    Example:
        >>> watch = FolderWatch()
        >>> watch.has_changed(Path("/nowhere")), watch.has_changed(Path("/nowhere"))
        (True, False)
    """

    def __init__(self) -> None:
        self._seen: tuple[Signature, ...] = ()

    def has_changed(self, *folders: Path) -> bool:
        """Whether the folders are others than at the last call, or may list other names."""
        found = tuple(_signature(folder) for folder in folders)
        is_settled = all(time.time_ns() - changed_ns > YOUNG_NS for _, _, changed_ns in found)
        has_changed = found != self._seen
        self._seen = found if is_settled else ()
        return has_changed


def _signature(folder: Path) -> Signature:
    try:
        status = folder.stat()
    except OSError:
        return str(folder), 0, 0
    return str(folder), status.st_ino, status.st_mtime_ns
