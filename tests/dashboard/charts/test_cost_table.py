"""Costs beside each other: numbers, formulas, and what is compared with what."""

from __future__ import annotations

import re

from cnn_core.operations.convolution_costs import convolution_costs
from dashboard.charts.cost_table import TITLES, cost_table
from dashboard.palette import LIGHT


def rows() -> dict[str, str]:
    html = cost_table(convolution_costs((28, 28, 32), 64), LIGHT)
    return {title: row for row in html.split("<tr>")[2:] for title in TITLES.values() if f">{title}<small>" in row}


def test_every_kind_stands_in_the_table_with_its_formulas() -> None:
    found = rows()
    assert list(found) == ["Ordinary", "1×1", "Depthwise-separable", "Dilated", "Ordinary, as wide", "Transposed"]
    assert "<b>18,496</b><i" in found["Ordinary"]
    assert "3 × 3 × 32 + 32 × 64 + 64" in found["Depthwise-separable"]
    assert "sees 5×5, gives 24×24×64" in found["Dilated"]


def test_others_are_compared_with_the_first() -> None:
    found = rows()
    assert "<span>" not in found["Ordinary"]
    assert "<b>2,400</b> <span>13 %</span>" in found["Depthwise-separable"]
    assert "<b>18,496</b> <span>the same</span>" in found["Dilated"]
    assert "<b>51,264</b> <span>2.8 times</span>" in found["Ordinary, as wide"]


def test_bars_are_as_long_as_the_costs() -> None:
    widths = {title: [float(width) for width in re.findall(r"width:([\d.]+)%", row)] for title, row in rows().items()}
    assert widths["Ordinary, as wide"] == [100, 100]
    assert widths["Ordinary"][0] == round(100 * 18_496 / 51_264, 1)
