"""Small generated images, folders and zips for the tests of own data sets."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cnn_core.data.folder import DATA_FOLDER_VARIABLE


@pytest.fixture(autouse=True)
def data_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let each test have a data folder of its own."""
    home = tmp_path / "data home"
    monkeypatch.setenv(DATA_FOLDER_VARIABLE, str(home))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    return home


def image_bytes(value: int = 100, size: tuple[int, int] = (12, 10), kind: str = "PNG", mode: str = "RGB") -> bytes:
    """Write an image of one value as a file."""
    file = io.BytesIO()
    Image.new("L", size, value).convert(mode).save(file, kind)
    return file.getvalue()


def class_files(counts: Mapping[str, int], name: str = "{}.png") -> dict[str, bytes]:
    """Make files in class folders; the images of one class have values of their own."""
    return {
        f"{folder}/{name.format(number)}": image_bytes(10 * (1 + place) + number)
        for place, (folder, count) in enumerate(counts.items())
        for number in range(count)
    }


def write_folder(root: Path, files: Mapping[str, bytes]) -> Path:
    """Put files into a folder."""
    for name, data in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data)
    return root


def write_zip(path: Path, files: Mapping[str, bytes] | Iterable[tuple[str | zipfile.ZipInfo, bytes]]) -> Path:
    """Put files into a zip."""
    items = files.items() if isinstance(files, Mapping) else files
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in items:
            archive.writestr(name, data)
    return path


def with_claims(path: Path, claimed: int) -> Path:
    """Let the first file of a zip claim another length than it has."""
    data = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        start = data.index(mark) + offset
        data[start : start + 4] = struct.pack("<I", claimed)
    path.write_bytes(bytes(data))
    return path


def write_npz(path: Path, count: int = 24, shape: tuple[int, ...] = (9, 7), has_test: bool = True) -> Path:
    """Write an npz in Keras's layout, in three classes that are called 3, 5 and 7."""
    rng = np.random.default_rng(0)
    arrays = {}
    for part in ("train", "test") if has_test else ("train",):
        arrays[f"x_{part}"] = rng.integers(0, 256, (count, *shape), np.uint8)
        arrays[f"y_{part}"] = (3 + 2 * (np.arange(count) % 3)).astype(np.uint8)
    np.savez_compressed(path, **arrays)
    return path
