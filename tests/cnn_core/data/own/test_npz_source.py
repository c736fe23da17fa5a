"""Archives in Keras's layout, read row by row."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from cnn_core.data.own.npz_source import NpzSource
from cnn_core.errors import ClassroomError
from tests.cnn_core.data.own.making import write_npz


def save(path: Path, **arrays: np.ndarray) -> Path:
    np.savez(path, **arrays)
    return path


def read(path: Path, wanted: list[int] | None = None) -> list[object]:
    with NpzSource(path).payloads(wanted) as payloads:
        return list(payloads)


LABELS = np.array([0, 1, 0, 1])
IMAGES = np.arange(4 * 6 * 5, dtype=np.uint8).reshape(4, 6, 5)


@pytest.mark.parametrize("has_test", [True, False])
def test_both_parts_are_read_in_order(tmp_path: Path, has_test: bool) -> None:
    path = write_npz(tmp_path / "a.npz", has_test=has_test)
    source = NpzSource(path)
    assert source.listing.class_names == ("3", "5", "7")
    assert source.listing.has_split == has_test
    with np.load(path) as file:
        expected = np.concatenate([file[f"x_{part}"] for part in (("train", "test") if has_test else ("train",))])
    np.testing.assert_array_equal(np.stack(read(path)), expected)  # type: ignore[arg-type]
    np.testing.assert_array_equal(np.stack(read(path, [2, 5, 23])), expected[[2, 5, 23]])  # type: ignore[arg-type]
    if has_test:
        np.testing.assert_array_equal(np.stack(read(path, [1, 24, 40])), expected[[1, 24, 40]])  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("images", "expected"),
    [
        (IMAGES.astype(np.float32) / 255, IMAGES),
        (IMAGES.astype(np.float64), IMAGES),
        (IMAGES.astype(np.int64), IMAGES),
        (IMAGES > 60, (IMAGES > 60) * np.uint8(255)),
    ],
    ids=["fractions", "floats", "integers", "booleans"],
)
def test_numbers_of_other_types_become_bytes(tmp_path: Path, images: np.ndarray, expected: np.ndarray) -> None:
    np.testing.assert_array_equal(read(save(tmp_path / "a.npz", x_train=images, y_train=LABELS)), expected)


@pytest.mark.parametrize(
    ("labels", "names"),
    [
        (LABELS[:, np.newaxis], ("0", "1")),
        (np.eye(2, dtype=np.float32)[LABELS], ("0", "1")),
        (np.array(["dog", "cat", "dog", "cat"]), ("cat", "dog")),
        (2 * LABELS - 1, ("minus 1", "1")),
        (LABELS.astype(np.float32)[:, np.newaxis], ("0", "1")),
    ],
    ids=["column", "one-hot", "names", "negative", "whole fractions"],
)
def test_labels_of_other_kinds(tmp_path: Path, labels: np.ndarray, names: tuple[str, ...]) -> None:
    source = NpzSource(save(tmp_path / "a.npz", x_train=IMAGES, y_train=labels))
    assert source.listing.class_names == names
    assert source.listing.counts().tolist() == [2, 2]


@pytest.mark.parametrize(
    ("arrays", "words"),
    [
        ({"x_train": IMAGES}, "lacks y_train"),
        ({"x_train": IMAGES, "y_train": LABELS, "x_test": IMAGES}, "lacks y_test"),
        ({"x_train": IMAGES[0], "y_train": LABELS}, "with the shape"),
        ({"x_train": np.zeros((4, 3, 8, 8), np.uint8), "y_train": LABELS}, "1, 3 or 4 channels"),
        ({"x_train": IMAGES, "y_train": LABELS[:3]}, "one label for each of 4 images"),
        ({"x_train": IMAGES, "y_train": LABELS * 1.5}, "labels are whole numbers"),
        ({"x_train": IMAGES, "y_train": np.where(LABELS, np.nan, 0)}, "holds fractions in y_train"),
        ({"x_train": IMAGES, "y_train": LABELS * 0}, "1 different values"),
        ({"x_train": IMAGES.astype("U3"), "y_train": LABELS}, "images are numbers"),
        ({"x_train": np.asfortranarray(IMAGES), "y_train": LABELS}, "Fortran"),
        ({"x_train": np.array([None] * 4).reshape(4, 1, 1), "y_train": LABELS}, "pickled Python objects"),
        (
            {"x_train": IMAGES, "y_train": LABELS, "x_test": IMAGES[:, :3], "y_test": LABELS},
            "different sizes",
        ),
    ],
)
def test_other_layouts_are_refused_in_a_sentence(tmp_path: Path, arrays: dict[str, np.ndarray], words: str) -> None:
    with pytest.raises(ClassroomError, match=words) as caught:
        NpzSource(save(tmp_path / "a.npz", **arrays))
    assert caught.value.remedy


def test_what_is_no_archive_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.npz").write_bytes(b"nothing")
    with pytest.raises(ClassroomError, match="damaged, incomplete"):
        NpzSource(tmp_path / "a.npz")


def test_numbers_out_of_range_leave_an_image_out(tmp_path: Path) -> None:
    images = IMAGES.astype(np.float32)
    images[1, 0, 0], images[2, 0, 0] = -5, np.inf
    found = read(save(tmp_path / "a.npz", x_train=images, y_train=LABELS))
    assert [isinstance(payload, str) for payload in found] == [False, True, True, False]


def test_memory_stays_that_of_a_few_images(tmp_path: Path) -> None:
    images = np.zeros((400, 64, 64, 3), np.uint8)
    np.savez_compressed(tmp_path / "a.npz", x_train=images, y_train=np.arange(400) % 2)
    source = NpzSource(tmp_path / "a.npz")
    tracemalloc.start()
    with source.payloads() as payloads:
        count = sum(1 for _ in payloads)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 400
    assert peak < images.nbytes / 5
