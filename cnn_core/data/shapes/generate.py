"""Shapes on coloured paper: where they are, how large, how they are turned, in which colours and in which light."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from cnn_core.data.dataset import Dataset, LabelledImages
from cnn_core.data.paint import coverage, each, photograph, rgb_from_hsv, waves
from cnn_core.data.shapes.outlines import SHAPES
from cnn_core.data.sheets import Part, draw_in_sheets

FloatArray = npt.NDArray[np.float32]

SLUG = "shapes"
CLASS_NAMES: tuple[str, ...] = tuple(shape.name for shape in SHAPES)
IMAGE_SIZE_PX = 32
SEED = 1959
COUNTS: dict[Part, int] = {"train": 10_000, "test": 2_000}

IMAGES_PER_SHEET = 20 * len(SHAPES)
_FARTHEST_PX = 3.0
_HUE_RANGE = 0.045
_LEAST_CONTRAST = 0.42
_LEAST_VALUE = 0.15
_CANDIDATES = 16
_MOST_TINT = 0.07
_MOST_SHADE = 0.2
_DARKEST = 0.7
_NOISE = (1, 7)


def load_shapes() -> Dataset:
    """The built-in shapes: the same for everybody, drawn within a second or two.

    Returns:
        10,000 training and 2,000 test images, `(count, 32, 32, 3)`, as many of each class.
    """
    train, test = (generate_shapes(count, SEED, part) for part, count in COUNTS.items())
    return Dataset(SLUG, CLASS_NAMES, train, test)


def generate_shapes(count: int, seed: int, part: Part) -> LabelledImages:
    """Coloured shapes that no one drew: a program chooses their place, size, angle, colours, light and noise.

    What a class is not about is left to chance in the same way for all: a bar may be of any colour, and so may the
    paper below it.

    Args:
        count: How many images. Any ten in a row, from a multiple of ten on, are of the ten classes.
        seed: Which images. A longer list with the same seed begins with the shorter one.
        part: `"train"` or `"test"`.

    Returns:
        Images `(count, 32, 32, 3)`, and the classes as labels: indices into `CLASS_NAMES`.

    Raises:
        ValueError: If `count` or `seed` is negative, or `part` is neither of the two.

    Example:
        >>> shapes = generate_shapes(20, seed=1, part="train")
        >>> shapes.images.shape, sorted(shapes.labels[:10].tolist())
        ((20, 32, 32, 3), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    """
    return draw_in_sheets(count, seed, part, IMAGES_PER_SHEET, _sheet)


def _sheet(rng: np.random.Generator) -> LabelledImages:
    labels = rng.permuted(np.tile(np.arange(len(SHAPES)), (IMAGES_PER_SHEET // len(SHAPES), 1)), axis=1).reshape(-1)
    count = len(labels)
    ink, paper = (colours[:, :, None, None] for colours in _colours(labels, rng))
    tint = rng.uniform(-_MOST_TINT, _MOST_TINT, (count, 3, 1, 1)).astype(np.float32)
    planes = waves(IMAGE_SIZE_PX, count, 0.6, rng)[:, None] * tint
    planes += paper
    planes += _draw(labels, rng)[:, None] * (ink - paper)
    shade = waves(IMAGE_SIZE_PX, count, 0.4, rng) * each(rng, 0, _MOST_SHADE, count)[:, None, None]
    shade += np.float32(1)
    shade *= 255 * each(rng, _DARKEST, 1, count)[:, None, None]
    planes *= shade[:, None]
    return LabelledImages(photograph(planes, each(rng, *_NOISE, count), rng), labels)


def _draw(labels: npt.NDArray[np.int64], rng: np.random.Generator) -> FloatArray:
    """How much of each pixel the shape covers, 0 to 1."""
    place = np.arange(IMAGE_SIZE_PX, dtype=np.float32) + np.float32(0.5 - IMAGE_SIZE_PX / 2)
    count = len(labels)
    right, down = (place - rng.uniform(-_FARTHEST_PX, _FARTHEST_PX, (2, count, 1))).astype(np.float32)
    turned = np.array([shape.turned_rad for shape in SHAPES])[labels]
    wavering = np.array([shape.wavering_rad for shape in SHAPES])[labels]
    angle = turned + wavering * rng.uniform(-1, 1, count)
    cosine, sine = np.cos(angle).astype(np.float32)[:, None], np.sin(angle).astype(np.float32)[:, None]
    along = (right * cosine)[:, None, :] + (down * sine)[:, :, None]
    across = (down * cosine)[:, :, None] - (right * sine)[:, None, :]
    inside = np.empty_like(along)
    for label, shape in enumerate(SHAPES):
        chosen = labels == label
        inside[chosen] = shape.outline(along[chosen], across[chosen], rng)
    return coverage(inside, each(rng, 0.8, 1.8, count))


def _colours(labels: npt.NDArray[np.int64], rng: np.random.Generator) -> tuple[FloatArray, FloatArray]:
    """Ink and paper, `(count, 3)` each: any two that can be told apart; discs and squares have an ink of their own."""
    count = len(labels)
    any_hue = each(rng, 0, 1, count)
    own = np.array([np.nan if shape.hue is None else shape.hue for shape in SHAPES], np.float32)[labels]
    hue = np.where(np.isnan(own), any_hue, own + each(rng, -_HUE_RANGE, _HUE_RANGE, count))
    is_free = np.isnan(own)
    saturation = np.where(is_free, each(rng, 0, 1, count), each(rng, 0.65, 1, count))
    value = np.where(is_free, each(rng, _LEAST_VALUE, 1, count), each(rng, 0.55, 1, count))
    ink = rgb_from_hsv(hue % 1, saturation, value)
    lows, size = (0, 0, _LEAST_VALUE), _CANDIDATES * count
    papers = rgb_from_hsv(*(each(rng, low, 1, size) for low in lows)).reshape(_CANDIDATES, count, 3)
    distance = np.sqrt(((papers - ink) ** 2).mean(axis=-1))
    is_good = distance >= _LEAST_CONTRAST
    chosen = np.where(is_good.any(axis=0), is_good.argmax(axis=0), distance.argmax(axis=0))
    return ink, papers[chosen, np.arange(count)]
