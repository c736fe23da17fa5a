"""Zips that must be refused: bombs, climbers, links, locked ones, lies; and those that are only untidy."""

from __future__ import annotations

import stat
import struct
import tracemalloc
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cnn_core.data.own import zip_source
from cnn_core.data.own.listing import MOST_FILES
from cnn_core.data.own.zip_source import FOLDER_MARK, MOST_ZIP_BYTES, ZipSource, is_packed_folder
from cnn_core.errors import ClassroomError
from tests.cnn_core.data.own.making import class_files, image_bytes, with_claims, write_zip

FILES = class_files({"cat": 2, "dog": 2})


def peak_bytes_of_refusal(path: Path, words: str) -> int:
    tracemalloc.start()
    try:
        with pytest.raises(ClassroomError, match=words) as caught:
            ZipSource(path)
        assert caught.value.remedy
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_images_are_read_in_the_order_of_the_listing(tmp_path: Path) -> None:
    source = ZipSource(write_zip(tmp_path / "a.zip", dict(reversed(FILES.items()))))
    with source.payloads() as payloads:
        assert list(payloads) == list(FILES.values())
    with source.payloads([1, 3]) as payloads:
        assert list(payloads) == [FILES["cat/1.png"], FILES["dog/1.png"]]


def test_two_gigabytes_are_refused_without_taking_memory(tmp_path: Path) -> None:
    path = tmp_path / "huge.zip"
    with path.open("wb") as file:
        file.truncate(2_000_000_000)  # a sparse file: it has this length, and no blocks
    assert peak_bytes_of_refusal(path, "2,000 MB; 1,000 MB are the most") < 1_000_000


def test_endless_list_of_files_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "list.zip"
    length = MOST_ZIP_BYTES - 100
    with path.open("wb") as file:
        file.truncate(length)
        file.seek(length)
        file.write(b"PK\x05\x06" + struct.pack("<4H2LH", 0, 0, 65535, 65535, length, 0, 0))
    assert peak_bytes_of_refusal(path, f"more than {MOST_FILES:,} files") < 1_000_000


def test_too_many_files_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zip_source, "MOST_FILES", 3)
    with pytest.raises(ClassroomError, match="The zip holds more than"):
        ZipSource(write_zip(tmp_path / "a.zip", FILES))


def test_claimed_size_is_checked_before_anything_is_unpacked(tmp_path: Path) -> None:
    path = with_claims(write_zip(tmp_path / "a.zip", FILES), 4_200_000_000)
    assert peak_bytes_of_refusal(path, "unpack to 4,200 MB, which is too much") < 1_000_000


def test_what_unpacks_to_far_more_than_its_size_is_refused(tmp_path: Path) -> None:
    path = with_claims(write_zip(tmp_path / "a.zip", FILES), 101_000_000)
    assert peak_bytes_of_refusal(path, "unpack to 101 MB, which is .* times its size") < 1_000_000


def test_file_that_claims_less_than_it_is_gives_no_more_than_it_claims(tmp_path: Path) -> None:
    bomb = [("cat/0.png", bytes(60_000_000)), *FILES.items()]
    path = with_claims(write_zip(tmp_path / "a.zip", bomb[:1] + bomb[2:]), 5_000)
    tracemalloc.start()
    source = ZipSource(path)
    with source.payloads() as payloads:
        found = list(payloads)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found[0] == "it is damaged in the zip"
    assert found[2] == FILES["dog/0.png"]
    assert peak < 3_000_000


def test_single_file_that_is_too_long_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zip_source, "MOST_FILE_BYTES", 200)
    path = write_zip(tmp_path / "a.zip", FILES | {"cat/0.png": bytes(201)})
    with ZipSource(path).payloads() as payloads:
        assert next(payloads) == "more than 20 MB"


@pytest.mark.parametrize(
    "name", ["../evil.png", "cat/../../evil.png", "/etc/evil.png", "C:\\evil.png", "..\\evil.png", "\\\\host\\a\\1.png"]
)
def test_what_climbs_out_is_refused(tmp_path: Path, name: str) -> None:
    member = zipfile.ZipInfo("x.png")
    member.filename = name
    path = write_zip(tmp_path / "a.zip", [*FILES.items(), (member, b"x")])
    with pytest.raises(ClassroomError, match="would lie outside its folder"):
        ZipSource(path)


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR])
def test_links_and_devices_are_refused(tmp_path: Path, kind: int) -> None:
    member = zipfile.ZipInfo("cat/link.png")
    member.create_system = 3
    member.external_attr = (kind | 0o777) << 16
    path = write_zip(tmp_path / "a.zip", [*FILES.items(), (member, b"/etc/passwd")])
    with pytest.raises(ClassroomError, match="holds a link or a device: “cat/link"):
        ZipSource(path)


def test_locked_zip_is_refused(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", FILES)
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(bytes(data))
    with pytest.raises(ClassroomError, match="locked with a password"):
        ZipSource(path)


def test_unusual_packing_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("cat/1.png", b"x" * 100)
    with pytest.raises(ClassroomError, match="packed in an unusual way"):
        ZipSource(path)


def test_file_without_a_name_is_left_out(tmp_path: Path) -> None:
    nameless = zipfile.ZipInfo("x")
    nameless.filename = ""
    path = write_zip(tmp_path / "a.zip", FILES.items())
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(nameless, b"abc")
    assert len(ZipSource(path).listing.images) == 4


def test_second_file_of_a_name_is_left_out(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        path = write_zip(tmp_path / "a.zip", [*FILES.items(), ("cat\\1.png", b"x"), ("cat/1.png", b"y")])
    source = ZipSource(path)
    assert source.listing.skipped.named == [("cat/1.png", "a file of this name came before")] * 2
    assert len(source.listing.images) == 4


@pytest.mark.parametrize("data", [b"", b"PK", b"\x89PNG not a zip", b"PK\x05\x06" + bytes(18)])
def test_what_is_no_zip_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(data)
    with pytest.raises(ClassroomError):
        ZipSource(path)


def test_names_in_utf8_without_saying_so_are_read_rightly(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", {"Käse/ä.png": image_bytes(), "Brot/1.png": image_bytes()})
    data = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 7), (b"PK\x01\x02", 9)):
        data[data.index(mark) + offset] &= ~0x08  # takes away the note that the first name is UTF-8
    path.write_bytes(bytes(data))
    assert ZipSource(path).listing.class_names == ("Brot", "Käse")


@given(st.integers(0, 10_000), st.binary(min_size=1, max_size=4))
@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_damaged_zip_is_a_sentence_or_bad_files(tmp_path: Path, place: int, junk: bytes) -> None:
    path = write_zip(tmp_path / "a.zip", FILES)
    data = bytearray(path.read_bytes())
    place %= len(data)
    data[place : place + len(junk)] = junk
    path.write_bytes(bytes(data))
    with suppress(ClassroomError), ZipSource(path).payloads() as payloads:
        assert all(isinstance(payload, bytes | str) for payload in payloads)


def test_folder_that_a_browser_packed_is_called_a_folder(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", FILES)
    assert ZipSource(path).words == "a zip of class folders"
    assert not is_packed_folder(path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.comment = FOLDER_MARK.encode()
    assert ZipSource(path).words == "a folder of class folders"
    assert is_packed_folder(path)
    (tmp_path / "b.zip").write_bytes(b"no zip")
    assert not is_packed_folder(tmp_path / "b.zip")
