"""A process that stores a training as fast as it can, and prints what is stored once it is. The tests kill it.

Its arguments are the store's folder and the id of the run. Every number follows from its step, so that a reader can
tell whether it is right.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np

from cnn_core.store.records import RunRecord, StoredEpoch, StoredEvent
from cnn_core.store.store import RunStore

BATCHES = 7
"""How many batches each call stores."""


def numbers(first: int, count: int) -> tuple[Any, Any, Any]:
    """Loss, accuracy and learning rate of some batches."""
    steps = np.arange(first, first + count, dtype=np.float32)
    return steps, steps / 2, steps / 4


def weights(step: int) -> tuple[Any, ...]:
    """The weights after some steps."""
    return (np.full((50, 30), step, np.float32), np.full(30, -step, np.float32))


def state(step: int) -> tuple[Any, ...]:
    """What the optimiser remembers after some steps."""
    return (np.int64(step), np.full((50, 30), step / 2, np.float32))


def main(folder: Path, run_id: str) -> None:
    """Store without end."""
    store = RunStore(folder)
    store.create(RunRecord(run_id, "To be killed", "{}", "{}", status="running"))
    print("run 0", flush=True)
    step = 0
    while True:
        store.append_batches(run_id, step, *numbers(step, BATCHES))
        step += BATCHES
        print(f"batches {step}", flush=True)
        store.save_weights(run_id, step, weights(step), state(step), most=8)
        print(f"weights {step}", flush=True)
        store.add_epoch(run_id, StoredEpoch(step // BATCHES, step, 1.0, 0.5, 2.0, 0.25))
        print(f"epoch {step // BATCHES}", flush=True)
        store.add_event(run_id, StoredEvent(step, "learning_rate", str(step)))
        print(f"event {step}", flush=True)
        store.heartbeat()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
