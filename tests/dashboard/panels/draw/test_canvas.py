"""The two canvases behind the one adapter, without a browser: what they get, and what is made of what they send."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any, cast

import pytest
from streamlit.testing.v1 import AppTest

from cnn_core.strokes import Stroke
from dashboard import state
from dashboard.components.live_canvas import Message, packed
from dashboard.panels.draw.canvas import CanvasRecord
from dashboard.panels.draw.canvas_package import package_drawing, read_package_drawing
from tests.pages.helpers import checked, texts

LINE = Stroke(((40.0, 50.0), (90.0, 60.0), (100.0, 160.0)), 20.0)
DOT = Stroke(((200.0, 200.0),), 12.0)
ERASER = Stroke(((40.0, 50.0), (60.0, 50.0)), 30.0, is_eraser=True)


def canvas_page() -> None:
    """Two canvases, as on different pages; the first one's picture in words."""
    import streamlit as st

    from dashboard.palette import LIGHT
    from dashboard.panels.draw import canvas as canvas_adapter

    for message in st.session_state.get("messages", []):
        canvas_adapter._take("first", message)
    st.session_state["messages"] = []
    drawing = canvas_adapter.drawing_canvas("first", LIGHT, size_px=240)
    if drawing is None:
        st.caption("empty")
    else:
        brightest, darkest = drawing.rgba[..., :3].max(axis=(0, 1)), drawing.rgba[..., :3].min(axis=(0, 1))
        st.caption(f"{drawing.stroke_count} strokes, finished: {drawing.is_finished}, {drawing.rgba.shape}")
        st.caption(f"from {darkest.tolist()} to {brightest.tolist()}")
    canvas_adapter.pen_controls("first")
    canvas_adapter.drawing_canvas("second", LIGHT)
    st.button("Hand in", on_click=lambda: canvas_adapter.clear_canvas("first"))

    def look() -> None:
        found = canvas_adapter.canvas_drawing("first", size_px=240)
        st.session_state["seen"] = found.stroke_count if found is not None else 0
        canvas_adapter.clear_canvas("first")

    st.button("Look", key="look", on_click=look)


@pytest.fixture
def app() -> AppTest:
    return checked(AppTest.from_function(canvas_page, default_timeout=30).run())


def sent_to(app: AppTest, key: str) -> dict[str, Any]:
    """What a canvas in the browser is given."""
    (found,) = [element for element in app.get("bidi_component") if element.proto.id.endswith(f"-{key}")]
    return cast("dict[str, Any]", json.loads(found.proto.json))


def tell(app: AppTest, *messages: Message) -> AppTest:
    """Let the live canvas send messages."""
    app.session_state["messages"] = list(messages)
    return checked(app.run())


def kept(app: AppTest) -> CanvasRecord:
    return cast(CanvasRecord, app.session_state["state.choices"]["first.drawing"])


def test_canvas_begins_live_and_empty(app: AppTest) -> None:
    assert "empty" in texts(app)
    given = sent_to(app, "first.live")
    assert (given["size"], given["width"], given["strokes"], given["ink"]) == (240, 20, [], "#ffffff")
    assert sent_to(app, "second.live")["size"] == 308


def test_drawing_follows_each_message_before_the_pen_is_lifted(app: AppTest) -> None:
    tell(app, Message(0, 1, 0, (DOT,), True))
    assert "1 strokes, finished: False, (240, 240, 4)" in texts(app)
    assert "from [0, 0, 0] to [255, 255, 255]" in texts(app)
    tell(app, Message(0, 2, 0, (LINE,), False), Message(0, 5, 1, (DOT,), False))
    assert "2 strokes, finished: True" in texts(app)
    given = sent_to(app, "first.live")
    assert given["answered"] == 5
    assert given["strokes"] == [packed(LINE), packed(DOT)]
    assert sent_to(app, "second.live")["strokes"] == []


def test_button_s_callback_sees_the_stroke_that_came_with_the_press(
    app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where they arrive together, Streamlit calls the button first and the canvas afterwards."""
    drawn = {"epoch": 0, "number": 1, "keep": 0, "strokes": [packed(LINE)], "isDown": False}
    real = state.widget_value
    sent = lambda key: {"drawn": drawn} if key == "first.live" else real(key)  # noqa: E731
    monkeypatch.setattr(state, "widget_value", sent)
    checked(app.button("look").click().run())
    assert app.session_state["seen"] == 1
    assert "empty" in texts(app), "what has been handed in does not come back with the same message"
    assert kept(app).answered == 1


def test_only_erasers_leave_an_empty_canvas(app: AppTest) -> None:
    tell(app, Message(0, 1, 0, (ERASER,), False))
    assert "empty" in texts(app)


def test_handed_in_drawing_is_gone_and_what_was_sent_before_does_not_bring_it_back(app: AppTest) -> None:
    tell(app, Message(0, 1, 0, (DOT,), False))
    checked(next(button for button in app.button if button.label == "Hand in").click().run())
    assert "empty" in texts(app)
    assert sent_to(app, "first.live")["epoch"] == 1
    tell(app, Message(0, 2, 0, (DOT, LINE), False))
    assert "empty" in texts(app)
    assert sent_to(app, "first.live")["answered"] == 2
    tell(app, Message(1, 3, 0, (LINE,), False))
    assert "1 strokes" in texts(app)


def test_pen_and_background_hold_for_both_canvases(app: AppTest) -> None:
    tell(app, Message(0, 1, 0, (DOT, LINE), False))
    checked(app.slider("first.pen_width").set_value(33).run())
    checked(app.segmented_control("first.background").set_value("paper").run())
    assert "from [27, 58, 140] to [243, 237, 218]" in texts(app)
    given = sent_to(app, "first.live")
    assert (given["width"], given["ink"], given["paper"]) == (33, "#1b3a8c", "#f3edda")
    checked(app.segmented_control("first.canvas_kind").set_value("package").run())
    other = sent_to(app, "first.package")
    assert (other["strokeWidth"], other["strokeColor"], other["backgroundColor"]) == (33, "#1b3a8c", "#f3edda")
    assert sent_to(app, "second.live")["paper"] == "#000000"


def test_another_canvas_keeps_the_drawing_both_ways(app: AppTest) -> None:
    tell(app, Message(0, 1, 0, (LINE, ERASER, DOT), False))
    checked(app.segmented_control("first.canvas_kind").set_value("package").run())
    given = sent_to(app, "first.package")["initialDrawing"]
    assert read_package_drawing(given, "#000000") == (LINE, ERASER, DOT)
    assert "3 strokes, finished: True" in texts(app)
    checked(app.button("first.undo").click().run())
    assert read_package_drawing(sent_to(app, "first.package")["initialDrawing"], "#000000") == (LINE, ERASER)
    checked(app.segmented_control("first.tool").set_value("eraser").run())
    assert sent_to(app, "first.package")["strokeColor"] == "#000000"
    checked(app.segmented_control("first.canvas_kind").set_value("live").run())
    live = sent_to(app, "first.live")
    assert live["strokes"] == [packed(LINE), packed(ERASER)]
    assert live["epoch"] == 2, "of what has been drawn meanwhile the live canvas knew nothing"
    checked(app.segmented_control("first.canvas_kind").set_value("package").run())
    checked(app.button("first.clear").click().run())
    assert "empty" in texts(app)
    assert "Nothing drawn yet" in texts(app)
    assert app.button("first.undo").disabled
    assert kept(app).strokes == ()


def test_drawing_on_the_package_s_canvas_stays_its_own_until_something_else_changes_it(app: AppTest) -> None:
    """What it began with must not change while one draws: it would begin again."""
    tell(app, Message(0, 1, 0, (LINE,), False))
    checked(app.segmented_control("first.canvas_kind").set_value("package").run())
    begun = sent_to(app, "first.package")["initialDrawing"]
    app.session_state["first.package"] = {"drawing": {"raw": package_drawing([LINE, DOT], "#ffffff", "#000000")}}
    app.session_state["state.choices"]["first.drawing"] = CanvasRecord(
        (LINE, DOT), epoch=1, package_start=(LINE,), package_paper="#000000"
    )
    checked(app.run())
    assert sent_to(app, "first.package")["initialDrawing"] == begun
    checked(app.segmented_control("first.background").set_value("white").run())
    begun = sent_to(app, "first.package")["initialDrawing"]
    assert read_package_drawing(begun, "#ffffff") == (LINE, DOT)


def test_clearing_again_is_another_beginning_for_the_package(app: AppTest) -> None:
    """It passes over a drawing that is the one that it began with, whatever was drawn since."""
    checked(app.segmented_control("first.canvas_kind").set_value("package").run())
    begun = []
    for _ in range(2):
        record = kept(app)
        app.session_state["state.choices"]["first.drawing"] = replace(record, strokes=(DOT,))
        checked(app.run())
        checked(app.button("first.clear").click().run())
        begun.append(sent_to(app, "first.package")["initialDrawing"])
    assert begun[0]["objects"] == begun[1]["objects"] == []
    assert begun[0] != begun[1]


@pytest.mark.parametrize(
    "entry",
    [
        None,
        {},
        {"path": [], "stroke": "#fff", "strokeWidth": 3},
        {"path": [["C", 1, 2, 3, 4, 5, 6]], "stroke": "#fff", "strokeWidth": 3},
        {"path": [["M", 1]], "stroke": "#fff", "strokeWidth": 3},
        {"path": [["M", 1, "2"]], "stroke": "#fff", "strokeWidth": 3},
        {"path": [["M", 1, float("nan")]], "stroke": "#fff", "strokeWidth": 3},
        {"path": [["M", 1, 2]], "stroke": "#fff", "strokeWidth": 0},
        {"path": [["M", 1, 2]], "stroke": None, "strokeWidth": 3},
    ],
)
def test_what_is_no_stroke_of_the_package_s_is_passed_over(entry: object) -> None:
    drawing = package_drawing([DOT], "#ffffff", "#000000")
    drawing["objects"].append(entry)
    assert read_package_drawing(drawing, "#000000") == (DOT,)


@pytest.mark.parametrize("drawing", [None, 3, {}, {"objects": None}, {"objects": 3}])
def test_no_drawing_has_no_strokes(drawing: object) -> None:
    assert read_package_drawing(drawing, "#000000") == ()
