"""What can be brought: files that were uploaded, and what lies in the server's folder for that."""

from __future__ import annotations

import contextlib
import os
import secrets
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal

from cnn_core.data.own.folder import UPLOAD_PREFIX, bring_folder, own_folder
from cnn_core.data.own.folder_source import FolderSource
from cnn_core.data.own.listing import Source, is_junk, shown_name
from cnn_core.data.own.npz_source import NpzSource
from cnn_core.data.own.zip_source import ZipSource
from cnn_core.errors import ClassroomError

MOST_UPLOAD_MB = 50
"""As `server.maxUploadSize` in `.streamlit/config.toml`; a test compares the two."""
MOST_WAITING_BYTES = 1_000_000_000
"""So much uploaded files may take on disk, all together, while people decide how to import them."""
WAITING_S = 2 * 3600
SUFFIXES = ("zip", "npz")
MOST_OFFERED = 200
COPY_BYTES = 1 << 20

Kind = Literal["zip", "npz", "folder"]


@dataclass(frozen=True)
class Offer:
    """Something that lies ready in the server's folder.

    Args:
        name: Its name there.
        kind: "zip", "npz" or "folder".
        size_bytes: The length of a file; 0 for a folder.
    """

    name: str
    kind: Kind
    size_bytes: int


def offers() -> tuple[Offer, ...]:
    """List what whoever runs the server has put into the folder `bring`, by name. Links are not followed."""
    found: list[Offer] = []
    with contextlib.suppress(OSError), os.scandir(bring_folder()) as items:
        for item in items:
            if is_junk((item.name,)) or item.is_symlink():
                continue
            suffix = item.name.rpartition(".")[2].lower()
            if item.is_dir():
                found.append(Offer(item.name, "folder", 0))
            elif suffix in SUFFIXES and item.is_file():
                found.append(Offer(item.name, "npz" if suffix == "npz" else "zip", item.stat().st_size))
    return tuple(sorted(found, key=lambda offer: offer.name.casefold())[:MOST_OFFERED])


def offered_path(name: str) -> Path:
    """Find something that lies ready by its name. Only what `offers` lists is found, whatever the name says.

    Raises:
        ClassroomError: If it is not there.
    """
    if name not in {offer.name for offer in offers()}:
        raise ClassroomError(f"“{shown_name(name)}” is not there any more.", "Choose another one.")
    return bring_folder() / name


def open_source(path: Path) -> Source:
    """Open what was brought; what it is shows in the file itself, not in its name.

    Args:
        path: A folder, a zip or an npz. It must come from `keep_upload` or `offered_path`, never from a text field.

    Raises:
        ClassroomError: If nothing can be made of it.
    """
    if path.is_dir():
        return FolderSource(path)
    return NpzSource(path) if path.suffix.lower() == ".npz" else ZipSource(path)


def keep_upload(file: IO[bytes], name: str) -> Path:
    """Put an uploaded file on disk, so that it need not stay in memory.

    Args:
        file: The file, read in pieces.
        name: What it is called; only the ending counts, and decides nothing but how the file is read.

    Returns:
        Where it lies now, until `drop_upload`, or for two hours.

    Raises:
        ClassroomError: If it is too large, too many wait already, or the disk refuses.
    """
    suffix = name.rpartition(".")[2].lower()
    if suffix not in SUFFIXES:
        raise ClassroomError("This is neither a zip nor an npz.", "Choose a zip of class folders, or an npz.")
    sweep_uploads()
    waiting = sum(path.stat().st_size for path in own_folder().glob(f"{UPLOAD_PREFIX}*"))
    most = min(MOST_UPLOAD_MB * 1024**2, MOST_WAITING_BYTES - waiting)
    path = own_folder() / f"{UPLOAD_PREFIX}{secrets.token_hex(8)}.{suffix}"
    try:
        own_folder().mkdir(parents=True, exist_ok=True)
        with path.open("xb") as target:
            while piece := file.read(COPY_BYTES):
                if target.tell() + len(piece) > most:
                    raise _too_large(waiting)
                target.write(piece)
    except OSError as error:
        drop_upload(path)
        raise ClassroomError(
            f"The file could not be put on the server’s disk: {error.strerror}.", "Ask whoever runs this server."
        ) from error
    except ClassroomError:
        drop_upload(path)
        raise
    return path


def _too_large(waiting: int) -> ClassroomError:
    if MOST_WAITING_BYTES - waiting < MOST_UPLOAD_MB * 1024**2:
        return ClassroomError("Too many uploaded files wait on this server already.", "Try again in a while.")
    return ClassroomError(
        f"The file has more than {MOST_UPLOAD_MB} MB.",
        "Ask whoever runs this server to put it into the folder for large data sets.",
    )


def drop_upload(path: Path) -> None:
    """Remove an uploaded file that is not needed any more; anything else stays."""
    if path.parent == own_folder() and path.name.startswith(UPLOAD_PREFIX):
        path.unlink(missing_ok=True)


def sweep_uploads() -> None:
    """Remove uploaded files about which nobody has decided for two hours."""
    for path in own_folder().glob(f"{UPLOAD_PREFIX}*"):
        with contextlib.suppress(OSError):
            if time.time() - path.stat().st_mtime > WAITING_S:
                path.unlink()
