"""The one place that knows `streamlit-drawable-canvas`, and how it writes strokes.

What is measured about the package and handled here: it cannot be imported outside a running Streamlit, so it is
imported late. Its toolbar lies, invisible, over the canvas's top right, swallows strokes that begin there and erases
everything at a tap; it has no switch, so its own markup gets a style that takes it away. Its picture of the drawing
would travel to the server with every rerun, so only the strokes do; they are painted here. It sends 200 ms after the
pen is lifted. Its eraser is a pen with the paper's colour.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import streamlit as st

from cnn_core.strokes import Point, Stroke
from dashboard.components.live_canvas import WIDEST_PX, is_number

WITHOUT_TOOLBAR = '<style>.dc-toolbar { display: none !important; }</style><div class="canvas-root"></div>'
NUMBERS = {"M": 2, "L": 2, "Q": 4}
"""The commands of a freely drawn path, and how many numbers follow each."""
FURTHEST_PX = 10_000


def package() -> Any:
    """Import the package, and take its toolbar away."""
    import streamlit_drawable_canvas

    if not getattr(streamlit_drawable_canvas, "is_without_toolbar", False):
        streamlit_drawable_canvas.out = st.components.v2.component(
            "streamlit-drawable-canvas.streamlit_drawable_canvas",
            js="index-*.js",
            css="index-*.css",
            html=WITHOUT_TOOLBAR,
        )
        streamlit_drawable_canvas.is_without_toolbar = True
    return streamlit_drawable_canvas


def package_drawing(strokes: Sequence[Stroke], ink: str, paper: str, epoch: int = 0) -> dict[str, Any]:
    """Write strokes as the package keeps them.

    Args:
        strokes: The strokes.
        ink: Colour of the ink, as `#rrggbb`.
        paper: Colour of the paper, which is also what an eraser draws with.
        epoch: The package begins anew only with a drawing that differs from the one that it began with before; so
            another number makes it begin anew with the same strokes.

    Example:
        >>> drawing = package_drawing([Stroke(((1.0, 2.0), (3.0, 4.0)), 20)], "#ffffff", "#000000")
        >>> drawing["objects"][0]["path"]
        [['M', 1.0, 2.0], ['Q', 1.0, 2.0, 2.0, 3.0], ['L', 3.0, 4.0]]
    """
    paths = [_package_path(stroke, paper if stroke.is_eraser else ink) for stroke in strokes]
    return {"objects": paths, "epoch": epoch}


def _package_path(stroke: Stroke, colour: str) -> dict[str, Any]:
    points = stroke.points
    bends = [
        ["Q", *control, (control[0] + after[0]) / 2, (control[1] + after[1]) / 2] for control, after in pairwise(points)
    ]
    return {
        "type": "Path",
        "path": [["M", *points[0]], *bends, ["L", *points[-1]]],
        "stroke": colour,
        "strokeWidth": stroke.width_px,
        "strokeLineCap": "round",
        "strokeLineJoin": "round",
        "fill": None,
    }


def read_package_drawing(drawing: Any, paper: str) -> tuple[Stroke, ...]:
    """Read the strokes of a drawing of the package's; a browser's word, so what is no stroke is passed over.

    Args:
        drawing: What the package sent.
        paper: Colour of the paper; what is drawn in it was an eraser.

    Example:
        >>> stroke = Stroke(((1.0, 2.0), (3.0, 4.0), (9.0, 9.0)), 20, is_eraser=True)
        >>> read_package_drawing(package_drawing([stroke], "#ffffff", "#000000"), "#000000") == (stroke,)
        True
        >>> read_package_drawing({"objects": [{"path": "?"}, 3]}, "#000000")
        ()
    """
    objects = drawing.get("objects") if isinstance(drawing, dict) else None
    read = [_read_path(entry, paper) for entry in objects] if isinstance(objects, list) else []
    return tuple(stroke for stroke in read if stroke is not None)


def _read_path(entry: Any, paper: str) -> Stroke | None:
    match entry:
        case {"path": list(path), "strokeWidth": int() | float() as width, "stroke": str(colour)} if (
            0 < width <= WIDEST_PX
        ):
            points = [_read_point(command) for command in path]
            known = [point for point in points if point is not None]
            if known and len(known) == len(points):
                # The path names its first point twice: where it begins, and as what bends the first piece.
                once = known if len(known) == 1 else [known[0], *known[2:]]
                return Stroke(tuple(once), float(width), is_eraser=colour == paper)
    return None


def _read_point(command: Any) -> Point | None:
    match command:
        case [str(name), *numbers] if len(numbers) == NUMBERS.get(name):
            if all(is_number(number) and abs(number) < FURTHEST_PX for number in numbers):
                return float(numbers[0]), float(numbers[1])
    return None
