"""What the live canvas's messages say; drawing itself is in `tests/browser/test_canvas.py`."""

from __future__ import annotations

from typing import Any

import pytest

from cnn_core.strokes import Stroke
from dashboard.components.live_canvas import MOST_POINTS, MOST_STROKES, Message, packed, read_message

STROKE = {"width": 20, "isEraser": True, "points": [1.5, 2, 3, 4]}
SENT = {"epoch": 0, "number": 3, "keep": 1, "strokes": [STROKE], "isDown": True}


def test_message_is_read() -> None:
    read = Stroke(((1.5, 2.0), (3.0, 4.0)), 20.0, is_eraser=True)
    assert read_message(SENT, 308) == Message(epoch=0, number=3, keep=1, strokes=(read,), is_down=True)
    assert read_message(SENT | {"strokes": [packed(read)]}, 308) == read_message(SENT, 308)


@pytest.mark.parametrize(
    "changed",
    [
        *({"strokes": [STROKE | {"points": points}]} for points in ([], [1], [1, "2"], [1, None], [1, float("nan")])),
        *({"strokes": [STROKE | {"width": width}]} for width in (0, -3, 1e6, "20", True, float("inf"))),
        {"strokes": [STROKE | {"isEraser": 1}]},
        {"strokes": [STROKE, None]},
        {"strokes": [STROKE] * (MOST_STROKES + 1)},
        {"strokes": [STROKE | {"points": [0] * 2 * (MOST_POINTS + 1)}]},
        {"strokes": "none"},
        {"number": -1},
        {"number": 1.5},
        {"keep": -1},
        {"epoch": None},
        {"isDown": "yes"},
    ],
)
def test_what_is_no_message_is_passed_over(changed: dict[str, Any]) -> None:
    assert read_message(SENT | changed, 308) is None


@pytest.mark.parametrize("value", [None, 3, "drawn", [], {}, {"strokes": []}])
def test_anything_else_is_passed_over_too(value: object) -> None:
    assert read_message(value, 308) is None


def test_points_far_outside_stay_near_the_canvas() -> None:
    message = read_message(SENT | {"strokes": [STROKE | {"points": [1e300, -1e300]}]}, 308)
    assert message is not None
    ((x, y),) = message.strokes[0].points
    assert 308 < x <= 1000
    assert -1000 <= y < 0


def test_drawing_is_what_is_kept_and_what_is_new() -> None:
    dots = [Stroke(((float(x), 1.0),), 20) for x in range(4)]
    message = Message(epoch=0, number=1, keep=1, strokes=(dots[3],), is_down=True)
    assert message.after(dots[:3]) == (dots[0], dots[3])
    assert message.after(()) == (dots[3],)
    assert len(message.after(dots * MOST_STROKES)) == 2
    assert len(Message(0, 1, MOST_STROKES, (dots[3],), False).after(dots * MOST_STROKES)) == MOST_STROKES
