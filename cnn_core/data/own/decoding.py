"""Decoding many images: in threads where they are few, in processes of their own where they are many.

Python runs one thread at a time, and half of the work on a small image is Python's. Processes use every core, leave
the pages' process alone, and give their memory back; they take a moment to start, so they pay for many images only.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from queue import SimpleQueue

import numpy as np
import numpy.typing as npt

from cnn_core.data.folder import PROJECT_ROOT
from cnn_core.data.own.fitting import BadImageError, Fit, Fitted, Pixels, fit_pixels, measured_file
from cnn_core.data.own.listing import Payload

MANY_IMAGES = 1_500
"""From so many on, processes are worth their start."""
MOST_WORKERS = 4
CHUNK = 32
"""Images that one worker decodes at a time."""
CHUNK_BYTES = 8_000_000
"""A chunk ends early when its files are that long together: memory stays bounded."""
BROKEN_DOWN = "reading it made the reader break down"


class CancelledError(Exception):
    """Somebody has cancelled the work."""


@dataclass(frozen=True, eq=False)
class Decoded:
    """What came out of a chunk.

    Args:
        numbers: `(kept,)`, which images of the source they are.
        pixels: `(kept, height, width, channels)`.
        originals: `(kept, 2)`, height and width that they had before, in pixels.
        bad: The numbers of those that are left out, each with the reason.
        last: The number of the chunk's last image.
    """

    numbers: npt.NDArray[np.int64]
    pixels: Pixels
    originals: npt.NDArray[np.int64]
    bad: tuple[tuple[int, str], ...]
    last: int


Results = list[Fitted | str]
Decode = Callable[[Sequence[Payload], Fit], Results]


def decoded(payloads: Iterator[Payload], total: int, fit: Fit, is_cancelled: threading.Event) -> Iterator[Decoded]:
    """Decode images in parallel, reading ahead a little; what comes out is in order.

    Args:
        payloads: The files, in order.
        total: How many there are, roughly.
        fit: How they are brought to one size.
        is_cancelled: Ends the work soon.

    Raises:
        CancelledError: If it was cancelled.
    """
    workers = max(2, min(MOST_WORKERS, os.cpu_count() or 1))
    with contextlib.ExitStack() as ending:
        decode: Decode = decode_chunk
        if total >= MANY_IMAGES:
            decode = ending.enter_context(contextlib.closing(DecodeProcesses(workers))).decode
        pool = ending.enter_context(ThreadPoolExecutor(workers, thread_name_prefix="decode"))
        ending.callback(pool.shutdown, wait=True, cancel_futures=True)
        waiting: deque[tuple[int, Future[Results]]] = deque()
        first = 0
        for chunk in _chunks(payloads):
            waiting.append((first, pool.submit(decode, chunk, fit)))
            first += len(chunk)
            if len(waiting) > 2 * workers:
                yield _gathered(*waiting.popleft(), fit)
            if is_cancelled.is_set():
                raise CancelledError
        while waiting:
            yield _gathered(*waiting.popleft(), fit)
            if is_cancelled.is_set():
                raise CancelledError


def decode_chunk(chunk: Sequence[Payload], fit: Fit) -> Results:
    """Decode some images one after another; of one that is left out comes the reason."""
    results: Results = []
    for payload in chunk:
        try:
            results.append(read_payload(payload, fit))
        except BadImageError as error:
            results.append(str(error))
    return results


def read_payload(payload: Payload, fit: Fit) -> Fitted:
    """Bring a file's content, or an image's pixels, to a size.

    Raises:
        BadImageError: If there is no image in it; the error says why.
    """
    if isinstance(payload, str):
        raise BadImageError(payload)
    if isinstance(payload, bytes):
        return measured_file(payload, fit)
    return Fitted(fit_pixels(payload, fit), (payload.shape[0], payload.shape[1]))


class DecodeProcesses:
    """Processes that decode, each for one thread at a time. One that breaks down is replaced.

    Args:
        count: How many.
    """

    def __init__(self, count: int) -> None:
        self._free: SimpleQueue[subprocess.Popen[bytes] | None] = SimpleQueue()
        self._all: set[subprocess.Popen[bytes]] = set()
        for _ in range(count):
            self._free.put(None)  # started when it is needed

    def decode(self, chunk: Sequence[Payload], fit: Fit) -> Results:
        """Decode some images. If the process breaks down over them, one by one, to find the image that does it."""
        found = self._ask(chunk, fit)
        if found is not None:
            return found
        if len(chunk) == 1:
            return [BROKEN_DOWN]
        return [result for payload in chunk for result in self.decode([payload], fit)]

    def close(self) -> None:
        """End all processes."""
        for process in self._all:
            process.kill()
        for process in self._all:
            process.communicate()

    def _ask(self, chunk: Sequence[Payload], fit: Fit) -> Results | None:
        process = self._free.get() or self._started()
        try:
            assert process.stdin is not None
            assert process.stdout is not None
            pickle.dump((list(chunk), fit), process.stdin, protocol=5)
            process.stdin.flush()
            found: Results = pickle.load(process.stdout)  # written by our own process
        except (OSError, EOFError, pickle.UnpicklingError):
            process.kill()
            self._free.put(None)
            return None
        self._free.put(process)
        return found

    def _started(self) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-m", "cnn_core.data.own.decoding"],
            cwd=PROJECT_ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._all.add(process)
        return process


def serve() -> None:
    """Decode what comes in until nothing comes any more: when the asking process has ended, so does this one."""
    if hasattr(os, "nice"):
        os.nice(5)  # pages and trainings come first
    while True:
        try:
            chunk, fit = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        pickle.dump(decode_chunk(chunk, fit), sys.stdout.buffer, protocol=5)
        sys.stdout.buffer.flush()


def _gathered(first: int, future: Future[Results], fit: Fit) -> Decoded:
    results = future.result()
    kept = {place: result for place, result in enumerate(results) if not isinstance(result, str)}
    bad = tuple((first + place, result) for place, result in enumerate(results) if isinstance(result, str))
    pixels = np.empty((len(kept), *fit.image_shape), np.uint8)
    for row, result in enumerate(kept.values()):
        pixels[row] = result.pixels
    originals = np.array([result.original for result in kept.values()], np.int64).reshape(-1, 2)
    return Decoded(first + np.array(list(kept), np.int64), pixels, originals, bad, first + len(results) - 1)


def _chunks(payloads: Iterator[Payload]) -> Iterator[list[Payload]]:
    while True:
        chunk: list[Payload] = []
        size = 0
        for payload in islice(payloads, CHUNK):
            chunk.append(payload)
            size += payload.nbytes if isinstance(payload, np.ndarray) else len(payload)
            if size > CHUNK_BYTES:
                break
        if not chunk:
            return
        yield chunk


if __name__ == "__main__":
    serve()
