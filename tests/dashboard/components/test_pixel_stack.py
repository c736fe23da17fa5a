"""What goes to the browser for a stack of rows, and what is made of its answers; its drawing is in `tests/browser`."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.components.pixel_stack import Row, _take_act, _take_cell, _take_leaf, row_data
from dashboard.components.pixel_view import Cell, Pictures, view_data
from dashboard.palette import LIGHT

PICTURES = Pictures(np.arange(24.0).reshape(2, 3, 4), ["1", "2"], (0, 23))
ROWS = {
    "conv_1": Row("conv_1", ["conv_1", "3×4×2"], PICTURES, act="Show large", leaves=["1–2 of 4", "3–4 of 4"]),
    "dropout_1": Row("dropout_1", ["dropout_1"]),
}


def test_row_is_what_the_pixel_view_shows_under_its_words() -> None:
    row = Row(
        "conv_1",
        ["conv_1", "3×4×2"],
        PICTURES,
        what="feature map",
        tile_px=50,
        has_names=False,
        chosen=Cell(1, 2, 3),
        file_name="conv_1",
    )
    data = row_data(row, LIGHT, is_choosable=True)
    assert (data["name"], data["words"], data["what"]) == ("conv_1", ["conv_1", "3×4×2"], "feature maps of conv_1")
    assert data["view"] == view_data(
        PICTURES,
        LIGHT,
        what="feature map",
        tile_px=50,
        has_names=False,
        chosen=Cell(1, 2, 3),
        file_name="conv_1",
        is_choosable=True,
    )


def test_row_without_pictures_is_its_words() -> None:
    data = row_data(ROWS["dropout_1"], LIGHT, is_choosable=True)
    assert (data["view"], data["act"], data["leaves"]) == (None, "", [])


@pytest.mark.parametrize(
    ("answer", "chosen"),
    [(["conv_1", 1, 2, 3], [("conv_1", Cell(1, 2, 3))])]
    + [(answer, []) for answer in (None, 3, [], ["conv_1"], ["conv_1", 2, 0, 0], ["conv_9", 0, 0, 0], [1, 0, 0, 0])]
    + [(answer, []) for answer in (["dropout_1", 0, 0, 0], ["conv_1", 0, 0, 0, 0], ["conv_1", 0.0, 0, 0])],
)
def test_only_a_cell_that_is_there_is_a_choice(answer: object, chosen: list[Any]) -> None:
    taken: list[Any] = []
    _take_cell(ROWS, lambda *one: taken.append(one))({"cell": answer})
    assert taken == chosen
    _take_cell(ROWS, None)({"cell": answer})
    _take_cell(ROWS, lambda *one: taken.append(one))({})
    assert taken == chosen


@pytest.mark.parametrize(("answer", "acts"), [("conv_1", ["conv_1"]), ("dropout_1", []), ("conv_9", []), (3, [])])
def test_only_a_button_that_is_there_acts(answer: object, acts: list[str]) -> None:
    taken: list[str] = []
    _take_act(ROWS, taken.append)({"act": answer})
    assert taken == acts
    _take_act(ROWS, None)({"act": answer})


@pytest.mark.parametrize(
    ("answer", "leaves"),
    [(["conv_1", 1], [("conv_1", 1)]), (["conv_1", 0], [("conv_1", 0)])]
    + [
        (answer, []) for answer in (["conv_1", 2], ["conv_1", -1], ["conv_1", True], ["dropout_1", 0], ["conv_9", 0], 1)
    ],
)
def test_only_a_leaf_that_is_there_is_turned_to(answer: object, leaves: list[Any]) -> None:
    taken: list[Any] = []
    _take_leaf(ROWS, lambda *one: taken.append(one))({"leaf": answer})
    assert taken == leaves
    _take_leaf(ROWS, None)({"leaf": answer})


def test_stack_is_one_element_of_the_page() -> None:
    def page() -> None:
        import numpy as np

        from dashboard.components.pixel_stack import Row, pixel_stack
        from dashboard.components.pixel_view import Pictures
        from dashboard.palette import LIGHT

        rows = [Row(str(number), [str(number)], Pictures(np.zeros((1, 2, 2)), ["a"])) for number in range(5)]
        pixel_stack(rows, "test.stack", LIGHT, on_choose=print)

    app = AppTest.from_function(page).run()
    assert not app.exception
    (found,) = app.get("bidi_component")
    assert found.proto.json.count('"view":') == 5
