"""Files that were made to do harm: each gets one sentence, and takes no memory to speak of."""

from __future__ import annotations

import io
import json
import pickle
import stat
import struct
import tracemalloc
import warnings
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnn_core.architecture.layers import Dense, Flatten
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.errors import ClassroomError
from cnn_core.export import run_archive
from cnn_core.export.run_file import unpack_run
from tests.cnn_core.export.run_samples import members, packed, with_manifest, with_members, zipped

MOST_BYTES = 24_000_000
WEIGHTS = "weights-000000007.npy"


def refusal(content: bytes) -> str:
    """The sentence that refuses a file, after a look at how much memory that took."""
    tracemalloc.start()
    try:
        with pytest.raises(ClassroomError) as caught:
            unpack_run(content)
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak_bytes < MOST_BYTES
    sentence = str(caught.value)
    assert "\n" not in sentence
    assert len(sentence) < 400
    return sentence


def npy(numbers: np.ndarray, **options: Any) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, numbers, **options)
    return buffer.getvalue()


def patched(content: bytes, name: str, field: str, offset: int, value: int) -> bytes:
    """Write a number into a member's entry of the list of contents."""
    spoilt = bytearray(content)
    place = content.index(b"PK\x01\x02", content.rindex(name.encode()) - 46)
    struct.pack_into(field, spoilt, place + offset, value)
    return bytes(spoilt)


def link() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members(packed()).items():
            info = zipfile.ZipInfo(name)
            if name == WEIGHTS:
                info.external_attr, content = (stat.S_IFLNK | 0o777) << 16, b"/etc/passwd"
            archive.writestr(info, content)
    return buffer.getvalue()


def twice() -> bytes:
    buffer = io.BytesIO(packed())
    with zipfile.ZipFile(buffer, "a") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        archive.writestr(WEIGHTS, members(packed())[WEIGHTS])
    return buffer.getvalue()


def overlapping() -> bytes:
    """All members' entries point to one and the same place, as in the bombs that unpack to petabytes."""
    content = bytearray(packed())
    place = -1
    while (place := content.find(b"PK\x01\x02", place + 1)) >= 0:
        struct.pack_into("<L", content, place + 42, 0)
    return bytes(content)


def bomb() -> bytes:
    return zipped({**members(packed()), WEIGHTS: bytes(50_000_000)}, zipfile.ZIP_DEFLATED)


def nested() -> bytes:
    return with_members({"inner.zip": bomb()})


def many_members() -> bytes:
    """A hundred thousand entries that take no room: the list of contents is the bomb."""
    entry = zipped({"a": b""})
    directory = entry[entry.index(b"PK\x01\x02") : entry.index(b"PK\x05\x06")] * 100_000
    local = entry[: entry.index(b"PK\x01\x02")]
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1, 1, len(directory), len(local), 0)
    return local + directory + end


def manifest_text(text: bytes) -> bytes:
    return with_members({"manifest.json": text})


def setting(name: str, value: object) -> bytes:
    return with_manifest(lambda manifest: manifest.update({name: value}))


def design(value: object) -> bytes:
    return setting("design", value)


def units(count: int) -> bytes:
    spec = json.loads(NetworkSpec((6, 6, 1), (Flatten(), Dense(units=3))).to_json())
    spec["layers"][1]["units"] = count
    return design(spec)


def beyond_our_limits() -> bytes:
    layers = (Flatten(), Dense(units=8192), Dense(units=8192), Dense(units=3, activation="softmax"))
    return design(json.loads(NetworkSpec((6, 6, 1), layers).to_json()))


def array(numbers: np.ndarray, **options: Any) -> bytes:
    return with_members({WEIGHTS: npy(numbers, **options)})


def header(description: str) -> bytes:
    """The weights with another header of the same length in front of the same numbers."""
    before = members(packed())[WEIGHTS]
    text = description.ljust(117) + "\n"
    assert len(text) == 118
    return with_members({WEIGHTS: before[:10] + text.encode() + before[128:]})


def infinite(name: str) -> bytes:
    text = members(packed())["manifest.json"]
    assert b'"elapsed_s": 1.5' in text
    return manifest_text(text.replace(b'"elapsed_s": 1.5', f'"elapsed_s": {name}'.encode()))


FLAT = np.zeros(111, np.float32)

HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", "This is no run file."),
    "not a zip": (lambda: b"hello" * 100, "This is no run file."),
    "a picture": (lambda: b"\x89PNG\r\n\x1a\n" + bytes(500), "This is no run file."),
    "a Keras model": (partial(zipped, {"config.json": b"{}", "model.weights.h5": b""}), "“manifest.json” is missing"),
    "cut off": (lambda: packed()[:-30], "cut off or damaged"),
    "something before it": (lambda: b"PK\x03\x04" + packed(), "cut off or damaged"),
    "something after it": (lambda: packed() + b"tail", "cut off or damaged"),
    "a zip bomb": (bomb, "is compressed, or its size is false"),
    "a bomb in a zip": (nested, "'inner.zip', which does not belong there"),
    "members over each other": (overlapping, "lie over each other"),
    "a bomb of members": (many_members, "too many files"),
    "a name that climbs": (lambda: zipped({**members(packed()), "../../evil.py": b"x"}), "does not belong there"),
    "an absolute name": (lambda: zipped({**members(packed()), "/etc/passwd": b"x"}), "does not belong there"),
    "a drive's name": (lambda: zipped({**members(packed()), "C:\\evil.npy": b"x"}), "does not belong there"),
    "a folder": (lambda: zipped({**members(packed()), "folder/": b""}), "not a plain file"),
    "a link": (link, "not a plain file"),
    "one name twice": (twice, "two files of one name"),
    "encrypted": (lambda: patched(packed(), "curves.npy", "<H", 8, 1), "not a plain file"),
    "a size that lies": (lambda: patched(packed(), "curves.npy", "<L", 24, 2**31), "its size is false"),
    "a false checksum": (lambda: patched(packed(), "curves.npy", "<L", 16, 7), "damaged"),
    "a pickled array": (lambda: array(np.array([{}], object), allow_pickle=True), f"“{WEIGHTS}” has"),
    "a pickle": (lambda: with_members({WEIGHTS: pickle.dumps(FLAT)}), f"“{WEIGHTS}” has"),
    "objects in a header": (
        lambda: header("{'descr': '|O', 'fortran_order': False, 'shape': (111,), }"),
        "does not hold the array",
    ),
    "an endless shape": (
        lambda: header("{'descr': '<f4', 'fortran_order': False, 'shape': (250000000000,), }"),
        "does not hold the array",
    ),
    "code in a header": (lambda: header("__import__('os').abort()"), "does not hold the array"),
    "another shape": (lambda: array(np.zeros(112, np.float32)), f"“{WEIGHTS}” has"),
    "as many numbers in another shape": (lambda: array(np.zeros((37, 3), np.float32)), "does not hold the array"),
    "double numbers": (lambda: array(FLAT.astype(np.float64)), f"“{WEIGHTS}” has"),
    "whole numbers": (lambda: array(FLAT.astype(np.int32)), "does not hold the array"),
    "no weights": (lambda: with_members({WEIGHTS: None}), "is missing"),
    "curves of another length": (
        lambda: with_members({"curves.npy": npy(np.zeros((3, 6), np.float32))}),
        "“curves.npy” has",
    ),
    "huge JSON": (lambda: manifest_text(b'{"a": "' + b"x" * 2_000_000 + b'"}'), "larger than 1,000 kB"),
    "as many lists as fit": (lambda: manifest_text(b"[" + b"[]," * 330_000 + b"[]]"), "not valid JSON"),
    "deeply nested JSON": (lambda: manifest_text(b"[" * 500_000), "not valid JSON"),
    "deeply nested design": (
        lambda: manifest_text(b'{"format": 1, "design": ' + b"[" * 900 + b"]" * 900 + b"}"),
        "network description cannot be read",
    ),
    "no JSON": (lambda: manifest_text(b"\xff\xfe{}"), "not valid JSON"),
    "NaN in JSON": (lambda: infinite("NaN"), "not valid JSON"),
    "Infinity in JSON": (lambda: infinite("-Infinity"), "not valid JSON"),
    "a number beyond all": (lambda: infinite("1e999"), "“elapsed_s” is not a number"),
    "a number of 5,000 digits": (lambda: infinite("9" * 5000), "not valid JSON"),
    "a number of 4,000 digits": (lambda: infinite("9" * 4000), "“elapsed_s” is not a number"),
    "an unknown version": (lambda: setting("format", 2), "it has format 2, but this version reads 1"),
    "a version that is true": (lambda: setting("format", True), "it has format True"),
    "no version": (lambda: setting("format", None), "it has format None"),
    "250 million units": (lambda: units(250_000_000), "Received: units=250000000"),
    "a design beyond our limits": (beyond_our_limits, "is the most that this app builds"),
    "a design that does not fit": (
        lambda: design(json.loads(NetworkSpec((6, 6, 1), (Dense(units=3),)).to_json())),
        "put a flatten layer before it",
    ),
    "a design without classes": (
        lambda: design(json.loads('{"format": 2, "input_shape": [6, 6, 1], "layers": [{"kind": "dropout"}]}')),
        "names no class",
    ),
    "no design": (lambda: design(None), "cannot be read"),
    "too few classes": (lambda: setting("class_names", ["a", "b"]), "names 2 classes, but its network tells 3"),
    "too many classes": (lambda: setting("class_names", ["a"] * 4), "not a list of at most 3"),
    "classes that are no text": (lambda: setting("class_names", [1, 2, 3]), "are not text"),
    "settings out of range": (
        lambda: setting("training", {"dataset": "small", "epochs": 10**9}),
        "settings are damaged",
    ),
    "settings of another kind": (lambda: setting("training", {"dataset": {}}), "name no data set"),
    "steps without end": (lambda: setting("steps", 10**12), "“steps” is not a whole number"),
    "taught with fewer than none": (lambda: setting("taught_with", -1), "“taught_with” is not a whole number"),
    "taught with words": (lambda: setting("taught_with", "12"), "“taught_with” is not a whole number"),
    "fewer steps than curves": (lambda: setting("steps", 6), "not in order"),
    "epochs without end": (lambda: setting("epochs", 3), "“epochs” is not a whole number from 0 to 2"),
    "a training that goes on": (lambda: setting("status", "running"), "how the training ended"),
    "weights of no step": (lambda: setting("weights", [0, True]), "not in order"),
    "weights twice": (lambda: setting("weights", [7, 7]), "not in order"),
    "a result that is not there": (lambda: setting("result", 3), "which of its weights are the result"),
    "changes of what cannot be changed": (lambda: setting("changes", [[1, "seed", 2]]), "“changes”"),
    "a test that is none": (lambda: setting("test", [1]), "“test” is not a result"),
    "an accuracy of 200 %": (
        lambda: setting("test", {"loss": 0.1, "accuracy": 2, "count": 3}),
        "“accuracy” is not a number from 0 to 1",
    ),
    "versions of another kind": (lambda: setting("versions", {"keras": []}), "“versions”"),
    "a title that is none": (lambda: setting("title", ["x"]), "“title” is not text"),
    "epochs that do not follow each other": (
        lambda: with_members({"epochs.npy": npy(np.full((2, 6), 5.0))}),
        "do not follow each other",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_gets_one_sentence(name: str) -> None:
    make, reason = HOSTILE[name]
    assert reason in refusal(make())


def test_a_file_larger_than_any_of_ours_is_not_even_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_archive, "MOST_FILE_BYTES", 1_000)
    assert "larger than 0 MB" in refusal(packed())


def test_sixty_four_bit_zips_are_refused_before_their_list_is_read() -> None:
    content = packed()
    end = content[-22:]
    locator = b"PK\x06\x07" + bytes(16)
    size_bytes, offset = struct.unpack_from("<2L", end, 12)
    spoilt = content[:-22] + locator + end[:12] + struct.pack("<2LH", size_bytes + len(locator), offset, 0)
    assert "another kind of zip" in refusal(spoilt)


def test_text_is_cut_and_cleaned() -> None:
    def spoil(manifest: dict[str, Any]) -> None:
        manifest["title"] = "x\0" * 1000
        manifest["class_names"] = ["y" * 500, "\ud800", ""]

    copy = unpack_run(with_manifest(spoil))
    assert copy.title == "x" * 200
    assert copy.class_names == ("y" * 80, "?", "")


def test_a_title_that_is_blank_becomes_one_that_can_be_read() -> None:
    assert unpack_run(setting("title", "  ")).title == "Opened training"


def test_opening_writes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    refusal(zipped({**members(packed()), "evil.py": b"x"}))
    unpack_run(packed())
    assert list(tmp_path.iterdir()) == []
