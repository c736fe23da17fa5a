"""What all figures share: type, grid, margins, no blank background."""

from __future__ import annotations

from typing import Any

# Plotly looks whether pandas is loaded and then uses it. TensorFlow's import, in another thread, loads pandas too: for
# half a second it is there but incomplete, and a figure made just then fails. Importing it here waits for the whole.
import pandas  # noqa: F401
import plotly.graph_objects as go

from dashboard.palette import Palette

FONT_SIZE = 14
CONFIG: dict[str, Any] = {"displaylogo": False, "displayModeBar": False, "responsive": True}
"""Plotly's own toolbar stays away; zooming by dragging and double click works without it."""

LEGEND: dict[str, Any] = {
    "orientation": "h",
    "x": 0,
    "y": 1.0,
    "yanchor": "bottom",
    "font": {"size": FONT_SIZE},
    "itemclick": False,
    "itemdoubleclick": False,
}
"""A legend above a figure, in which a click hides nothing."""


def savable(file_name: str) -> dict[str, Any]:
    """Return the configuration of a chart with one button of Plotly's toolbar: it saves the chart as PNG.

    Args:
        file_name: The file's name, without its ending.

    Example:
        >>> savable("sweep")["modeBarButtons"]
        [['toImage']]
    """
    image = {"format": "png", "filename": file_name, "scale": 2}
    return CONFIG | {"displayModeBar": True, "modeBarButtons": [["toImage"]], "toImageButtonOptions": image}


def percent_ticks(lowest: float = 0.0) -> dict[str, Any]:
    r"""Return the marks of an axis of shares, written as percentages are in sentences: with a space that never breaks.

    Args:
        lowest: The least share that is drawn; the largest is 1.

    Example:
        >>> percent_ticks(0.87)
        {'tickvals': [0.9, 0.95, 1.0], 'ticktext': ['90\xa0%', '95\xa0%', '100\xa0%']}
    """
    step = next((step for step in (1, 2, 5, 10) if 100 * (1 - lowest) <= 5 * step), 20)
    marks = [mark for mark in range(0, 101, step) if mark >= 100 * lowest]
    return {"tickvals": [mark / 100 for mark in marks], "ticktext": [f"{mark}\N{NO-BREAK SPACE}%" for mark in marks]}


def base_figure(palette: Palette, height_px: int) -> go.Figure:
    """Return an empty figure in the app's colours and type."""
    figure = go.Figure()
    figure.update_layout(
        height=height_px,
        margin={"l": 10, "r": 10, "t": 10, "b": 10},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"family": "Source Sans, Source Sans Pro, sans-serif", "size": FONT_SIZE, "color": palette.text},
        hoverlabel={"font": {"size": FONT_SIZE}},
        showlegend=False,
        modebar={"bgcolor": "rgba(0,0,0,0)", "color": palette.muted, "activecolor": palette.text},
    )
    axis = {
        "gridcolor": palette.border,
        "zerolinecolor": palette.border,
        "linecolor": palette.muted,
        "automargin": True,
        "tickfont": {"color": palette.text, "size": FONT_SIZE - 1},
    }
    figure.update_xaxes(**axis)
    figure.update_yaxes(**axis)
    return figure
