"""Exported code keeps together what belongs together: no patient is both learned from and kept aside."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from cnn_core.architecture.presets import preset
from cnn_core.data.catalogue import CELLS
from cnn_core.data.dataset import Dataset, LabelledImages
from cnn_core.data.registry import load_dataset
from cnn_core.export.bundle import export_zip
from cnn_core.export.data_source import GROUPS_NAME
from cnn_core.export.sections import export_sections
from cnn_core.training.material import chosen_places
from cnn_core.training.settings import TrainingSettings, settings_for

CELL_NETWORK = preset("blood-cells")


def settings(**others: Any) -> TrainingSettings:
    return replace(settings_for(CELL_NETWORK), dataset="cells", **others)


def split_by(chosen: TrainingSettings, groups: object) -> tuple[np.ndarray, np.ndarray]:
    """Run the exported section with the places of images in place of the images."""
    labels = load_dataset("cells").train.labels
    (section,) = (part for part in export_sections(CELL_NETWORK.spec, chosen) if part.slug == "split")
    names: dict[str, Any] = {"np": np, "x_test": [], "SEED": chosen.seed, "VALIDATION_SHARE": chosen.validation_share}
    names |= {"TRAIN_COUNT": chosen.train_count, "images": np.arange(len(labels)), "labels": labels, "groups": groups}
    exec(section.code, names)
    return names["x_train"], names["x_val"]


@pytest.mark.parametrize(("count", "seed"), [(4_000, 0), (700, 5)])
def test_exported_split_is_the_app_s_and_no_patient_lies_on_both_sides(count: int, seed: int) -> None:
    chosen = settings(train_count=count, seed=seed, validation_share=0.2)
    groups = load_dataset("cells").train.groups
    found, expected = split_by(chosen, groups), chosen_places(chosen, load_dataset("cells"))
    for places, others in zip(found, expected, strict=True):
        np.testing.assert_array_equal(places, others)
    assert groups is not None
    assert len(found[1]) == pytest.approx(0.2 * count, rel=0.25)
    assert not set(groups[found[0]]) & set(groups[found[1]])


def test_images_without_groups_are_split_one_by_one() -> None:
    learned, kept_aside = split_by(settings(validation_share=0.25), None)
    assert len(kept_aside) == 1_000
    assert sorted([*learned, *kept_aside]) == list(range(4_000))


def test_groups_go_into_the_zip_and_are_read_from_it() -> None:
    part = LabelledImages(np.zeros((4, 64, 64, 3), np.uint8), np.array([0, 1, 0, 1]), np.array([7, 7, 8, 8]))
    dataset = Dataset("cells", CELLS.class_names, part, part)
    packed = export_zip(CELL_NETWORK.spec, settings(), load=lambda slug: dataset)
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        code = archive.read("network.py").decode()
        with np.load(io.BytesIO(archive.read("cells.npz"))) as arrays:
            assert arrays[GROUPS_NAME].tolist() == [7, 7, 8, 8]
    assert f'groups = data.get("{GROUPS_NAME}")' in code
