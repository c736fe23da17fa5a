"""MNIST is found where it may lie, and its absence or damage is said in a sentence."""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

import numpy as np
import pytest

from cnn_core.data.folder import PROJECT_ROOT, data_folder, find_data_file, keras_cache_folder
from cnn_core.data.mnist import MNIST
from cnn_core.errors import ClassroomError

TEST_DATA = (PROJECT_ROOT / os.environ.get("CNN_CLASSROOM_TEST_DATA", "../shared/datasets")).resolve()
needs_real_mnist = pytest.mark.skipif(
    not (TEST_DATA / "mnist.npz").is_file(),
    reason="needs the real mnist.npz in the folder that CNN_CLASSROOM_TEST_DATA names",
)


@pytest.fixture(autouse=True)
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """An empty data folder and an empty Keras cache."""
    monkeypatch.setenv("CNN_CLASSROOM_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    (tmp_path / "data").mkdir()
    (tmp_path / "keras" / "datasets").mkdir(parents=True)
    return tmp_path / "data", tmp_path / "keras" / "datasets"


@pytest.fixture(scope="module")
def blank_mnist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with the shapes of MNIST, black throughout except for one pixel."""
    path = tmp_path_factory.mktemp("blank") / "mnist.npz"
    images = np.zeros((60_000, 28, 28), np.uint8)
    images[59_999, 27, 0] = 200
    labels = np.arange(60_000) % 10
    np.savez_compressed(path, x_train=images, y_train=labels, x_test=images[:10_000], y_test=labels[:10_000])
    return path


def test_absent_file_is_explained_in_one_sentence_that_names_the_folder(folders: tuple[Path, Path]) -> None:
    availability = MNIST.availability()
    assert not availability.is_ready
    assert availability.explanation == (
        f"MNIST is not on this computer yet: download it (11 MB), or put mnist.npz into {folders[0]}."
    )
    with pytest.raises(ClassroomError, match="MNIST is not on this computer yet") as caught:
        MNIST.load()
    assert f"put mnist.npz into {folders[0]}." in caught.value.remedy


def test_a_folder_below_the_home_folder_is_shown_without_it(
    folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(folders[0].parent))
    assert MNIST.availability().explanation.endswith(f"put mnist.npz into ~/{folders[0].name}.")


@pytest.mark.parametrize("place", [0, 1])
def test_file_is_found_in_the_data_folder_and_in_the_keras_cache(
    folders: tuple[Path, Path], blank_mnist: Path, place: int
) -> None:
    target = folders[place] / "mnist.npz"
    shutil.copy(blank_mnist, target)
    availability = MNIST.availability()
    assert availability.is_ready
    assert str(target) in availability.explanation
    dataset = MNIST.load()
    assert dataset.slug == "mnist"
    assert dataset.class_names == tuple("0123456789")
    assert dataset.image_shape == (28, 28, 1)
    assert (len(dataset.train), len(dataset.test)) == (60_000, 10_000)
    assert dataset.train.images[59_999, 27, 0, 0] == 200
    assert dataset.train.labels[:12].tolist() == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1]


def test_data_folder_comes_before_the_keras_cache(folders: tuple[Path, Path]) -> None:
    for folder in folders:
        (folder / "mnist.npz").write_bytes(b"")
    assert find_data_file("mnist.npz") == folders[0] / "mnist.npz"


@pytest.mark.parametrize("place", [0, 1])
def test_cut_off_file_is_named_with_the_remedy(folders: tuple[Path, Path], blank_mnist: Path, place: int) -> None:
    target = folders[place] / "mnist.npz"
    target.write_bytes(blank_mnist.read_bytes()[:-1000])
    remedy = f"ownload MNIST again, or put the right mnist.npz into {folders[0]}."
    with pytest.raises(ClassroomError, match="is damaged, incomplete or no npz archive") as caught:
        MNIST.load()
    assert str(target) in caught.value.problem
    assert caught.value.remedy == f"D{remedy}"
    availability = MNIST.availability()
    assert not availability.is_ready
    assert availability.explanation == (f"The file {target} is damaged, incomplete or no npz archive: d{remedy}")


def test_other_data_under_its_name_is_refused(folders: tuple[Path, Path]) -> None:
    images, labels = np.zeros((5, 32, 32, 3), np.uint8), np.zeros((5, 1), np.uint8)
    np.savez(folders[0] / "mnist.npz", x_train=images, y_train=labels, x_test=images, y_test=labels)
    with pytest.raises(ClassroomError, match=r"x_train as \(5, 32, 32, 3\) uint8, where \(60000, 28, 28\)"):
        MNIST.load()
    assert not MNIST.availability().is_ready


def test_data_folder_is_absolute_and_lies_in_the_project_unless_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CNN_CLASSROOM_DATA", "elsewhere")
    assert data_folder() == tmp_path / "elsewhere"
    monkeypatch.setenv("CNN_CLASSROOM_DATA", "~/elsewhere")
    assert data_folder() == Path.home() / "elsewhere"
    monkeypatch.setenv("CNN_CLASSROOM_DATA", " ")
    assert data_folder() == PROJECT_ROOT / "user_data" / "data"
    assert (PROJECT_ROOT / "pyproject.toml").is_file()


def test_keras_cache_is_where_keras_keeps_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KERAS_HOME")
    assert keras_cache_folder() == Path.home() / ".keras" / "datasets"


@needs_real_mnist
def test_real_mnist_has_the_published_counts(folders: tuple[Path, Path]) -> None:
    (folders[1] / "mnist.npz").symlink_to(TEST_DATA / "mnist.npz")
    dataset = MNIST.load()
    assert np.bincount(dataset.train.labels).tolist() == [
        5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949,
    ]  # fmt: skip
    assert np.bincount(dataset.test.labels).tolist() == [
        980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009,
    ]  # fmt: skip
    assert dataset.train.images.mean() / 255 == pytest.approx(0.1307, abs=5e-5)
    assert dataset.train.labels[:5].tolist() == [5, 0, 4, 1, 9]


@needs_real_mnist
def test_published_file_has_the_checksum_and_length_that_a_download_must_have() -> None:
    content = (TEST_DATA / "mnist.npz").read_bytes()
    assert MNIST.download is not None
    assert len(content) == MNIST.download.size_bytes
    assert hashlib.sha256(content).hexdigest() == MNIST.download.sha256
