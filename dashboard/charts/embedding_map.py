"""A map of images: its pictures in one, its labels, and its numbers as a table."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, sqrt
from typing import Any

import numpy as np
import numpy.typing as npt

from dashboard.charts.png import png_address

LONGEST_LABEL = 16
"""Letters of a class's name on the map; the cursor's words have all."""


@dataclass(frozen=True)
class MapPoint:
    """One image on the map.

    Args:
        title: What it is, as `"test image 12"`.
        number: Its number among the test images, from 1; nothing if it is none of them.
        class_index: Its class; nothing where it is not known.
        verdict: The class that the network takes it for, by name.
        sureness: That class's probability, 0 to 1.
        is_right: Whether the verdict is right; nothing where the class is not known.
        neighbours: Its nearest neighbours in the hidden layer, as places in the list of points; the nearest first.
        around: The class that most of them are of, by name.
        around_count: How many of them are of that class.
        is_astray: Whether most of them are of another class than its own.
    """

    title: str
    number: int | None
    class_index: int | None
    verdict: str
    sureness: float
    is_right: bool | None
    neighbours: tuple[int, ...]
    around: str
    around_count: int
    is_astray: bool


def sprite(images: npt.NDArray[np.uint8]) -> tuple[str, int]:
    """Lay images side by side into one picture.

    Args:
        images: `(count, height, width, channels)`, uint8, at least one. Three channels are shown in colour, of any
            other number the first one in grey.

    Returns:
        The picture as an address that holds it, and how many images it has in a row.
    """
    count, height, width, channels = images.shape
    columns = ceil(sqrt(count))
    rows = ceil(count / columns)
    filled = np.zeros((rows * columns, height, width, channels), dtype=np.uint8)
    filled[:count] = images
    picture = filled.reshape(rows, columns, height, width, channels).swapaxes(1, 2)
    return png_address(picture.reshape(rows * height, columns * width, channels)), columns


def class_labels(
    points: npt.NDArray[np.floating[Any]], class_indices: Sequence[int | None], names: Sequence[str]
) -> list[tuple[float, float, str]]:
    """Place each class's name at the median of its points.

    Args:
        points: `(count, 2)`.
        class_indices: The class of each; points without one do not count.
        names: One name a class.

    Returns:
        Place and name of each class that has points.

    Example:
        >>> class_labels(np.array([[0, 0], [2, 4], [9, 8]]), [0, 0, None], ["cat", "dog"])
        [(1.0, 2.0, 'cat')]
    """
    known = np.array([-1 if index is None else index for index in class_indices])
    found = []
    for index, name in enumerate(names):
        mine = points[known == index]
        if len(mine):
            x, y = np.median(mine, axis=0)
            short = name if len(name) <= LONGEST_LABEL else f"{name[: LONGEST_LABEL - 1]}…"
            found.append((float(x), float(y), short))
    return found


def map_csv(points: npt.NDArray[np.floating[Any]], entries: Sequence[MapPoint], names: Sequence[str]) -> str:
    """Write the map as a table: place, class, verdict and number of each image.

    Args:
        points: `(count, 2)`.
        entries: The images.
        names: One name a class.

    Returns:
        CSV with a head.
    """
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(["x", "y", "image", "test_image", "class", "verdict", "probability", "most_neighbours_are"])
    for (x, y), entry in zip(points.tolist(), entries, strict=True):
        name = "" if entry.class_index is None else names[entry.class_index]
        row = [f"{x:.6g}", f"{y:.6g}", entry.title, "" if entry.number is None else entry.number, name, entry.verdict]
        table.writerow([*row, f"{entry.sureness:.4f}", entry.around])
    return text.getvalue()
