"""Trainings to store in tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from cnn_core.store.records import RunRecord, Status
from cnn_core.store.store import RunStore


def record(run_id: str = "a-1", status: Status = "running", **values: Any) -> RunRecord:
    """A record that differs from the defaults in every field that a store keeps."""
    usual: dict[str, Any] = {
        "title": "Größer ✓",
        "spec_json": '{"layers": []}',
        "settings_json": '{"seed": 7}',
        "note": "A note",
        "owner": "Ada",
        "versions": {"keras": "3", "numpy": "2"},
        "class_names": ("cat", "dog"),
        "parameters": 3_274_634,
        "multiply_adds": 5_000_000_000,
        "message": "Epoch 1",
        "created_at": 1000.5,
        "started_at": 1001.0,
        "elapsed_s": 3.25,
        "total_steps": 300,
        "steps_per_epoch": 100,
    }
    return RunRecord(id=run_id, status=status, spec_json=usual.pop("spec_json"), **{**usual, **values})


def numbers(first: int, count: int) -> tuple[Any, Any, Any]:
    """Loss, accuracy and learning rate of some batches, each told by its step."""
    steps = np.arange(first, first + count, dtype=np.float32)
    return steps, steps / 2, steps / 4


def weights(step: int, size: int = 10) -> tuple[Any, ...]:
    """Two arrays told by their step."""
    return (np.full((size, 3), step, np.float32), np.full(3, -step, np.float32))


def store_with_run(folder: Path, run_id: str = "a-1") -> RunStore:
    """A store that holds one running training."""
    store = RunStore(folder)
    store.create(record(run_id))
    return store
