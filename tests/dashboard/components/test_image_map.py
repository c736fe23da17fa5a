"""What the browser gets for a map of images, and what is taken back from it; its half is in `tests/browser`."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.charts.embedding_map import MapPoint
from dashboard.components.image_map import _take, view_data
from dashboard.palette import DARK, LIGHT

RIGHT = MapPoint("test image 8", 8, 0, "cat", 0.875, True, (1, 2), "dog", 2, True)
WRONG = MapPoint("test image 9", 9, 1, "cat", 0.5, False, (0, 2), "cat", 1, False)
DRAWN = MapPoint("your drawing", None, None, "dog", 1.0, None, (1, 0), "dog", 1, False)
POINTS = np.float32([[1 / 3, 2], [-1, 1e-9], [5, 5]])
IMAGES = np.zeros((3, 4, 2, 1), np.uint8)


def data(**changes: Any) -> dict[str, Any]:
    given = {"points": POINTS, "entries": [RIGHT, WRONG, DRAWN], "images": IMAGES, "palette": LIGHT} | changes
    return view_data(class_names=["cat", "dog"], marks=[(2, "your drawing")], file_name="map", **given)


def test_browser_gets_places_words_and_flags() -> None:
    found = data()
    assert found["points"] == [[0.33333, 2.0], [-1.0, 1e-09], [5.0, 5.0]]
    assert (found["classes"], found["isWrong"], found["isAstray"]) == ([0, 1, -1], [0, 1, 0], [1, 0, 0])
    assert found["isChoosable"] == [1, 1, 0]
    assert (found["verdicts"], found["sureness"][0]) == (["cat", "cat", "dog"], "87.5\N{NO-BREAK SPACE}%")
    assert (found["neighbours"], found["around"][0]) == ([[1, 2], [0, 2], [1, 0]], ["dog", 2])
    assert (found["marks"], found["file"]) == ([[2, "your drawing"]], "map")
    assert {name: found["sprite"][name] for name in ("columns", "height", "width")} == {
        "columns": 2, "height": 4, "width": 2
    }  # fmt: skip
    assert json.loads(json.dumps(found))["labels"][1] == [-1.0, pytest.approx(1e-9), "dog"]


def test_colours_are_the_theme_s() -> None:
    for palette in (LIGHT, DARK):
        colours = data(palette=palette)["colours"]
        assert (colours["classes"], colours["text"]) == (list(palette.classes), palette.text)


def test_each_point_needs_an_entry_and_an_image() -> None:
    for changes in ({"entries": [RIGHT]}, {"images": IMAGES[:2]}, {"points": POINTS[:2]}):
        with pytest.raises(ValueError, match=r"one entry and one image for each point.*Received: "):
            data(**changes)
    with pytest.raises(ValueError, match="0 points"):
        data(points=POINTS[:0], entries=[], images=IMAGES[:0])


@pytest.mark.parametrize("value", [{"point": 2}, {"point": 3}, {"point": -1}, {"point": True}, {"point": "0"}, {}])
def test_what_is_no_test_image_is_passed_over(value: dict[str, Any]) -> None:
    chosen: list[int] = []
    take = _take([8, 9, None], chosen.append)
    take(value)
    assert chosen == []
    take({"point": 1})
    assert chosen == [9]


def test_component_is_drawn() -> None:
    def page(points, entries, images):  # type: ignore[no-untyped-def]  # run elsewhere, without these names
        from dashboard.components.image_map import image_map
        from dashboard.palette import LIGHT

        image_map(
            points, entries, images, ["cat"], [], LIGHT, "test.map", file_name="map", on_choose=lambda number: None
        )

    app = AppTest.from_function(page, args=(POINTS[:1], [replace(RIGHT, neighbours=())], IMAGES[:1])).run()
    assert not app.exception
    (element,) = app.get("bidi_component")
    assert json.loads(element.proto.json)["titles"] == ["test image 8"]
