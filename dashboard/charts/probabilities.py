"""How sure a network is of each class."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from dashboard.charts.base import base_figure
from dashboard.palette import Palette


def probability_figure(probabilities: npt.NDArray[np.float32], names: Sequence[str], palette: Palette) -> go.Figure:
    """Draw the probability of each class as a bar, the first guess in full colour.

    Args:
        probabilities: `(classes,)`, 0 to 1.
        names: One name a class.
        palette: The theme's colours.
    """
    first = int(np.argmax(probabilities))
    figure = base_figure(palette, 26 * len(names) + 40)
    figure.add_bar(
        x=probabilities,
        y=list(names),
        orientation="h",
        marker={"color": [palette.primary if index == first else palette.muted for index in range(len(names))]},
        text=[f"{100 * value:.1f} %" for value in probabilities],
        textposition="outside",
        textfont={"color": palette.text},
        cliponaxis=False,
        hovertemplate="%{y}: %{x:.2%}<extra></extra>",
    )
    figure.update_xaxes(range=[0, 1.35], visible=False, fixedrange=True)
    figure.update_yaxes(autorange="reversed", type="category", fixedrange=True, showgrid=False, dtick=1)
    figure.update_layout(bargap=0.25, margin={"t": 4, "b": 4})
    return figure
