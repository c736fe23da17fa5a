"""An archive is read if it is right, and refused in a sentence in every other case."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cnn_core.data import npz
from cnn_core.data.npz import KerasLayout, check_keras_npz, read_keras_npz
from cnn_core.errors import ClassroomError

GREY = KerasLayout(train_count=4, test_count=2, image_shape=(3, 5, 1), class_count=3)
COLOUR = KerasLayout(train_count=4, test_count=2, image_shape=(3, 5, 3), class_count=3)
REMEDY = "Put a better one there."


def arrays_for(layout: KerasLayout) -> dict[str, Any]:
    shape = layout.image_shape[: 3 if layout.image_shape[2] > 1 else 2]
    generator = np.random.default_rng(0)
    return {
        "x_train": generator.integers(0, 256, (layout.train_count, *shape), dtype=np.uint8),
        "y_train": np.array([0, 1, 2, 1], dtype=np.uint8),
        "x_test": generator.integers(0, 256, (layout.test_count, *shape), dtype=np.uint8),
        "y_test": np.array([2, 0], dtype=np.uint8),
    }


def written(path: Path, arrays: dict[str, Any]) -> Path:
    np.savez_compressed(path, **arrays)
    return path


def assert_refused(path: Path, problem: str, layout: KerasLayout = GREY) -> None:
    with pytest.raises(ClassroomError, match=problem) as caught:
        read_keras_npz(path, layout, REMEDY)
    assert str(path) in caught.value.problem
    assert caught.value.remedy == REMEDY


@pytest.mark.parametrize("layout", [GREY, COLOUR])
@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_right_archive_is_read_as_it_was_written(tmp_path: Path, layout: KerasLayout, save: Any) -> None:
    arrays = arrays_for(layout)
    save(tmp_path / "a.npz", **arrays)
    check_keras_npz(tmp_path / "a.npz", layout, REMEDY)
    train, test = read_keras_npz(tmp_path / "a.npz", layout, REMEDY)
    assert train.images.shape == (4, *layout.image_shape)
    np.testing.assert_array_equal(train.images.reshape(arrays["x_train"].shape), arrays["x_train"])
    np.testing.assert_array_equal(test.images.reshape(arrays["x_test"].shape), arrays["x_test"])
    assert train.labels.tolist() == [0, 1, 2, 1]
    assert test.labels.tolist() == [2, 0]
    assert train.labels.dtype == np.int64


@pytest.mark.parametrize("labels", [np.array([[0], [1], [2], [1]], ">i8"), np.array([0, 1, 2, 1], "int32")])
def test_labels_may_be_any_integers_and_stand_in_a_column(tmp_path: Path, labels: Any) -> None:
    path = written(tmp_path / "a.npz", arrays_for(GREY) | {"y_train": labels})
    train, _ = read_keras_npz(path, GREY, REMEDY)
    assert train.labels.tolist() == [0, 1, 2, 1]


def test_column_order_of_the_file_does_not_change_the_images(tmp_path: Path) -> None:
    arrays = arrays_for(COLOUR)
    path = written(tmp_path / "a.npz", arrays | {"x_train": np.asfortranarray(arrays["x_train"])})
    train, _ = read_keras_npz(path, COLOUR, REMEDY)
    np.testing.assert_array_equal(train.images, arrays["x_train"])
    assert train.images.flags.c_contiguous


def test_further_arrays_are_left_alone(tmp_path: Path) -> None:
    path = written(tmp_path / "a.npz", arrays_for(GREY) | {"notes": np.array([{}], dtype=object)})
    assert len(read_keras_npz(path, GREY, REMEDY)[0]) == 4


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"x_train": np.zeros((4, 5, 3), np.uint8)}, r"x_train as \(4, 5, 3\) uint8, where \(4, 3, 5\) uint8"),
        ({"x_train": np.zeros((3, 3, 5), np.uint8)}, r"x_train as \(3, 3, 5\) uint8"),
        ({"x_test": np.zeros((2, 3, 5), np.float32)}, r"x_test as \(2, 3, 5\) float32"),
        ({"y_train": np.zeros((4, 3), np.uint8)}, r"y_train as \(4, 3\) uint8"),
        ({"y_test": np.zeros(2, np.float64)}, r"y_test as \(2,\) float64"),
        ({"y_test": np.array([0, 3], np.uint8)}, r"labels outside 0 to 2 in y_test"),
        ({"y_test": np.array([0, -1], np.int8)}, r"labels outside 0 to 2 in y_test"),
        ({"y_train": np.array([0, 1, 2, None], object)}, r"pickled Python objects in y_train"),
    ],
)
def test_wrong_array_is_named(tmp_path: Path, change: dict[str, Any], problem: str) -> None:
    assert_refused(written(tmp_path / "a.npz", arrays_for(GREY) | change), problem)


def test_missing_arrays_are_named(tmp_path: Path) -> None:
    arrays = arrays_for(GREY)
    del arrays["x_test"], arrays["y_test"]
    assert_refused(written(tmp_path / "a.npz", arrays), r"lacks x_test, y_test\.")


def test_missing_file_is_named(tmp_path: Path) -> None:
    assert_refused(tmp_path / "none.npz", "There is no file")


@pytest.mark.parametrize("content", [b"", b"PK", b"<html>Please log in</html>", b"\x93NUMPY\x01\x00"])
def test_file_that_is_no_archive(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.npz"
    path.write_bytes(content)
    assert_refused(path, "is damaged, incomplete or no npz archive")


def test_header_check_alone_finds_a_wrong_layout(tmp_path: Path) -> None:
    path = written(tmp_path / "a.npz", arrays_for(GREY))
    with pytest.raises(ClassroomError, match=r"x_train as \(4, 3, 5\) uint8, where \(4, 3, 5, 3\)"):
        check_keras_npz(path, COLOUR, REMEDY)


def test_archive_that_would_unpack_to_too_much_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.npz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, array in arrays_for(GREY).items():
            buffer = io.BytesIO()
            np.save(buffer, array)
            archive.writestr(f"{name}.npy", buffer.getvalue())
        archive.infolist()[0].file_size = npz.LARGEST_UNPACKED_BYTES + 1
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda *_: pytest.fail("a member was opened"))
    assert_refused(path, r"would unpack to 512 MiB, more than the 512 MiB allowed")


def test_header_that_promises_more_than_the_member_holds(tmp_path: Path) -> None:
    layout = KerasLayout(train_count=10**9, test_count=2, image_shape=(28, 28, 1), class_count=3)
    path = tmp_path / "a.npz"
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "|u1", "fortran_order": False, "shape": (10**9, 28, 28)})
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("x_train", "y_train", "x_test", "y_test"):
            archive.writestr(f"{name}.npy", header.getvalue())
    assert_refused(path, "is damaged, incomplete or no npz archive", layout)


def test_unusual_compression_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as archive:
        for name, array in arrays_for(GREY).items():
            buffer = io.BytesIO()
            np.save(buffer, array)
            archive.writestr(f"{name}.npy", buffer.getvalue())
    assert_refused(path, "is damaged, incomplete or no npz archive")


def test_error_keeps_its_cause(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    path.write_bytes(b"no zip")
    with pytest.raises(ClassroomError, match=re.escape(str(path))) as caught:
        read_keras_npz(path, GREY, REMEDY)
    assert isinstance(caught.value.__cause__, zipfile.BadZipFile)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None)
@given(st.data())
def test_damage_anywhere_gives_the_right_images_or_a_sentence(tmp_path: Path, data: st.DataObject) -> None:
    arrays = arrays_for(GREY)
    path = written(tmp_path / "a.npz", arrays)
    content = bytearray(path.read_bytes())
    if data.draw(st.booleans(), label="cut off"):
        del content[data.draw(st.integers(0, len(content) - 1)) :]
    else:
        for _ in range(data.draw(st.integers(1, 3))):
            content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(content)
    try:
        parts = read_keras_npz(path, GREY, REMEDY)
    except ClassroomError:
        assert_refused(path, ".")
        return
    for part, name in zip(parts, ("train", "test"), strict=True):
        np.testing.assert_array_equal(part.images[..., 0], arrays[f"x_{name}"])
        np.testing.assert_array_equal(part.labels, arrays[f"y_{name}"])
