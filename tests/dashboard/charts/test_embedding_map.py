"""The parts of a map of images: one picture of all, names at medians, a table."""

from __future__ import annotations

import base64
import csv
import io

import numpy as np
import pytest
from PIL import Image

from dashboard.charts.embedding_map import LONGEST_LABEL, MapPoint, class_labels, map_csv, sprite


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("count", [1, 2, 7, 9])
def test_every_image_stands_at_its_place_in_the_picture(count: int, channels: int) -> None:
    images = np.random.default_rng(count).integers(0, 256, (count, 4, 3, channels), dtype=np.uint8)
    address, columns = sprite(images)
    with Image.open(io.BytesIO(base64.b64decode(address.partition(",")[2]))) as picture:
        pixels = np.asarray(picture)
    assert pixels.shape[:2] == (-(-count // columns) * 4, columns * 3)
    for index, image in enumerate(images):
        top, left = 4 * (index // columns), 3 * (index % columns)
        np.testing.assert_array_equal(
            pixels[top : top + 4, left : left + 3], image if channels == 3 else image[:, :, 0]
        )


def test_names_stand_at_the_median_and_long_ones_are_cut() -> None:
    points = np.array([[0, 0], [1, 10], [50, 2], [7, 7], [8, 9]])
    long = "a name of many letters"
    found = class_labels(points, [0, 0, 0, 2, None], ["x", "empty", long])
    assert found == [(1.0, 2.0, "x"), (7.0, 7.0, f"{long[: LONGEST_LABEL - 1]}…")]


def test_table_has_a_row_for_each_image() -> None:
    known = MapPoint("test image 1,012", 1012, 1, 'a "cat", big', 0.5, False, (1,), "dog", 3, True)
    drawn = MapPoint("your drawing", None, None, "dog", 1.0, None, (0,), "dog", 5, False)
    text = map_csv(np.array([[1.25, -2], [1e-7, 3]]), [known, drawn], ["cat", "dog"])
    head, *rows = csv.reader(io.StringIO(text))
    assert head == ["x", "y", "image", "test_image", "class", "verdict", "probability", "most_neighbours_are"]
    assert rows == [
        ["1.25", "-2", "test image 1,012", "1012", "dog", 'a "cat", big', "0.5000", "dog"],
        ["1e-07", "3", "your drawing", "", "", "dog", "1.0000", "dog"],
    ]
