"""Importing in the background: reading, decoding, splitting and writing, with progress, and a way to cancel."""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from cnn_core.data.entry import DatasetEntry
from cnn_core.data.own.assembly import Gathered, assemble
from cnn_core.data.own.decoding import CancelledError, decoded
from cnn_core.data.own.import_settings import ImportSettings
from cnn_core.data.own.listing import Skipped, Source
from cnn_core.data.own.sets import entry_of_own, unused_title
from cnn_core.data.own.sources import open_source
from cnn_core.data.own.writing import check_room, part_folder
from cnn_core.errors import ClassroomError

MOST_RUNNING = 2
"""Imports that go on at once; each takes some threads and memory."""
MOST_REMEMBERED = 50

Status = Literal["running", "done", "failed", "cancelled"]
_log = logging.getLogger(__name__)
_naming = threading.Lock()
"""One set after the other gets its name, so that no two have the same."""


@dataclass(frozen=True)
class ImportSnapshot:
    """How far an import is.

    Args:
        status: "running", "done", "failed" or "cancelled".
        done: Images that have been read, or left out.
        total: Images that there are.
        rate: Images a second, or None while that cannot be told.
        time_left_s: Seconds until the end at this rate, or None while that cannot be told.
        skipped: Files that were left out so far, the first of them, each with the reason.
        skipped_count: How many there were.
        message: One sentence for the screen.
        entry: The data set, once it is there.
    """

    status: Status
    done: int
    total: int
    rate: float | None
    time_left_s: float | None
    skipped: tuple[tuple[str, str], ...]
    skipped_count: int
    message: str
    entry: DatasetEntry | None = None


class ImportJob:
    """One import, running or ended. Pages get it from `start_import` and `find_import`.

    Args:
        path: What is imported; see `open_source`.
        settings: How.
        owner: Who may delete the result, as `owner_mark` writes it.
        source_words: Where the images come from, as a sentence; "" to say what they were brought as.
    """

    def __init__(self, path: Path, settings: ImportSettings, owner: str = "", source_words: str = "") -> None:
        self.id = secrets.token_hex(8)
        self.settings = settings
        self.path = path
        self._owner = owner
        self._source_words = source_words
        self._is_cancelled = threading.Event()
        self._began_s = time.monotonic()
        self._snapshot = ImportSnapshot("running", 0, 0, None, None, (), 0, "Looking at the files.")
        self._thread = threading.Thread(target=self._run, name=f"import-{self.id}", daemon=True)

    @property
    def snapshot(self) -> ImportSnapshot:
        """How far the import is now; never changes once it is handed out."""
        return self._snapshot

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def cancel(self) -> None:
        """Stop soon, and keep nothing. Does nothing if the import has ended."""
        self._is_cancelled.set()

    def wait(self, timeout_s: float | None = None) -> ImportSnapshot:
        """Wait for the end, or as long as given; made for programs without pages."""
        self._thread.join(timeout_s)
        return self._snapshot

    def _run(self) -> None:
        try:
            entry = self._import()
        except CancelledError:
            self._end("cancelled", "The import was cancelled, and nothing of it was kept.")
        except ClassroomError as error:
            self._end("failed", str(error))
        except MemoryError:
            self._end("failed", "The server has too little memory for this. Choose a smaller image size.")
        except Exception:  # noqa: BLE001 - whatever it is, the page must not wait for ever
            _log.exception("Import failed")
            self._end("failed", "The import broke off. Ask whoever runs this server to look at its log.")
        else:
            self._snapshot = replace(self._snapshot, entry=entry)
            self._end("done", f"“{entry.title}” is ready.")

    def _end(self, status: Status, message: str) -> None:
        self._snapshot = replace(self._snapshot, status=status, message=message, rate=None, time_left_s=None)

    def _import(self) -> DatasetEntry:
        unused_title(self.settings.title)  # says at once if nothing is left of it
        source = open_source(self.path)
        total = len(source.listing.images)
        check_room(total * int(np.prod(self.settings.image_shape)))
        self._snapshot = replace(self._snapshot, total=total, message="Reading the images.")
        words = self._source_words or f"Brought to this server as {source.words}."
        with part_folder() as folder:
            gathered = self._gather(source, folder / "images.raw")
            self._snapshot = replace(self._snapshot, message="Splitting and writing.", time_left_s=None)
            with _naming:
                settings = replace(self.settings, title=unused_title(self.settings.title))
                record = assemble(folder, gathered, source, settings, words, self._owner)
        return entry_of_own(record.slug)

    def _gather(self, source: Source, path: Path) -> Gathered:
        """Decode every image into one file, in order, and note which ones are left out."""
        skipped = source.listing.skipped.copy()
        kept: list[npt.NDArray[np.int64]] = []
        originals: list[npt.NDArray[np.int64]] = []
        with path.open("xb") as file, source.payloads() as payloads:
            images = source.listing.images
            for chunk in decoded(payloads, len(images), self.settings.fit, self._is_cancelled):
                file.write(chunk.pixels.data)
                kept.append(chunk.numbers)
                originals.append(chunk.originals)
                for number, reason in chunk.bad:
                    skipped.add(images[number].name, reason)
                self._tell(chunk.last + 1, skipped)
        return Gathered(path, np.concatenate(kept), np.concatenate(originals), skipped)

    def _tell(self, done: int, skipped: Skipped) -> None:
        elapsed_s = time.monotonic() - self._began_s
        rate = done / elapsed_s if elapsed_s > 0 else None
        left_s = (self._snapshot.total - done) / rate if rate else None
        named = self._snapshot.skipped if len(self._snapshot.skipped) == len(skipped.named) else tuple(skipped.named)
        self._snapshot = replace(
            self._snapshot, done=done, rate=rate, time_left_s=left_s, skipped=named, skipped_count=skipped.count
        )


_lock = threading.Lock()
_jobs: OrderedDict[str, ImportJob] = OrderedDict()


def start_import(path: Path, settings: ImportSettings, owner: str = "", source_words: str = "") -> ImportJob:
    """Begin to import a folder, zip or npz in the background.

    Args:
        path: What is imported; see `open_source`.
        settings: How.
        owner: Who may delete the result, as `owner_mark` writes it.
        source_words: Where the images come from, as a sentence; without, what they were brought as.

    Returns:
        The job, running. This function does not wait for it.

    Raises:
        ClassroomError: If too many imports are running already.
    """
    job = ImportJob(path, settings, owner, source_words)
    with _lock:
        if sum(other.snapshot.status == "running" for other in _jobs.values()) >= MOST_RUNNING:
            raise ClassroomError(
                f"{MOST_RUNNING} imports are running on this server already.", "Wait for one of them to end."
            )
        _jobs[job.id] = job
        while len(_jobs) > MOST_REMEMBERED:
            oldest = next(name for name, other in _jobs.items() if other.snapshot.status != "running")
            del _jobs[oldest]
        job.start()
    return job


def find_import(job_id: str) -> ImportJob | None:
    """Return an import that this server remembers, by its id."""
    with _lock:
        return _jobs.get(job_id)
