"""A trainer without TensorFlow, a small data set and runs of a test's own, for what happens around the learning."""

from __future__ import annotations

import sys
import threading
import types
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from cnn_core.architecture.layers import Dense, Flatten
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.data.dataset import Dataset, LabelledImages
from cnn_core.training import journal, runs
from cnn_core.training.queue import TrainingQueue

SPEC = NetworkSpec((6, 6, 1), (Flatten(), Dense(units=3, activation="softmax")))


def small_dataset(count: int = 120, seed: int = 0) -> Dataset:
    """Three classes of 6×6 images: bright at the top, in the middle, or at the bottom."""

    def part(size: int, offset: int) -> LabelledImages:
        rng = np.random.default_rng(seed + offset)
        labels = np.arange(size, dtype=np.int64) % 3
        images = rng.integers(0, 60, (size, 6, 6, 1), dtype=np.uint8)
        for index, label in enumerate(labels):
            images[index, 2 * label : 2 * label + 2] += 150
        return LabelledImages(images, labels)

    return Dataset("small", ("top", "middle", "bottom"), part(count, 1), part(30, 2))


class FakeTrainer:
    """Counts its steps; the loss of step n is 1/n. Steps wait for `gate` where a test closes it."""

    gate = threading.Event()
    losses: Iterator[float] | None = None
    error: BaseException | None = None
    after_step: Callable[[int], None] | None = None
    """Called after every step with the number of steps so far; set it on the class as a static method."""

    def __init__(self, spec: object, settings: object, train: LabelledImages) -> None:
        self.train = train
        self.batches: list[np.ndarray] = []
        self.rates: list[float | None] = []
        type(self).latest = self

    latest: FakeTrainer

    layers = ("dense_1",)
    validation_losses: Iterator[float] | None = None

    def step(
        self, indices: np.ndarray, learning_rate: float | None = None, *, is_watched: bool = False
    ) -> types.SimpleNamespace:
        assert self.gate.wait(10), "the test never opened the gate"
        if self.error is not None:
            raise self.error
        self.batches.append(indices)
        self.rates.append(learning_rate)
        loss = next(self.losses) if self.losses is not None else 1 / len(self.batches)
        norms = np.full(1, len(self.batches), np.float32) if is_watched else None
        if self.after_step is not None:
            self.after_step(len(self.batches))
        return types.SimpleNamespace(loss=loss, accuracy=0.5, gradient_norms=norms)

    def guesses(self, images: np.ndarray) -> np.ndarray:
        return np.zeros(len(images), np.int64)

    def set_dropout(self, rate: float) -> bool:
        self.dropout = rate
        return True

    def state(self) -> tuple[np.ndarray, ...]:
        return (np.array([len(self.batches)]),)

    def set_state(self, arrays: tuple[np.ndarray, ...]) -> None:
        self.batches = [np.empty(0, np.int64)] * int(arrays[0][0])

    def set_weights(self, arrays: tuple[np.ndarray, ...]) -> None:
        self.taken = arrays

    def evaluate(self, part: LabelledImages) -> Iterator[tuple[float, int, int]]:
        mean = next(self.validation_losses, 0.25) if self.validation_losses is not None else 0.25
        for start in range(0, len(part), 10):
            size = min(10, len(part) - start)
            yield mean * size, size - 1, size

    def weights(self) -> tuple[np.ndarray, ...]:
        return (np.full(3, float(len(self.batches)), np.float32),)


@pytest.fixture
def fake_trainer(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[FakeTrainer]]:
    """Put `FakeTrainer` where runs look for the real one; its gate is open, and is opened again at the end."""

    class Fresh(FakeTrainer):
        gate = threading.Event()

    Fresh.gate.set()
    module = types.ModuleType("cnn_core.training.trainer")
    module.Trainer = Fresh  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "cnn_core.training.trainer", module)
    yield Fresh
    Fresh.gate.set()


@pytest.fixture
def own_runs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Give a test an empty list of runs and an empty folder for them, and end them all."""
    monkeypatch.setattr(runs, "_runs", {})
    monkeypatch.setattr(runs, "_queue", TrainingQueue(8))
    monkeypatch.setattr(runs, "_is_open", False)
    monkeypatch.setattr(runs, "_store", None)
    monkeypatch.setattr(runs, "_storage_problem", "")
    monkeypatch.setenv("CNN_CLASSROOM_RUNS", str(tmp_path / "runs"))
    yield
    for run in runs.all_runs():
        run.control.stop()
        run.join(20)


@pytest.fixture
def small_runs(own_runs: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let these runs learn from the small data set, and keep their moments however long the disk takes."""
    monkeypatch.setattr(runs, "load_dataset", lambda _slug: small_dataset())
    monkeypatch.setattr(journal, "ADVANCE_S", 1e6)
