"""Arrays come back bit by bit, or not at all: no damaged file is taken for a whole one."""

from __future__ import annotations

import json
import re
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from cnn_core.store.arrays_file import MAGIC, DamagedFileError, Label, Receipt, read_arrays, read_label, write_arrays

ARRAYS = st.lists(
    hnp.arrays(
        hnp.scalar_dtypes().filter(lambda dtype: dtype.kind in "biuf" and dtype.itemsize <= 8),
        hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4),
    ),
    max_size=4,
)
LABEL = Label(120, "weights", "best")


def written(path: Path, arrays: Any = None) -> Receipt:
    return write_arrays(
        path, LABEL, [np.arange(12, dtype=np.float32).reshape(3, 4), np.float64(2)] if arrays is None else arrays
    )


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ARRAYS)
def test_arrays_come_back_with_shape_type_and_every_bit(tmp_path: Path, arrays: list[Any]) -> None:
    receipt = written(tmp_path / "a", arrays)
    assert receipt.size_bytes == (tmp_path / "a").stat().st_size
    back = read_arrays(tmp_path / "a", receipt)
    assert [array.shape for array in back] == [array.shape for array in arrays]
    assert [array.dtype for array in back] == [array.dtype.newbyteorder("<") for array in arrays]
    assert [array.tobytes() for array in back] == [
        np.asarray(array, array.dtype.newbyteorder("<")).tobytes() for array in arrays
    ]
    assert read_label(tmp_path / "a") == (LABEL, receipt)
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_columns_first_and_strided_arrays_are_stored_by_value(tmp_path: Path) -> None:
    array = np.arange(24.0).reshape(4, 6)
    back = read_arrays(tmp_path / "a", written(tmp_path / "a", [np.asfortranarray(array), array[::2, ::-1]]))
    np.testing.assert_array_equal(back[0], array)
    np.testing.assert_array_equal(back[1], array[::2, ::-1])
    back[0][0, 0] = 5  # what was read is the reader's own


@pytest.mark.parametrize("array", [np.array([{}]), np.array(["x"]), np.zeros(2, complex), np.zeros(1, "M8[s]")])
def test_what_holds_no_plain_numbers_is_not_stored(tmp_path: Path, array: Any) -> None:
    with pytest.raises(ValueError, match=re.escape("arrays must hold plain numbers. Received: dtype=")):
        written(tmp_path / "a", [array])
    assert list(tmp_path.iterdir()) == []


def test_any_flipped_bit_is_noticed(tmp_path: Path) -> None:
    receipt = written(tmp_path / "a")
    content = (tmp_path / "a").read_bytes()
    for index in range(0, len(content), 3):
        damaged = bytearray(content)
        damaged[index] ^= 1 << index % 8
        (tmp_path / "a").write_bytes(damaged)
        with pytest.raises(DamagedFileError):
            read_arrays(tmp_path / "a", receipt)


@pytest.mark.parametrize("kept", [0, 4, 11, 12, 50, -1])
def test_file_that_ends_too_early_is_noticed(tmp_path: Path, kept: int) -> None:
    receipt = written(tmp_path / "a")
    content = (tmp_path / "a").read_bytes()[:kept]
    (tmp_path / "a").write_bytes(content)
    with pytest.raises(DamagedFileError):
        read_arrays(tmp_path / "a", receipt)
    with pytest.raises(DamagedFileError):
        read_label(tmp_path / "a")


def test_file_of_another_snapshot_is_noticed(tmp_path: Path) -> None:
    receipt = written(tmp_path / "a", [np.zeros(3)])
    written(tmp_path / "a", [np.ones(3)])
    with pytest.raises(DamagedFileError, match="checksum"):
        read_arrays(tmp_path / "a", receipt)


@pytest.mark.parametrize(
    "change",
    [
        {"arrays": [["<f4", [10**7, 10**5]]]},
        {"arrays": [["<f4", [-3, -4]]]},
        {"arrays": [["|O", [1]]]},
        {"arrays": [["<f4", [1.5]]]},
        {"arrays": [["<f4"] * 3]},
        {"arrays": 3},
        {"step": "1"},
        {"kind": None},
        {"mark": []},
    ],
)
def test_description_that_lies_costs_no_memory(tmp_path: Path, change: dict[str, Any]) -> None:
    header = json.dumps({"step": 1, "kind": "weights", "mark": "", "arrays": [["<f4", [3]]], **change}).encode()
    (tmp_path / "a").write_bytes(MAGIC + len(header).to_bytes(4, "little") + header + bytes(12 + 32))
    size_bytes = (tmp_path / "a").stat().st_size
    tracemalloc.start()
    with pytest.raises(DamagedFileError, match="description"):
        read_arrays(tmp_path / "a", Receipt(size_bytes, ""))
    _, most_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most_bytes < 1_000_000
