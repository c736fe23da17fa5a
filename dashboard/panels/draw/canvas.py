"""The canvas that people draw on, whichever of the two it is, and the controls of its pen.

A drawing is a row of strokes, kept in the session under the canvas's key: so it is still there when the page was left,
and when the other kind of canvas is chosen.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt
import streamlit as st

from cnn_core.strokes import Colour, Stroke, paint_strokes
from dashboard import state
from dashboard.components.live_canvas import Message, live_canvas, message_of
from dashboard.controls.view_choice import view_choice
from dashboard.palette import Palette
from dashboard.panels.draw.canvas_package import package, package_drawing, read_package_drawing
from dashboard.words import some

Kind = Literal["live", "package"]
Background = Literal["black", "white", "paper"]

SIZE_PX = 308
PEN_WIDTH_PX = 20
KINDS: dict[Kind, str] = {"live": "While you draw", "package": "When you lift the pen"}
"""When each canvas tells the network."""

BACKGROUNDS: dict[Background, str] = {"black": "White on black", "white": "Black on white", "paper": "Blue on paper"}
TOOLS = {"pen": "Pen", "eraser": "Eraser"}
COLOURS: dict[Background, tuple[str, str]] = {
    "black": ("#ffffff", "#000000"),
    "white": ("#000000", "#ffffff"),
    "paper": ("#1b3a8c", "#f3edda"),
}
"""The colours of ink and paper. What a person draws is an image, and has its own colours in both themes."""


@dataclass(frozen=True, eq=False)
class CanvasDrawing:
    """What is on a canvas.

    Args:
        rgba: `(height, width, 4)`, uint8: the picture, in the colours of ink and paper.
        stroke_count: How many strokes it has, those of the eraser among them.
        is_finished: Whether the pen is up.
    """

    rgba: npt.NDArray[np.uint8]
    stroke_count: int
    is_finished: bool


@dataclass(frozen=True)
class CanvasRecord:
    """What the session keeps of a canvas.

    `epoch` changes when something else than the live canvas changes the strokes, or begins to: then it takes them. The
    package's canvas takes `package_start` then, and whenever that, or the colours, change; all stay while one draws.
    """

    strokes: tuple[Stroke, ...] = ()
    is_down: bool = False
    epoch: int = 0
    answered: int = 0
    package_start: tuple[Stroke, ...] = ()
    package_paper: str = ""


def drawing_canvas(
    key: str, palette: Palette, *, size_px: int = SIZE_PX, is_eager: bool = True
) -> CanvasDrawing | None:
    """Show a canvas, with pen and eraser, undo and clear below it.

    Put what follows the drawing into one fragment with it, and the controls of the pen outside: with the live canvas
    the fragment runs ten times a second.

    Args:
        key: Tells this canvas from others; its widgets' keys begin with it, as `"draw"`.
        palette: The theme's colours.
        size_px: Width and height of the canvas.
        is_eager: Whether the live canvas sends while the pen is down; where nothing follows the pen, let it be.

    Returns:
        What is drawn; nothing while the canvas is empty.
    """
    if state.choice(f"{key}.canvas_kind", "live") != "package":
        _live(key, size_px, is_eager)
    else:
        _package(key, size_px)
    return _drawing(key, size_px)


def canvas_drawing(key: str, *, size_px: int = SIZE_PX) -> CanvasDrawing | None:
    """Return what is on a canvas that is shown elsewhere on the page, as in the callback of a button beside it.

    Where the browser, or the server, is busy, a stroke and the button after it arrive together, and Streamlit calls the
    button first. So what has come from the canvas is taken here, too.

    Args:
        key: The canvas's key.
        size_px: Its width and height.

    Returns:
        What is drawn; nothing while the canvas is empty.
    """
    message = message_of(f"{key}.live", size_px)
    if message is not None and message.number > _record(key).answered:
        _take(key, message)
    return _drawing(key, size_px)


def _drawing(key: str, size_px: int) -> CanvasDrawing | None:
    record = _record(key)
    ink, paper = (_rgb(colour) for colour in _colours(key))
    if all(stroke.is_eraser for stroke in record.strokes):
        return None
    rgba = paint_strokes(record.strokes, size_px, ink, paper)
    return CanvasDrawing(rgba, len(record.strokes), not record.is_down)


def pen_controls(key: str, *, has_kinds: bool = True) -> None:
    """Choose the width of the pen, which holds for the next stroke, the colours, and when the drawing is sent.

    Args:
        key: The canvas's key.
        has_kinds: Whether one can choose between the two canvases.
    """
    name = f"{key}.pen_width"
    width = state.choice(name, PEN_WIDTH_PX)
    st.slider(
        "Pen width",
        6,
        40,
        value=width,
        key=state.sync_widget(name, width),
        help="In pixels of the canvas; it holds for the next stroke, of the eraser too.",
        on_change=state.keep_choice(name, name),
    )
    view_choice(
        "Background", f"{key}.background", f"{key}.background", BACKGROUNDS, "black", "Colours of pen and paper."
    )
    if not has_kinds:
        return
    view_choice(
        "The network reads",
        f"{key}.canvas_kind",
        f"{key}.canvas_kind",
        KINDS,
        "live",
        "Two canvases for the same drawing: one of this app, which sends ten times a second while the pen is down, and "
        "the package streamlit-drawable-canvas, which sends once, a moment after the pen is lifted.",
    )


def clear_canvas(key: str) -> None:
    """Take all strokes away, as when a drawing has been handed in; in a callback, or before the canvas is drawn.

    Args:
        key: The canvas's key.
    """
    _change(key, ())


def _live(key: str, size_px: int, is_eager: bool) -> None:
    record = _record(key)
    if state.widget_value(f"{key}.live") is None:  # new on the page: no pen is down on it yet
        record = replace(record, is_down=False)
        _keep(key, record)
    ink, paper = _colours(key)
    live_canvas(
        f"{key}.live",
        record.strokes,
        size_px=size_px,
        pen_width_px=state.choice(f"{key}.pen_width", PEN_WIDTH_PX),
        ink=ink,
        paper=paper,
        epoch=record.epoch,
        answered=record.answered,
        on_draw=lambda message: _take(key, message),
        is_eager=is_eager,
    )


def _take(key: str, message: Message) -> None:
    """Take what the live canvas sent; of strokes that have been changed meanwhile it knows nothing."""
    record = replace(_record(key), answered=message.number)
    if message.epoch == record.epoch:
        record = replace(record, strokes=message.after(record.strokes), is_down=message.is_down)
    _keep(key, record)


def _package(key: str, size_px: int) -> None:
    ink, paper = _colours(key)
    widget = f"{key}.package"
    record = _record(key)
    if state.widget_value(widget) is None or record.package_paper != paper:  # it begins anew
        start, epoch = record.strokes, record.epoch + 1  # what the live canvas still has to tell is over
        record = replace(record, package_start=start, package_paper=paper, is_down=False, epoch=epoch)
        _keep(key, record)
    is_eraser = state.choice(f"{key}.tool", "pen") == "eraser"

    with st.container():  # one element, as the live canvas is: what follows stays as it is when the canvas is changed
        package().st_canvas(
            stroke_width=state.choice(f"{key}.pen_width", PEN_WIDTH_PX),
            stroke_color=paper if is_eraser else ink,
            background_color=paper,
            width=size_px,
            height=size_px,
            initial_drawing=package_drawing(record.package_start, ink, paper, record.epoch),
            key=widget,
            on_change=lambda: _take_package(key, widget, paper),
        )
        _tools(key, record.strokes)


def _take_package(key: str, widget: str, paper: str) -> None:
    sent = (state.widget_value(widget) or {}).get("drawing") or {}
    _keep(key, replace(_record(key), strokes=read_package_drawing(sent.get("raw"), paper), is_down=False))


def _tools(key: str, strokes: tuple[Stroke, ...]) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        view_choice("Tool", f"{key}.tool", f"{key}.tool", TOOLS, "pen")
        st.button("Undo", key=f"{key}.undo", disabled=not strokes, on_click=lambda: _change(key, strokes[:-1]))
        st.button("Clear", key=f"{key}.clear", disabled=not strokes, on_click=lambda: _change(key, ()))
        with st.container(key=f"{key}.stroke_count", width="content"):
            st.caption(some(len(strokes), "stroke") if strokes else "Nothing drawn yet")


def _change(key: str, strokes: tuple[Stroke, ...]) -> None:
    record = _record(key)
    _keep(key, replace(record, strokes=strokes, is_down=False, epoch=record.epoch + 1, package_start=strokes))


def _record(key: str) -> CanvasRecord:
    return state.choice(f"{key}.drawing", CanvasRecord())


def _keep(key: str, record: CanvasRecord) -> None:
    state.set_choice(f"{key}.drawing", record)


def _colours(key: str) -> tuple[str, str]:
    chosen: Background = state.choice(f"{key}.background", "black")
    return COLOURS[chosen]


def _rgb(colour: str) -> Colour:
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return red, green, blue
