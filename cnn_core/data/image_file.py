"""A picture that somebody brings along: from a file's bytes to a small square in colour.

Everything that a file claims is checked before its pixels are unpacked: a file of a few kilobytes can claim a picture
that fills the memory.
"""

from __future__ import annotations

import io
import struct
import threading
import zlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps

from cnn_core.errors import ClassroomError

FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "BMP")
"""What is read, in Pillow's names. Pillow knows some forty more formats; each is code that a hostile file could reach.
"""
SUFFIXES = ("png", "jpg", "jpeg", "gif", "webp", "bmp")

MOST_BYTES = 10_000_000
MOST_PIXELS = 40_000_000
KEPT_SIDE = 256
"""Pixels along a side that are kept, so that a network with larger images still gets something from it."""

Image.MAX_IMAGE_PIXELS = MOST_PIXELS

unpacking = threading.Lock()
"""One at a time: 40 million pixels take up to half a gigabyte while they are unpacked."""

_REMEDY = "Choose a PNG, JPEG, GIF, WebP or BMP file; save a photo in HEIC format as JPEG first."
TOO_MANY = (Image.DecompressionBombError, Image.DecompressionBombWarning)
DAMAGED = (
    OSError,
    EOFError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    AttributeError,
    AssertionError,
    MemoryError,
    RuntimeError,
    struct.error,
    zlib.error,
)
"""What Pillow raises over files that are damaged: each format's reader has its own ways."""


@dataclass(frozen=True, eq=False)
class Picture:
    """A picture as it is kept, before it is fitted to a network.

    Args:
        pixels: `(side, side, 3)`, uint8; of `read_whole_picture` `(height, width, 3)`.
        steps: What was done to it, in words, as `("cut to the middle square",)`.
    """

    pixels: npt.NDArray[np.uint8]
    steps: tuple[str, ...]


def read_picture(data: bytes, side: int = KEPT_SIDE) -> Picture:
    """Read a picture, and cut it to the square in its middle.

    The picture is turned as the camera noted, what is transparent becomes white, and of moving pictures the first one
    is taken. A square that is larger than needed is shrunk by weighted means, so that fine lines do not vanish.

    Args:
        data: The file's content: PNG, JPEG, GIF, WebP or BMP.
        side: Pixels along a side that are needed at least; what is above that, and above 256, is shrunk away.

    Returns:
        The square in colour; a grey picture has three equal channels.

    Raises:
        ClassroomError: If the file is too large, claims too many pixels, is of another format, or is damaged.

    Example:
        >>> file = io.BytesIO()
        >>> Image.new("L", (30, 20), 7).save(file, "PNG")
        >>> picture = read_picture(file.getvalue())
        >>> picture.pixels.shape, int(picture.pixels.max()), picture.steps
        ((20, 20, 3), 7, ('cut to the middle square',))
    """
    return _read(data, max(side, KEPT_SIDE), _squared)


def read_whole_picture(data: bytes, side: int = KEPT_SIDE) -> Picture:
    """Read a picture with nothing cut away; otherwise as `read_picture` does.

    Args:
        data: The file's content: PNG, JPEG, GIF, WebP or BMP.
        side: Pixels along its longer side that are needed at least; what is above that, and above 256, is shrunk away.

    Returns:
        The picture in colour, `(height, width, 3)`.

    Raises:
        ClassroomError: If the file is too large, claims too many pixels, is of another format, or is damaged.

    Example:
        >>> file = io.BytesIO()
        >>> Image.new("L", (600, 300), 7).save(file, "PNG")
        >>> read_whole_picture(file.getvalue()).pixels.shape
        (128, 256, 3)
    """
    return _read(data, max(side, KEPT_SIDE), _whole)


def _read(data: bytes, most: int, unpack: Callable[[Image.Image, int], Picture]) -> Picture:
    if not data:
        raise ClassroomError("The file is empty.", _REMEDY)
    if len(data) > MOST_BYTES:
        raise ClassroomError(
            f"The file has {len(data) / 1e6:.1f} MB; {MOST_BYTES / 1e6:.0f} MB are the most.",
            "Choose a smaller picture, or save this one with fewer pixels.",
        )
    with _opened(data) as image, unpacking:
        try:
            return unpack(image, most)
        except DAMAGED as error:
            raise ClassroomError(
                "The picture is damaged or cut off: it cannot be read.", "Save it once more, or choose another one."
            ) from error


def _opened(data: bytes) -> Image.Image:
    """Read the file's head, which says format and size, and nothing else."""
    try:
        image = Image.open(io.BytesIO(data), formats=FORMATS)
    except TOO_MANY as error:
        raise _too_many_pixels() from error
    except DAMAGED as error:
        raise ClassroomError(
            "The file holds no picture that can be read: it is of another format, or damaged.", _REMEDY
        ) from error
    if image.width * image.height > MOST_PIXELS:
        image.close()
        raise _too_many_pixels()
    return image


def _too_many_pixels() -> ClassroomError:
    return ClassroomError(
        f"The picture has more than {MOST_PIXELS // 1_000_000} million pixels.",
        "Choose a smaller one, or save this one with fewer pixels.",
    )


def _unpacked(image: Image.Image, most: int) -> Image.Image:
    image.draft(None, (2 * most, 2 * most))  # a large JPEG is unpacked at a half, a quarter or an eighth of its size
    image.load()
    return in_colour(turned(image))


def _whole(image: Image.Image, most: int) -> Picture:
    colours = _unpacked(image, most)
    longer = max(colours.size)
    if longer > most:
        width, height = (max(1, round(side * most / longer)) for side in colours.size)
        colours = colours.resize((width, height), Image.Resampling.BILINEAR)
    return Picture(np.asarray(colours, np.uint8), ())


def _squared(image: Image.Image, most: int) -> Picture:
    is_square = image.width == image.height
    colours = _unpacked(image, most)
    side = min(colours.size)
    left, top = (colours.width - side) // 2, (colours.height - side) // 2
    square = colours.crop((left, top, left + side, top + side))
    if side > most:
        # A triangle filter as wide as the shrinking: every pixel counts, and nothing overshoots.
        square = square.resize((most, most), Image.Resampling.BILINEAR)
    return Picture(np.asarray(square, np.uint8), () if is_square else ("cut to the middle square",))


def turned(image: Image.Image) -> Image.Image:
    """Turn a photo as its camera noted; a note that cannot be read is passed over."""
    try:
        return ImageOps.exif_transpose(image)
    except DAMAGED:
        return image


def in_colour(image: Image.Image) -> Image.Image:
    """Bring a picture of any kind to 8 bits in three colours; what is transparent becomes white."""
    if image.mode.startswith("I"):
        # 16 bits a pixel: Pillow would cut off what is above 255, and a grey picture would turn white.
        numbers = np.clip(np.asarray(image).astype(np.int64), 0, 65535)
        return Image.fromarray((numbers // 257).astype(np.uint8)).convert("RGB")
    if image.has_transparency_data:
        with_opacity = image.convert("RGBA")
        paper = Image.new("RGB", with_opacity.size, "white")
        paper.paste(with_opacity, mask=with_opacity.getchannel("A"))
        return paper
    return image.convert("RGB")
