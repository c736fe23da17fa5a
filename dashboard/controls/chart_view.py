"""The one place where charts are put on a page: in the app's type, with words for those who do not see them.

On a projector (`teaching.session.is_large`) they are drawn larger, as everything else is.
"""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.charts.base import CONFIG, savable
from dashboard.charts.enlarged import enlarged, enlarged_figure
from dashboard.teaching.session import ENLARGEMENT, is_large


def plotly_view(
    figure: go.Figure, *, key: str, alt: str, place: DeltaGenerator | None = None, file_name: str = ""
) -> None:
    """Show a Plotly figure.

    Args:
        figure: The figure.
        key: The element's key.
        alt: What is to be seen, in words, for screen readers.
        place: Where; the page's current place where left out.
        file_name: If given, a button at its top saves the figure under this name, as PNG.
    """
    shown = enlarged_figure(figure, ENLARGEMENT) if is_large() else figure
    draw = st.plotly_chart if place is None else place.plotly_chart
    draw(shown, key=key, alt=alt, theme=None, config=savable(file_name) if file_name else CONFIG)


def echarts_view(option: dict[str, Any], *, key: str, alt: str, height: int) -> None:
    """Show a curve that grows, drawn by ECharts.

    Args:
        option: The chart's description.
        key: The element's key.
        alt: What is to be seen, in words, for screen readers.
        height: In pixels, before it is enlarged.
    """
    factor = ENLARGEMENT if is_large() else 1.0
    shown = enlarged(option, factor) if is_large() else option
    st.echarts_chart(shown, key=key, alt=alt, theme=None, height=round(height * factor))
