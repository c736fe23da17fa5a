"""The zip: what is in it, and that it is the same for everybody."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import numpy as np
import pytest

from cnn_core.architecture.presets import preset
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.data.digits.asset import ASSET_FOLDER, ASSET_NAME, load_digits, save_digits
from cnn_core.export import bundle
from cnn_core.export.bundle import export_zip
from cnn_core.export.notebook import keras_notebook
from cnn_core.export.script import keras_script
from cnn_core.training.settings import TrainingSettings

PROJECT = Path(__file__).resolve().parents[3]
FIRST, COLOURS, CELLS = (preset(slug).spec for slug in ("first", "colour-images", "blood-cells"))
SETTINGS = TrainingSettings(epochs=2)
TEXTS = {"README.md", "network.py", "network.ipynb", "network.json", "requirements.txt"}


@pytest.fixture
def small_digits(tmp_path: Path) -> Path:
    return save_digits(tmp_path, {"train": 30, "test": 10}, seed=1)


def unzip(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def test_zip_holds_the_script_the_notebook_and_the_description(small_digits: Path) -> None:
    files = unzip(export_zip(FIRST, SETTINGS, "My network", small_digits))
    assert set(files) == {*TEXTS, "digits.npz"}
    assert files["network.py"].decode() == keras_script(FIRST, SETTINGS, "My network")
    assert files["network.ipynb"].decode() == keras_notebook(FIRST, SETTINGS, "My network")
    assert NetworkSpec.from_json(files["network.json"].decode()) == FIRST


def test_digits_are_in_keras_s_layout(small_digits: Path) -> None:
    expected = load_digits(small_digits.parent)
    with np.load(io.BytesIO(unzip(export_zip(FIRST, SETTINGS, "", small_digits))["digits.npz"])) as arrays:
        assert set(arrays.files) == {"x_train", "y_train", "x_test", "y_test"}
        np.testing.assert_array_equal(arrays["x_train"], expected.train.images[..., 0])
        np.testing.assert_array_equal(arrays["x_test"], expected.test.images[..., 0])
        np.testing.assert_array_equal(arrays["y_train"], expected.train.labels)
        np.testing.assert_array_equal(arrays["y_test"], expected.test.labels)


def test_file_in_keras_s_layout_is_taken_as_it_is(small_digits: Path, tmp_path: Path) -> None:
    laid_out = tmp_path / "laid-out.npz"
    laid_out.write_bytes(unzip(export_zip(FIRST, SETTINGS, "", small_digits))["digits.npz"])
    assert unzip(export_zip(FIRST, SETTINGS, "", laid_out))["digits.npz"] == laid_out.read_bytes()


def test_the_app_s_own_digits_fit_in() -> None:
    content = export_zip(FIRST, SETTINGS, "", ASSET_FOLDER / ASSET_NAME)
    assert 2e6 < len(content) < 5e6
    with np.load(io.BytesIO(unzip(content)["digits.npz"])) as arrays:
        assert arrays["x_train"].shape == (30_000, 28, 28)


@pytest.mark.parametrize(("spec", "dataset"), [(FIRST, "mnist"), (CELLS, "digits"), (FIRST, "my own")])
def test_digits_stay_out_where_the_network_learns_from_others(
    spec: NetworkSpec, dataset: str, small_digits: Path
) -> None:
    assert set(unzip(export_zip(spec, TrainingSettings(dataset=dataset), "", small_digits))) == TEXTS


def test_zip_can_do_without_the_digits() -> None:
    assert set(unzip(export_zip(FIRST, SETTINGS))) == TEXTS


def test_equal_networks_give_equal_bytes(small_digits: Path) -> None:
    first = export_zip(FIRST, SETTINGS, "My network", small_digits)
    bundle._in_keras_layout.cache_clear()
    assert export_zip(FIRST, SETTINGS, "My network", small_digits) == first
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert {member.date_time for member in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {member.external_attr >> 16 for member in archive.infolist()} == {0o644}


def test_changed_digits_are_noticed(small_digits: Path) -> None:
    first = export_zip(FIRST, SETTINGS, "", small_digits)
    save_digits(small_digits.parent, {"train": 40, "test": 10}, seed=2)
    assert export_zip(FIRST, SETTINGS, "", small_digits) != first


def test_required_versions_are_the_app_s_pins() -> None:
    pins = (PROJECT / "requirements.txt").read_text(encoding="utf-8")
    required = unzip(export_zip(FIRST, SETTINGS))["requirements.txt"].decode().splitlines()
    assert [line.split("==")[0] for line in required] == ["keras", "tensorflow", "numpy"]
    for line in required:
        assert re.search(rf"^{re.escape(line)}\s", pins, re.MULTILINE)


def test_readme_names_every_file(small_digits: Path) -> None:
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
        (COLOURS, "digits", "Put `images.npz` beside the code; without it CIFAR-10 takes its place."),
        (CELLS, "digits", "Put `images.npz` beside the code; without it the script says what it must hold."),
    ],
)
def test_readme_says_where_the_images_are(spec: NetworkSpec, dataset: str, sentence: str) -> None:
    assert sentence in unzip(export_zip(spec, TrainingSettings(dataset=dataset)))["README.md"].decode()


def test_nothing_names_this_machine(small_digits: Path) -> None:
    for name, content in unzip(export_zip(FIRST, SETTINGS, "", small_digits)).items():
        assert not re.search(rb"/(work|root|tmp|home/\w+)/", content), name
        assert str(PROJECT).encode() not in content, name
