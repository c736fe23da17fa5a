"""The pictures of a report: curves and test images, drawn without any library for charts."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from html import escape
from math import ceil, floor, isfinite, log10

import numpy as np
import numpy.typing as npt
from PIL import Image

WIDTH, HEIGHT = 340, 200
LEFT, RIGHT, TOP, BOTTOM = 44, 10, 10, 34
"""Sizes in pixels: the picture, and the room around the curve for numbers and names."""

MOST_POINTS = 400
"""More points than this cannot be told apart on paper; of longer curves each point is the mean of some batches."""

_TICKS = 4
_STEPS = (1, 2, 2.5, 5, 10)


def curve_svg(
    name: str,
    batches: npt.NDArray[np.float32],
    steps: Sequence[int],
    validation: Sequence[float],
    highest: float | None = None,
) -> str:
    """Draw how a number changed while a network learned.

    Args:
        name: What it is, as `"Loss"`.
        batches: `(steps,)`, the number of each batch; what is not finite is left out.
        steps: The steps at which epochs ended.
        validation: The number on the validation images at each of them.
        highest: The top of the axis; by default the largest number.

    Returns:
        An `<svg>` element whose colours come from the page's style.
    """
    xs, ys = _thinned(batches)
    dots = [(float(x), y) for x, y in zip(steps, validation, strict=True) if isfinite(y)]
    largest = max([*ys, *(y for _, y in dots)], default=1.0)
    top = highest or _ticks(largest)[-1]
    right = max(len(batches), *steps, 1) if steps else max(len(batches), 1)

    def place(x: float, y: float) -> str:
        across = LEFT + (WIDTH - LEFT - RIGHT) * x / right
        down = TOP + (HEIGHT - TOP - BOTTOM) * (1 - min(y, top) / top)
        return f"{across:.1f},{down:.1f}"

    parts = [
        f'<svg class="curve" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="{escape(name)} over {right:,} steps">'
    ]
    for value in _ticks(top):
        at = place(0, value).split(",")[1]
        parts.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{at}" y2="{at}"/>')
        parts.append(f'<text class="number end" x="{LEFT - 6}" y="{float(at) + 4:.1f}">{value:g}</text>')
    for value in _ticks(right)[: -1 if _ticks(right)[-1] > right else None]:
        at = place(value, 0).split(",")[0]
        parts.append(f'<text class="number middle" x="{at}" y="{HEIGHT - BOTTOM + 16}">{value:,.0f}</text>')
    parts.append(f'<text class="number middle" x="{(WIDTH + LEFT) / 2:.0f}" y="{HEIGHT - 4}">step</text>')
    line = " ".join(place(x, y) for x, y in zip(xs, ys, strict=True))
    parts.append(f'<polyline class="training" points="{line}"/>')
    if dots:
        parts.append(f'<polyline class="validation" points="{" ".join(place(x, y) for x, y in dots)}"/>')
    for x, y in dots:
        across, down = place(x, y).split(",")
        parts.append(f'<circle class="validation" cx="{across}" cy="{down}" r="3"/>')
    parts.append("</svg>")
    return "".join(parts)


def png_address(image: npt.NDArray[np.uint8]) -> str:
    """Write an image as an address that holds it, for an `<img>`.

    Args:
        image: `(height, width, channels)`, 0 to 255. Three channels are colours; else the first is shown in grey.
    """
    shown = np.ascontiguousarray(image if image.shape[2] == 3 else image[:, :, 0])
    with io.BytesIO() as buffer:
        Image.fromarray(shown).save(buffer, "PNG")
        return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode("ascii")


def _thinned(values: npt.NDArray[np.float32]) -> tuple[list[float], list[float]]:
    """Steps and numbers to draw: means over equal stretches, where there are more than can be seen."""
    xs, ys = [], []
    for stretch in np.array_split(np.arange(len(values)), min(max(len(values), 1), MOST_POINTS)):
        finite = values[stretch][np.isfinite(values[stretch])]
        if len(finite):
            xs.append(float(stretch.mean()) + 1)
            ys.append(float(finite.astype(np.float64).mean()))
    return xs, ys


def _ticks(largest: float) -> list[float]:
    """Round numbers from 0 to the first that is not below `largest`."""
    if not largest > 0:
        return [0.0, 1.0]
    rough = largest / _TICKS
    power = 10.0 ** floor(log10(rough))
    step = next(power * factor for factor in _STEPS if power * factor >= rough * (1 - 1e-9))
    return [step * number for number in range(ceil(largest / step - 1e-9) + 1)]
