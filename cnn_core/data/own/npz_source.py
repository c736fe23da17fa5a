"""An npz archive in Keras's layout, of any size and any classes, read row by row.

The heads of its arrays are checked before anything is unpacked, nothing in it is ever run, and the images are taken out
of it one after another, so that an archive of a gigabyte takes no more memory than one of a megabyte.
"""

from __future__ import annotations

import math
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt

from cnn_core.data.image_file import OUTSIDE
from cnn_core.data.npz import read_header
from cnn_core.data.own.folder import MOST_CLASSES
from cnn_core.data.own.listing import MOST_FILES, Listing, Part, Payload, Skipped, SourceImage, tellable_names
from cnn_core.data.own.zip_source import open_zip
from cnn_core.errors import ClassroomError

MOST_LABEL_BYTES = 200_000_000
MOST_SIDE = 4_096
MOST_ROW_BYTES = 64_000_000
SCALE_ROWS = 256
_REMEDY = "Save x_train, y_train, x_test and y_test with numpy.savez_compressed, as Keras’s own data sets are."
_BROKEN = (zipfile.BadZipFile, EOFError, OSError, ValueError, RuntimeError, NotImplementedError, KeyError)


@dataclass(frozen=True)
class _Array:
    """An array of images inside the archive."""

    name: str
    part: Part
    shape: tuple[int, ...]
    dtype: np.dtype[np.generic]
    scale: float


class NpzSource:
    """Images in an npz archive with `x_train` and `y_train`, and `x_test` and `y_test` if there is a split.

    Args:
        path: The file.

    Raises:
        ClassroomError: If it is damaged, too large, or of another layout.
    """

    can_group = False
    words = "an npz in Keras’s layout"

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            with open_zip(path) as archive:
                self._arrays, labels, names = _contents(archive)
        except _BROKEN as error:
            raise ClassroomError("The file is damaged, incomplete or no npz archive.", _REMEDY) from error
        self.listing: Listing = _listing(self._arrays, labels, names)

    @contextmanager
    def payloads(self, wanted: Sequence[int] | None = None) -> Iterator[Iterator[Payload]]:
        """Read the images in the order of the listing, or some of them, by rising place."""
        with open_zip(self._path) as archive:
            yield self._rows(archive, wanted)

    def _rows(self, archive: zipfile.ZipFile, wanted: Sequence[int] | None) -> Iterator[Payload]:
        first, asked = 0, None if wanted is None else list(wanted)
        for array in self._arrays:
            count = array.shape[0]
            here = range(count) if asked is None else [number - first for number in asked if first <= number]
            here = [row for row in here if row < count]
            first += count
            if here:
                yield from (_as_bytes(numbers, array.scale) for numbers in _rows_of(archive, array, here))


def _contents(archive: zipfile.ZipFile) -> tuple[list[_Array], list[npt.NDArray[np.int64]], tuple[str, ...]]:
    present = {name.removesuffix(".npy") for name in archive.namelist()}
    missing = [name for name in ("x_train", "y_train") if name not in present]
    if ("x_test" in present) != ("y_test" in present):
        missing.append("y_test" if "x_test" in present else "x_test")
    if missing:
        raise ClassroomError(f"The npz lacks {' and '.join(missing)}.", _REMEDY)
    parts: tuple[Part, ...] = ("train", "test") if "x_test" in present else ("train",)
    arrays = [_image_array(archive, part) for part in parts]
    if len(arrays) == 2 and arrays[0].shape[1:] != arrays[1].shape[1:]:
        raise ClassroomError("The images of x_train and x_test have different sizes.", _REMEDY)
    raw = [_label_array(archive, array) for array in arrays]
    numbers_only = all(part.dtype.kind in "if" for part in raw)
    values, numbers = np.unique(np.concatenate(raw), return_inverse=True)
    if not 2 <= len(values) <= MOST_CLASSES:
        raise ClassroomError(
            f"The labels have {len(values):,} different values; 2 to {MOST_CLASSES} classes are possible.", _REMEDY
        )
    names = tellable_names([str(value).replace("-", "minus ") if numbers_only else str(value) for value in values])
    cuts = np.cumsum([len(part) for part in raw])[:-1]
    return arrays, np.split(numbers.astype(np.int64), cuts), names


def _image_array(archive: zipfile.ZipFile, part: Part) -> _Array:
    name = f"x_{part}"
    shape, is_fortran, dtype = _head(archive, name)
    is_image = len(shape) == 3 or (len(shape) == 4 and shape[3] in (1, 3, 4))
    if not is_image or not all(1 <= side <= MOST_SIDE for side in shape[1:]) or shape[0] < 1:
        raise ClassroomError(
            f"The npz holds {name} with the shape {shape}; (count, height, width) or (count, height, width, channels) "
            "with 1, 3 or 4 channels is needed.",
            _REMEDY,
        )
    if math.prod(shape[1:]) * dtype.itemsize > MOST_ROW_BYTES:
        raise ClassroomError(f"A single image of {name} takes more than {MOST_ROW_BYTES // 1_000_000} MB.", _REMEDY)
    if dtype.kind not in "uifb" or dtype.itemsize > 8:
        raise ClassroomError(f"The npz holds {name} as {dtype.name}, and images are numbers.", _REMEDY)
    if is_fortran:
        raise ClassroomError(
            f"The npz holds {name} in Fortran’s order, which cannot be read image by image.",
            "Save it with numpy.ascontiguousarray.",
        )
    if shape[0] > MOST_FILES:
        raise ClassroomError(f"The npz holds {shape[0]:,} images; {MOST_FILES:,} are the most.", "Bring fewer images.")
    array = _Array(name, part, shape, dtype, 1.0)
    return replace(array, scale=_scale(archive, array)) if dtype.kind == "f" else array


def _scale(archive: zipfile.ZipFile, array: _Array) -> float:
    """Fractions are written from 0 to 1 or from 0 to 255: the first images tell which."""
    first = range(min(array.shape[0], SCALE_ROWS))
    return 255.0 if all(np.nanmax(numbers, initial=0) <= 1 for numbers in _rows_of(archive, array, first)) else 1.0


def _label_array(archive: zipfile.ZipFile, images: _Array) -> npt.NDArray[np.generic]:
    name = f"y_{images.part}"
    shape, _, dtype = _head(archive, name)
    count = images.shape[0]
    is_one_hot = len(shape) == 2 and 2 <= shape[1] <= MOST_CLASSES and dtype.kind in "uifb"
    if shape not in ((count,), (count, 1)) and not (is_one_hot and shape[0] == count):
        raise ClassroomError(
            f"The npz holds {name} with the shape {shape}; one label for each of {count:,} images is needed.", _REMEDY
        )
    if dtype.kind not in "uibUf" and not is_one_hot:
        raise ClassroomError(f"The npz holds {name} as {dtype.name}, and labels are whole numbers or names.", _REMEDY)
    if math.prod(shape) * dtype.itemsize > MOST_LABEL_BYTES:
        raise ClassroomError(f"The labels in {name} take too much memory.", _REMEDY)
    with archive.open(f"{name}.npy") as file:
        labels: npt.NDArray[np.generic] = np.load(file, allow_pickle=False)
    if is_one_hot:
        numbers: npt.NDArray[np.int64] = labels.argmax(axis=1)
        return numbers
    return _whole(labels, name) if dtype.kind == "f" else labels.reshape(-1)


def _whole(labels: npt.NDArray[Any], name: str) -> npt.NDArray[np.int64]:
    """Take fractions for labels where they are whole: two classes are often written as 0.0 and 1.0."""
    if not ((labels == np.rint(labels)).all() and np.abs(labels).max() < 1e9):
        raise ClassroomError(f"The npz holds fractions in {name}, and labels are whole numbers or names.", _REMEDY)
    return labels.reshape(-1).astype(np.int64)


def _head(archive: zipfile.ZipFile, name: str) -> tuple[tuple[int, ...], bool, np.dtype[np.generic]]:
    with archive.open(f"{name}.npy") as file:
        shape, is_fortran, dtype = read_header(file)
        start = file.tell()
    if dtype.hasobject:
        raise ClassroomError(f"The npz holds pickled Python objects in {name}, which could run a program.", _REMEDY)
    if start + math.prod(shape) * dtype.itemsize != archive.getinfo(f"{name}.npy").file_size:
        raise ValueError(f"{name} is not as long as its head says")
    return shape, is_fortran, dtype


def _listing(arrays: list[_Array], labels: list[npt.NDArray[np.int64]], names: tuple[str, ...]) -> Listing:
    has_split = len(arrays) == 2
    images: list[SourceImage] = []
    for array, numbers in zip(arrays, labels, strict=True):
        part: Part = array.part if has_split else ""
        images += [
            SourceImage(f"{array.name}[{row}]", number, part, row) for row, number in enumerate(numbers.tolist())
        ]
    return Listing(names, tuple(images), Skipped(), has_split)


def _rows_of(archive: zipfile.ZipFile, array: _Array, rows: Sequence[int]) -> Iterator[npt.NDArray[Any]]:
    """Walk through an array, and give the rows that are wanted; nothing behind the last of them is unpacked."""
    size = math.prod(array.shape[1:]) * array.dtype.itemsize
    with archive.open(f"{array.name}.npy") as file:
        read_header(file)
        at = 0
        for row in rows:
            _pass_over(file, (row - at) * size)
            yield np.frombuffer(_exactly(file, size), array.dtype).reshape(array.shape[1:])
            at = row + 1


def _as_bytes(numbers: npt.NDArray[Any], scale: float) -> Payload:
    if numbers.dtype == np.uint8:
        return numbers
    if numbers.dtype.kind == "b":
        return numbers.astype(np.uint8) * np.uint8(255)
    values = numbers.astype(np.float64) * scale
    if not np.isfinite(values).all() or values.min() < 0 or values.max() > 255.5:
        return OUTSIDE
    return np.rint(values).clip(0, 255).astype(np.uint8)


def _pass_over(file: IO[bytes], count: int) -> None:
    while count > 0:
        count -= len(_exactly(file, min(count, 1 << 20)))


def _exactly(file: IO[bytes], count: int) -> bytes:
    parts = []
    while count > 0:
        part = file.read(count)
        if not part:
            raise ValueError("the array ends too early")
        parts.append(part)
        count -= len(part)
    return b"".join(parts)
