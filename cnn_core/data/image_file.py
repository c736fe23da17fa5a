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
from PIL import Image, ImageOps, TiffImagePlugin

from cnn_core.data.tiff_limits import check_lists, tile_pixels
from cnn_core.errors import ClassroomError

_NAMES = ("PNG", "JPEG", "GIF", "WebP", "BMP", "TIFF")
FORMAT_WORDS = f"{', '.join(_NAMES[:-1])} or {_NAMES[-1]}"
"""What is read, for people."""
FORMATS = tuple(name.upper() for name in _NAMES)
"""What is read, in Pillow's names. Pillow knows some forty more formats; each is code that a hostile file could reach.
"""
SUFFIXES = ("png", "jpg", "jpeg", "gif", "webp", "bmp", "tif", "tiff")

MOST_BYTES = 10_000_000
MOST_PIXELS = 40_000_000
KEPT_SIDE = 256
"""Pixels along a side that are kept, so that a network with larger images still gets something from it."""

Image.MAX_IMAGE_PIXELS = MOST_PIXELS

unpacking = threading.Lock()
"""One at a time: 40 million pixels take up to half a gigabyte while they are unpacked."""

OUTSIDE = "its numbers are outside 0 to 255 (or 0 to 1)"
"""Why a picture of fractions is refused."""

_REMEDY = f"Choose a {FORMAT_WORDS} file; save a photo in HEIC format as JPEG first."
_BITS = {255: 8, 4095: 12, 65535: 16}
"""The largest numbers of 8, 12 and 16 bits."""
_WHITES = tuple(_BITS)
_MAX_SAMPLE_VALUE = 281
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


class OutsideError(ValueError):
    """A picture of fractions that are neither 0 to 1 nor 0 to 255."""


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

    The picture is turned as the camera noted, more than 8 bits become 8 (`upright_in_colour`), what is transparent
    becomes white, and of several pictures or pages in a file the first one is taken. A square that is larger than
    needed is shrunk by weighted means, so that fine lines do not vanish.

    Args:
        data: The file's content: PNG, JPEG, GIF, WebP, BMP or TIFF.
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
        data: The file's content: PNG, JPEG, GIF, WebP, BMP or TIFF.
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
        except TOO_MANY as error:
            raise _too_many_pixels() from error
        except OutsideError as error:
            raise ClassroomError(f"The picture cannot be read: {OUTSIDE}.", "Save it with 8 bits a pixel.") from error
        except DAMAGED as error:
            raise ClassroomError(
                "The picture is damaged or cut off: it cannot be read.", "Save it once more, or choose another one."
            ) from error


def _opened(data: bytes) -> Image.Image:
    try:
        return open_checked(data)
    except TOO_MANY as error:
        raise _too_many_pixels() from error
    except DAMAGED as error:
        raise ClassroomError(
            "The file holds no picture that can be read: it is of another format, or damaged.", _REMEDY
        ) from error


def open_checked(data: bytes) -> Image.Image:
    """Read a file's head, which says format and size, and nothing else.

    Args:
        data: The file's content.

    Returns:
        The picture, not unpacked yet; of several in a file the first one.

    Raises:
        TOO_MANY: If it claims more than 40 million pixels.
        DAMAGED: If it is of another format, or damaged.
    """
    check_lists(data)
    image = Image.open(io.BytesIO(data), formats=FORMATS)
    if max(image.width * image.height, tile_pixels(image)) > MOST_PIXELS:
        image.close()
        raise Image.DecompressionBombError
    return image


def _too_many_pixels() -> ClassroomError:
    return ClassroomError(
        f"The picture has more than {MOST_PIXELS // 1_000_000} million pixels.",
        "Choose a smaller one, or save this one with fewer pixels.",
    )


def _unpacked(image: Image.Image, most: int) -> tuple[Image.Image, tuple[str, ...]]:
    """The picture upright in colour, and what is to be said of that."""
    image.draft(None, (2 * most, 2 * most))  # a large JPEG is unpacked at a half, a quarter or an eighth of its size
    image.load()
    bits = taken_bits(image)
    return upright_in_colour(image), () if bits in (None, 16) else (f"taken to have {bits} bits a pixel",)


def _whole(image: Image.Image, most: int) -> Picture:
    colours, steps = _unpacked(image, most)
    longer = max(colours.size)
    if longer > most:
        width, height = (max(1, round(side * most / longer)) for side in colours.size)
        colours = colours.resize((width, height), Image.Resampling.BILINEAR)
    return Picture(np.asarray(colours, np.uint8), steps)


def _squared(image: Image.Image, most: int) -> Picture:
    is_square = image.width == image.height
    colours, steps = _unpacked(image, most)
    side = min(colours.size)
    left, top = (colours.width - side) // 2, (colours.height - side) // 2
    square = colours.crop((left, top, left + side, top + side))
    if side > most:
        # A triangle filter as wide as the shrinking: every pixel counts, and nothing overshoots.
        square = square.resize((most, most), Image.Resampling.BILINEAR)
    return Picture(np.asarray(square, np.uint8), steps if is_square else (*steps, "cut to the middle square"))


def upright_in_colour(image: Image.Image) -> Image.Image:
    """Turn a picture as its camera noted, and bring it to 8 bits in three colours.

    Grey pictures of more than 8 bits are scaled, so that their white stays white. Which number is white, most files do
    not say: cameras of 12 bits write their numbers into 16 bits as they are. So the largest number decides, the
    picture's own or, in a TIFF, the one that the file names (its bits a pixel, its `MaxSampleValue`): up to 255 the
    picture is taken to have 8 bits, up to 4,095 to have 12, above that 16. Anything larger is cut off.

    A picture of 16 bits that is truly so dark thus becomes up to 16 times brighter (256 times if nothing is above
    255), unless it is a TIFF that names its white. With a scale of 16 bits all that it holds would lie in the darkest
    sixteen of 256 steps, and few networks would see anything; but how dark it was beside other pictures is lost.
    Pictures of 12-bit numbers in 16-bit *colour* stay dark: Pillow has cut them to 8 bits before they can be looked at.

    Fractions, as some microscopes write them, may be 0 to 1 or 0 to 255. What is transparent becomes white.

    Args:
        image: A picture that is open, or has been made.

    Returns:
        The picture in mode RGB.

    Raises:
        OutsideError: If its numbers are fractions outside these.

    Example:
        >>> for white in (200, 4095, 5140):
        ...     grey = Image.fromarray(np.full((1, 1), white, np.uint16))
        ...     print(white, upright_in_colour(grey).getpixel((0, 0)))
        200 (200, 200, 200)
        4095 (255, 255, 255)
        5140 (20, 20, 20)
    """
    white = _white(image)  # before it is turned, which forgets the file
    return _in_colour(turned(image), white)


def taken_bits(image: Image.Image) -> int | None:
    """How many bits a pixel a grey picture of more than 8 bits is taken to have; see `upright_in_colour`.

    Args:
        image: A picture that is open, or has been made.

    Returns:
        8, 12 or 16; nothing for any other picture, whose file says it.
    """
    return _BITS.get(_white(image) or 0)


def turned(image: Image.Image) -> Image.Image:
    """Turn a photo as its camera noted; a note that cannot be read is passed over."""
    try:
        return ImageOps.exif_transpose(image)
    except DAMAGED:
        return image


def _in_colour(image: Image.Image, white: int | None) -> Image.Image:
    if white is not None:  # Pillow would cut off what is above 255, and a grey picture would turn white
        numbers = np.clip(np.asarray(image), 0, white).astype(np.uint32)
        return Image.fromarray((numbers * 255 // white).astype(np.uint8)).convert("RGB")
    if image.mode == "F":
        return _bytes_of_fractions(image).convert("RGB")
    if image.has_transparency_data:
        with_opacity = image.convert("RGBA")
        paper = Image.new("RGB", with_opacity.size, "white")
        paper.paste(with_opacity, mask=with_opacity.getchannel("A"))
        return paper
    return image.convert("RGB")


def _white(image: Image.Image) -> int | None:
    """Which number is white in a grey picture of more than 8 bits; nothing for any other picture."""
    if not image.mode.startswith("I"):
        return None
    largest = max(_named_largest(image), int(np.asarray(image).max(initial=0)))
    return next((white for white in _WHITES if largest <= white), _WHITES[-1])


def _named_largest(image: Image.Image) -> int:
    """The largest number that a TIFF says it may hold; 0 where it says nothing, or nothing that can be read.

    That it has 16 bits a pixel says nothing: that is how the others are written, too.
    """
    if not isinstance(image, TiffImagePlugin.TiffImageFile):
        return 0
    try:
        if image.tag_v2.get(TiffImagePlugin.BITSPERSAMPLE) == (12,):
            return _WHITES[1]
        named = image.tag_v2.get(_MAX_SAMPLE_VALUE, 0)
        return int(named[0] if isinstance(named, tuple) else named)
    except DAMAGED:
        return 0


def _bytes_of_fractions(image: Image.Image) -> Image.Image:
    """Scale fractions to bytes; Pillow would make those from 0 to 1 all black."""
    numbers = np.nan_to_num(np.asarray(image, np.float32))
    scaled = numbers * 255 if numbers.size and numbers.max() <= 1 else numbers
    if numbers.size and not (scaled.min() >= 0 and scaled.max() <= 255.5):
        raise OutsideError(OUTSIDE)
    return Image.fromarray(np.clip(np.rint(scaled), 0, 255).astype(np.uint8))
