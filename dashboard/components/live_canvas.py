"""A canvas that sends while a stroke is being drawn, ten times a second, for mouse, pen and finger.

The browser draws at once and tells the server what the pen did, as points; the server paints the same curve again
(`cnn_core.strokes`). Undo, clear and the eraser are the browser's too, so that they answer without waiting.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

from cnn_core.strokes import Stroke
from dashboard import state
from dashboard.components.registration import register

MOST_STROKES = 500
MOST_POINTS = 20_000
WIDEST_PX = 200.0

_component = register(
    "live_canvas",
    '<div class="live-canvas"><canvas tabindex="0" role="img"></canvas>'
    '<div class="tools" role="toolbar" aria-label="Drawing tools"><span class="modes">'
    '<button type="button" class="pen">Pen</button><button type="button" class="eraser">Eraser</button></span>'
    '<button type="button" class="undo">Undo</button><button type="button" class="clear">Clear</button>'
    '<span class="count" aria-live="polite"></span></div></div>',
)


@dataclass(frozen=True)
class Message:
    """What the browser says has been drawn.

    Args:
        epoch: Which strokes of the server it goes on from.
        number: Counts the messages.
        keep: How many of the strokes that the server has are to stay.
        strokes: What comes after them; the last one may be unfinished.
        is_down: Whether the pen is still down.
    """

    epoch: int
    number: int
    keep: int
    strokes: tuple[Stroke, ...]
    is_down: bool

    def after(self, known: Sequence[Stroke]) -> tuple[Stroke, ...]:
        """Return all strokes, given those that the server had.

        Example:
            >>> dot, dash = Stroke(((1.0, 1.0),), 20), Stroke(((1.0, 1.0), (9.0, 1.0)), 20)
            >>> Message(epoch=0, number=1, keep=1, strokes=(dash,), is_down=True).after([dot, dot]) == (dot, dash)
            True
        """
        return (*known[: self.keep], *self.strokes)[:MOST_STROKES]


def live_canvas(
    key: str,
    strokes: Sequence[Stroke],
    *,
    size_px: int,
    pen_width_px: float,
    ink: str,
    paper: str,
    epoch: int,
    answered: int,
    on_draw: Callable[[Message], None],
    is_eager: bool = True,
) -> None:
    """Show a canvas to draw on.

    Args:
        key: The component's key.
        strokes: What is drawn on it so far, as the server knows it.
        size_px: Its width and height; on a narrow screen it is shown smaller.
        pen_width_px: How wide the next stroke will be, in the same pixels.
        ink: Colour of the ink, as `#rrggbb`.
        paper: Colour of the paper.
        epoch: Another number makes the browser take `strokes` in place of its own.
        answered: The number of the last message that was taken.
        on_draw: Called with each message.
        is_eager: Whether it sends while the pen is down, and not only when it is lifted.
    """
    data = {
        "key": key,
        "size": size_px,
        "width": pen_width_px,
        "ink": ink,
        "paper": paper,
        "epoch": epoch,
        "answered": answered,
        "isEager": is_eager,
        "strokes": [packed(stroke) for stroke in strokes],
        "label": "Canvas to draw on, with mouse, pen or finger. Control Z takes the last stroke back, Delete clears.",
    }

    def hear() -> None:
        message = message_of(key, size_px)
        if message is not None:
            on_draw(message)

    _component(key=key, data=data, on_drawn_change=hear)


def message_of(key: str, size_px: int) -> Message | None:
    """Return what a canvas has told in the run that goes on; for a callback whose turn may come before `on_draw`.

    Args:
        key: The component's key.
        size_px: The canvas's width and height.

    Returns:
        The message; nothing where it has told nothing.
    """
    value = state.widget_value(key)
    return read_message(value.get("drawn"), size_px) if value else None


def packed(stroke: Stroke) -> dict[str, Any]:
    """Write a stroke as the browser has it: its points as one row of numbers.

    Example:
        >>> packed(Stroke(((1.0, 2.5), (3.0, 4.0)), 20))
        {'width': 20, 'isEraser': False, 'points': [1.0, 2.5, 3.0, 4.0]}
    """
    numbers = [number for point in stroke.points for number in point]
    return {"width": stroke.width_px, "isEraser": stroke.is_eraser, "points": numbers}


def read_message(value: Any, size_px: int) -> Message | None:
    """Read what the browser sent; it is a browser's word, so what does not fit is passed over.

    Args:
        value: What came.
        size_px: Width and height of the canvas; points outside are moved to just beyond its edge.

    Returns:
        The message; nothing if it is none.

    Example:
        >>> stroke = {"width": 20, "isEraser": False, "points": [1, 2, 3, 4]}
        >>> value = {"epoch": 0, "number": 3, "keep": 1, "strokes": [stroke], "isDown": True}
        >>> read_message(value, 308).strokes[0].points
        ((1.0, 2.0), (3.0, 4.0))
        >>> read_message(value | {"keep": -1}, 308) is None
        True
    """
    match value:
        case {
            "epoch": int(epoch),
            "number": int(number),
            "keep": int(keep),
            "strokes": list(strokes),
            "isDown": bool(is_down),
        } if min(epoch, number, keep) >= 0 and len(strokes) <= MOST_STROKES:
            read = [_read_stroke(stroke, size_px) for stroke in strokes]
            if sum(len(stroke.points) if stroke else 0 for stroke in read) <= MOST_POINTS:
                known = tuple(stroke for stroke in read if stroke is not None)
                return Message(epoch, number, keep, known, is_down) if len(known) == len(read) else None
    return None


def _read_stroke(value: Any, size_px: int) -> Stroke | None:
    match value:
        case {"width": int() | float() as width, "isEraser": bool(is_eraser), "points": list(numbers)}:
            is_sound = numbers and len(numbers) % 2 == 0 and all(is_number(number) for number in numbers)
            if is_sound and is_number(width) and 0 < width <= WIDEST_PX:
                inside = [min(max(float(number), -WIDEST_PX), size_px + WIDEST_PX) for number in numbers]
                return Stroke(tuple(zip(inside[::2], inside[1::2], strict=True)), float(width), is_eraser)
    return None


def is_number(value: Any) -> bool:
    """Whether what a browser sent is a number that one can count with.

    Example:
        >>> is_number(2), is_number(True), is_number(float("nan")), is_number("2")
        (True, False, False, False)
    """
    return isinstance(value, (int, float)) and not isinstance(value, bool) and isfinite(value)
