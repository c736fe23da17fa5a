"""Downloading a data set in a process of its own, so that no page waits for it and it can be stopped at any time.

Keras does the downloading (`download_child.py`). It writes straight to the file's final name, and it leaves a file
with a wrong checksum lying there; therefore it is sent to a folder of its own inside the data folder, and only a
checked file is moved to its place, in one step. The length of the file in that folder is the progress.
"""

from __future__ import annotations

import atexit
import contextlib
import logging
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from dataclasses import dataclass
from typing import Literal

from cnn_core.data.download_child import EXPLAINED, failure_sentence, main, make_staging, source_in_use
from cnn_core.data.entry import DatasetEntry
from cnn_core.data.folder import DATA_FOLDER_VARIABLE, PROJECT_ROOT, data_folder, shown_path
from cnn_core.data.registry import dataset_entry
from cnn_core.errors import ClassroomError

RATE_WINDOW_S = 5.0
"""The rate is measured over the last seconds, so that it follows a network that slows down."""
PATIENCE_S = 3.0
"""How long a cancelled process may take to end before it is killed."""

Status = Literal["running", "done", "failed", "cancelled"]
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class DownloadSnapshot:
    """How far a download is.

    Args:
        status: "running", "done", "failed" or "cancelled".
        received_bytes: What has arrived so far; 0 while Keras is starting, which takes a few seconds.
        total_bytes: The length of the whole file, or None if it is not known.
        rate: Bytes a second over the last seconds, or None while that cannot be told.
        time_left_s: Seconds until the end at this rate, or None while that cannot be told.
        message: One sentence for the screen.
    """

    status: Status
    received_bytes: int
    total_bytes: int | None
    rate: float | None
    time_left_s: float | None
    message: str


class Download:
    """One running or ended download. Pages get it from `start_download` and `current_download`.

    Args:
        entry: The data set. It must have a `download`.

    Raises:
        ClassroomError: If the data folder cannot be written to.
    """

    def __init__(self, entry: DatasetEntry) -> None:
        self._entry = entry
        self._source = source_in_use(entry)
        self._folder = data_folder()
        self._lock = threading.Lock()
        self._final: DownloadSnapshot | None = None
        self._received_bytes = 0
        self._samples: deque[tuple[float, int]] = deque()
        self._staging = make_staging(entry)
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed when the process has ended
        # The child ends when its standard input does: that is how it notices that this process is gone.
        self._process = subprocess.Popen(
            [sys.executable, "-m", "cnn_core.data.download", entry.slug, "--staging", str(self._staging)],
            cwd=PROJECT_ROOT,
            env={**os.environ, DATA_FOLDER_VARIABLE: str(self._folder), "PYTHONUTF8": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            encoding="utf-8",
        )

    def snapshot(self) -> DownloadSnapshot:
        """How far the download is now. Takes no time worth mentioning, so a page may ask as often as it likes."""
        with self._lock:
            return self._settle() or self._progress()

    def cancel(self) -> None:
        """Stop the download and remove what has arrived. Does nothing if it has ended already."""
        with self._lock:
            if self._settle() is not None:
                return
            self._progress()
            self._process.terminate()
            try:
                self._process.wait(PATIENCE_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._settle(is_cancelled=True)

    def _progress(self) -> DownloadSnapshot:
        with contextlib.suppress(OSError):  # not there yet, or just moved to its place
            self._received_bytes = self._staged_bytes()
        now_s = time.monotonic()
        self._samples.append((now_s, self._received_bytes))
        while len(self._samples) > 2 and self._samples[1][0] <= now_s - RATE_WINDOW_S:
            self._samples.popleft()
        total_bytes = self._source.size_bytes
        if total_bytes is not None and self._received_bytes > total_bytes:
            total_bytes = None
        rate = _rate(self._samples)
        time_left_s = (total_bytes - self._received_bytes) / rate if rate and total_bytes is not None else None
        action = "being downloaded" if self._received_bytes else "about to be downloaded"
        message = f"{self._entry.title} is {action} from {self._source.origin}."
        if self._source.pieces and self._received_bytes == total_bytes:
            message = f"{self._entry.title} has arrived and is being put together."
        return DownloadSnapshot("running", self._received_bytes, total_bytes, rate, time_left_s, message)

    def _staged_bytes(self) -> int:
        """How much lies in the folder: the later pieces of a data set are not there yet."""
        paths = [self._staging / name for name in self._source.fetched_names]
        return sum(path.stat().st_size for path in paths if path.exists() or path is paths[0])

    def _settle(self, is_cancelled: bool = False) -> DownloadSnapshot | None:
        """Tidy up once the process has ended, however it ended; None while it is running."""
        if self._final is not None:
            return self._final
        exit_code = self._process.poll()
        if exit_code is None:
            return None
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        explanation = self._process.stdout.read().strip()
        self._process.stdout.close()
        self._errors.seek(0)
        errors = self._errors.read().decode("utf-8", errors="replace")
        self._errors.close()

        total_bytes = self._source.size_bytes
        if exit_code == 0:
            status: Status = "done"
            message = f"{self._entry.title} is complete and was put into {shown_path(self._folder)}."
            with contextlib.suppress(OSError):
                self._received_bytes = (self._folder / self._source.file_name).stat().st_size
            total_bytes = self._received_bytes
        elif is_cancelled:
            status = "cancelled"
            message = f"The download of {self._entry.title} was cancelled, and nothing of it was kept."
        else:
            status = "failed"
            is_explained = exit_code == EXPLAINED and bool(explanation)
            if is_explained:
                message = explanation
            else:
                message = failure_sentence(self._entry, "its process broke off", self._folder)
                _log.error("Download of %s: exit code %s\n%s", self._entry.slug, exit_code, errors[-4000:])
        shutil.rmtree(self._staging, ignore_errors=True)
        self._final = DownloadSnapshot(status, self._received_bytes, total_bytes, None, None, message)
        return self._final


_start_lock = threading.Lock()
_downloads: dict[str, Download] = {}


def start_download(slug: str) -> Download:
    """Begin to download a data set, or hand out the download that is already running.

    The file goes into the user's data folder and takes the place of one that is there, so this also
    repairs a damaged file.

    Args:
        slug: The data set's short name, as `"mnist"`.

    Returns:
        The running download. This function does not wait for it.

    Raises:
        ClassroomError: If there is no such data set, if it needs no download, or if the data folder cannot
            be written to.
    """
    entry = dataset_entry(slug)
    if entry.download is None:
        raise ClassroomError(f"{entry.title} needs no download.", "Choose it and begin.")
    with _start_lock:
        current = _downloads.get(slug)
        if current is None or current.snapshot().status != "running":
            current = _downloads[slug] = Download(entry)
        return current


def current_download(slug: str) -> Download | None:
    """The latest download of a data set since the server started, running or ended, or None."""
    return _downloads.get(slug)


@atexit.register
def _cancel_all() -> None:
    for download in list(_downloads.values()):
        download.cancel()


def _rate(samples: deque[tuple[float, int]]) -> float | None:
    (first_s, first_bytes), (last_s, last_bytes) = samples[0], samples[-1]
    if last_s <= first_s or last_bytes <= first_bytes:
        return None
    return (last_bytes - first_bytes) / (last_s - first_s)


if __name__ == "__main__":
    sys.exit(main())
