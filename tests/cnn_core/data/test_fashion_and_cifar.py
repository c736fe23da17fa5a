"""Fashion-MNIST and CIFAR-10: found, counted, put together of what was published, and never trusted."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import pickle
import struct
import sys
import tarfile
import types
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnn_core.data import cifar10, download_child, fashion_mnist
from cnn_core.data.catalogue import catalogue
from cnn_core.data.cifar10 import ARCHIVE_NAME, assemble_cifar10, cifar10_entry, read_batch
from cnn_core.data.fashion_mnist import FASHION_MNIST, read_idx
from cnn_core.data.folder import PROJECT_ROOT
from cnn_core.data.registry import load_dataset
from cnn_core.errors import ClassroomError

TEST_DATA = (PROJECT_ROOT / os.environ.get("CNN_CLASSROOM_TEST_DATA", "../shared/datasets")).resolve()


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty data folder and an empty Keras cache."""
    monkeypatch.setenv("CNN_CLASSROOM_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    (tmp_path / "data").mkdir()
    (tmp_path / "keras" / "datasets").mkdir(parents=True)
    return tmp_path / "data"


def images_and_labels(count: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(count)
    return rng.integers(0, 256, (count, 32, 32, 3), dtype=np.uint8), np.arange(count)[:, None] % 10


def save_cifar(path: Path, train_count: int, test_count: int) -> None:
    x_train, y_train = images_and_labels(train_count)
    x_test, y_test = images_and_labels(test_count)
    np.savez(path, x_train=x_train, y_train=y_train, x_test=x_test, y_test=y_test)


# What is there


def test_absent_sets_say_how_to_get_them(data: Path) -> None:
    assert FASHION_MNIST.availability().explanation == (
        f"Fashion-MNIST is not on this computer yet: download it (31 MB), or put fashion_mnist.npz into {data}."
    )
    entry = cifar10_entry()
    assert not entry.availability().is_ready
    assert (entry.train_count, entry.test_count) == (50_000, 10_000)
    with pytest.raises(ClassroomError, match="CIFAR-10 is not on this computer yet"):
        entry.load()


def test_cifar_has_the_counts_of_the_file_that_is_there(data: Path) -> None:
    save_cifar(data / "cifar10.npz", 40, 20)
    entry = cifar10_entry()
    assert entry.availability().is_ready
    assert (entry.train_count, entry.test_count) == (40, 20)
    assert entry.summary.endswith("; the file on this computer holds 40 + 20 of its 60,000 images.")
    dataset = entry.load()
    np.testing.assert_array_equal(dataset.train.images, images_and_labels(40)[0])
    assert dataset.test.labels[:12].tolist() == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1]
    assert load_dataset("cifar10").image_shape == (32, 32, 3)


def test_file_that_is_exchanged_between_menu_and_loading_is_an_error_in_words(data: Path) -> None:
    save_cifar(data / "cifar10.npz", 40, 20)
    entry = cifar10_entry()
    save_cifar(data / "cifar10.npz", 30, 20)
    with pytest.raises(ClassroomError, match=r"x_train as \(30, 32, 32, 3\)"):
        entry.load()


@pytest.mark.parametrize("content", [b"", b"PK no zip", None])
def test_cifar_file_that_is_none_is_named(data: Path, content: bytes | None) -> None:
    if content is None:
        save_cifar(data / "cifar10.npz", 9, 20)  # fewer images than classes
    else:
        (data / "cifar10.npz").write_bytes(content)
    entry = cifar10_entry()
    assert entry.train_count == 50_000
    assert not entry.availability().is_ready
    assert str(data / "cifar10.npz") in entry.availability().explanation


def test_fashion_must_be_complete(data: Path) -> None:
    images, labels = np.zeros((50, 28, 28), np.uint8), np.arange(50) % 10
    np.savez(data / "fashion_mnist.npz", x_train=images, y_train=labels, x_test=images, y_test=labels)
    assert not FASHION_MNIST.availability().is_ready
    with pytest.raises(ClassroomError, match=r"where \(60000, 28, 28\) uint8 was expected"):
        FASHION_MNIST.load()


def test_only_the_hand_written_digits_have_variants() -> None:
    made_from = {entry.base for entry in catalogue(load_dataset) if entry.variant}
    assert made_from == {"digits", "mnist"}


@pytest.mark.skipif(not (TEST_DATA / "fashion_mnist.npz").is_file(), reason="needs the real fashion_mnist.npz")
def test_checksums_are_those_of_the_published_content() -> None:
    """The images and labels as they were published, with the lengths in front of them."""
    with np.load(TEST_DATA / "fashion_mnist.npz") as arrays:
        for name, published in fashion_mnist._NAMES.items():
            array = arrays[name]
            head = struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape)
            assert hashlib.sha256(head + array.tobytes()).hexdigest() == fashion_mnist._SHA256_OF_CONTENT[name]
            assert published in FASHION_MNIST.download.fetched_names  # type: ignore[union-attr]


@pytest.mark.skipif(not (TEST_DATA / "cifar10.npz").is_file(), reason="needs the sample cifar10.npz")
def test_sample_is_taken_as_it_is(data: Path) -> None:
    (data / "cifar10.npz").symlink_to(TEST_DATA / "cifar10.npz")
    entry = cifar10_entry()
    assert entry.availability().is_ready
    assert (entry.train_count, entry.test_count) == (15_000, 3_000)


# Published files


def idx(array: np.ndarray) -> bytes:
    head = struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape)
    return gzip.compress(head + array.tobytes(), 1, mtime=0)


def test_idx_is_read_as_it_was_written(tmp_path: Path) -> None:
    images = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
    (tmp_path / "a.gz").write_bytes(idx(images))
    np.testing.assert_array_equal(read_idx(tmp_path / "a.gz"), images)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0\0\x08",
        b"\0\0\x0d\x01\0\0\0\x01\0\0\0\0",
        b"\0\0\x08\x03\0\0",
        b"\0\0\x08\x01\0\0\0\x05four",
        b"\0\0\x08\x01\0\0\0\x02four",
        b"\0\0\x08\x03" + b"\xff" * 12,
        b"\0\0\x08\x01\0\0\1\0" + bytes(256),
    ],
    ids=["empty", "cut off", "of floats", "without lengths", "too short", "too long", "huge", "a bomb"],
)
def test_other_idx_is_refused(tmp_path: Path, content: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fashion_mnist, "_LARGEST_IDX_BYTES", 255)
    (tmp_path / "a.gz").write_bytes(gzip.compress(content, 1))
    with pytest.raises(ValueError, match="content must") as caught:
        read_idx(tmp_path / "a.gz")
    assert f"Received: {min(len(content), 256)} bytes" in str(caught.value), "no more than allowed is unpacked"


def batch(count: int, protocol: int = 3, **changes: Any) -> bytes:
    images, labels = images_and_labels(count)
    rows = np.ascontiguousarray(images.transpose(0, 3, 1, 2)).reshape(count, -1)
    content = {b"batch_label": b"one", b"labels": labels.ravel().tolist(), b"data": rows, b"filenames": [b"a.png"]}
    return pickle.dumps(content | {name.encode(): value for name, value in changes.items()}, protocol)


def archive(leave_out: str = "") -> bytes:
    """Make the same bytes whenever it is called: gzip would write the time into them."""
    buffer = io.BytesIO()
    with gzip.GzipFile("", "wb", fileobj=buffer, mtime=0) as zipped, tarfile.open(fileobj=zipped, mode="w") as tar:
        for name in (*(f"data_batch_{number}" for number in range(1, 6)), "test_batch"):
            content = batch(20 if name == "test_batch" else 10)
            member = tarfile.TarInfo(f"cifar-10-batches-py/{name}")
            member.size = len(content)
            if name != leave_out:
                tar.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def test_batch_is_read_as_keras_reads_it() -> None:
    images, labels = read_batch(batch(12))
    np.testing.assert_array_equal(images, images_and_labels(12)[0])
    np.testing.assert_array_equal(labels, images_and_labels(12)[1])


def test_pickle_of_python_2_is_read() -> None:
    """As the published one: bytes are strings there, and NumPy's module has its old name."""
    rows = bytes(range(256)) * 12
    text = (
        b"(dS'data'\ncnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(I0\ntS'b'\ntR(I1\n(I1\nI3072\n"
        b"tcnumpy\ndtype\n(S'u1'\nI0\nI1\ntR(I3\nS'|'\nNNNI-1\nI-1\nI0\ntbI00\n"
        + b"T" + struct.pack("<i", len(rows)) + rows + b"tbsS'labels'\n(lI7\nas."
    )  # fmt: skip
    images, labels = read_batch(text)
    assert images[0, 0, :3, 0].tolist() == [0, 1, 2]
    assert labels.tolist() == [[7]]


class _Harmful:
    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return os.mkdir, ("harm",)


@pytest.mark.parametrize(
    "content",
    [
        batch(3, filenames=_Harmful()),
        pickle.dumps([1, 2]),
        b"",
        b"\x80\x02.",
        batch(3)[:-900],
        batch(3, labels=[1, 2]),
        batch(3, labels=[1, 2, 10]),
        batch(3, labels=[1, 2, True]),
        batch(3, labels="abc"),
        batch(3, data=np.zeros((3, 3072), np.int16)),
        batch(3, data=np.zeros((3, 3071), np.uint8)),
        batch(3, data=[0] * 3072),
    ],
)
def test_other_pickle_is_refused_and_does_nothing(tmp_path: Path, monkeypatch: Any, content: bytes) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError, match=r"batch|labels|data"):
        read_batch(content)
    assert not (tmp_path / "harm").exists()


def test_archive_is_put_together_in_the_order_of_its_batches(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(archive())
    assemble_cifar10({ARCHIVE_NAME: tmp_path / "a"}, tmp_path / "cifar10.npz")
    with np.load(tmp_path / "cifar10.npz") as arrays:
        np.testing.assert_array_equal(arrays["x_train"], np.tile(images_and_labels(10)[0], (5, 1, 1, 1)))
        np.testing.assert_array_equal(arrays["x_test"], images_and_labels(20)[0])
        assert arrays["y_train"].shape == (50, 1)


@pytest.mark.parametrize("content", [archive(leave_out="data_batch_3"), archive()[:500], b"no archive", b""])
def test_other_archive_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a").write_bytes(content)
    with pytest.raises(ValueError, match="no archive of batches"):
        assemble_cifar10({ARCHIVE_NAME: tmp_path / "a"}, tmp_path / "cifar10.npz")


# The downloading process, without a network


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """What a Keras that needs no network brings, by address."""
    files: dict[str, bytes] = {}

    def get_file(file_name: str, origin: str, file_hash: str | None, cache_dir: str, cache_subdir: str) -> None:
        if origin not in files:
            raise ConnectionResetError(origin)
        (Path(cache_dir) / cache_subdir / file_name).write_bytes(files[origin])

    utils = types.SimpleNamespace(get_file=get_file)
    monkeypatch.setitem(sys.modules, "keras", types.SimpleNamespace(utils=utils))  # type: ignore[arg-type]
    monkeypatch.setattr(download_child, "_prepare_keras", lambda _: None)
    return files


@pytest.fixture
def small_fashion(monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """Four small files in place of the published ones, whose checksums are expected."""
    arrays = {
        "x_train": np.full((30, 28, 28), 9, np.uint8),
        "y_train": np.arange(30, dtype=np.uint8) % 10,
        "x_test": np.full((10, 28, 28), 7, np.uint8),
        "y_test": np.arange(10, dtype=np.uint8),
    }
    files = {name: idx(arrays[array]) for array, name in fashion_mnist._NAMES.items()}
    source = FASHION_MNIST.download
    assert source is not None
    pieces = tuple(
        replace(piece, sha256=hashlib.sha256(gzip.decompress(files[piece.file_name])).hexdigest())
        for piece in source.pieces
    )
    entry = replace(FASHION_MNIST, download=replace(source, pieces=pieces))
    monkeypatch.setattr(download_child, "dataset_entry", lambda _: entry)
    return files


def test_pieces_are_fetched_checked_and_put_together(
    data: Path, served: dict[str, bytes], small_fashion: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CNN_CLASSROOM_FASHION_MNIST_ORIGIN", "https://school.example/data")
    served |= {f"https://school.example/data/{name}": content for name, content in small_fashion.items()}
    assert download_child.main(["fashion_mnist"]) == 0
    assert [path.name for path in data.iterdir()] == ["fashion_mnist.npz"]
    with np.load(data / "fashion_mnist.npz") as arrays:
        assert arrays["x_train"].shape == (30, 28, 28)
        assert arrays["x_test"][0, 0, 0] == 7
        assert arrays["y_test"].tolist() == list(range(10))


def test_what_lies_in_keras_s_cache_is_not_fetched_again(
    data: Path, served: dict[str, bytes], small_fashion: dict[str, bytes]
) -> None:
    folder = data.parent / "keras" / "datasets" / "fashion-mnist"
    folder.mkdir()
    for name, content in small_fashion.items():
        (folder / name).write_bytes(content)
    assert FASHION_MNIST.availability().explanation.startswith("Fashion-MNIST lies in Keras’s cache: a click takes it")
    assert download_child.main(["fashion_mnist"]) == 0
    assert (data / "fashion_mnist.npz").is_file()
    assert sorted(path.name for path in folder.iterdir()) == sorted(small_fashion)


def test_damaged_piece_in_the_cache_is_fetched_anew(
    data: Path, served: dict[str, bytes], small_fashion: dict[str, bytes], capsys: pytest.CaptureFixture[str]
) -> None:
    folder = data.parent / "keras" / "datasets" / "fashion-mnist"
    folder.mkdir()
    for name, content in small_fashion.items():
        (folder / name).write_bytes(content if "t10k" in name else content[:-20])
    assert download_child.main(["fashion_mnist"]) == download_child.EXPLAINED
    assert "because the connection to storage.googleapis.com broke off" in capsys.readouterr().out
    assert list(data.iterdir()) == []
    base = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"
    served |= {base + name: content for name, content in small_fashion.items() if "train" in name}
    assert download_child.main(["fashion_mnist"]) == 0


def test_wrong_piece_is_said_in_a_sentence_and_nothing_is_kept(
    data: Path, served: dict[str, bytes], small_fashion: dict[str, bytes], capsys: pytest.CaptureFixture[str]
) -> None:
    base = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"
    served |= {base + name: idx(np.zeros(3, np.uint8)) for name in small_fashion}
    assert download_child.main(["fashion_mnist"]) == download_child.EXPLAINED
    assert capsys.readouterr().out == (
        "Fashion-MNIST was not downloaded, because what storage.googleapis.com sent is not the published file (its "
        f"checksum differs): try again later, or put fashion_mnist.npz into {data} by hand.\n"
    )
    assert list(data.iterdir()) == []


def test_pickles_are_opened_only_once_the_checksum_is_right(
    data: Path, served: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = []
    monkeypatch.setattr(cifar10, "read_batch", lambda content: opened.append(content) or read_batch(content))
    served[f"https://www.cs.toronto.edu/~kriz/{ARCHIVE_NAME}"] = archive()
    assert download_child.main(["cifar10"]) == download_child.EXPLAINED
    assert not opened
    monkeypatch.setenv("CNN_CLASSROOM_CIFAR10_SHA256", hashlib.sha256(archive()).hexdigest())
    assert download_child.main(["cifar10"]) == 0
    assert len(opened) == 6
    entry = cifar10_entry()
    assert (entry.train_count, entry.test_count) == (50, 20)
    np.testing.assert_array_equal(entry.load().test.images, images_and_labels(20)[0])


def test_length_is_unknown_once_another_checksum_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert download_child.source_in_use(cifar10_entry()).size_bytes == 170_498_071
    monkeypatch.setenv("CNN_CLASSROOM_CIFAR10_SHA256", "0" * 64)
    mirrored = download_child.source_in_use(cifar10_entry())
    assert (mirrored.size_bytes, mirrored.pieces[0].sha256) == (None, "0" * 64)
