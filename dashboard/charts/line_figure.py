"""One or two lines over a quantity that a slider sets, with its present value marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from dashboard.charts.base import LEGEND, base_figure, percent_ticks
from dashboard.palette import Palette

STYLES = ("solid", "dash", "dot")


@dataclass(frozen=True, eq=False)
class Line:
    """A line of the figure.

    Args:
        name: What it is.
        values: `(points,)`.
        style: `"solid"` for what matters most, `"dash"` for what it is compared with, `"dot"` for all others.
    """

    name: str
    values: npt.NDArray[np.floating[Any]]
    style: str = "solid"


def line_figure(
    places: npt.NDArray[np.floating[Any]],
    lines: Sequence[Line],
    titles: tuple[str, str],
    palette: Palette,
    *,
    now: float | None = None,
    is_share: bool = False,
    is_logarithmic: bool = False,
    height_px: int = 250,
) -> go.Figure:
    """Draw lines over a quantity.

    Args:
        places: `(points,)`, the quantity.
        lines: What is drawn.
        titles: What stands along the two axes.
        palette: The theme's colours.
        now: The place that is marked: what is set at the moment.
        is_share: Whether the lines are shares from 0 to 1.
        is_logarithmic: Whether equal distances along the horizontal axis are equal factors.
        height_px: The figure's height.
    """
    figure = base_figure(palette, height_px)
    looks = {"solid": (palette.primary, 4.0), "dash": (palette.text, 2.5), "dot": (palette.muted, 2.0)}
    number = "%{y:.1%}" if is_share else "%{y:.2f}"
    for line in lines:
        colour, width = looks[line.style]
        figure.add_scatter(
            x=places,
            y=line.values.round(4),
            mode="lines",
            line={"color": colour, "width": width, "dash": line.style},
            name=line.name,
            hovertemplate=f"{line.name} {number}<extra></extra>",
        )
    if now is not None:
        figure.add_vline(now, line={"color": palette.text, "width": 1.5, "dash": "dot"})
        for line in lines:
            figure.add_scatter(
                x=[now],
                y=[float(np.interp(now, places, line.values))],
                mode="markers",
                marker={"size": 10, "color": looks[line.style][0], "line": {"color": palette.text, "width": 1.5}},
                hoverinfo="skip",
                showlegend=False,
            )
    figure.update_xaxes(title=titles[0], fixedrange=True, nticks=9)
    if is_logarithmic:
        ticks = [tick for tick in (0.1, 0.2, 0.5, 1, 2, 5, 10) if places[0] <= tick <= places[-1]]
        figure.update_xaxes(type="log", tickvals=ticks, ticktext=[f"{tick:g}" for tick in ticks])
    else:
        figure.update_xaxes(range=[float(places[0]), float(places[-1])])
    figure.update_yaxes(title=titles[1], fixedrange=True, nticks=6)
    if is_share:
        figure.update_yaxes(range=[-0.02, 1.04], **percent_ticks())
    figure.update_layout(
        showlegend=len(lines) > 1,
        hovermode="x",
        margin={"t": 30 if len(lines) > 1 else 10},
        legend=LEGEND,
    )
    return figure
