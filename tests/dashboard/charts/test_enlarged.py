"""Charts for a projector: type, lines and room grow by the same factor; numbers do not."""

from __future__ import annotations

import numpy as np
import pytest

from dashboard.charts.base import FONT_SIZE, base_figure
from dashboard.charts.enlarged import enlarged, enlarged_figure
from dashboard.charts.training_curves import training_curve
from dashboard.palette import LIGHT


def test_a_plotly_figure_grows_in_type_lines_and_height_and_keeps_its_numbers() -> None:
    figure = base_figure(LIGHT, 300)
    line = {"color": LIGHT.training, "width": 3}
    figure.add_scatter(
        x=[1, 2], y=[3, 4], customdata=[[5], [6]], line=line, marker={"size": [6, 9], "symbol": "square"}
    )
    figure.add_bar(x=[1], y=[2], width=0.6)
    figure.update_layout(legend={"title": {"text": "Run", "font": {"size": 12}}, "x": 0.5, "y": 1.1})
    large = enlarged_figure(figure, 4 / 3)
    assert (large.layout.height, large.layout.font.size) == (400, pytest.approx(FONT_SIZE * 4 / 3))
    assert large.layout.xaxis.tickfont.size == pytest.approx((FONT_SIZE - 1) * 4 / 3)
    assert large.layout.margin.l == pytest.approx(40 / 3)
    assert (large.layout.legend.title.font.size, large.layout.legend.x, large.layout.legend.y) == (16, 0.5, 1.1)
    curve, bar = large.data
    assert (curve.line.width, curve.line.color, curve.marker.size) == (4, LIGHT.training, (8, 12))
    assert (list(curve.x), list(curve.y), list(curve.customdata)) == ([1, 2], [3, 4], [[5], [6]])
    assert bar.width == 0.6, "in the axis's own units"
    assert figure.data[0].line.width == 3, "the one that is given stays as it is"


def test_a_growing_curve_grows_too() -> None:
    option = training_curve("loss", np.float32([2, 1]), [2], [1.5], None, 10, LIGHT)
    large = enlarged(option, 4 / 3)
    assert large["title"]["textStyle"]["fontSize"] == pytest.approx((FONT_SIZE + 2) * 4 / 3)
    assert large["grid"]["top"] == 88
    for before, after in zip(option["series"], large["series"], strict=True):
        assert after["data"] == before["data"]
        assert after["lineStyle"]["width"] == pytest.approx(4 / 3 * before["lineStyle"]["width"])
    assert large["xAxis"]["max"] == 10
