"""What each class loses or gains when a filter is switched off."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

import plotly.graph_objects as go

from cnn_core.inspection.ablation import ClassAccuracy
from dashboard.charts.base import base_figure, percent_ticks
from dashboard.palette import Palette

MOST_CLASSES = 10
ROW_PX = 26


def most_moved(classes: Sequence[ClassAccuracy], most: int = MOST_CLASSES) -> list[ClassAccuracy]:
    """Return the classes whose accuracy moves most, in the order of the classes; all where there are few."""
    moved = sorted(classes, key=lambda one: -abs(one.change))[:most]
    return sorted(moved, key=lambda one: one.class_index)


def accuracy_figure(classes: Sequence[ClassAccuracy], names: Sequence[str], palette: Palette) -> go.Figure:
    """Draw for each class the accuracy with the filter as a ring, and without it as a dot.

    Args:
        classes: The classes, at least one.
        names: One name for every class of the network.
        palette: The theme's colours.
    """
    titles = [names[one.class_index] for one in classes]
    figure = base_figure(palette, ROW_PX * len(classes) + 50)
    for one, title in zip(classes, titles, strict=True):
        figure.add_scatter(
            x=[one.before, one.after],
            y=[title, title],
            mode="lines",
            line={"color": palette.muted, "width": 2},
            hoverinfo="skip",
        )
    hover = "%{y}: %{x:.1%} %{customdata[0]} the filter, of %{customdata[1]} images<extra></extra>"
    for word, ring, values in (
        ("with", True, [one.before for one in classes]),
        ("without", False, [one.after for one in classes]),
    ):
        figure.add_scatter(
            x=values,
            y=titles,
            mode="markers",
            marker={
                "symbol": "circle-open" if ring else "circle",
                "size": 13 if ring else 8,
                "color": palette.text if ring else palette.primary,
                "line": {"width": 2},
            },
            customdata=[[word, one.images] for one in classes],
            hovertemplate=hover,
            cliponaxis=False,
        )
    lowest = min(min(one.before, one.after) for one in classes)
    figure.update_xaxes(range=[max(lowest - 0.05, -0.03), 1.03], **percent_ticks(lowest - 0.05), fixedrange=True)
    figure.update_yaxes(autorange="reversed", type="category", fixedrange=True, showgrid=False, dtick=1)
    return figure


def accuracy_csv(classes: Sequence[ClassAccuracy], names: Sequence[str]) -> str:
    """Write how many images of each class are named rightly with the filter and without it, as a table.

    Example:
        >>> accuracy_csv([ClassAccuracy(1, 10, 9, 7)], ["cat", "dog"]).splitlines()
        ['class,images,right with the filter,right without it', 'dog,10,9,7']
    """
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(["class", "images", "right with the filter", "right without it"])
    table.writerows([names[one.class_index], one.images, one.right_before, one.right_after] for one in classes)
    return text.getvalue()
