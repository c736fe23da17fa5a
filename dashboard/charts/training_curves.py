"""Loss and accuracy over the steps of a training."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from dashboard.charts.base import FONT_SIZE, base_figure
from dashboard.palette import Palette

MOST_POINTS = 400
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
) -> go.Figure:
    """Draw one quantity over the steps: training per batch, validation per epoch, the test at the end.

    Args:
        quantity: `"loss"`, or `"accuracy"` (0 to 1).
        batches: `(step,)`, the quantity of each batch.
        epoch_steps: Step at the end of each complete epoch.
        validation: The quantity on the validation images at these steps.
        test: The quantity on the test images once known.
        total_steps: Steps of the whole training: the width of the axis, so that the curve grows into it.
        palette: The theme's colours.
    """
    figure = base_figure(palette, HEIGHT_PX)
    points, width = bucket_means(batches)
    steps = np.minimum(np.arange(1, len(points) + 1) * width, len(batches))
    form = ".1%" if quantity == "accuracy" else ".3f"
    each = "each batch" if width == 1 else f"mean of {width} batches"
    figure.add_scatter(
        x=steps,
        y=points,
        mode="lines" if len(points) > 1 else "markers",
        name="training",
        line={"color": palette.training, "width": 2},
        marker={"color": palette.training, "size": 7},
        hovertemplate=f"step %{{x}}<br>training {quantity} %{{y:{form}}} ({each})<extra></extra>",
    )
    figure.add_scatter(
        x=list(epoch_steps),
        y=list(validation),
        mode="lines+markers",
        name="validation",
        line={"color": palette.validation, "width": 2.5, "dash": "dash"},
        marker={"color": palette.validation, "size": 8},
        cliponaxis=False,
        hovertemplate=f"after step %{{x}}<br>validation {quantity} %{{y:{form}}}<extra></extra>",
    )
    if test is not None:
        figure.add_scatter(
            x=[len(batches)],
            y=[test],
            mode="markers",
            name="test",
            marker={"color": palette.text, "size": 13, "symbol": "star"},
            cliponaxis=False,
            hovertemplate=f"test {quantity} %{{y:{form}}}<extra></extra>",
        )
    each_point = "" if width == 1 else f", mean of {width} batches"
    figure.update_layout(
        title={"text": f"{quantity.capitalize()}{each_point}", "font": {"size": FONT_SIZE + 2}, "x": 0, "y": 0.98},
        showlegend=True,
        legend={"orientation": "h", "x": 0, "xanchor": "left", "y": 1.0, "yanchor": "bottom"},
        margin={"t": 64},
        uirevision="training",
    )
    figure.update_xaxes(
        title={"text": "step (batches learned)", "font": {"size": FONT_SIZE}},
        range=[0, max(total_steps, 1) * 1.03],
        showgrid=False,
    )
    if quantity == "accuracy":
        figure.update_yaxes(range=[0, 1.02], tickformat=".0%")
    else:
        figure.update_yaxes(rangemode="tozero")
    return figure
