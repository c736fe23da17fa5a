"""Load TensorFlow behind the first page, and say how far that is."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass

TYPICAL_DURATION_S = 5.0
"""How long loading takes on an ordinary laptop, in seconds; only the progress bar uses it."""

HEAD_START_S = 1.5
"""Seconds that loading waits at first: the import takes a whole core, and the first page needs it to be drawn."""

_log = logging.getLogger(__name__)
_ready = threading.Event()
_is_wanted = threading.Event()
_lock = threading.Lock()
_thread: threading.Thread | None = None
_began_s = 0.0
_failure = ""


@dataclass(frozen=True)
class WarmUpState:
    """How far loading is.

    Args:
        is_ready: Whether networks can be built at once.
        elapsed_s: Seconds since loading began; 0 before.
        failure: One sentence if TensorFlow cannot be loaded, else empty.
    """

    is_ready: bool
    elapsed_s: float
    failure: str


def start() -> None:
    """Begin to load TensorFlow in the background; every further call does nothing."""
    global _thread, _began_s
    with _lock:
        if _thread is None:
            _began_s = time.monotonic()
            _thread = threading.Thread(target=_load, name="warm-up", daemon=True)
            _thread.start()


def state() -> WarmUpState:
    """Return how far loading is, at once."""
    elapsed_s = time.monotonic() - _began_s if _thread is not None else 0.0
    return WarmUpState(_ready.is_set(), elapsed_s, _failure)


def hurry() -> None:
    """Begin at once: somebody is waiting for a network."""
    _is_wanted.set()


def wait(timeout_s: float) -> bool:
    """Wait until TensorFlow is there, at most `timeout_s` seconds.

    Returns:
        Whether it is.
    """
    hurry()
    return _ready.wait(timeout_s)


def _load() -> None:
    global _failure
    _is_wanted.wait(HEAD_START_S)
    try:
        _take_one_step()
    except Exception:  # noqa: BLE001  a broken installation can fail in any way, and must be said in words
        _log.exception("TensorFlow cannot be loaded")
        _failure = "TensorFlow cannot be loaded on this machine. Install the pinned requirements anew and start again."
    else:
        _ready.set()


def _take_one_step() -> None:
    """Import TensorFlow and train a tiny network once, so that the first real one need not wait for its set-up."""
    import numpy as np

    from cnn_core.architecture.layers import Conv2D, Dense, Flatten, Pooling2D
    from cnn_core.architecture.spec import NetworkSpec
    from cnn_core.data.dataset import LabelledImages
    from cnn_core.training.settings import TrainingSettings
    from cnn_core.training.trainer import Trainer

    spec = NetworkSpec((8, 8, 1), (Conv2D(filters=2), Pooling2D(), Flatten(), Dense(units=2, activation="softmax")))
    images = LabelledImages(np.zeros((8, 8, 8, 1), np.uint8), np.zeros(8, np.int64))
    Trainer(spec, TrainingSettings(), images).step(np.arange(8))
