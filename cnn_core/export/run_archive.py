"""The zip around a training from elsewhere, opened without trusting it."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager

from cnn_core.architecture.fields import short_repr
from cnn_core.errors import ClassroomError

MOST_FILE_BYTES = 400_000_000
"""The largest run file: two states of a network of 20 million weights, and curves of ten million steps."""

MOST_MEMBERS = 40
MOST_DIRECTORY_BYTES = 8_000
"""A zip ends with the list of its members; this is the longest that is read."""

MOST_MANIFEST_BYTES = 1_000_000
MANIFEST_NAME = "manifest.json"

REMEDY = "Use a file that this app has written."

_END = struct.Struct("<4s4H2LH")
_END_MARK, _END64_MARK = b"PK\x05\x06", b"PK\x06\x07"
_END64_BYTES = 20
_LOCAL_BYTES = 30
"""The size of what stands before a member, without its name."""


@contextmanager
def open_archive(content: bytes) -> Iterator[zipfile.ZipFile]:
    """Open a zip whose list of members has been checked: few, stored as they are, plain files, none over another.

    Args:
        content: The file, from anywhere.

    Yields:
        The archive.

    Raises:
        ClassroomError: If it is not such a zip, or turns out to be damaged while it is read.
    """
    _check_end(content)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_members(archive, len(content))
            yield archive
    except (
        zipfile.BadZipFile,
        NotImplementedError,
        RuntimeError,
        OSError,
        EOFError,
        struct.error,
        ValueError,
    ) as error:
        raise refused("it is damaged") from error


def read_member(archive: zipfile.ZipFile, name: str) -> bytes:
    """Read a member of an archive that `open_archive` has opened, as many bytes as it said and no more.

    Raises:
        ClassroomError: If it is missing or another number of bytes long.
    """
    if name not in archive.namelist():
        raise refused(f"“{name}” is missing")
    size_bytes = archive.getinfo(name).file_size
    with archive.open(name) as file:
        content = file.read(size_bytes + 1)
    if len(content) != size_bytes:
        raise refused(f"“{name}” is not as long as the list of contents says")
    return content


def refused(reason: str) -> ClassroomError:
    """Make the sentence that refuses a file.

    Args:
        reason: What is wrong, as the end of a sentence without its full stop.
    """
    return ClassroomError(f"This run file cannot be opened: {reason}.", REMEDY)


def _check_end(content: bytes) -> None:
    """See that the list of members is short, before anything reads it: a long one takes memory for each member."""
    if len(content) > MOST_FILE_BYTES:
        raise refused(f"it is larger than {MOST_FILE_BYTES // 1_000_000} MB")
    if not content.startswith(b"PK\x03\x04") or len(content) < _END.size:
        raise ClassroomError("This is no run file.", REMEDY)
    mark, disk, first_disk, here, members, size_bytes, offset, comment = _END.unpack(content[-_END.size :])
    before = len(content) - _END.size
    is_whole = mark == _END_MARK and comment == 0 and disk == first_disk == 0 and here == members
    if not is_whole or offset + size_bytes != before:
        raise refused("it is cut off or damaged")
    if members > MOST_MEMBERS or size_bytes > MOST_DIRECTORY_BYTES:
        raise refused("it holds too many files")
    if content[before - _END64_BYTES : before].startswith(_END64_MARK):
        raise refused("it is of another kind of zip")


def _check_members(archive: zipfile.ZipFile, length: int) -> None:
    infos = archive.infolist()
    if len(infos) > MOST_MEMBERS:
        raise refused("it holds too many files")
    if len({info.filename for info in infos}) != len(infos):
        raise refused("it holds two files of one name")
    for info in infos:
        kind = stat.S_IFMT(info.external_attr >> 16)
        if info.compress_type != zipfile.ZIP_STORED or info.file_size != info.compress_size:
            raise refused(f"{short_repr(info.filename)} in it is compressed, or its size is false")
        if kind not in (0, stat.S_IFREG) or info.flag_bits or info.filename.endswith("/") or not info.filename:
            raise refused(f"{short_repr(info.filename)} in it is not a plain file")
        if info.filename == MANIFEST_NAME and info.file_size > MOST_MANIFEST_BYTES:
            raise refused(f"“{MANIFEST_NAME}” in it is larger than {MOST_MANIFEST_BYTES // 1000:,} kB")
    ordered = sorted(infos, key=lambda info: info.header_offset)
    ends = [info.header_offset + _LOCAL_BYTES + len(info.filename) + info.compress_size for info in ordered]
    begins = [info.header_offset for info in ordered[1:]] + [length]
    if any(end > begin for end, begin in zip(ends, begins, strict=True)):
        raise refused("files in it lie over each other")
