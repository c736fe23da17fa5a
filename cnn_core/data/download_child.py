"""The process that downloads: `python -m cnn_core.data.download mnist`, from a page or by hand.

Keras runs here and not in the server, because importing it takes seconds and because a process, unlike a thread,
can be stopped in the middle of a download. What it has to say to a person is one sentence on standard output.
"""

from __future__ import annotations

import argparse
import contextlib
import errno
import gzip
import hashlib
import http.client
import os
import shutil
import socket
import sys
import tempfile
import threading
import time
import urllib.error
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from cnn_core.data.entry import DatasetEntry, DownloadSource, Piece
from cnn_core.data.folder import DATA_FOLDER_VARIABLE, data_folder, keras_cache_folder, shown_path
from cnn_core.data.keras_file import cached_piece
from cnn_core.data.registry import dataset_entry
from cnn_core.errors import ClassroomError

EXPLAINED = 3
"""The exit code that says: what went wrong stands on standard output, in one sentence."""
SILENCE_S = 30.0
"""How long the other side may say nothing before it is given up."""
LEFT_BEHIND_AFTER_S = 24 * 3600.0
"""A folder this old belongs to a download that was cut off, by a power failure for instance."""


def source_in_use(entry: DatasetEntry) -> DownloadSource:
    """Where a data set is really downloaded from: the entry's source, unless the environment names another.

    `CNN_CLASSROOM_MNIST_ORIGIN` names another address, a school's own copy for instance;
    `CNN_CLASSROOM_MNIST_SHA256` another checksum, and then the file's length is not known beforehand.
    Other data sets have their own name in place of `MNIST`. Of a data set in pieces the address is that of the folder;
    the checksum counts only where there is one piece.

    Args:
        entry: The data set.

    Returns:
        The source to use.

    Raises:
        ValueError: If the data set has no download.
    """
    source = entry.download
    if source is None:
        raise ValueError(f"entry must have a download. Received: entry.slug={entry.slug!r}.")
    prefix = f"CNN_CLASSROOM_{entry.slug.upper().replace('-', '_')}"
    origin = os.environ.get(f"{prefix}_ORIGIN") or source.origin
    sha256 = os.environ.get(f"{prefix}_SHA256", "")
    size_bytes = None if sha256 not in ("", source.sha256) else source.size_bytes
    if not source.pieces:
        return replace(source, origin=origin, sha256=sha256 or source.sha256, size_bytes=size_bytes)
    pieces = source.pieces
    if sha256 and len(pieces) == 1:
        pieces = (replace(pieces[0], sha256=sha256),)
    return replace(source, origin=f"{origin.removesuffix('/')}/", size_bytes=size_bytes, pieces=pieces)


def make_staging(entry: DatasetEntry) -> Path:
    """Make an empty folder to download into, beside the place where the file will be.

    Args:
        entry: The data set.

    Returns:
        A new folder inside the data folder, which is made as well if need be.

    Raises:
        ClassroomError: If the data folder cannot be written to.
    """
    folder = data_folder()
    prefix = f".{entry.slug}-download-"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob(f"{prefix}*"):
            with contextlib.suppress(FileNotFoundError):
                if time.time() - old.stat().st_mtime > LEFT_BEHIND_AFTER_S:
                    shutil.rmtree(old, ignore_errors=True)
        return Path(tempfile.mkdtemp(prefix=prefix, dir=folder))
    except OSError as error:
        raise ClassroomError(
            f"The data folder {shown_path(folder)} cannot be written to.",
            f"Make it writable, or name another folder in {DATA_FOLDER_VARIABLE}.",
        ) from error


def fetch(entry: DatasetEntry, staging: Path, cache: Path | None = None) -> Path:
    """Download a data set with Keras, check it, and move it into the data folder.

    Args:
        entry: The data set.
        staging: An empty folder on the same disk as the data folder.
        cache: Keras's cache: pieces that lie there are not fetched again.

    Returns:
        The complete file in the data folder.

    Raises:
        ClassroomError: If it did not work; then the data folder is as it was.
    """
    source = source_in_use(entry)
    target = data_folder() / source.file_name
    staged = staging / source.file_name
    try:
        if source.assemble is None:
            _get_file(source.file_name, source.origin, staging, source.sha256)
        else:
            pieces = {piece.file_name: _piece(piece, source.origin, staging, cache) for piece in source.pieces}
            source.assemble(pieces, staged)
        staged.replace(target)
    except Exception as error:
        reason = _reason(error, source, is_file_complete=_is_complete(source, staging))
        if reason is None:
            raise
        raise ClassroomError(failure_sentence(entry, reason, target.parent)) from error
    return target


def _piece(piece: Piece, origin: str, staging: Path, cache: Path | None) -> Path:
    """One published file, from Keras's cache or from the network; its checksum is right."""
    cached = cached_piece(piece, cache) if cache is not None else None
    if cached is not None and _has_checksum(cached, piece):
        return cached
    _get_file(piece.file_name, f"{origin}{piece.file_name}", staging, None)
    if not _has_checksum(staging / piece.file_name, piece):
        raise ValueError(f"The checksum of {piece.file_name} is not the published one.")
    return staging / piece.file_name


def _has_checksum(path: Path, piece: Piece) -> bool:
    try:
        with path.open("rb") as packed, gzip.open(packed) as content:
            digest = hashlib.file_digest(content if piece.is_of_content else packed, "sha256")
    except (gzip.BadGzipFile, EOFError, zlib.error):
        return False
    return digest.hexdigest() == piece.sha256


def _get_file(file_name: str, origin: str, staging: Path, sha256: str | None) -> None:
    with contextlib.redirect_stdout(sys.stderr):  # Keras draws a progress bar
        import keras

        keras.utils.get_file(file_name, origin=origin, file_hash=sha256, cache_dir=str(staging), cache_subdir="")


def _is_complete(source: DownloadSource, staging: Path) -> bool:
    """Whether something has arrived whole: then it is not the network's fault that it is not right."""
    return any((staging / name).exists() for name in source.fetched_names)


def failure_sentence(entry: DatasetEntry, reason: str, folder: Path) -> str:
    """One sentence on what went wrong and where to put the file by hand.

    Args:
        entry: The data set.
        reason: What went wrong, as the end of a sentence that began with "because".
        folder: The data folder.
    """
    return (
        f"{entry.title} was not downloaded, because {reason}: "
        f"try again later, or put {source_in_use(entry).file_name} into {shown_path(folder)} by hand."
    )


def _reason(error: Exception, source: DownloadSource, is_file_complete: bool) -> str | None:
    """What went wrong, in words; None if this is not the network's fault or the disk's but ours."""
    host = urlsplit(source.origin).hostname or source.origin
    for cause in _chain(error):
        match cause:
            case urllib.error.HTTPError():
                return f"{host} answered “{cause.code} {cause.reason}”"
            case urllib.error.ContentTooShortError() | http.client.HTTPException() | ConnectionError():
                return f"the connection to {host} broke off"
            case TimeoutError() | urllib.error.URLError(reason=TimeoutError()):
                return f"{host} did not answer"
            case urllib.error.URLError():
                return f"{host} could not be reached from this computer"
            case OSError(errno=errno.ENOSPC):
                return "the disk is full"
            case OSError():
                return f"the file could not be written ({cause.strerror})"
            case ValueError() if is_file_complete:
                return f"what {host} sent is not the published file (its checksum differs)"
            case ValueError() if not urlsplit(source.origin).scheme:
                return f"“{source.origin}” is no address"
    return None


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error and what it came from: Keras wraps the network's errors in its own."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


REMOVE_FOLDER = "import shutil, sys; shutil.rmtree(sys.argv[1], ignore_errors=True)"


def _end_with_parent(staging: Path) -> None:
    """Wait until the parent closes standard input, by ending in whatever way, and then end too."""
    standard_input = sys.stdin.fileno()

    def wait() -> None:
        while os.read(standard_input, 1):  # not sys.stdin, whose lock would be held when this process ends
            pass
        # Keras may be writing into the folder at this moment. Becoming another program ends all threads at once, so
        # that nothing is written behind what is being removed.
        os.execv(sys.executable, [sys.executable, "-c", REMOVE_FOLDER, str(staging)])

    threading.Thread(target=wait, daemon=True).start()


def main(arguments: Sequence[str] | None = None) -> int:
    """Download one data set and say on standard output how it went.

    Args:
        arguments: The command line, by default the process's own.

    Returns:
        The exit code: 0, or `EXPLAINED` if it did not work.
    """
    parser = argparse.ArgumentParser("cnn_core.data.download", description="Download a data set.")
    parser.add_argument("slug", help="the data set's short name, as mnist")
    parser.add_argument("--staging", type=Path, help="set by the server, which then also stops this process")
    given = parser.parse_args(arguments)
    try:
        entry = dataset_entry(given.slug)
        staging = given.staging or make_staging(entry)
        if given.staging is not None:
            _end_with_parent(staging)
        try:
            cache = keras_cache_folder()
            _prepare_keras(staging)
            print(f"{entry.title} is complete: {fetch(entry, staging, cache)}")
        finally:
            shutil.rmtree(staging, ignore_errors=True)
    except ClassroomError as error:
        print(error)
        return EXPLAINED
    return 0


def _prepare_keras(staging: Path) -> None:
    """Keras reads these when it is imported: no graphics card, no chatter, and the user's keras.json left alone."""
    os.environ |= {
        "KERAS_BACKEND": "tensorflow",
        "KERAS_HOME": str(staging),
        "CUDA_VISIBLE_DEVICES": "-1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }
    socket.setdefaulttimeout(SILENCE_S)
