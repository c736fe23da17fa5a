"""An activation function and its slope, with the place marked that one looks at."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from cnn_core.operations.activations import ActivationFunction
from cnn_core.operations.saturation import FLAT_SLOPE
from dashboard.charts.base import LEGEND, base_figure
from dashboard.charts.number_text import short_number
from dashboard.palette import Palette

REACH = 6.0
POINTS = 241
HEIGHT_PX = 310
TANGENT = 0.9
"""Half the length of the little tangent, along the horizontal axis."""


def activation_figure(
    activation: ActivationFunction, number: float, palette: Palette, height_px: int = HEIGHT_PX
) -> go.Figure:
    """Draw a function, solid, and its slope, dashed; flat stretches are shaded.

    Args:
        activation: The function.
        number: What comes in; the place is marked on both curves, and a tangent shows the slope.
        palette: The theme's colours.
        height_px: The figure's height.
    """
    figure = base_figure(palette, height_px)
    reach = max(REACH, abs(number) + 1)
    places = np.linspace(-reach, reach, POINTS)
    values, slopes = activation(places), activation.slope(places)
    for begin, end in flat_stretches(activation, reach):
        figure.add_vrect(begin, end, fillcolor=palette.muted, opacity=0.16, line_width=0, layer="below")
    value, slope = float(activation(number)), float(activation.slope(number))
    figure.add_scatter(
        x=places,
        y=values.round(4),
        mode="lines",
        line={"color": palette.primary, "width": 4},
        name=activation.title,
        hovertemplate=f"{activation.title} %{{y:.3f}}<extra></extra>",
    )
    figure.add_scatter(
        x=places,
        y=slopes.round(4),
        mode="lines",
        line={"color": palette.text, "width": 2, "dash": "dash"},
        name="its slope",
        hovertemplate="slope %{y:.3f}<extra></extra>",
    )
    figure.add_scatter(
        x=[number - TANGENT, number + TANGENT],
        y=[value - TANGENT * slope, value + TANGENT * slope],
        mode="lines",
        line={"color": palette.positive, "width": 3},
        hoverinfo="skip",
        showlegend=False,
    )
    figure.add_scatter(
        x=[number, number],
        y=[value, slope],
        mode="markers",
        marker={
            "size": [13, 10],
            "color": [palette.positive, palette.background],
            "symbol": ["circle", "diamond"],
            "line": {"color": palette.text, "width": 1.5},
        },
        hoverinfo="skip",
        showlegend=False,
    )
    figure.add_vline(number, line={"color": palette.muted, "width": 1, "dash": "dot"}, layer="below")
    low = min(-0.3, float(min(values.min(), slopes.min())) - 0.15)
    high = max(1.25, float(values.max()) + 0.15)
    figure.update_xaxes(range=[-reach, reach], title="what comes in, z", fixedrange=True, dtick=2)
    figure.update_yaxes(range=[low, high], fixedrange=True, nticks=7)
    figure.update_layout(
        showlegend=True,
        hovermode="x",
        margin={"t": 30},
        legend=LEGEND,
    )
    return figure


def flat_stretches(activation: ActivationFunction, reach: float = REACH) -> list[tuple[float, float]]:
    """Say from where to where the function is flat: its slope is smaller than `FLAT_SLOPE`.

    Args:
        activation: The function.
        reach: How far from zero to look.

    Example:
        >>> from cnn_core.operations.activations import ACTIVATIONS
        >>> flat_stretches(ACTIVATIONS["relu"], 4.0), flat_stretches(ACTIVATIONS["leaky_relu"])
        ([(-4.0, 0.0)], [])
    """
    places = np.linspace(-reach, reach, 8 * POINTS + 1)
    is_flat = np.concatenate([[False], np.abs(activation.slope(places)) < FLAT_SLOPE, [False]])
    changes = np.flatnonzero(np.diff(is_flat.astype(np.int8)))
    return [(float(places[begin]), float(places[end - 1])) for begin, end in changes.reshape(-1, 2)]


def curve_words(activation: ActivationFunction, number: float) -> str:
    """Say in words what the figure shows.

    Example:
        >>> from cnn_core.operations.activations import ACTIVATIONS
        >>> curve_words(ACTIVATIONS["relu"], -1.5)
        'ReLU and its slope. Marked: of −1.5 it makes 0; the slope there is 0.'
    """
    made, slope = short_number(float(activation(number))), short_number(float(activation.slope(number)))
    return (
        f"{activation.title} and its slope. Marked: of {short_number(number)} it makes {made}; the slope there is "
        f"{slope}."
    )
