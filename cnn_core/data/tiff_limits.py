"""What a TIFF claims besides its size, looked at before anything is unpacked: its lists, and its tiles.

A file of a few megabytes can name millions of strips for sixteen pixels, which takes Pillow a gigabyte and half a
minute, or one tile of a billion pixels, which is unpacked whole although a corner of it is the picture.
"""

from __future__ import annotations

import struct

from PIL import Image, TiffImagePlugin

MOST_NUMBERS = 200_000
"""The longest list of numbers that a picture needs: a palette of 16 bits has 3 · 65,536, and strips are fewer."""

_HEADS = tuple(TiffImagePlugin.PREFIXES)
_TEXTS = frozenset({1, 2, 7})
"""Kinds of entries that are kept as bytes, however long they are; all others become lists of Python's numbers."""
_BIG = 43


def check_lists(data: bytes) -> None:
    r"""Refuse a TIFF whose first picture is described by endless lists of numbers; other files are passed over.

    Args:
        data: The file's content.

    Raises:
        ValueError: If there is such a list.
        struct.error: If the file ends in the middle of the description.

    Example:
        >>> entry = struct.pack("<HHII", 273, 4, 10_000_000, 8)
        >>> check_lists(b"II*\0" + struct.pack("<IH", 8, 1) + entry)
        Traceback (most recent call last):
            ...
        ValueError: a list in a TIFF must have at most 200000 numbers. Received: 10000000 for tag 273.
    """
    if not data.startswith(_HEADS):
        return
    order = ">" if data.startswith(b"MM") else "<"
    is_big = data[2] == _BIG  # as Pillow tells them apart
    offset, count, entry = ("Q", "Q", "HHQ8x") if is_big else ("I", "H", "HHI4x")
    (at,) = struct.unpack_from(order + offset, data, 8 if is_big else 4)
    (entries,) = struct.unpack_from(order + count, data, at)
    at += struct.calcsize(order + count)
    for number in range(min(entries, len(data))):
        tag, kind, length = struct.unpack_from(order + entry, data, at + number * struct.calcsize(order + entry))
        if length > MOST_NUMBERS and kind not in _TEXTS:
            raise ValueError(
                f"a list in a TIFF must have at most {MOST_NUMBERS} numbers. Received: {length} for tag {tag}."
            )


def tile_pixels(image: Image.Image) -> int:
    """Count the pixels of a TIFF's tile, all of which are unpacked; 0 for other files, and where there are no tiles.

    Args:
        image: An opened file, not unpacked yet.

    Raises:
        ValueError: If a side is no whole number.
    """
    if not isinstance(image, TiffImagePlugin.TiffImageFile):
        return 0
    sides = [image.tag_v2.get(tag, 0) for tag in (TiffImagePlugin.TILEWIDTH, TiffImagePlugin.TILELENGTH)]
    if not all(isinstance(side, int) for side in sides):
        raise ValueError(f"a TIFF's tile must have whole sides. Received: {sides!r}.")
    return int(sides[0] * sides[1])
