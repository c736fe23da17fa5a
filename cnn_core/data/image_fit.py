"""A picture that somebody brings along, fitted to what a network takes in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

from cnn_core.data.image_file import Picture
from cnn_core.data.own.fitting import Fit, fit_pixels
from cnn_core.drawing import preprocess_drawing
from cnn_core.drawing.photo import ink_of_photo
from cnn_core.drawing.way import seen_image
from cnn_core.errors import ClassroomError

Bytes = npt.NDArray[np.uint8]

LIGHT = 128
"""From this grey on, of 255, a background is light."""

DRAWING_SHAPE = (28, 28, 1)
LEAST_PHOTO = 64
"""Pixels along the shorter side; what is smaller was made by a computer."""
EVEN = 4
"""So far the brightness of a ground, of 255, may spread in a picture that no camera has taken."""


@dataclass(frozen=True, eq=False)
class FittedPicture:
    """A picture as a network takes it in.

    Args:
        pixels: `(height, width, channels)`, uint8.
        steps: What was done to the file's picture, in words.
    """

    pixels: Bytes
    steps: tuple[str, ...]


def has_light_background(images: Bytes) -> bool:
    """Whether the rim of most images is light: the median of all pixels at the four edges.

    Args:
        images: `(height, width, channels)`, or several `(count, height, width, channels)`.

    Example:
        >>> has_light_background(np.full((4, 4, 1), 200, np.uint8))
        True
    """
    rims = (images[..., 0, :, :], images[..., -1, :, :], images[..., :, 0, :], images[..., :, -1, :])
    return bool(np.median(np.concatenate([rim.ravel() for rim in rims])) >= LIGHT)


def fit_picture(
    picture: Picture, shape: tuple[int, int, int], *, is_light_on_dark: bool = False, is_digit: bool = False
) -> FittedPicture:
    """Bring a picture to a network's shape, and say what was done.

    Networks that learned light things on black take a dark thing on paper for something else. With `is_light_on_dark`
    a picture with a light background is inverted. If it shows a digit, its strokes are found, made light on black, and
    centred, just as a drawing's are.

    Args:
        picture: The picture.
        shape: Height, width and channels of the network's images; 1 channel is grey, 3 are colours.
        is_light_on_dark: Whether what is shown shall be light on dark.
        is_digit: Whether it shows a digit, for a network that reads digits.

    Raises:
        ClassroomError: If the network takes neither grey images nor images in colour.

    Example:
        >>> fitted = fit_picture(Picture(np.full((40, 40, 3), 250, np.uint8), ()), (8, 8, 1), is_light_on_dark=True)
        >>> fitted.pixels.shape, int(fitted.pixels[0, 0, 0])
        ((8, 8, 1), 5)
        >>> ", ".join(fitted.steps)
        'scaled to 8×8, inverted because the background is light'
    """
    height, width, channels = shape
    _check_channels(channels)
    if is_light_on_dark and is_digit and shape == DRAWING_SHAPE:
        strokes = _strokes(picture.pixels)
        if strokes is not None:
            found = "strokes found, made light on black, and centred in 28×28 as those of a drawing"
            return FittedPicture(strokes, (*picture.steps, found))
    steps = list(picture.steps)
    image = Image.fromarray(picture.pixels)
    if channels == 1:
        image = image.convert("L")
        if (picture.pixels != picture.pixels[..., :1]).any():
            steps.append("made grey")
    image = _in_proportion(image, height, width, steps)
    if image.size != (width, height):
        steps.append(f"{'scaled' if image.width > width else 'enlarged'} to {height}×{width}")
        image = image.resize((width, height), Image.Resampling.BILINEAR)
    pixels = np.asarray(image, np.uint8).reshape(shape)
    if is_light_on_dark and has_light_background(pixels):
        steps.append("inverted because the background is light")
        pixels = 255 - pixels
    return FittedPicture(pixels, tuple(steps))


def middle_square(picture: Picture) -> Picture:
    """Cut a picture to the square in its middle.

    Example:
        >>> middle_square(Picture(np.zeros((30, 20, 3), np.uint8), ())).pixels.shape
        (20, 20, 3)
    """
    height, width = picture.pixels.shape[:2]
    if height == width:
        return picture
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    square = np.ascontiguousarray(picture.pixels[top : top + side, left : left + side])
    return Picture(square, (*picture.steps, "cut to the middle square"))


def fit_whole_picture(picture: Picture, shape: tuple[int, int, int], *, keeps_aspect: bool = False) -> FittedPicture:
    """Bring all of a picture to a network's shape, nothing cut away, and say what was done.

    Args:
        picture: The picture, of any proportions.
        shape: Height, width and channels of the network's images; 1 channel is grey, 3 are colours.
        keeps_aspect: Whether it keeps its proportions, between black borders; else it is stretched.

    Raises:
        ClassroomError: If the network takes neither grey images nor images in colour.

    Example:
        >>> wide = Picture(np.full((30, 60, 3), 250, np.uint8), ())
        >>> fit_whole_picture(wide, (8, 8, 3)).steps
        ('stretched to 8×8',)
        >>> fitted = fit_whole_picture(wide, (8, 8, 1), keeps_aspect=True)
        >>> fitted.pixels[:, 0, 0].tolist(), fitted.steps
        ([0, 0, 250, 250, 250, 250, 0, 0], ('scaled to 8×8 within black borders',))
    """
    height, width, channels = shape
    _check_channels(channels)
    tall, wide = picture.pixels.shape[:2]
    steps = list(picture.steps)
    if (tall, wide) != (height, width):
        is_alike = wide * height == tall * width
        word = "scaled" if is_alike or keeps_aspect else "stretched"
        borders = " within black borders" if keeps_aspect and not is_alike else ""
        steps.append(f"{word} to {height}×{width}{borders}")
    return FittedPicture(fit_pixels(picture.pixels, Fit(shape, keeps_aspect)), tuple(steps))


def _check_channels(channels: int) -> None:
    if channels not in (1, 3):
        raise ClassroomError(
            f"This network takes images with {channels} channels, and pictures have one or three.",
            "Choose an image of its data set, or another network.",
        )


def _in_proportion(image: Image.Image, height: int, width: int, steps: list[str]) -> Image.Image:
    """Cut a square to the proportions of images that are not square."""
    if height == width:
        return image
    side, longer = image.width, max(height, width)
    tall, wide = max(1, round(side * height / longer)), max(1, round(side * width / longer))
    left, top = (side - wide) // 2, (side - tall) // 2
    steps.append("cut to the network’s proportions")
    return image.crop((left, top, left + wide, top + tall))


def _strokes(pixels: Bytes) -> Bytes | None:
    """Find strokes as the page Draw a digit does, in a photo or as on its canvas; nothing where there are none."""
    if _is_photo(pixels):
        subject = ink_of_photo(pixels).subject
        return None if subject.is_empty else seen_image(subject)
    opaque = np.full((*pixels.shape[:2], 1), 255, np.uint8)
    steps = preprocess_drawing(np.concatenate([pixels, opaque], axis=2))
    return None if steps is None else steps.network_input


def _is_photo(pixels: Bytes) -> bool:
    """Whether the ground of a picture is that of a photo: of many brightnesses, by light and noise; not of one."""
    rim = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]]).mean(axis=1)
    low, high = np.percentile(rim, [10, 90])
    return min(pixels.shape[:2]) >= LEAST_PHOTO and bool(high - low > EVEN)
