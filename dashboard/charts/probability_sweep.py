"""What a network says while one change of an image goes through its whole range."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from cnn_core.inspection.robustness import Sweep
from dashboard.charts.base import FONT_SIZE, base_figure, percent_ticks
from dashboard.palette import Palette

HEIGHT_PX = 330
NAMED_FROM = 0.3
"""Another class carries its name where it gets at least so likely."""
DRAWN_FROM = 0.01
"""A class that never gets so likely would lie on the axis; it is left out."""
MOST_OTHERS = 12
LONGEST_NAME = 16


def sweep_figure(
    sweep: Sweep, names: Sequence[str], title: str, unit: str, palette: Palette, *, now: float | None = None
) -> go.Figure:
    """Draw the probability of each class over the change, with a band where the verdict stays.

    The verdict's line is solid and thick, its rival's dashed, all others thin and dotted.

    Args:
        sweep: What was found.
        names: One name a class.
        title: What is changed, on the horizontal axis.
        unit: Its unit.
        palette: The theme's colours.
        now: A value to be marked: where the image is changed at the moment.
    """
    figure = base_figure(palette, HEIGHT_PX)
    for begin, end in kept_ranges(sweep):
        figure.add_vrect(begin, end, fillcolor=palette.primary, opacity=0.1, line_width=0, layer="below")
    verdict, rival = sweep.verdict, sweep.rival
    peaks = np.nan_to_num(sweep.probabilities, nan=0.0).max(axis=0)
    others = [
        int(index)
        for index in np.argsort(-peaks, kind="stable")
        if index not in (verdict, rival) and peaks[index] >= DRAWN_FROM
    ][:MOST_OTHERS]
    for place, index in enumerate(others):
        style = {"color": palette.muted, "width": 1.5, "dash": "dot"}
        _line(figure, sweep, index, names, style, "other classes", is_in_legend=place == 0)
        if peaks[index] >= NAMED_FROM:
            _name_at_peak(figure, sweep, index, names, palette)
    style = {"color": palette.text, "width": 2.5, "dash": "dash"}
    _line(figure, sweep, rival, names, style, f"“{short(names[rival])}”, its rival")
    style = {"color": palette.primary, "width": 4, "dash": "solid"}
    _line(figure, sweep, verdict, names, style, f"“{short(names[verdict])}”, the verdict")
    if now is not None:
        figure.add_vline(now, line={"color": palette.text, "width": 1.5, "dash": "dot"})
        figure.add_annotation(x=now, y=1.0, yref="paper", yanchor="bottom", text="now", showarrow=False)
    whole = [float(sweep.values[0]), float(sweep.values[-1])]
    figure.update_xaxes(range=whole, title=f"{title} ({unit})", fixedrange=True, zeroline=False, nticks=9)
    figure.update_yaxes(range=[0, 1.02], **percent_ticks(), title="Probability", fixedrange=True)
    figure.update_layout(
        showlegend=True,
        hovermode="x unified",
        margin={"t": 24},
        legend={
            "orientation": "h",
            "x": 0,
            "y": 1.08,
            "yanchor": "bottom",
            "font": {"size": FONT_SIZE},
            "traceorder": "reversed",
            "itemclick": False,
            "itemdoubleclick": False,
        },
    )
    return figure


def kept_ranges(sweep: Sweep) -> list[tuple[float, float]]:
    """Return from where to where the verdict stays, each range from half a step before to half a step after.

    Ranges end where the sweep does; there is one more for every time that the verdict comes back.
    """
    values, kept = sweep.values, np.concatenate([[False], sweep.is_kept, [False]])
    edges = np.concatenate([values[:1], (values[1:] + values[:-1]) / 2, values[-1:]])
    changes = np.flatnonzero(np.diff(kept.astype(np.int8)))
    return [(float(edges[begin]), float(edges[end])) for begin, end in changes.reshape(-1, 2)]


def short(name: str) -> str:
    """Cut a name that would take the chart's room.

    Example:
        >>> short("cup"), short("African bush elephant")
        ('cup', 'African bush el…')
    """
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"


def _line(
    figure: go.Figure,
    sweep: Sweep,
    index: int,
    names: Sequence[str],
    style: dict[str, object],
    legend: str,
    *,
    is_in_legend: bool = True,
) -> None:
    values: npt.NDArray[np.float64] = sweep.values
    figure.add_scatter(
        x=values,
        y=sweep.probabilities[:, index].round(4),
        mode="lines",
        line=style,
        name=legend,
        showlegend=is_in_legend,
        hovertemplate=f"“{short(names[index])}” %{{y:.1%}}<extra></extra>",
    )


def _name_at_peak(figure: go.Figure, sweep: Sweep, index: int, names: Sequence[str], palette: Palette) -> None:
    place = int(np.nanargmax(sweep.probabilities[:, index]))
    half = len(sweep.values) / 2
    figure.add_annotation(
        x=float(sweep.values[place]),
        y=float(sweep.probabilities[place, index]),
        text=f"“{short(names[index])}”",
        showarrow=False,
        yanchor="bottom",
        xanchor="left" if place < half / 4 else "right" if place > half * 7 / 4 else "center",
        font={"color": palette.text, "size": FONT_SIZE},
    )
