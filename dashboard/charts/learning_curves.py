"""What a step of every length would do to the loss, and what the steps that were taken have done."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from dashboard.charts.base import FONT_SIZE, base_figure
from dashboard.palette import Palette

HEIGHT_PX = 250
HEADROOM = 1.6
"""So far above the loss before the step the axis goes; what rises beyond is too large anyway."""

Doubles = npt.NDArray[np.float64]


def rate_figure(
    rates: Doubles, own: Doubles, others: Doubles, before: float, chosen: float, after: float, palette: Palette
) -> go.Figure:
    """Draw the loss after one step against the length of the step.

    Args:
        rates: `(count,)`, learning rates, rising.
        own: `(count,)`, loss of the image that the step is made from, after a step with each.
        others: `(count,)`, mean loss of the other images.
        before: Loss of the image before the step.
        chosen: The learning rate that is chosen.
        after: The loss of the image with that one.
        palette: The theme's colours.
    """
    figure = base_figure(palette, HEIGHT_PX)
    top = HEADROOM * max(before, float(others[0]))
    figure.add_hline(before, line={"color": palette.muted, "width": 1.5, "dash": "dot"})
    _line(figure, rates, others, "nine others, mean", {"color": palette.validation, "width": 2.5, "dash": "dash"}, top)
    _line(figure, rates, own, "this image", {"color": palette.training, "width": 3}, top)
    figure.add_vline(chosen, line={"color": palette.text, "width": 1.5, "dash": "dot"})
    figure.add_scatter(
        x=[chosen],
        y=[min(after, top)] if np.isfinite(after) else [top],
        mode="markers",
        marker={"size": 12, "color": palette.training, "line": {"color": palette.text, "width": 2}},
        name="chosen",
        showlegend=False,
        hoverinfo="skip",
    )
    ticks = [0.001, 0.01, 0.1, 1.0, 10.0]
    figure.update_xaxes(
        type="log", title="learning rate", tickvals=ticks, ticktext=[f"{tick:g}" for tick in ticks], fixedrange=True
    )
    return _finished(figure, "loss after the step", top)


def history_figure(steps: Doubles, own: Doubles, all_ten: Doubles, palette: Palette) -> go.Figure:
    """Draw the losses over the steps that were taken.

    Args:
        steps: `(count,)`, steps taken at each moment, rising.
        own: `(count,)`, loss of the image at hand.
        all_ten: `(count,)`, mean loss of one image of each digit.
        palette: The theme's colours.
    """
    figure = base_figure(palette, HEIGHT_PX)
    known = np.concatenate([own, all_ten])
    highest = 1.2 * float(known[np.isfinite(known)].max(initial=0.0))
    top = max(min(highest, 4 * max(float(own[0]), float(all_ten[0]))), 1e-3)
    mode = "lines+markers" if len(steps) < 40 else "lines"
    dashed = {"color": palette.validation, "width": 2.5, "dash": "dash"}
    _line(figure, steps, all_ten, "all ten, mean", dashed, top, mode, symbol="square")
    _line(figure, steps, own, "this image", {"color": palette.training, "width": 3}, top, mode)
    last = max(float(steps[-1]), 1.0)
    figure.update_xaxes(title="steps taken", range=[-0.04 * last, 1.04 * last], fixedrange=True, tickformat=",d")
    figure.update_xaxes(dtick=1 if last < 6 else None)
    return _finished(figure, "loss so far", top)


def _line(
    figure: go.Figure,
    x: Doubles,
    y: Doubles,
    name: str,
    line: dict[str, Any],
    top: float,
    mode: str = "lines",
    symbol: str = "circle",
) -> None:
    """A line that leaves the figure where it is too high; the hover text has the number all the same."""
    figure.add_scatter(
        x=x.tolist(),
        y=np.where(np.isfinite(y), np.minimum(y, 2 * top), 2 * top).tolist(),
        mode=mode,
        line=line,
        marker={"size": 7, "symbol": symbol},
        name=name,
        text=[f"{value:.3g}" for value in y],
        hovertemplate="%{x:.3g}: %{text}",
    )


def _finished(figure: go.Figure, title: str, top: float) -> go.Figure:
    figure.update_xaxes(title_font_size=FONT_SIZE)
    figure.update_yaxes(range=[0, top], fixedrange=True, nticks=5)
    figure.update_layout(
        showlegend=True,
        legend={
            "orientation": "h",
            "x": 0,
            "y": 1.0,
            "yanchor": "bottom",
            "font": {"size": FONT_SIZE - 1},
            "traceorder": "reversed",
        },
        title={"text": title, "font": {"size": FONT_SIZE}, "x": 0, "xanchor": "left", "y": 0.99, "yanchor": "top"},
        margin={"l": 10, "r": 10, "t": 52, "b": 10},
    )
    return figure
