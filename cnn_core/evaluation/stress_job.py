"""Stress tests in threads of their own, so that no page waits for them; whoever asks for the same one joins it."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Hashable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from time import monotonic
from typing import Any

import numpy as np
import numpy.typing as npt

from cnn_core.evaluation.stress import StressCurve, stress
from cnn_core.inspection.robustness import Predict

AT_ONCE = 1
MOST_KEPT = 64
"""Curves are small; so many tests are remembered, those that nobody has asked for the longest time go first."""

ABANDONED_AFTER_S = 60.0
"""A test that nobody looks at any more ends after so long, and begins anew when it is asked for again."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class StressProgress:
    """How far a stress test is.

    Args:
        curves: What has been found so far; nothing before the first images are done.
        done: Images that are done.
        total: Images in all.
        elapsed_s: Since it began, in seconds; 0 while it waits for its turn.
        failure: Why it ended too early, in a sentence; `""` if it did not.
    """

    curves: tuple[StressCurve, ...]
    done: int
    total: int
    elapsed_s: float = 0.0
    failure: str = ""

    @property
    def share(self) -> float:
        """The share that is done, 0 to 1."""
        return self.done / self.total

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come."""
        return self.done >= self.total or bool(self.failure)

    @property
    def time_left_s(self) -> float | None:
        """How long it will go on, in seconds; nothing while that cannot be said."""
        return self.elapsed_s * (self.total - self.done) / self.done if self.done else None


class _Job:
    """One test. Readers take `progress`, which is replaced whole."""

    def __init__(self, key: Hashable, total: int) -> None:
        self._key = key
        self.progress = StressProgress((), 0, total)
        self.asked_at_s = monotonic()

    def run(self, predict: Predict, images: npt.NDArray[Any], labels: npt.NDArray[np.integer[Any]]) -> None:
        began_s = monotonic()
        try:
            for curves in stress(predict, images, labels):
                self.progress = replace(
                    self.progress, curves=curves, done=curves[0].total, elapsed_s=monotonic() - began_s
                )
                if monotonic() - self.asked_at_s > ABANDONED_AFTER_S and not self.progress.is_over:
                    begin_again(self._key)
                    return
        except Exception:  # noqa: BLE001  whatever goes wrong must reach the person as a sentence
            _log.exception("A stress test failed")
            self.progress = replace(
                self.progress, failure="The test broke off with an unexpected error. The server's log has the details."
            )


_workers = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="stress")
_jobs: OrderedDict[Hashable, _Job] = OrderedDict()
_lock = threading.Lock()


def stress_progress(
    key: Hashable, predict: Predict, images: npt.NDArray[Any], labels: npt.NDArray[np.integer[Any]]
) -> StressProgress:
    """Return how far a stress test is; the first to ask begins it.

    Args:
        key: What tells this test from others: the network, its moment, the images.
        predict: The network.
        images: `(count, height, width, channels)`; not to be changed before it is over.
        labels: `(count,)`, their classes.
    """
    with _lock:
        job = _jobs.pop(key, None)
        if job is None:
            job = _Job(key, len(images))
            _workers.submit(job.run, predict, images, labels)
        _jobs[key] = job
        job.asked_at_s = monotonic()
        while len(_jobs) > MOST_KEPT:
            _jobs.popitem(last=False)
        return job.progress


def begin_again(key: Hashable) -> None:
    """Forget a test, so that the next who asks begins it anew.

    Args:
        key: As for `stress_progress`.
    """
    with _lock:
        _jobs.pop(key, None)
