"""The zip: what is in it, and that it is the same for everybody."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from cnn_core.architecture.layers import Dense, Flatten
from cnn_core.architecture.presets import preset
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.data.dataset import Dataset, LabelledImages
from cnn_core.data.digits import generate_digits
from cnn_core.data.registry import load_dataset
from cnn_core.export import bundle
from cnn_core.export.bundle import export_zip
from cnn_core.export.notebook import keras_notebook
from cnn_core.export.script import keras_script
from cnn_core.training.settings import TrainingSettings

PROJECT = Path(__file__).resolve().parents[3]
FIRST, COLOURS, CELLS = (preset(slug).spec for slug in ("first", "colour-images", "blood-cells"))
HUNDRED = NetworkSpec((32, 32, 3), (Flatten(), Dense(units=100, activation="softmax")))
SETTINGS = TrainingSettings(epochs=2)
TEXTS = {"README.md", "network.py", "network.ipynb", "network.json", "requirements.txt"}


Load = Callable[[str], Dataset]


@pytest.fixture
def small_digits() -> Load:
    return loader(generate_digits(30, 1, "train"), generate_digits(10, 1, "test"))


def loader(train: LabelledImages, test: LabelledImages) -> Load:
    datasets = {slug: Dataset(slug, tuple("0123456789"), train, test) for slug in ("digits", "shapes", "cells")}
    return datasets.__getitem__


def unzip(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def test_zip_holds_the_script_the_notebook_and_the_description(small_digits: Load) -> None:
    files = unzip(export_zip(FIRST, SETTINGS, "My network", small_digits))
    assert set(files) == {*TEXTS, "digits.npz"}
    assert files["network.py"].decode() == keras_script(FIRST, SETTINGS, "My network")
    assert files["network.ipynb"].decode() == keras_notebook(FIRST, SETTINGS, "My network")
    assert NetworkSpec.from_json(files["network.json"].decode()) == FIRST


def test_digits_are_in_keras_s_layout(small_digits: Load) -> None:
    expected = small_digits("digits")
    with np.load(io.BytesIO(unzip(export_zip(FIRST, SETTINGS, "", small_digits))["digits.npz"])) as arrays:
        assert set(arrays.files) == {"x_train", "y_train", "x_test", "y_test"}
        np.testing.assert_array_equal(arrays["x_train"], expected.train.images[..., 0])
        np.testing.assert_array_equal(arrays["x_test"], expected.test.images[..., 0])
        np.testing.assert_array_equal(arrays["y_train"], expected.train.labels)
        np.testing.assert_array_equal(arrays["y_test"], expected.test.labels)


def test_the_app_s_own_digits_fit_in() -> None:
    content = export_zip(FIRST, SETTINGS, "", load_dataset)
    assert 2e6 < len(content) < 5e6
    with np.load(io.BytesIO(unzip(content)["digits.npz"])) as arrays:
        assert arrays["x_train"].shape == (30_000, 28, 28)


@pytest.mark.parametrize(("spec", "slug"), [(COLOURS, "shapes"), (CELLS, "cells")])
def test_generated_colour_images_go_in_too(spec: NetworkSpec, slug: str) -> None:
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (4, *spec.input_shape), dtype=np.uint8)
    load = loader(LabelledImages(images, np.array([0, 1, 1, 0])), LabelledImages(images[:2], np.array([1, 0])))
    files = unzip(export_zip(spec, TrainingSettings(dataset=slug), "", load))
    with np.load(io.BytesIO(files[f"{slug}.npz"])) as arrays:
        np.testing.assert_array_equal(arrays["x_train"], images)
        assert arrays["y_test"].tolist() == [1, 0]
    assert f"They are in `{slug}.npz`" in files["README.md"].decode()


def test_too_many_images_stay_out_and_the_readme_says_so(small_digits: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle, "MOST_PACKED_BYTES", 40 * 28 * 28 - 1)
    files = unzip(export_zip(FIRST, SETTINGS, "", small_digits))
    assert set(files) == TEXTS
    assert "They are too many for this zip" in files["README.md"].decode()


@pytest.mark.parametrize(("spec", "dataset"), [(FIRST, "mnist"), (FIRST, "my own")])
def test_digits_stay_out_where_the_network_learns_from_others(
    spec: NetworkSpec, dataset: str, small_digits: Load
) -> None:
    assert set(unzip(export_zip(spec, TrainingSettings(dataset=dataset), "", small_digits))) == TEXTS


def test_zip_can_do_without_the_digits() -> None:
    assert set(unzip(export_zip(FIRST, SETTINGS))) == TEXTS


def test_equal_networks_give_equal_bytes(small_digits: Load) -> None:
    first = export_zip(FIRST, SETTINGS, "My network", small_digits)
    bundle._latest.clear()
    assert export_zip(FIRST, SETTINGS, "My network", small_digits) == first
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert {member.date_time for member in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {member.external_attr >> 16 for member in archive.infolist()} == {0o644}


def test_changed_digits_are_noticed(small_digits: Load) -> None:
    first = export_zip(FIRST, SETTINGS, "", small_digits)
    changed = loader(generate_digits(40, 2, "train"), generate_digits(10, 2, "test"))
    assert export_zip(FIRST, SETTINGS, "", changed) != first


def test_required_versions_are_the_app_s_pins() -> None:
    pins = (PROJECT / "requirements.txt").read_text(encoding="utf-8")
    required = unzip(export_zip(FIRST, SETTINGS))["requirements.txt"].decode().splitlines()
    assert [line.split("==")[0] for line in required] == ["keras", "tensorflow", "numpy"]
    for line in required:
        assert re.search(rf"^{re.escape(line)}\s", pins, re.MULTILINE)


def test_readme_names_every_file(small_digits: Load) -> None:
    files = unzip(export_zip(FIRST, SETTINGS, "My network", small_digits))
    readme = files["README.md"].decode()
    assert readme.startswith("# My network\n")
    for name in files.keys() - {"README.md"}:
        assert f"`{name}`" in readme


@pytest.mark.parametrize(
    ("spec", "dataset", "sentence"),
    [
        (FIRST, "digits", "They are in `digits.npz`, which belongs beside the code."),
        (FIRST, "mnist", "Keras fetches them when the code runs for the first time."),
        (COLOURS, "cifar10", "Keras fetches them when the code runs for the first time."),
        (COLOURS, "digits", "They are in `shapes.npz`, which belongs beside the code."),
        (COLOURS, "my own", "Put `images.npz` beside the code; without it the script says what it must hold."),
        (CELLS, "cells", "They are in `cells.npz`, which belongs beside the code."),
        (HUNDRED, "digits", "Put `images.npz` beside the code; without it CIFAR-100 takes its place."),
    ],
)
def test_readme_says_where_the_images_are(spec: NetworkSpec, dataset: str, sentence: str) -> None:
    assert sentence in unzip(export_zip(spec, TrainingSettings(dataset=dataset)))["README.md"].decode()


def test_nothing_names_this_machine(small_digits: Load) -> None:
    for name, content in unzip(export_zip(FIRST, SETTINGS, "", small_digits)).items():
        assert not re.search(rb"/(work|root|tmp|home/\w+)/", content), name
        assert str(PROJECT).encode() not in content, name
