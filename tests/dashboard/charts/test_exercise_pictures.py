"""The pictures of an exercise on the screen."""

from __future__ import annotations

import base64
import io
import re

import numpy as np
from PIL import Image

from cnn_core.exercises import Picture
from dashboard.charts.exercise_pictures import exercise_pictures
from dashboard.palette import DARK
from dashboard.panels.exercises.question import scale_tables


def test_each_picture_has_its_title_and_its_range_and_its_pixels() -> None:
    image = np.arange(6, dtype=np.uint8).reshape(2, 3)
    weights = np.array([[-2.5, 0.0], [0.5, 1.0]])
    html = exercise_pictures([Picture("<b>Image</b>", image), Picture("Map", weights, "diverging")], scale_tables(DARK))
    assert re.findall(r"<figcaption>(.*?)</figcaption>", html) == ["&lt;b&gt;Image&lt;/b&gt;", "Map: −2.5 to 1"]
    assert re.findall(r'alt="(.*?)"', html) == ["&lt;b&gt;Image&lt;/b&gt;", "Map: −2.5 to 1"]
    shown = [np.asarray(Image.open(io.BytesIO(base64.b64decode(text)))) for text in re.findall(r'base64,(.*?)"', html)]
    np.testing.assert_array_equal(shown[0], image)
    background, negative = (tuple(bytes.fromhex(colour[1:])) for colour in (DARK.background, DARK.negative))
    assert tuple(shown[1][0, 1]) == background, "zero is the background"
    assert tuple(shown[1][0, 0]) == negative
