"""Loss and accuracy over the steps of a training, as an ECharts option.

Plotly draws everything else here. A curve that grows is drawn anew every second, though, and on the machine that also
trains, Plotly's rebuilding of the whole figure takes a fifth of the training's speed. ECharts keeps its node and draws
on a canvas: see `docs/adr/0008-growing-curves.md`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from cnn_core.comparison.smoothing import smoothed
from cnn_core.training.snapshot import LayerGradients
from dashboard.charts.base import FONT_SIZE
from dashboard.charts.network_tiles import mixed
from dashboard.palette import Palette

MOST_POINTS = 400
SMALLEST_NORM = 1e-9
"""A logarithmic axis has no zero: a gradient that has vanished is drawn here."""
MOST_MOMENTS = 120
"""Measurements of gradients that are drawn: there is a curve for every layer."""
DASHES = ("solid", "dashed", "dotted")
HEIGHT_PX = 320


def bucket_means(values: npt.NDArray[np.float32], most: int = MOST_POINTS) -> tuple[npt.NDArray[np.float32], int]:
    """Average neighbours so that a curve has at most `most` points.

    Args:
        values: `(count,)`, one number a batch.
        most: Most points to return, at least 1.

    Returns:
        The means, and how many batches each but perhaps the last is the mean of.

    Example:
        >>> bucket_means(np.float32([1, 3, 5, 7, 10]), most=3)
        (array([ 2.,  6., 10.], dtype=float32), 2)
    """
    width = max(1, -(-len(values) // most))
    starts = np.arange(0, len(values), width)
    if width == 1 or not len(values):
        return values, 1
    sums = np.add.reduceat(values, starts, dtype=np.float64)
    counts = np.diff(np.append(starts, len(values)))
    return (sums / counts).astype(np.float32), width


def training_curve(
    quantity: Literal["loss", "accuracy"],
    batches: npt.NDArray[np.float32],
    epoch_steps: Sequence[int],
    validation: Sequence[float],
    test: float | None,
    total_steps: int,
    palette: Palette,
    *,
    smoothing: float = 0.0,
    changes: Sequence[tuple[int, str]] = (),
) -> dict[str, Any]:
    """Describe one quantity over the steps: training per batch, validation per epoch, the test at the end.

    Args:
        quantity: `"loss"`, or `"accuracy"` (0 to 1; shown in percent).
        batches: `(step,)`, the quantity of each batch.
        epoch_steps: Step at the end of each complete epoch.
        validation: The quantity on the validation images at these steps.
        test: The quantity on the test images once known.
        total_steps: Steps of the whole training: the width of the axis, so that the curve grows into it.
        palette: The theme's colours.
        smoothing: How much each batch's number is averaged with those before, 0 to below 1; what is averaged stays
            faintly behind.
        changes: Steps at which a setting was changed, with what is written there.

    Returns:
        An option object for ECharts, of plain lists, numbers and words.
    """
    factor, digits, unit = (100.0, 1, " %") if quantity == "accuracy" else (1.0, 3, "")
    points, width = bucket_means(batches)
    steps = np.minimum(np.arange(1, len(points) + 1) * width, len(batches))
    behind = []
    if smoothing:
        faint = {"lineStyle": {"width": 1, "opacity": 0.35, "color": palette.training}, "symbol": "none"}
        behind = [_series("each batch", steps, points * factor, digits, palette.training, **faint)]
        points = bucket_means(smoothed(batches, smoothing).astype(np.float32))[0]
    series = [
        *behind,
        _series(
            "training",
            steps,
            points * factor,
            digits,
            palette.training,
            symbol="circle" if len(points) == 1 else "none",
            markLine=_marks(changes, palette),
        ),
        _series(
            "validation",
            epoch_steps,
            np.asarray(validation) * factor,
            digits,
            palette.validation,
            symbolSize=9,
            lineStyle={"type": "dashed", "width": 2.5, "color": palette.validation},
        ),
    ]
    if test is not None:
        star = _series("test", [len(batches)], np.array([test * factor]), digits, palette.text)
        series.append(star | {"type": "scatter", "symbol": STAR, "symbolSize": 17})
    title = quantity.capitalize() + ("" if width == 1 else f", mean of {width} batches")
    text = {"color": palette.text, "fontSize": FONT_SIZE}
    line = {"lineStyle": {"color": palette.border}}
    return {
        "animation": False,
        "backgroundColor": "transparent",
        "textStyle": {"fontFamily": "Source Sans, Source Sans Pro, sans-serif"},
        "title": {"text": title, "left": 0, "top": 0, "textStyle": text | {"fontSize": FONT_SIZE + 2}},
        "legend": {"left": 0, "top": 28, "textStyle": text, "data": [row["name"] for row in series]},
        "grid": {"left": 8, "right": 18, "top": 84 if changes else 66, "bottom": 34, "containLabel": True},
        "tooltip": {
            "trigger": "axis",
            "valueFormatter": f"%.{digits}f{unit.replace('%', '%%')}",
            "textStyle": {"fontSize": FONT_SIZE - 1},
        },
        "xAxis": {
            "type": "value",
            "name": "step (batches learned)",
            "nameLocation": "middle",
            "nameGap": 28,
            "nameTextStyle": text,
            "min": 0,
            "max": max(total_steps, 1),
            "axisLabel": text | {"fontSize": FONT_SIZE - 1, "hideOverlap": True},
            "splitLine": {"show": False},
            "axisLine": {"lineStyle": {"color": palette.muted}},
        },
        "yAxis": {
            "type": "value",
            "min": 0,
            "axisLabel": text | {"fontSize": FONT_SIZE - 1, "formatter": "{value}" + unit},
            "splitLine": line,
        }
        | ({"max": 100} if quantity == "accuracy" else {}),
        "series": series,
    }


STAR = "path://M0,-10 L2.9,-3.1 L9.5,-3.1 L4.1,1.2 L5.9,8.1 L0,4 L-5.9,8.1 L-4.1,1.2 L-9.5,-3.1 L-2.9,-3.1 Z"
"""A five-pointed star as an SVG path: the test, told apart by its form and not by its colour."""


def _marks(changes: Sequence[tuple[int, str]], palette: Palette) -> dict[str, Any]:
    """Mark steps by dotted lines across the curve."""
    return {
        "silent": True,
        "symbol": "none",
        "lineStyle": {"type": "dotted", "width": 1.5, "color": palette.text},
        "label": {"color": palette.text, "fontSize": FONT_SIZE - 1},
        "data": [{"xAxis": step, "label": {"formatter": words}} for step, words in changes],
    }


def gradient_curves(gradients: LayerGradients, total_steps: int, palette: Palette) -> dict[str, Any]:
    """Describe the length of each layer's gradient over the steps, on a logarithmic axis.

    Args:
        gradients: What was measured.
        total_steps: Steps of the whole training.
        palette: The theme's colours; the first layer has that of training, the last that of validation.

    Returns:
        An option object for ECharts, of plain lists, numbers and words.
    """
    option = training_curve("loss", np.zeros(0, np.float32), [], [], None, total_steps, palette)
    every = -(-len(gradients.steps) // MOST_MOMENTS)
    norms, steps = np.maximum(gradients.norms[::every], SMALLEST_NORM), gradients.steps[::every]
    count = len(gradients.layers)
    series = [
        {
            "name": name,
            "type": "line",
            "symbol": "none",
            "data": [[int(step), float(f"{norm:.3g}")] for step, norm in zip(steps, norms[:, i], strict=True)],
            "itemStyle": {"color": mixed(palette.training, palette.validation, 1 - i / max(count - 1, 1))},
            "lineStyle": {"width": 2, "type": DASHES[i % len(DASHES)]},
        }
        for i, name in enumerate(gradients.layers)
    ]
    title = option["title"] | {"text": "Length of each layer’s gradient"}
    axis = option["yAxis"] | {"type": "log", "axisLabel": {"color": palette.text, "fontSize": FONT_SIZE - 1}}
    del axis["min"]
    legend = option["legend"] | {"data": list(gradients.layers), "type": "scroll"}
    tooltip = {"trigger": "axis", "order": "valueDesc"}
    return option | {"title": title, "yAxis": axis, "legend": legend, "series": series, "tooltip": tooltip}


def _series(name: str, steps: Any, values: npt.NDArray[Any], digits: int, colour: str, **more: Any) -> dict[str, Any]:
    pairs = [[int(step), round(float(value), digits + 1)] for step, value in zip(steps, values, strict=True)]
    return {
        "name": name,
        "type": "line",
        "data": pairs,
        "itemStyle": {"color": colour},
        "lineStyle": {"width": 2, "color": colour},
    } | more
