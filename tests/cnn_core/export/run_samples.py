"""A small training to pack, and ways to spoil its file."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import numpy as np

from cnn_core.architecture.layers import Dense, Flatten
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.architecture.weight_shapes import weight_shapes
from cnn_core.export.run_archive import MANIFEST_NAME
from cnn_core.export.run_file import pack_run
from cnn_core.training.adoption import RunCopy
from cnn_core.training.settings import TrainingSettings
from cnn_core.training.snapshot import Change, EpochResult, RunSnapshot, TestResult, WeightsSnapshot

SPEC = NetworkSpec((6, 6, 1), (Flatten(), Dense(units=3, activation="softmax")))
SETTINGS = TrainingSettings(dataset="small", epochs=2, batch_size=16, optimizer="sgd")
STEPS = 7


def weights(step: int, spec: NetworkSpec = SPEC) -> WeightsSnapshot:
    """Random weights of a network, told by their step."""
    rng = np.random.default_rng(step)
    arrays = tuple(rng.normal(0, 0.3, shape).astype(np.float32) for shape in weight_shapes(spec))
    return WeightsSnapshot(step, arrays)


def sample_copy(**changes: Any) -> RunCopy:
    """A training of seven steps that went on for two epochs."""
    steps = np.arange(1, STEPS + 1, dtype=np.float32)
    snapshot = RunSnapshot(
        status="finished",
        message="",
        remark="It ended early.",
        step=STEPS,
        steps_per_epoch=4,
        total_steps=8,
        batch_loss=1 / steps,
        batch_accuracy=steps / 10,
        learning_rates=steps / 1000,
        changes=(Change(3, "learning_rate", 0.004),),
        epochs=(EpochResult(1, 4, 0.5, 0.6, 0.55, 0.58), EpochResult(2, 7, 0.2, 0.9, 0.3, 0.8)),
        elapsed_s=1.5,
        time_left_s=0.0,
        test=TestResult(0.4, 0.85, 30),
    )
    usual: dict[str, Any] = {
        "title": "Größer <b>✓</b>",
        "note": "With “care”\n2nd line",
        "spec": SPEC,
        "settings": SETTINGS,
        "class_names": ("top", "middle", "bottom"),
        "snapshot": snapshot,
        "started_at": 1_700_000_000.5,
        "versions": {"keras": "3.15.1"},
        "result_step": STEPS,
        "moments": (weights(0), weights(STEPS)),
    }
    return RunCopy(**{**usual, **changes})


def packed() -> bytes:
    """The file of the usual training."""
    return pack_run(sample_copy())


def members(content: bytes) -> dict[str, bytes]:
    """What a file holds."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(files: dict[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    """A zip of files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def with_members(changes: dict[str, bytes | None]) -> bytes:
    """The usual file with members changed, added or, where there is nothing for them, left out."""
    files = members(packed()) | changes
    return zipped({name: content for name, content in files.items() if content is not None})


def with_manifest(change: Callable[[dict[str, Any]], object]) -> bytes:
    """The usual file with another manifest."""
    files = members(packed())
    manifest = json.loads(files[MANIFEST_NAME])
    change(manifest)
    return zipped({**files, MANIFEST_NAME: json.dumps(manifest).encode()})
