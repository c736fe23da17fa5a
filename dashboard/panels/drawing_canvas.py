"""The canvas that people draw on: the one place that knows `streamlit-drawable-canvas`.

What is measured about the package and handled here: it cannot be imported outside a running Streamlit, so it is
imported late. `image_data` raises unless it is asked for. Its toolbar lies, invisible, over the canvas's top right,
swallows strokes that begin there and erases everything at a tap; it has no switch, so its own markup gets a style that
takes it away, and undo and clear are buttons of ours. Strokes are lost when the page is left, so they are kept in the
session's state and given back as the initial drawing.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import streamlit as st

from cnn_core.drawing import preprocess_drawing
from dashboard import state
from dashboard.words import some

KEY = "draw.canvas"
SIZE_PX = 308
PEN_WIDTH_PX = 20
INK = "#ffffff"
PAPER = "#000000"
WITHOUT_TOOLBAR = '<style>.dc-toolbar { display: none !important; }</style><div class="canvas-root"></div>'


def drawing_canvas() -> npt.NDArray[np.uint8] | None:
    """Show the canvas with undo and clear below it.

    Returns:
        `(28, 28, 1)`, uint8: the drawing as a network sees it; nothing while the canvas is empty.
    """
    package = _package()
    result = package.st_canvas(
        stroke_width=state.choice("draw.pen_width", PEN_WIDTH_PX),
        stroke_color=INK,
        background_color=PAPER,
        width=SIZE_PX,
        height=SIZE_PX,
        initial_drawing=state.canvas_start(),
        return_image_data=True,
        key=KEY,
    )
    strokes = (result.json_data or {}).get("objects", [])
    state.set_strokes(strokes)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("Undo", key="draw.undo", icon=":material/undo:", disabled=not strokes, on_click=_undo)
        st.button("Clear", key="draw.clear", icon=":material/delete:", disabled=not strokes, on_click=_clear)
        with st.container(key="draw.stroke_count", width="content"):
            st.caption(some(len(strokes), "stroke") if strokes else "Nothing drawn yet")
    if not strokes:
        state.set_drawn_image(None)
    elif result.image_data is not None:
        steps = preprocess_drawing(result.image_data)
        state.set_drawn_image(None if steps is None else steps.network_input)
    return state.drawn_image()


def pen_controls() -> None:
    """Choose the width of the pen; it holds for the next stroke."""
    key = state.seed_widget("draw.pen_width", state.choice("draw.pen_width", PEN_WIDTH_PX))
    st.slider(
        "Pen width",
        6,
        40,
        key=key,
        help="In pixels of the canvas.",
        on_change=state.keep_choice(key, "draw.pen_width"),
    )


def _undo() -> None:
    state.restart_canvas(state.strokes()[:-1])


def _clear() -> None:
    state.restart_canvas([])


def _package() -> Any:
    import streamlit_drawable_canvas as package

    if not getattr(package, "is_without_toolbar", False):
        package.out = st.components.v2.component(
            "streamlit-drawable-canvas.streamlit_drawable_canvas",
            js="index-*.js",
            css="index-*.css",
            html=WITHOUT_TOOLBAR,
        )
        package.is_without_toolbar = True
    return package
