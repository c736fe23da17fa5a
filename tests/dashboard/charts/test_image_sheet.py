"""Rows of small images as one element."""

from __future__ import annotations

import base64
import io
import re

import numpy as np
import pytest
from PIL import Image

from dashboard.charts.image_sheet import MOST_SIDE, Row, Tile, image_sheet
from dashboard.charts.part_counts import part_counts
from dashboard.palette import DARK, LIGHT


def sprite_of(html: str) -> np.ndarray:
    found = re.search(r"url\(data:image/png;base64,([^)]+)\)", html)
    assert found
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(found[1]))))


@pytest.mark.parametrize("count", [1, 2, 5, 9, 11])
def test_every_tile_shows_its_own_image(count: int) -> None:
    images = np.zeros((count, 3, 2, 1), np.uint8)
    images[:] = (10 + np.arange(count)).reshape(-1, 1, 1, 1)
    html = image_sheet(images, [Row("all", [Tile(place, str(place)) for place in range(count)])], LIGHT)
    picture = sprite_of(html)
    places = re.findall(r"background-size:([\d.]+)% ([\d.]+)%;background-position:([\d.]+)% ([\d.]+)%", html)
    for number, (wide, high, across, down) in enumerate(places):
        # What CSS shows of a background: its size against the tile's, and shares of what is left over.
        columns, lines = float(wide) / 100, float(high) / 100
        column, line = float(across) / 100 * (columns - 1), float(down) / 100 * (lines - 1)
        assert picture[round(line) * 3 + 1, round(column) * 2] == 10 + number
        assert (column, line) == (pytest.approx(round(column), abs=0.01), pytest.approx(round(line), abs=0.01))
    assert len(places) == count


def test_large_images_are_sent_small_and_names_stay_text() -> None:
    row = Row("<b>cat</b>", [Tile(3, 'a "cat"', "dog & co", is_odd=True)])
    html = image_sheet(np.zeros((1, 200, 100, 3), np.uint8), [row], DARK, chosen=3)
    assert max(sprite_of(html).shape) <= MOST_SIDE
    assert "<b>cat</b>" not in html
    assert 'aria-label="a &quot;cat&quot;: dog &amp; co"' in html
    assert '<em class="odd">dog &amp; co</em>' in html
    assert 'aria-pressed="true"' in html


def test_one_tile_takes_the_keyboard_the_chosen_one_if_it_is_there() -> None:
    rows = [Row("a", [Tile(4, "x"), Tile(8, "y")]), Row("none", [])]
    images = np.zeros((2, 2, 2, 1), np.uint8)
    for chosen, focus in ((8, 8), (99, 4), (None, 4)):
        html = image_sheet(images, rows, LIGHT, chosen=chosen)
        assert re.findall(r'data-layer="(\d+)" tabindex="0"', html) == [str(focus)]


def test_tiles_and_images_must_belong_together() -> None:
    with pytest.raises(ValueError, match="Received: 2 for 1 tiles"):
        image_sheet(np.zeros((2, 2, 2, 1), np.uint8), [Row("a", [Tile(0, "x")])], LIGHT)
    assert 'class="sheet lines"' in image_sheet(np.zeros((0, 2, 2, 1), np.uint8), [Row("a", [])], LIGHT)


def test_bars_of_both_parts_share_one_scale() -> None:
    html = part_counts(["a", "b"], [100, 50], [25, 0], LIGHT)
    assert "first-child{width:28%}" in html
    assert "first-child{width:42%}" in part_counts(["Uninfected"], [1000], [5], LIGHT), "long names get more room"
    assert re.findall(r"--s:([\d.]+)", html)[:4] == ["1.000", "0.250", "0.500", "0.000"]
    assert "--s:0.000" in part_counts(["a"], [0], [0], LIGHT)
