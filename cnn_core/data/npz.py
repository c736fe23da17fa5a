"""Reading the npz archives in which Keras publishes data sets, without trusting them.

An npz archive is a zip of npy files, and each npy file begins with a header that states the shape and type of the
array behind it. The headers are compared with what is expected before any array is unpacked, so a file that is
wrong costs neither memory nor time, and nothing in it is ever run (`allow_pickle=False`).
"""

from __future__ import annotations

import math
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np
import numpy.typing as npt

from cnn_core.data.dataset import LabelledImages
from cnn_core.errors import ClassroomError

LARGEST_UNPACKED_BYTES = 512 * 1024**2
"""The most that the arrays of one archive may unpack to. MNIST needs 55 MB, the whole of CIFAR-10 184 MB."""

_LABEL_TYPES = ("uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64")
_READABLE_COMPRESSION = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


@dataclass(frozen=True)
class KerasLayout:
    """What a Keras archive must hold: `x_train`, `y_train`, `x_test` and `y_test` of these sizes.

    Args:
        train_count: The number of training images.
        test_count: The number of test images.
        image_shape: Height, width and channels. Images of one channel are stored without the channel axis.
        class_count: Labels are 0 to `class_count - 1`, stored as `(count,)` or `(count, 1)`.
    """

    train_count: int
    test_count: int
    image_shape: tuple[int, int, int]
    class_count: int

    def shapes_and_types(self) -> dict[str, tuple[tuple[tuple[int, ...], ...], tuple[str, ...]]]:
        """For each array the shapes and the types that it may have, the usual one first."""
        stored_shape = self.image_shape[:2] if self.image_shape[2] == 1 else self.image_shape
        expected: dict[str, tuple[tuple[tuple[int, ...], ...], tuple[str, ...]]] = {}
        for part, count in (("train", self.train_count), ("test", self.test_count)):
            expected[f"x_{part}"] = (((count, *stored_shape),), ("uint8",))
            expected[f"y_{part}"] = (((count,), (count, 1)), _LABEL_TYPES)
        return expected


def check_keras_npz(path: Path, layout: KerasLayout, remedy: str) -> None:
    """Check from the headers alone whether an archive holds what it should. Takes a few milliseconds.

    Args:
        path: The archive.
        layout: What it must hold.
        remedy: What the person should do if the file is no good, as a full sentence.

    Raises:
        ClassroomError: If the file is no archive of this layout; the error names the file and the remedy.
    """
    with _open_archive(path, remedy) as archive:
        _check_headers(path, archive, layout, remedy)


def read_keras_npz(path: Path, layout: KerasLayout, remedy: str) -> tuple[LabelledImages, LabelledImages]:
    """Read the training part and the test part out of a Keras archive.

    Args:
        path: The archive.
        layout: What it must hold.
        remedy: What the person should do if the file is no good, as a full sentence.

    Returns:
        The training part and the test part, with images `(count, height, width, channels)`.

    Raises:
        ClassroomError: If the file is damaged or is no archive of this layout; the error names the file and
            the remedy.
    """
    with _open_archive(path, remedy) as archive:
        _check_headers(path, archive, layout, remedy)
        arrays = {name: _read_array(archive, name) for name in layout.shapes_and_types()}

    parts = []
    for part in ("train", "test"):
        labels = arrays[f"y_{part}"].reshape(-1).astype(np.int64)
        if labels.size and not (labels.min() >= 0 and labels.max() < layout.class_count):
            raise ClassroomError(
                f"The file {path} holds labels outside 0 to {layout.class_count - 1} in y_{part}.", remedy
            )
        images = arrays[f"x_{part}"].astype(np.uint8, copy=False).reshape(len(labels), *layout.image_shape)
        parts.append(LabelledImages(images, labels))
    return parts[0], parts[1]


def keras_npz_counts(path: Path, remedy: str) -> tuple[int, int]:
    """Read from the headers how many images an archive holds to learn from, and how many to be judged on.

    Args:
        path: The archive.
        remedy: What the person should do if the file is no good, as a full sentence.

    Returns:
        Both counts, whatever else the archive holds: `check_keras_npz` says whether that is right.

    Raises:
        ClassroomError: If the file cannot be read or lacks the images; the error names the file and the remedy.
    """
    counts = []
    with _open_archive(path, remedy) as archive:
        for name in ("x_train", "x_test"):
            with archive.open(f"{name}.npy") as member:
                counts.append(read_header(member)[0][0])
    return counts[0], counts[1]


@contextmanager
def _open_archive(path: Path, remedy: str) -> Iterator[zipfile.ZipFile]:
    """Open an archive; whatever zipfile or NumPy then objects to means that the file is damaged."""
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except ClassroomError:
        raise
    except FileNotFoundError as error:
        raise ClassroomError(f"There is no file {path}.", remedy) from error
    except PermissionError as error:
        raise ClassroomError(
            f"The file {path} may not be read by this program.", "Give it permission to read the file."
        ) from error
    except Exception as error:
        raise ClassroomError(f"The file {path} is damaged, incomplete or no npz archive.", remedy) from error


def _check_headers(path: Path, archive: zipfile.ZipFile, layout: KerasLayout, remedy: str) -> None:
    expected = layout.shapes_and_types()
    members = {member.filename.removesuffix(".npy"): member for member in archive.infolist()}
    missing = [name for name in expected if name not in members]
    if missing:
        raise ClassroomError(f"The file {path} lacks {', '.join(missing)}.", remedy)

    declared_bytes = sum(members[name].file_size for name in expected)
    if declared_bytes > LARGEST_UNPACKED_BYTES:
        raise ClassroomError(
            f"The file {path} would unpack to {declared_bytes / 1024**2:,.0f} MiB, "
            f"more than the {LARGEST_UNPACKED_BYTES / 1024**2:,.0f} MiB allowed.",
            remedy,
        )

    for name, (shapes, types) in expected.items():
        if members[name].compress_type not in _READABLE_COMPRESSION:
            raise ValueError(f"{name} is compressed in a way that NumPy never writes")
        with archive.open(f"{name}.npy") as member:
            shape, _, dtype = read_header(member)
            header_bytes = member.tell()
        if dtype.hasobject:
            raise ClassroomError(
                f"The file {path} holds pickled Python objects in {name}, which could run a program.", remedy
            )
        if shape not in shapes or dtype.name not in types:
            raise ClassroomError(
                f"The file {path} holds {name} as {shape} {dtype.name}, where {shapes[0]} {types[0]} was expected.",
                remedy,
            )
        if header_bytes + math.prod(shape) * dtype.itemsize != members[name].file_size:
            raise ValueError(f"{name} is not as long as its header says")


def read_header(member: IO[bytes]) -> tuple[tuple[int, ...], bool, np.dtype[np.generic]]:
    """Read the head of an npy file, and leave the file where the array begins.

    Returns:
        The array's shape, whether it lies in Fortran's order, and its type.

    Raises:
        ValueError: If it is no npy file of a version that NumPy writes for arrays of numbers.
    """
    version = np.lib.format.read_magic(member)
    if version == (1, 0):
        shape, is_fortran, dtype = np.lib.format.read_array_header_1_0(member)
    elif version == (2, 0):
        shape, is_fortran, dtype = np.lib.format.read_array_header_2_0(member)
    else:
        raise ValueError(f"npy version must be 1.0 or 2.0. Received: version={version}.")
    return shape, is_fortran, dtype


def _read_array(archive: zipfile.ZipFile, name: str) -> npt.NDArray[np.generic]:
    with archive.open(f"{name}.npy") as member:
        array: npt.NDArray[np.generic] = np.load(member, allow_pickle=False)
        return np.ascontiguousarray(array)
