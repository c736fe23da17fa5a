"""What goes to the browser to be drawn, and what is made of its answer; the browser's half is in `tests/browser`."""

from __future__ import annotations

import base64
import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from plotly.colors import sample_colorscale, unlabel_rgb
from streamlit.testing.v1 import AppTest

from dashboard.components.pixel_view import Cell, Frame, Pictures, _take, scale_table, view_data
from dashboard.palette import DARK, LIGHT, Palette
from tests.oracles import STEADY

MAPS = np.arange(2 * 3 * 4, dtype=np.float32).reshape(2, 3, 4)
NAMES = ["1", "2"]


def numbers(data: dict[str, Any]) -> np.ndarray:
    kind = np.dtype("<f4") if data["kind"] == "float32" else np.uint8
    return np.frombuffer(base64.b64decode(data["values"]), dtype=kind)


def colours(table: str) -> list[list[int]]:
    return np.frombuffer(base64.b64decode(table), dtype=np.uint8).reshape(-1, 3).tolist()


def rgb(colour: str) -> list[int]:
    return [int(colour[place : place + 2], 16) for place in (1, 3, 5)]


@STEADY
@given(arrays(np.float32, array_shapes(min_dims=3, max_dims=3, max_side=4)))
def test_every_number_arrives_as_it_is(values: np.ndarray) -> None:
    # Any memory layout, as from a transposed array; what is not a number stays so.
    turned = np.asfortranarray(values)
    data = view_data(Pictures(turned, [""] * len(values)), LIGHT)
    assert (data["count"], data["height"], data["width"]) == values.shape
    np.testing.assert_array_equal(numbers(data).reshape(values.shape), values)
    json.dumps(data, allow_nan=False)


def test_double_precision_and_whole_numbers_become_32_bit() -> None:
    for kind in (np.float64, np.int64):
        data = view_data(Pictures(MAPS.astype(kind), NAMES), LIGHT)
        assert data["kind"] == "float32"
        np.testing.assert_array_equal(numbers(data), MAPS.ravel())


def test_bytes_stay_bytes_and_colours_need_no_scale() -> None:
    grey = MAPS.astype(np.uint8)
    data = view_data(Pictures(grey, NAMES, (0, 255), "grey"), LIGHT)
    assert (data["kind"], data["limits"], data["hasBar"]) == ("uint8", [[0, 255]], True)
    np.testing.assert_array_equal(numbers(data), grey.ravel())
    coloured = np.stack([grey] * 3, axis=-1)
    data = view_data(Pictures(coloured, NAMES), LIGHT)
    assert (data["kind"], data["limits"], data["hasBar"]) == ("colour", [], False)
    np.testing.assert_array_equal(numbers(data), coloured.ravel())


@pytest.mark.parametrize("limits", [(0.0, 23.0), [(0.0, 11.0), (12.0, 40.0)]], ids=["for all", "for each"])
def test_rough_numbers_are_steps_between_the_ends_of_their_scale(limits: Any) -> None:
    data = view_data(Pictures(MAPS, NAMES, limits, is_rough=True), LIGHT)
    assert data["kind"] == "steps"
    steps = numbers(data).reshape(MAPS.shape)
    low, high = np.array(data["limits"]).T[:, :, np.newaxis, np.newaxis]
    step = (high - low) / 255
    assert (np.abs(low + steps * step - MAPS) <= step / 2 + 1e-6).all()


def test_numbers_beyond_the_scale_are_its_ends_and_gaps_are_never_rough() -> None:
    beyond = view_data(Pictures(MAPS, NAMES, (5.0, 6.0), is_rough=True), LIGHT)
    assert numbers(beyond).tolist() == [0] * 6 + [255] * 18
    with_gap = np.where(MAPS == 3, np.nan, MAPS).astype(np.float32)
    assert view_data(Pictures(with_gap, NAMES, is_rough=True), LIGHT)["kind"] == "float32"
    assert view_data(Pictures(MAPS.astype(np.uint8), NAMES, is_rough=True), LIGHT)["kind"] == "uint8"


def test_amounts_have_plotly_s_colours() -> None:
    expected = [list(unlabel_rgb(colour)) for colour in sample_colorscale("Viridis", np.linspace(0, 1, 256))]
    assert np.abs(np.subtract(colours(scale_table("amount", LIGHT)), expected)).max() <= 0.5 + 1e-6
    assert scale_table("amount", LIGHT) == scale_table("amount", DARK)


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_zero_has_the_page_s_colour(palette: Palette) -> None:
    table = colours(scale_table("diverging", palette))
    assert len(table) == 257
    assert [table[place] for place in (0, 128, 256)] == [
        rgb(colour) for colour in (palette.negative, palette.background, palette.positive)
    ]
    half = (np.add(rgb(palette.background), rgb(palette.positive)) / 2).tolist()
    assert np.abs(np.subtract(table[192], half)).max() <= 0.5


@given(st.floats(-1e30, 1e30), st.floats(-1e30, 1e30))
def test_diverging_scale_is_symmetric_whatever_its_limits(low: float, high: float) -> None:
    ((lower, upper),) = view_data(Pictures(MAPS, NAMES, (low, high), "diverging"), LIGHT)["limits"]
    assert lower == -upper
    assert upper == (max(abs(low), abs(high)) or 1.0)


def test_limits_are_for_all_or_for_each() -> None:
    assert view_data(Pictures(MAPS, NAMES, (1, 3)), LIGHT)["limits"] == [[1, 3]]
    each = view_data(Pictures(MAPS, NAMES, [(0, 3), (-2, 5)]), LIGHT)
    assert each["limits"] == [[0, 3], [-2, 5]]
    # No room between the ends, or ends that are no numbers: still something that can be drawn.
    assert view_data(Pictures(MAPS, NAMES, [(2, 2), (np.nan, np.inf)]), LIGHT)["limits"] == [[2, 3], [0, 1]]


@pytest.mark.parametrize("channels", [1, 3])
def test_image_beneath_is_sent_in_colour(channels: int) -> None:
    under = np.random.default_rng(0).integers(0, 256, (5, 6, channels), dtype=np.uint8)
    height, width, text = view_data(Pictures(MAPS, NAMES, under=under), LIGHT)["under"]
    sent = np.frombuffer(base64.b64decode(text), dtype=np.uint8).reshape(height, width, 3)
    np.testing.assert_array_equal(sent, under if channels == 3 else np.repeat(under, 3, axis=2))


def test_notes_marks_and_words_are_sent() -> None:
    data = view_data(
        Pictures(MAPS, NAMES, notes=["", "dead"]),
        LIGHT,
        what="feature map",
        chosen=Cell(1, 2, 3),
        frames=[Frame(0, 1, 0, 3, 2)],
    )
    assert (data["what"], data["names"], data["notes"]) == ("feature map", ["1", "2"], ["", "dead"])
    assert (data["chosen"], data["frames"]) == ([1, 2, 3], [[0, 1, 0, 3, 2]])
    assert view_data(Pictures(MAPS, NAMES, notes=["", ""]), LIGHT)["notes"] == []
    assert view_data(Pictures(MAPS, ["", ""]), LIGHT)["hasNames"] is False


@pytest.mark.parametrize(
    ("what", "count", "words"),
    [("feature map", 2, "2 feature maps"), ("feature map", 1, "1 feature map"), ("class", 2, "2 classes"),
     ("patch", 2, "2 patches"), ("", 2, "2 pictures"), ("", 1, "1 picture")],
)  # fmt: skip
def test_screen_readers_hear_how_many_there_are_in_plain_words(what: str, count: int, words: str) -> None:
    data = view_data(Pictures(MAPS[:count], NAMES[:count]), LIGHT, what=what)
    assert (data["many"], data["noun"]) == (words, what or "picture")


@pytest.mark.parametrize(
    ("pictures", "message"),
    [
        (Pictures(MAPS[0], NAMES), r"Received: values\.shape=\(3, 4\), values\.dtype=float32"),
        (Pictures(MAPS[:0], []), r"Received: values\.shape=\(0, 3, 4\)"),
        (Pictures(np.zeros((2, 3, 4, 3)), NAMES), r"Received: values\.shape=\(2, 3, 4, 3\), values\.dtype=float64"),
        (Pictures(np.zeros((2, 3, 4, 2), np.uint8), NAMES), r"Received: values\.shape=\(2, 3, 4, 2\)"),
        (Pictures(MAPS, ["1"]), r"names must be one for each of 2 pictures\. Received: 1 names"),
        (Pictures(MAPS, NAMES, notes=["dead"]), r"Received: 1 notes"),
        (Pictures(MAPS, NAMES, [(0, 1)]), r"Received: limits of shape \(1, 2\) for 2 pictures"),
        (Pictures(MAPS, NAMES, under=np.zeros((3, 4), np.uint8)), r"Received: under\.shape=\(3, 4\)"),
        (Pictures(MAPS, NAMES, under=np.zeros((3, 4, 1))), r"Received: .*under\.dtype=float64"),  # type: ignore[arg-type]
    ],
)
def test_what_does_not_belong_together_is_refused(pictures: Pictures, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        view_data(pictures, LIGHT)


@pytest.mark.parametrize("cell", [Cell(2, 0, 0), Cell(0, 3, 0), Cell(0, 0, 4), Cell(-1, 0, 0)])
def test_marked_cell_must_be_there(cell: Cell) -> None:
    with pytest.raises(ValueError, match=r"2 pictures of 3×4\. Received: Cell\("):
        view_data(Pictures(MAPS, NAMES), LIGHT, chosen=cell)


@pytest.mark.parametrize(
    "frame", [Frame(2, 0, 0, 1, 1), Frame(0, 0, 0, 4, 1), Frame(0, 1, 1, 1, 2), Frame(0, 0, -1, 1, 1)]
)
def test_frame_must_lie_in_its_picture(frame: Frame) -> None:
    with pytest.raises(ValueError, match=r"Received: Frame\("):
        view_data(Pictures(MAPS, NAMES), LIGHT, frames=[frame])


@pytest.mark.parametrize(
    ("answer", "chosen"),
    [([0, 0, 0], [Cell(0, 0, 0)]), ([1, 2, 3], [Cell(1, 2, 3)])]
    + [(answer, []) for answer in (None, 3, "123", [1, 2], [1, 2, 3, 0], [2, 0, 0], [0, 3, 0], [0, 0, 4], [-1, 0, 0])]
    + [(answer, []) for answer in ([0.0, 0, 0], [True, 0, 0], ["0", 0, 0], [None, 0, 0], {"0": 0, "1": 0, "2": 0})],
)
def test_only_a_cell_that_is_there_is_a_choice(answer: object, chosen: list[Cell]) -> None:
    taken: list[Cell] = []
    _take((2, 3, 4), taken.append)({"cell": answer})
    assert taken == chosen
    _take((2, 3, 4), None)({"cell": answer})
    _take((2, 3, 4), taken.append)({})


def test_component_is_drawn() -> None:
    def page() -> None:
        import numpy as np

        from dashboard.components.pixel_view import Pictures, pixel_view
        from dashboard.palette import LIGHT

        pixel_view(Pictures(np.zeros((1, 2, 2)), ["a"]), "test.view", LIGHT, what="map", on_choose=print)
        pixel_view(Pictures(np.zeros((1, 2, 2)), ["a"]), "test.other", LIGHT, what="map", file_name="maps")

    app = AppTest.from_function(page).run()
    assert not app.exception
    one, other = [json.loads(element.proto.json) for element in app.get("bidi_component")]
    assert (one["isChoosable"], one["file"]) == (True, "")
    assert (other["isChoosable"], other["file"]) == (False, "maps")
