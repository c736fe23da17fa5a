"""Exported code for a variant of a data set makes the app's own images from that data set."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cnn_core.architecture.presets import preset
from cnn_core.data.dataset import Dataset, LabelledImages
from cnn_core.data.variants import VARIANTS
from cnn_core.export.sections import export_sections
from cnn_core.training.settings import TrainingSettings
from tests.cnn_core.export.samples import save_in_keras_layout


def digits(count: int, seed: int) -> LabelledImages:
    images = np.zeros((count, 28, 28, 1), np.uint8)
    images[:, 8:20, 9:18] = np.random.default_rng(seed).integers(0, 256, (count, 12, 9, 1))
    return LabelledImages(images, np.arange(count, dtype=np.int64) % 10)


@pytest.mark.parametrize("name", VARIANTS)
@pytest.mark.parametrize("base", ["digits", "mnist"])
def test_exported_code_makes_the_images_of_the_app(
    name: str, base: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dataset = Dataset(base, tuple("0123456789"), digits(30, 1), digits(20, 2))
    settings = TrainingSettings(dataset=f"{base}-{name}")
    sections = {section.slug: section for section in export_sections(preset("first").spec, settings)}
    save_in_keras_layout(tmp_path / f"{base}.npz", dataset)
    monkeypatch.chdir(tmp_path)
    code = sections["images"].code.replace(
        "keras.datasets.mnist.load_data()", "((F['x_train'], F['y_train']), (F['x_test'], F['y_test']))"
    )
    with np.load(tmp_path / f"{base}.npz") as file:
        names = {"np": np, "Path": Path, "IMAGE_SHAPE": (28, 28, 1), "F": dict(file)}
    exec(code, names)
    expected = VARIANTS[name].of(dataset)
    np.testing.assert_array_equal(names["images"], expected.train.images)
    np.testing.assert_array_equal(names["x_test"], expected.test.images)
    np.testing.assert_array_equal(names["labels"], expected.train.labels)
    assert name in sections["images"].text
