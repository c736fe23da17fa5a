"""t-SNE in a thread of its own: whoever waits can show progress, and two who ask for the same map share it."""

from __future__ import annotations

import hashlib
import sys
import threading
from collections.abc import Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from time import monotonic

from cnn_core.inspection.embedding import USUAL_PERPLEXITY, tsne_map
from cnn_core.inspection.records import FloatArray

AT_ONCE = 2
_IMPORT_S = 1.5
"""What importing scikit-learn takes, about."""

_workers = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="t-sne")
_going: dict[Hashable, Future[FloatArray]] = {}
_lock = threading.Lock()
_s_per_point = [0.0025]
"""What the newest run took for each point; at first what a slow machine takes."""


def start_tsne(vectors: FloatArray, seed: int = 0, perplexity: float = USUAL_PERPLEXITY) -> Future[FloatArray]:
    """Begin to lay points out by t-SNE, or join whoever is at just that.

    Args:
        vectors: As for `tsne_map`; not to be changed before it is done.
        seed: As for `tsne_map`.
        perplexity: As for `tsne_map`.

    Returns:
        The map to come.
    """
    key = (vectors.shape, hashlib.sha256(vectors.tobytes()).digest(), seed, perplexity)
    with _lock:
        job = _going.get(key)
        if job is None:
            job = _going[key] = _workers.submit(_run, vectors, seed, perplexity)
    # Outside the lock, since what is done already calls back at once.
    job.add_done_callback(lambda _done: _forget(key))
    return job


def expected_s(count: int) -> float:
    """Return how long t-SNE of so many points is going to take, in seconds, going by the newest one."""
    return count * _s_per_point[0] + (0 if "sklearn.manifold" in sys.modules else _IMPORT_S)


def _run(vectors: FloatArray, seed: int, perplexity: float) -> FloatArray:
    import sklearn.manifold  # noqa: F401  # before the clock starts

    began_s = monotonic()
    points = tsne_map(vectors, seed, perplexity)
    _s_per_point[0] = (monotonic() - began_s) / len(vectors)
    return points


def _forget(key: Hashable) -> None:
    with _lock:
        _going.pop(key, None)
