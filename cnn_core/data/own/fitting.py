"""From an image file's content to an image of the chosen size."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import ExifTags, Image

from cnn_core.data.image_file import (
    DAMAGED,
    MOST_PIXELS,
    OUTSIDE,
    TOO_MANY,
    OutsideError,
    open_checked,
    taken_bits,
    unpacking,
    upright_in_colour,
)

MANY_PIXELS = 4_000_000
"""Images with more are unpacked one at a time, so that memory stays bounded."""

Pixels = npt.NDArray[np.uint8]


class BadImageError(Exception):
    """A file that is left out; its text says why, in a few words."""


@dataclass(frozen=True)
class Fit:
    """How images are brought to one size.

    Args:
        image_shape: Height, width and channels; 1 channel is grey, 3 are colours.
        keeps_aspect: Whether an image keeps its proportions, between black borders; else it is stretched.
    """

    image_shape: tuple[int, int, int]
    keeps_aspect: bool = True


class Fitted(NamedTuple):
    """An image that was brought to a size.

    Args:
        pixels: `(height, width, channels)`.
        original: Height and width that it had before, turned as the camera noted.
        taken_bits: How many bits a pixel it was taken to have, where its file did not say so.
    """

    pixels: Pixels
    original: tuple[int, int]
    taken_bits: int | None = None


def fit_file(data: bytes, fit: Fit) -> Pixels:
    """Read an image file, and bring the image to a size.

    It is turned as the camera noted, more than 8 bits become 8 (`upright_in_colour`), what is transparent becomes
    white, and of several images or pages in a file the first one is taken. An image is shrunk by weighted means, so
    that fine lines do not vanish.

    Args:
        data: The file's content: PNG, JPEG, BMP, GIF, WebP or TIFF.
        fit: The size.

    Returns:
        An image of that shape.

    Raises:
        BadImageError: If the file is empty, damaged, of another format, or claims too many pixels.

    Example:
        >>> import io
        >>> file = io.BytesIO()
        >>> Image.new("L", (40, 20), 200).save(file, "PNG")
        >>> fit_file(file.getvalue(), Fit((8, 8, 1)))[:, 0, 0].tolist()
        [0, 0, 200, 200, 200, 200, 0, 0]
        >>> fit_file(file.getvalue(), Fit((8, 8, 3), keeps_aspect=False)).min()
        np.uint8(200)
    """
    return measured_file(data, fit).pixels


def measured_file(data: bytes, fit: Fit) -> Fitted:
    """Read an image file, and bring the image to a size, as `fit_file` does; says how large it was, too.

    Raises:
        BadImageError: If the file is empty, damaged, of another format, or claims too many pixels.
    """
    height, width, _ = fit.image_shape
    with opened(data) as image, _in_turn(image):
        original = (image.height, image.width)
        try:
            image.draft(None, (2 * width, 2 * height))  # large JPEGs are unpacked at a half, a quarter or an eighth
            image.load()
            pixels = _fitted(upright_in_colour(image), fit)
            is_lying = image.getexif().get(ExifTags.Base.Orientation) in _LYING
            return Fitted(pixels, original[::-1] if is_lying else original, taken_bits(image))
        except TOO_MANY as error:
            raise BadImageError(_TOO_MANY_WORDS) from error
        except OutsideError as error:
            raise BadImageError(OUTSIDE) from error
        except DAMAGED as error:
            raise BadImageError("damaged or cut off") from error


def fit_pixels(pixels: Pixels, fit: Fit) -> Pixels:
    """Bring the pixels of an image to a size, as `fit_file` does; what fits already stays as it is.

    Args:
        pixels: `(height, width)`, or `(height, width, channels)` with 1, 3 or 4 channels; the fourth is opacity.
        fit: The size.
    """
    if pixels.shape == fit.image_shape:
        return pixels
    flat = pixels[..., 0] if pixels.ndim == 3 and pixels.shape[2] == 1 else pixels
    return _fitted(upright_in_colour(Image.fromarray(flat)), fit)


def opened(data: bytes) -> Image.Image:
    """Read a file's head, which says format and size, and nothing else.

    Raises:
        BadImageError: If it is empty, of another format, or claims too many pixels.
    """
    if not data:
        raise BadImageError("empty")
    try:
        return open_checked(data)
    except TOO_MANY as error:
        raise BadImageError(_TOO_MANY_WORDS) from error
    except DAMAGED as error:
        raise BadImageError("no image of a format that is read here, or damaged") from error


_LYING = (5, 6, 7, 8)
"""The camera's notes by which height and width change places."""
_TOO_MANY_WORDS = f"more than {MOST_PIXELS // 1_000_000} million pixels"


def _in_turn(image: Image.Image) -> AbstractContextManager[object]:
    return unpacking if image.width * image.height > MANY_PIXELS else nullcontext()


def _fitted(image: Image.Image, fit: Fit) -> Pixels:
    height, width, channels = fit.image_shape
    grey_or_colour = image.convert("L") if channels == 1 else image
    scale = min(width / image.width, height / image.height)
    inner = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    size = inner if fit.keeps_aspect else (width, height)
    if grey_or_colour.size != size:
        grey_or_colour = grey_or_colour.resize(size, Image.Resampling.BILINEAR)
    resized = np.asarray(grey_or_colour, np.uint8).reshape(size[1], size[0], channels)
    if size == (width, height):
        return resized
    pixels = np.zeros(fit.image_shape, np.uint8)
    top, left = (height - size[1]) // 2, (width - size[0]) // 2
    pixels[top : top + size[1], left : left + size[0]] = resized
    return pixels
