"""A map of images as points: the picture at the cursor, its class and its verdict, and the points that stray.

The browser gets places, words and one picture of all images, and shows what is at the cursor without asking again.
Only the choice of an image goes back.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from dashboard import state
from dashboard.charts.embedding_map import MapPoint, class_labels, sprite
from dashboard.components.registration import register
from dashboard.palette import Palette
from dashboard.words import percent

_component = register(
    "image_map",
    '<div class="image-map"><div class="layout"><div class="stage">'
    '<canvas class="points" tabindex="0" role="application"></canvas>'
    '<div class="card" hidden><div class="picture"></div>'
    "<p><span></span><b><span></span></b><span></span></p></div></div>"
    '<div class="beside"><section class="astray"><h3></h3><p></p><ul></ul></section>'
    '<section class="wrong"><h3></h3><p></p><ul></ul></section></div>'
    '<p class="words" aria-live="polite"></p><div class="legend"></div>'
    '<p class="save"><button type="button" class="png">Save PNG</button></p></div></div>',
    ("saving",),
)


def image_map(
    points: npt.NDArray[np.floating[Any]],
    entries: Sequence[MapPoint],
    images: npt.NDArray[np.uint8],
    class_names: Sequence[str],
    marks: Sequence[tuple[int, str]],
    palette: Palette,
    key: str,
    *,
    file_name: str,
    on_choose: Callable[[int], None],
) -> None:
    """Show images as points of a plane.

    Args:
        points: `(count, 2)`, the place of each.
        entries: What is said about each.
        images: `(count, height, width, channels)`, uint8.
        class_names: One name a class, in the order of the class indices.
        marks: Points that carry a star, and the words beside it.
        palette: The theme's colours.
        key: The component's key.
        file_name: Under which the picture is saved, without `.png`.
        on_choose: Gets the number of the test image that was clicked, tapped twice, or chosen with Enter.
    """
    data = view_data(points, entries, images, class_names, marks, palette, file_name=file_name)
    _component(
        key=key,
        data=data,
        on_point_change=state.when_changed(key, _take([entry.number for entry in entries], on_choose)),
    )


def view_data(
    points: npt.NDArray[np.floating[Any]],
    entries: Sequence[MapPoint],
    images: npt.NDArray[np.uint8],
    class_names: Sequence[str],
    marks: Sequence[tuple[int, str]],
    palette: Palette,
    *,
    file_name: str,
) -> dict[str, Any]:
    """Gather what the browser needs; the arguments are those of `image_map`.

    Raises:
        ValueError: If there is not one entry and one image for each point.
    """
    if not len(points) == len(entries) == len(images) or not len(points):
        raise ValueError(
            "There must be one entry and one image for each point, and at least one. "
            f"Received: {len(points)} points, {len(entries)} entries, {len(images)} images."
        )
    classes = [entry.class_index for entry in entries]
    address, columns = sprite(images)
    return {
        "points": [[float(f"{x:.5g}"), float(f"{y:.5g}")] for x, y in points.tolist()],
        "classes": [-1 if index is None else index for index in classes],
        "names": list(class_names),
        "labels": class_labels(points, classes, class_names),
        "titles": [entry.title for entry in entries],
        "verdicts": [entry.verdict for entry in entries],
        "sureness": [percent(entry.sureness) for entry in entries],
        "isWrong": [int(entry.is_right is False) for entry in entries],
        "isAstray": [int(entry.is_astray) for entry in entries],
        "neighbours": [list(entry.neighbours) for entry in entries],
        "around": [[entry.around, entry.around_count] for entry in entries],
        "marks": [list(mark) for mark in marks],
        "sprite": {"address": address, "columns": columns, "height": images.shape[1], "width": images.shape[2]},
        "isChoosable": [int(entry.number is not None) for entry in entries],
        "file": file_name,
        "colours": {
            "classes": list(palette.classes),
            "paper": palette.background,
            "text": palette.text,
            "muted": palette.muted,
            "border": palette.border,
        },
    }


def _take(numbers: Sequence[int | None], on_choose: Callable[[int], None]) -> Callable[[Any], None]:
    """Unpack what the browser sent; it is a browser's word, so what is no test image is passed over."""

    def take(value: Any) -> None:
        point = value.get("point")
        if not isinstance(point, int) or isinstance(point, bool) or not 0 <= point < len(numbers):
            return
        number = numbers[point]
        if number is not None:
            on_choose(number)

    return take
