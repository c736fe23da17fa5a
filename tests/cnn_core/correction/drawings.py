"""Labelled drawings for tests, and a data folder of a test's own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cnn_core.correction.kept import KeptDrawing, new_drawing

ANN, BEN = "a" * 16, "b" * 16


def drawing(class_name: str = "7", guess: str = "1", seed: int = 0) -> KeptDrawing:
    """A drawing of noise."""
    image = np.random.default_rng(seed).integers(0, 256, (28, 28, 1), dtype=np.uint8)
    return new_drawing(image, class_name, guess, 0.5)


@pytest.fixture
def own_data(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An empty data folder."""
    monkeypatch.setenv("CNN_CLASSROOM_DATA", str(tmp_path / "data"))
    return tmp_path / "data"
