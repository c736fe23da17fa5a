"""A file of arrays: a short description, the numbers, and a checksum over both.

The description is compared with the length of the file before any memory is taken, and nothing in it can run: it is
JSON that names plain number types and shapes. The layout is

    8 bytes      MAGIC
    4 bytes      the length of the description, little-endian
    description  JSON: step, kind, mark, and type and shape of each array
    numbers      the arrays one after the other, little-endian, last axis fastest
    32 bytes     SHA-256 of everything before
"""

from __future__ import annotations

import hashlib
import json
import math
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt

from cnn_core.store.files import whole_file

MAGIC = b"CNNRUN1\n"
LONGEST_HEADER_BYTES = 4 * 1024**2
MOST_ARRAYS = 10_000
MOST_AXES = 32
DIGEST_BYTES = 32

_TYPES = frozenset({"|b1", "|u1", "|i1", "<u2", "<i2", "<u4", "<i4", "<u8", "<i8", "<f2", "<f4", "<f8"})

Array = npt.NDArray[Any]


class DamagedFileError(Exception):
    """A file of arrays is not what was written. It never leaves the store: people get a sentence instead."""


@dataclass(frozen=True)
class Label:
    """What a file of arrays says about itself.

    Args:
        step: Steps taken when the arrays were copied.
        kind: `"weights"` or `"state"`.
        mark: Why a snapshot is worth keeping (`retention.Mark`).
    """

    step: int
    kind: str
    mark: str = ""


@dataclass(frozen=True)
class Receipt:
    """How a file can be told from a damaged one.

    Args:
        size_bytes: Its length.
        checksum: Its SHA-256 without the last 32 bytes, which are the same number.
    """

    size_bytes: int
    checksum: str


def write_arrays(path: Path, label: Label, arrays: Sequence[Array]) -> Receipt:
    """Write arrays into a file; it is there whole or not at all.

    Args:
        path: The file.
        label: What it says about itself.
        arrays: Arrays of numbers or truth values, of any shapes.

    Returns:
        Its length and checksum.

    Raises:
        ValueError: If an array holds something else than plain numbers, or there are too many.
        OSError: If the disk refuses.
    """
    plain = [_plain(array) for array in arrays]
    if len(plain) > MOST_ARRAYS:
        raise ValueError(f"a file holds at most {MOST_ARRAYS} arrays. Received: {len(plain)}.")
    described = [[array.dtype.str, list(array.shape)] for array in plain]
    header = json.dumps({**asdict(label), "arrays": described}).encode("ascii")
    digest = hashlib.sha256()
    size_bytes = DIGEST_BYTES
    with whole_file(path) as file:
        parts: list[bytes | memoryview] = [MAGIC, len(header).to_bytes(4, "little"), header, *map(_as_bytes, plain)]
        for part in parts:
            digest.update(part)
            file.write(part)
            size_bytes += len(part)
        file.write(digest.digest())
    return Receipt(size_bytes, digest.hexdigest())


def read_arrays(path: Path, receipt: Receipt) -> tuple[Array, ...]:
    """Read a file of arrays back.

    Args:
        path: The file.
        receipt: What `write_arrays` returned.

    Returns:
        The arrays.

    Raises:
        DamagedFileError: If it is not, byte for byte, what was written.
        OSError: If it cannot be read, or is not there.
    """
    with path.open("rb") as file:
        if _size_of(file) != receipt.size_bytes:
            raise DamagedFileError("its length is wrong")
        header, _, shapes = _read_description(file)
        digest = hashlib.sha256(header)
        arrays = []
        for dtype, shape in shapes:
            array = np.empty(shape, dtype)
            room = _as_bytes(array)
            if file.readinto(room) != len(room):
                raise DamagedFileError("it ends too early")
            digest.update(room)
            arrays.append(array)
        if file.read() != digest.digest() or digest.hexdigest() != receipt.checksum:
            raise DamagedFileError("its checksum is wrong")
    return tuple(arrays)


def read_label(path: Path) -> tuple[Label, Receipt]:
    """Read what a file says about itself, without its numbers, for when nothing else is known of it.

    Raises:
        DamagedFileError: If it is no file of arrays or has not the length that it says.
        OSError: If it cannot be read.
    """
    with path.open("rb") as file:
        size_bytes = _size_of(file)
        _, label, _ = _read_description(file)
        file.seek(-DIGEST_BYTES, os.SEEK_END)
        return label, Receipt(size_bytes, file.read().hex())


def _plain(array: Array) -> Array:
    plain = np.asarray(array, order="C")
    plain = plain.astype(plain.dtype.newbyteorder("<"), copy=False)
    if plain.dtype.str not in _TYPES or plain.ndim > MOST_AXES:
        raise ValueError(f"arrays must hold plain numbers. Received: dtype={plain.dtype}, ndim={plain.ndim}.")
    return plain


def _as_bytes(array: Array) -> memoryview:
    return array.reshape(-1).view(np.uint8).data


def _size_of(file: IO[bytes]) -> int:
    return os.fstat(file.fileno()).st_size


def _read_description(file: IO[bytes]) -> tuple[bytes, Label, list[tuple[str, tuple[int, ...]]]]:
    """Read everything before the numbers, and see that it fits the length of the file."""
    opening = file.read(len(MAGIC) + 4)
    if len(opening) < len(MAGIC) + 4 or not opening.startswith(MAGIC):
        raise DamagedFileError("it does not begin as it should")
    length = int.from_bytes(opening[len(MAGIC) :], "little")
    text = file.read(length) if length <= LONGEST_HEADER_BYTES else b""
    try:
        content = json.loads(text)
        label = Label(content["step"], content["kind"], content["mark"])
        shapes = [(dtype, tuple(shape)) for dtype, shape in content["arrays"]]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise DamagedFileError("its description cannot be read") from error
    is_sound = type(label.step) is int and isinstance(label.kind, str) and isinstance(label.mark, str)
    if not is_sound or len(shapes) > MOST_ARRAYS or not all(_is_described(dtype, shape) for dtype, shape in shapes):
        raise DamagedFileError("its description is wrong")
    declared_bytes = sum(np.dtype(dtype).itemsize * math.prod(shape) for dtype, shape in shapes)
    if len(opening) + length + declared_bytes + DIGEST_BYTES != _size_of(file):
        raise DamagedFileError("it is not as long as its description says")
    return opening + text, label, shapes


def _is_described(dtype: object, shape: tuple[object, ...]) -> bool:
    return (
        isinstance(dtype, str)
        and dtype in _TYPES
        and len(shape) <= MOST_AXES
        and all(type(size) is int and 0 <= size < 2**40 for size in shape)
    )
