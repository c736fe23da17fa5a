"""Reliability diagram, ROC and precision–recall curve, and accuracy under stress."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from cnn_core.evaluation.calibration import CalibrationBin
from cnn_core.evaluation.curves import PrecisionRecallCurve, RocCurve
from cnn_core.evaluation.stress import StressCurve
from cnn_core.inspection.perturbation import PERTURBATIONS
from dashboard.charts.base import LEGEND, base_figure, percent_ticks
from dashboard.palette import Palette

CURVE_PX = 300
RELIABILITY_PX = 430
STRESS_PX = 240
BUTTON_PX = 44
"""Room above a curve for the legend and the button that saves it."""
MOST_POINTS = 400
"""A curve of so many points looks the same as one of thousands, and travels faster."""


def reliability_figure(bins: Sequence[CalibrationBin], palette: Palette) -> go.Figure:
    """Draw how often the network is right over how sure it is, and below how many images there are of each sureness.

    Args:
        bins: The bins, at least one.
        palette: The theme's colours.
    """
    figure = base_figure(palette, RELIABILITY_PX)
    sure = [part.confidence for part in bins]
    figure.add_scatter(
        x=[0, 1],
        y=[0, 1],
        mode="lines",
        line={"color": palette.muted, "width": 2, "dash": "dash"},
        name="right as often as it says",
        hoverinfo="skip",
    )
    figure.add_scatter(
        x=sure,
        y=[part.accuracy for part in bins],
        error_y={
            "type": "data",
            "symmetric": False,
            "array": [part.interval.high - part.accuracy for part in bins],
            "arrayminus": [part.accuracy - part.interval.low for part in bins],
            "color": palette.primary,
            "thickness": 2,
        },
        mode="lines+markers",
        line={"color": palette.primary, "width": 2},
        marker={"size": 9},
        name="this network, with 95 % intervals",
        customdata=[[part.count, part.low, part.high] for part in bins],
        hovertemplate="%{x:.1%} sure, right in %{y:.1%}<br>%{customdata[0]:,} images between %{customdata[1]:.1%} and "
        "%{customdata[2]:.1%}<extra></extra>",
    )
    figure.add_bar(
        x=[(part.low + part.high) / 2 for part in bins],
        y=[part.count for part in bins],
        width=[max(part.high - part.low, 0.004) for part in bins],
        marker={"color": palette.muted, "line": {"color": palette.text, "width": 1}},
        yaxis="y2",
        showlegend=False,
        hovertemplate="%{y:,} images<extra></extra>",
    )
    axis = figure.layout.yaxis.to_plotly_json()
    figure.update_layout(
        showlegend=True,
        legend=LEGEND,
        margin={"t": BUTTON_PX},
        yaxis={"domain": [0.32, 1], "range": [-0.03, 1.05], **percent_ticks(), "title": "Right", "fixedrange": True},
        yaxis2={
            **axis,
            "domain": [0, 0.2],
            "title": {"text": "Images"},
            "fixedrange": True,
            "nticks": 3,
            "tickformat": ",d",
            "anchor": "x",
        },
    )
    figure.update_xaxes(range=[-0.02, 1.03], **percent_ticks(), title="How sure it is", fixedrange=True, anchor="y2")
    return figure


def roc_figure(curve: RocCurve, point: tuple[float, float] | None, palette: Palette) -> go.Figure:
    """Draw a ROC curve, with the point of the chosen threshold.

    Args:
        curve: The curve.
        point: The false positive rate and the true positive rate at the threshold.
        palette: The theme's colours.
    """
    figure = base_figure(palette, CURVE_PX)
    figure.add_scatter(
        x=[0, 1],
        y=[0, 1],
        mode="lines",
        line={"color": palette.muted, "width": 2, "dash": "dash"},
        hoverinfo="skip",
    )
    chosen = _thinned(len(curve.thresholds))
    _curve(
        figure,
        curve.false_positive_rates[chosen],
        curve.true_positive_rates[chosen],
        "finds %{y:.1%} for %{x:.1%} false alarms",
        palette,
    )
    _point(figure, point, palette)
    _shares(figure, "False alarms (FPR)", "Found (TPR)")
    return figure


def precision_recall_figure(
    curve: PrecisionRecallCurve, share: float, point: tuple[float, float] | None, palette: Palette
) -> go.Figure:
    """Draw a precision–recall curve, with the point of the chosen threshold.

    It goes in steps, so that the area below it is the average precision: between two points a straight line would
    promise more.

    Args:
        curve: The curve.
        share: How many of the images are of the class, 0 to 1: the precision of one who always names it.
        point: Recall and precision at the threshold; nothing where no image is named.
        palette: The theme's colours.
    """
    figure = base_figure(palette, CURVE_PX)
    figure.add_hline(share, line={"color": palette.muted, "width": 2, "dash": "dash"})
    chosen = _thinned(len(curve.thresholds))
    words = "finds %{x:.1%}, and %{y:.1%} of what it names is right"
    recalls, precisions = curve.recalls[chosen], curve.precisions[chosen]
    _curve(figure, np.append(0.0, recalls), np.append(precisions[0], precisions), words, palette, "vh")
    _point(figure, point, palette)
    _shares(figure, "Recall: found", "Precision: right")
    return figure


def stress_figure(
    curve: StressCurve, name: str, palette: Palette, other: tuple[StressCurve, str] | None = None
) -> go.Figure:
    """Draw the accuracy over the strength of a change, with its intervals; of a second network as a dashed line.

    Args:
        curve: What was found of the first network.
        name: Its name.
        palette: The theme's colours.
        other: What was found of a second one, and its name.
    """
    entry = PERTURBATIONS[curve.slug]
    figure = base_figure(palette, STRESS_PX)
    looks = [(curve, name, palette.primary, "solid", "circle")]
    if other is not None:
        looks.append((*other, palette.positive, "dash", "diamond"))
    for found, title, colour, dash, symbol in looks:
        intervals, shares = found.intervals, found.accuracies
        figure.add_scatter(
            x=found.values,
            y=shares,
            error_y={
                "type": "data",
                "symmetric": False,
                "array": [one.high - share for one, share in zip(intervals, shares, strict=True)],
                "arrayminus": [share - one.low for one, share in zip(intervals, shares, strict=True)],
                "color": colour,
                "thickness": 1.5,
                "width": 3,
            },
            mode="lines+markers",
            line={"color": colour, "width": 3, "dash": dash},
            marker={"size": 7, "symbol": symbol},
            name=title,
            hovertemplate=f"{title}: %{{y:.1%}}<extra></extra>",
        )
    unit = f" ({entry.unit})" if entry.unit else ""
    figure.add_vline(entry.neutral, line={"color": palette.muted, "width": 1.5, "dash": "dot"})
    figure.update_xaxes(title=f"{entry.title}{unit}", fixedrange=True, nticks=9, zeroline=False)
    figure.update_yaxes(range=[-0.03, 1.05], **percent_ticks(), title="Accuracy", fixedrange=True)
    figure.update_layout(margin={"t": 32})
    return figure


def _curve(figure: go.Figure, x: object, y: object, words: str, palette: Palette, shape: str = "linear") -> None:
    line = {"color": palette.primary, "width": 3.5, "shape": shape}
    figure.add_scatter(x=x, y=y, mode="lines", line=line, hovertemplate=f"{words}<extra></extra>")


def _point(figure: go.Figure, point: tuple[float, float] | None, palette: Palette) -> None:
    if point is None:
        return
    figure.add_scatter(
        x=[point[0]],
        y=[point[1]],
        mode="markers",
        marker={"size": 16, "color": palette.positive, "line": {"color": palette.text, "width": 2}},
        hoverinfo="skip",
        cliponaxis=False,
    )


def _shares(figure: go.Figure, along: str, up: str) -> None:
    figure.update_xaxes(range=[-0.03, 1.03], **percent_ticks(), title=along, fixedrange=True)
    figure.update_yaxes(range=[-0.03, 1.05], **percent_ticks(), title=up, fixedrange=True)
    figure.update_layout(margin={"t": 32})


def _thinned(count: int) -> list[int]:
    """Name the points of a long curve that are drawn: evenly many, the first and the last among them."""
    places = np.unique(np.linspace(0, count - 1, min(count, MOST_POINTS)).round())
    return [int(place) for place in places]
