"""Drawings kept on the server until a data set is made of them, so that a reload of the page loses nothing."""

from __future__ import annotations

import contextlib
import io
import logging
import re
import secrets
import time
import zipfile
from pathlib import Path

import numpy as np

from cnn_core.data.drawn.drawings import MOST_DRAWINGS, Drawings, checked_names
from cnn_core.data.folder import data_folder
from cnn_core.errors import ClassroomError

MOST_KEPT = 200
"""Sketch books on one server; of more, those that nobody has drawn in for the longest time go first."""
MOST_BYTES = 900 * MOST_DRAWINGS
KEPT_DAYS = 30

_NAME = re.compile(r"[0-9a-f]{16}")
_log = logging.getLogger(__name__)


def new_book() -> str:
    """Make a name for drawings that are to be kept: no two are alike, and nobody can guess one."""
    return secrets.token_hex(8)


def keep_drawings(book: str, drawings: Drawings) -> None:
    """Write drawings down. Where the disk refuses, the session still has them, and nothing is said.

    Args:
        book: The name that `new_book` made.
        drawings: The drawings.
    """
    path = _path(book)
    if path is None:
        return
    buffer = io.BytesIO()
    np.savez(buffer, names=np.array(drawings.class_names), images=drawings.images, labels=drawings.labels)
    part = path.with_suffix(f".{secrets.token_hex(4)}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            _make_room(path.parent)
        part.write_bytes(buffer.getvalue())
        part.replace(path)
    except OSError:
        _log.exception("Drawings could not be kept")
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)


def kept_drawings(book: str) -> Drawings | None:
    """Read drawings that were kept; nothing where there are none of that name, or they cannot be read.

    Args:
        book: The name; an address brings it, so it may be anything.
    """
    path = _path(book)
    try:
        if path is None or not path.is_file() or path.stat().st_size > MOST_BYTES:
            return None
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as file:
            names = checked_names([str(name) for name in file["names"]])
            return Drawings(names, file["images"], file["labels"])
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, ClassroomError):
        return None


def forget_drawings(book: str) -> None:
    """Delete drawings, as when a data set was made of them."""
    path = _path(book)
    if path is not None:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)


def _path(book: str) -> Path | None:
    return data_folder() / "drawn" / f"{book}.npz" if _NAME.fullmatch(book) else None


def _make_room(folder: Path) -> None:
    """Delete what is too old, and of too many books the oldest."""
    oldest_s = time.time() - KEPT_DAYS * 24 * 3600
    newest_first = sorted(((path.stat().st_mtime, path) for path in folder.iterdir()), reverse=True)
    for place, (changed_s, path) in enumerate(newest_first):
        if changed_s < oldest_s or place >= MOST_KEPT - 1:
            with contextlib.suppress(OSError):
                path.unlink()
