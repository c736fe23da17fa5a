"""A whole training as one file that another installation opens, and nothing in which can run.

The file is a zip whose members are stored, not compressed, so that nothing in it is larger than the file itself:

    manifest.json             what it is: name, note, design, settings, class names, how it ended
    curves.npy                (3, steps) float32: loss, accuracy and learning rate of each batch
    epochs.npy                (epochs, 6) float64: the columns of `metrics_files.EPOCH_COLUMNS`
    weights-000000120.npy     (parameters,) float32: all weights after that step, in Keras's order

A file from elsewhere is trusted in nothing. Its list of contents is looked at before anything in it is read, the
manifest is small, the design has to pass the limits of this app, and from then on it is known to the byte what each
array must look like: its header is not interpreted but compared with the one that it must have.
"""

from __future__ import annotations

import io
import json
import struct
import zipfile
from collections.abc import Sequence
from dataclasses import astuple
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt

from cnn_core.architecture.fields import short_repr
from cnn_core.architecture.weight_shapes import split_weights, weight_shapes
from cnn_core.errors import ClassroomError
from cnn_core.export.run_archive import MANIFEST_NAME, open_archive, read_member, refused
from cnn_core.export.run_manifest import Manifest, manifest_of, read_manifest
from cnn_core.training.adoption import RunCopy
from cnn_core.training.snapshot import EpochResult, WeightsSnapshot

CURVES_NAME, EPOCHS_NAME = "curves.npy", "epochs.npy"
SUFFIX = ".cnnrun"

_FIXED_TIME = (1980, 1, 1, 0, 0, 0)
_EPOCH_FIELDS = 6


def pack_run(copy: RunCopy) -> bytes:
    """Write a training as one file.

    Args:
        copy: The training.

    Returns:
        The file; for equal copies the same bytes.

    Raises:
        ClassroomError: If its weights are not those of its design.
    """
    snapshot = copy.snapshot
    _check_weights(copy)
    # At first the manifest, so that whoever looks into the file sees at once what it is.
    files = {MANIFEST_NAME: json.dumps(manifest_of(copy), ensure_ascii=False, allow_nan=False, indent=1).encode()}
    curves = np.stack([snapshot.batch_loss, snapshot.batch_accuracy, snapshot.learning_rates])
    epochs = np.array([astuple(epoch) for epoch in snapshot.epochs], np.float64).reshape(-1, _EPOCH_FIELDS)
    files[CURVES_NAME] = _npy(curves.astype("<f4"))
    files[EPOCHS_NAME] = _npy(epochs.astype("<f8"))
    for weights in copy.moments:
        flat = np.concatenate([np.ravel(array) for array in weights.arrays])
        files[_weights_name(weights.step)] = _npy(flat.astype("<f4"))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, _FIXED_TIME), content)
    return buffer.getvalue()


def unpack_run(content: bytes) -> RunCopy:
    """Read a file that `pack_run` wrote, or refuse it.

    Nothing is built and nothing is run; memory is taken for what the file holds at most once more.

    Args:
        content: The file, from anywhere.

    Returns:
        The training. Numbers of its curves that are not finite are NaN.

    Raises:
        ClassroomError: If it is not such a file, or what it holds is beyond the limits of this app.
    """
    with open_archive(content) as archive:
        manifest = read_manifest(read_member(archive, MANIFEST_NAME))
        shapes = weight_shapes(manifest.spec)
        parameters = sum(map(prod, shapes))
        curves = _header((3, manifest.step), "<f4")
        epochs = _header((manifest.epochs, _EPOCH_FIELDS), "<f8")
        weights = _header((parameters,), "<f4")
        sizes = {
            CURVES_NAME: len(curves) + 4 * 3 * manifest.step,
            EPOCHS_NAME: len(epochs) + 8 * manifest.epochs * _EPOCH_FIELDS,
            **{_weights_name(step): len(weights) + 4 * parameters for step in manifest.moments},
        }
        _check_members(archive, sizes)
        rows = _finite(_array(archive, CURVES_NAME, curves, "<f4").reshape(3, manifest.step))
        ends = _epochs(_finite(_array(archive, EPOCHS_NAME, epochs, "<f8").reshape(-1, _EPOCH_FIELDS)), manifest)
        moments = tuple(
            WeightsSnapshot(step, split_weights(_array(archive, _weights_name(step), weights, "<f4"), shapes))
            for step in manifest.moments
        )
    return manifest.copy(rows, ends, moments)


def _check_weights(copy: RunCopy) -> None:
    shapes = weight_shapes(copy.spec)
    for weights in copy.moments:
        if tuple(array.shape for array in weights.arrays) != shapes:
            raise ClassroomError("The weights of this training are not those of its design.", "Train it again.")


def _check_members(archive: zipfile.ZipFile, sizes: dict[str, int]) -> None:
    found = {info.filename: info.file_size for info in archive.infolist() if info.filename != MANIFEST_NAME}
    strange, missing = sorted(found.keys() - sizes.keys()), sorted(sizes.keys() - found.keys())
    if strange:
        raise refused(f"it holds {short_repr(strange[0])}, which does not belong there")
    if missing:
        raise refused(f"“{missing[0]}” is missing")
    for name, size_bytes in sizes.items():
        if found[name] != size_bytes:
            raise refused(
                f"“{name}” has {found[name]:,} bytes, but for this design and these curves it has {size_bytes:,}"
            )


def _array(archive: zipfile.ZipFile, name: str, header: bytes, dtype: str) -> npt.NDArray[Any]:
    content = read_member(archive, name)
    if not content.startswith(header):
        raise refused(f"“{name}” does not hold the array that belongs there")
    return np.frombuffer(content, dtype, offset=len(header))


def _finite(numbers: npt.NDArray[Any]) -> npt.NDArray[Any]:
    return np.where(np.isfinite(numbers), numbers, np.nan).astype(numbers.dtype.newbyteorder("="))


def _epochs(rows: npt.NDArray[np.float64], manifest: Manifest) -> tuple[EpochResult, ...]:
    numbers, steps = rows[:, 0], rows[:, 1]
    is_counted = np.array_equal(numbers, np.arange(1, len(rows) + 1))
    is_rising = bool(np.all(np.diff(steps, prepend=0) >= 0)) and bool(np.all(steps == np.floor(steps)))
    if not is_counted or not is_rising or (len(rows) and not steps[-1] <= manifest.step):
        raise refused("its epochs do not follow each other")
    return tuple(EpochResult(int(row[0]), int(row[1]), *map(float, row[2:])) for row in rows)


def _npy(array: npt.NDArray[Any]) -> bytes:
    return _header(array.shape, array.dtype.str) + np.ascontiguousarray(array).tobytes()


def _header(shape: Sequence[int], dtype: str) -> bytes:
    """Write the beginning of a `.npy` file, version 1.0, as NumPy lays it out: padded to a multiple of 64 bytes."""
    described = f"{{'descr': '{dtype}', 'fortran_order': False, 'shape': {tuple(shape)!r}, }}"
    opening = len(b"\x93NUMPY\x01\x00") + 2
    padded = described + " " * (-(opening + len(described) + 1) % 64) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(padded)) + padded.encode("ascii")


def _weights_name(step: int) -> str:
    return f"weights-{step:09d}.npy"
