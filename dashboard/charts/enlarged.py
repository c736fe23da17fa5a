"""Charts for a projector: the same figure with larger type, thicker lines and more room."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

_PLOTLY = frozenset(
    (
        "size",
        "height",
        "l",
        "r",
        "t",
        "b",
        "standoff",
        "ticklen",
        "tracegroupgap",
        "itemwidth",
        "borderwidth",
        "ax",
        "ay",
    )
)
_ECHARTS = frozenset(
    ("fontSize", "lineHeight", "symbolSize", "itemGap", "itemWidth", "itemHeight", "nameGap", "distance", "padding")
)
_SIZES = _PLOTLY | _ECHARTS | {"arrowwidth", "xshift", "yshift", "left", "right", "top", "bottom"}
_LINES = frozenset(("line", "lineStyle", "error_x", "error_y"))
_KEPT = frozenset(("data", "dataset", "x", "y", "z", "customdata", "domain", "domains"))
"""What holds numbers that people read, and no lengths."""


def enlarged(chart: Any, factor: float) -> Any:
    """Return lists and dictionaries that describe a chart, with all lengths multiplied.

    Args:
        chart: A Plotly figure's layout and traces, or an option object for ECharts.
        factor: How much larger.

    Example:
        >>> enlarged({"title": {"text": "Loss", "fontSize": 15}, "series": [{"lineStyle": {"width": 3}}]}, 4 / 3)
        {'title': {'text': 'Loss', 'fontSize': 20.0}, 'series': [{'lineStyle': {'width': 4.0}}]}
    """
    return _enlarged(chart, factor, "")


def enlarged_figure(figure: go.Figure, factor: float) -> go.Figure:
    """Return a Plotly figure with all lengths multiplied; the one that is given stays as it is."""
    description = figure.to_plotly_json()
    layout = _enlarged(description["layout"], factor, "")
    traces = [_enlarged(trace, factor, "") for trace in description["data"]]
    return go.Figure({"data": traces, "layout": layout}, skip_invalid=False)


def _enlarged(part: Any, factor: float, name: str) -> Any:
    if isinstance(part, dict):
        return {key: _length(value, factor, key, name) for key, value in part.items()}
    if isinstance(part, list | tuple):
        return [_enlarged(value, factor, name) for value in part]
    return part


def _length(value: Any, factor: float, key: str, parent: str) -> Any:
    is_length = key in _SIZES or (key == "width" and parent in _LINES)
    if is_length and isinstance(value, int | float) and not isinstance(value, bool):
        return value * factor
    if is_length and key == "size" and isinstance(value, list | tuple):
        return [one * factor for one in value]
    return value if key in _KEPT and parent not in ("legend",) else _enlarged(value, factor, key)
