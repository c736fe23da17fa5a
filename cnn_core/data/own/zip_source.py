"""A zip of class folders, read without trusting it.

What a zip claims about itself is checked before anything of it is unpacked, and while unpacking no more is taken than
it claimed. Nothing is ever written under a name that the zip chose: images are unpacked into memory, one after another.
"""

from __future__ import annotations

import stat
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import IO, Any

from cnn_core.data.own.folder_source import MOST_FILE_BYTES, TOO_LONG, too_many_files
from cnn_core.data.own.listing import MOST_FILES, Listing, Payload, Skipped, arrange, is_junk, shown_name
from cnn_core.errors import ClassroomError

MOST_ZIP_BYTES = 1_000_000_000
MOST_UNPACKED_BYTES = 4_000_000_000
"""What all files of a zip together may claim to unpack to."""
MOST_LIST_BYTES = 400 * MOST_FILES
"""The zip's own list of its files may be so long; it is read into memory as a whole."""
MOST_RATIO = 200
"""So many times its size a zip may unpack to, once that is more than `HARMLESS_BYTES`. Images hardly shrink at all."""
HARMLESS_BYTES = 100_000_000

FOLDER_MARK = "a folder that a browser packed"
"""A zip's comment, by which it is told again as what people brought."""

_ENCRYPTED = 0x1
_PLACE_OF_LIST_LENGTH = 5
_REMEDY = "Make the zip anew from the class folders alone."
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError)


class ZipSource:
    """Images in a zip.

    Args:
        path: The file.

    Raises:
        ClassroomError: If the zip is too large, is damaged, holds what it must not, or no two classes.
    """

    can_group = True

    def __init__(self, path: Path) -> None:
        self._path = path
        with open_zip(path) as archive:
            members = archive.infolist()
            self.words = f"a {'folder' if _is_marked(archive) else 'zip'} of class folders"
        self._places: list[int] = []
        paths: list[tuple[str, ...]] = []
        skipped, seen = Skipped(), set()
        for place, member in enumerate(members):
            parts = _parts(member)
            if _is_folder(member):
                continue
            if parts in seen:
                skipped.add("/".join(parts), "a file of this name came before")
                continue
            seen.add(parts)
            self._places.append(place)
            paths.append(parts)
        self.listing: Listing = arrange(paths, skipped)

    @contextmanager
    def payloads(self, wanted: Sequence[int] | None = None) -> Iterator[Iterator[Payload]]:
        """Unpack the images in the order of the listing, or some of them."""
        images = self.listing.images
        with open_zip(self._path) as archive:
            members = archive.infolist()
            yield (
                _unpacked(archive, members[self._places[images[number].place]])
                for number in (range(len(images)) if wanted is None else wanted)
            )


def is_packed_folder(path: Path) -> bool:
    """Whether a file is a zip that a browser made of a folder; what is no zip within the limits is none."""
    try:
        with open_zip(path) as archive:
            return _is_marked(archive)
    except ClassroomError:
        return False


def _is_marked(archive: zipfile.ZipFile) -> bool:
    return archive.comment == FOLDER_MARK.encode()


def open_zip(path: Path) -> zipfile.ZipFile:
    """Open a zip whose claims are within the limits; the caller closes it.

    Raises:
        ClassroomError: If they are not, or the file is no zip that can be read.
    """
    try:
        size = path.stat().st_size
        if size > MOST_ZIP_BYTES:
            raise ClassroomError(
                f"The file has {size / 1e6:,.0f} MB; {MOST_ZIP_BYTES / 1e6:,.0f} MB are the most.",
                "Bring fewer images, or smaller ones.",
            )
        with path.open("rb") as file:
            _check_list(file)
        archive = zipfile.ZipFile(path)
    except _BROKEN as error:
        raise ClassroomError(
            "The file is damaged, incomplete or no zip that can be read.", "Make the zip once more."
        ) from error
    try:
        _check_claims(archive, size)
    except ClassroomError:
        archive.close()
        raise
    return archive


def _check_list(file: IO[bytes]) -> None:
    """Look how long the zip's list of its files is, before `zipfile` reads all of it into memory.

    This asks the very function that `zipfile` goes by, so that no file can show the two of them different lists.
    """
    found: Any = zipfile._EndRecData(file)  # type: ignore[attr-defined]
    if not found:
        raise zipfile.BadZipFile
    if found[_PLACE_OF_LIST_LENGTH] > MOST_LIST_BYTES:
        raise too_many_files("The zip")


def _check_claims(archive: zipfile.ZipFile, size: int) -> None:
    members = archive.infolist()
    if len(members) > MOST_FILES:
        raise too_many_files("The zip")
    for member in members:
        _check_member(member)
    claimed = sum(member.file_size for member in members)
    if claimed > MOST_UNPACKED_BYTES or (claimed > HARMLESS_BYTES and claimed > MOST_RATIO * size):
        raise ClassroomError(
            f"The zip would unpack to {claimed / 1e6:,.0f} MB, which is "
            f"{f'{claimed / size:,.0f} times its size' if claimed <= MOST_UNPACKED_BYTES else 'too much'}.",
            "Bring fewer images, or smaller ones.",
        )


def _check_member(member: zipfile.ZipInfo) -> None:
    kind = stat.S_IFMT(member.external_attr >> 16)
    parts = _parts(member)
    shown = shown_name("/".join(parts))
    if ".." in parts or _is_absolute(_name(member)):
        raise ClassroomError(f"The zip holds a file that would lie outside its folder: “{shown}”.", _REMEDY)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise ClassroomError(f"The zip holds a link or a device: “{shown}”.", _REMEDY)
    if member.flag_bits & _ENCRYPTED:
        raise ClassroomError(f"The zip is locked with a password: “{shown}”.", "Make the zip anew without a password.")
    is_readable = member.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
    if not is_readable and not _is_folder(member) and not is_junk(parts):
        raise ClassroomError(
            f"The zip is packed in an unusual way that is not read here: “{shown}”.",
            "Make the zip anew with your system’s own “compress” command.",
        )


def _is_folder(member: zipfile.ZipInfo) -> bool:
    """Whether it is a folder; `ZipInfo.is_dir` fails for a name without any letter, which a hostile zip may hold."""
    return member.filename.endswith("/")


def _is_absolute(name: str) -> bool:
    return PurePosixPath(name).is_absolute() or bool(PureWindowsPath(name).drive or PureWindowsPath(name).root)


def _parts(member: zipfile.ZipInfo) -> tuple[str, ...]:
    """Take a name apart; Windows' programs may have written backslashes."""
    return tuple(part for part in _name(member).replace("\\", "/").split("/") if part not in ("", ".")) or ("?",)


def _name(member: zipfile.ZipInfo) -> str:
    """Read a name in UTF-8 where the zip forgot to say that it is; `zipfile` took it for an old code page then."""
    if member.flag_bits & 0x800:
        return member.filename
    try:
        return member.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return member.filename


def _unpacked(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Payload:
    if member.file_size > MOST_FILE_BYTES:
        return TOO_LONG
    try:
        with archive.open(member) as file:
            return file.read(member.file_size)  # unpacks no more than that, however much there is
    except _BROKEN:
        return "it is damaged in the zip"
