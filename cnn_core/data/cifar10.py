"""CIFAR-10: 60,000 small colour photographs of animals and vehicles, read without running what is in their pickles.

It was published as pickles, and a pickle can name any function to be called. So the published file is read only if its
checksum is right, in a process of its own, once, and by an unpickler that knows three names: for each there is a
record here that notes what it was given, and nothing of NumPy's is called. What the app itself reads is an npz.
"""

from __future__ import annotations

import io
import pickle
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from cnn_core.data.entry import DatasetEntry, DownloadSource, Piece
from cnn_core.data.keras_file import KerasFile
from cnn_core.data.npz import KerasLayout

ARCHIVE_NAME = "cifar-10-python.tar.gz"
PIXELS = 3 * 32 * 32
_FOLDER = "cifar-10-batches-py"
_BATCHES = {"train": tuple(f"data_batch_{number}" for number in range(1, 6)), "test": ("test_batch",)}
_LARGEST_BATCH_BYTES = 40 * 1024**2


class _NotedType:
    """Stands where a pickle has an array's type."""

    def __init__(self, name: object, *_: object) -> None:
        self.name = name

    def __setstate__(self, state: object) -> None:
        """What else is said of the type does not matter for bytes."""


class _NotedArray:
    """Stands where a pickle has an array: its shape, its type, and its bytes."""

    state: object = None

    def __setstate__(self, state: object) -> None:
        self.state = state

    def as_rows(self) -> npt.NDArray[np.uint8]:
        """The array, if it is one of bytes, in rows of as many as an image has."""
        match self.state:
            case (1, (int(rows), int(columns)), _NotedType(name="u1" | b"u1"), False, bytes(content)):
                if columns == PIXELS and len(content) == rows * columns:
                    return np.frombuffer(content, np.uint8).reshape(rows, columns)
        raise ValueError("data must be an array of bytes, 3072 in a row.")


def _note_array(*_: object) -> _NotedArray:
    return _NotedArray()


class _BatchUnpickler(pickle.Unpickler):
    """Reads a batch of images; whatever else a pickle may ask for is refused."""

    _KNOWN: Mapping[tuple[str, str], Any] = {
        ("numpy.core.multiarray", "_reconstruct"): _note_array,
        ("numpy._core.multiarray", "_reconstruct"): _note_array,
        ("numpy", "ndarray"): _NotedArray,
        ("numpy", "dtype"): _NotedType,
    }

    def find_class(self, module: str, name: str) -> Any:
        """Hand out a record for the few names that a batch has."""
        if (module, name) not in self._KNOWN:
            raise ValueError(f"A batch of images has no {module}.{name}.")
        return self._KNOWN[module, name]


def read_batch(content: bytes) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
    """Read one pickled batch of the published file.

    Args:
        content: The pickle; its checksum must have been compared before.

    Returns:
        Images `(count, 32, 32, 3)`, and labels `(count, 1)` as Keras has them.

    Raises:
        ValueError: If it holds something else.
    """
    try:
        batch = _BatchUnpickler(io.BytesIO(content), encoding="bytes").load()
    except (pickle.UnpicklingError, EOFError, IndexError, KeyError, TypeError, AttributeError) as error:
        raise ValueError("The batch is no pickle of images.") from error
    if not isinstance(batch, dict):
        raise ValueError(f"The batch must be a dictionary. Received: {type(batch).__name__}.")
    data, labels = batch.get(b"data"), batch.get(b"labels")
    if not isinstance(data, _NotedArray) or not isinstance(labels, list):
        raise ValueError("The batch must hold data, an array, and labels, a list.")
    rows = data.as_rows()
    if len(labels) != len(rows) or not all(type(label) is int and 0 <= label < 10 for label in labels):
        raise ValueError("labels must be 0 to 9, one for each image.")
    images = rows.reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)
    return images, np.array(labels, np.uint8).reshape(-1, 1)


def assemble_cifar10(pieces: Mapping[str, Path], target: Path) -> None:
    """Make one archive in Keras's layout of the published file.

    Args:
        pieces: The file by its published name.
        target: Where the archive goes.

    Raises:
        ValueError: If the file holds something else.
    """
    arrays = {}
    try:
        with tarfile.open(pieces[ARCHIVE_NAME], "r:gz") as archive:
            batches = {name: _member(archive, f"{_FOLDER}/{name}") for names in _BATCHES.values() for name in names}
    except (tarfile.TarError, EOFError, KeyError) as error:
        raise ValueError("The file is no archive of batches.") from error
    for part, names in _BATCHES.items():
        images, labels = zip(*(read_batch(batches.pop(name)) for name in names), strict=True)
        arrays[f"x_{part}"], arrays[f"y_{part}"] = np.concatenate(images), np.concatenate(labels)
    np.savez(target, allow_pickle=False, **arrays)


def _member(archive: tarfile.TarFile, name: str) -> bytes:
    member = archive.getmember(name)
    file = archive.extractfile(member) if member.isreg() and member.size <= _LARGEST_BATCH_BYTES else None
    if file is None:
        raise ValueError(f"{name} must be a file of at most {_LARGEST_BATCH_BYTES:,} bytes.")
    return file.read()


CIFAR10_FILE = KerasFile(
    slug="cifar10",
    title="CIFAR-10",
    class_names=(
        "Airplane", "Automobile", "Bird", "Cat", "Deer", "Dog", "Frog", "Horse", "Ship", "Truck",
    ),
    layout=KerasLayout(train_count=50_000, test_count=10_000, image_shape=(32, 32, 3), class_count=10),
    source=DownloadSource(
        file_name="cifar10.npz",
        origin="https://www.cs.toronto.edu/~kriz/",
        sha256="",
        size_bytes=170_498_071,
        pieces=(
            Piece(
                ARCHIVE_NAME,
                "6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce",
                in_keras_cache=(
                    "cifar-10-batches-py-target_archive",  # Keras 3
                    "cifar-10-batches-py-target.tar.gz",
                    "cifar-10-batches-py.tar.gz",  # Keras 2
                ),
            ),
        ),
        assemble=assemble_cifar10,
    ),
    takes_any_count=True,
)  # fmt: skip


def cifar10_entry() -> DatasetEntry:
    """Describe CIFAR-10 for the registry, with the counts of the file that is there now."""
    return CIFAR10_FILE.entry(
        "Small colour photographs of ten kinds of animals and vehicles, 32×32 pixels.",
        "A. Krizhevsky: Learning multiple layers of features from tiny images, University of Toronto, 2009. "
        "No licence is stated.",
    )
