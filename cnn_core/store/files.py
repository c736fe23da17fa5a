"""Writing a file so that it is there whole or not at all."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from cnn_core.store.folder import PART_SUFFIX


@contextmanager
def whole_file(path: Path) -> Iterator[IO[bytes]]:
    """Open a file that takes its place only when all of it has reached the disk.

    Until then it has another name, and it is removed if anything goes wrong; a process that is killed leaves the part
    behind, which nobody takes for the whole.

    Args:
        path: Where it shall be. The folder is made if need be.

    Yields:
        The file, open for writing.

    Raises:
        OSError: If the disk refuses.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{secrets.token_hex(4)}{PART_SUFFIX}")
    try:
        with part.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise
    _reach_disk(path.parent)


def _reach_disk(folder: Path) -> None:
    """Make sure that the folder's list of names has reached the disk too. Windows cannot and need not do it."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):  # some file systems know no such thing for folders
            os.fsync(descriptor)
    finally:
        os.close(descriptor)
