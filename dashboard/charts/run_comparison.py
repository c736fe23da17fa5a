"""Several runs in one picture: their curves and their accuracy against their cost, as ECharts options; their table.

A run has the same letter, colour, dash and symbol everywhere, so that nobody has to tell runs apart by colour alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10
from typing import Any, Literal

import numpy as np

from cnn_core.comparison.alignment import AlignedCurves, Quantity, RunCurve
from cnn_core.comparison.facts import RunFacts
from dashboard.charts.base import FONT_SIZE
from dashboard.charts.training_curves import HEIGHT_PX, STAR
from dashboard.palette import Palette

LEGEND_ROW_PX = 24
SCATTER_HEIGHT_PX = 380
RAW_OPACITY = 0.2
LABEL_WIDTH_PX = 140
"""A point's label is not wider than half of the chart on a phone."""


Cost = Literal["parameters", "multiply_adds"]
COST_TITLES: dict[Cost, str] = {"parameters": "Parameters", "multiply_adds": "Multiply-adds"}


@dataclass(frozen=True)
class RunStyle:
    """How a run is drawn.

    Args:
        letter: A capital letter: the shortest name.
        colour: `#rrggbb`, at least 3:1 against the page in light and in dark.
        dash: Lengths of dashes and gaps in pixels; empty for a solid line.
        symbol: The outline of its mark as an SVG path within −10 to 10.
    """

    letter: str
    colour: str
    dash: tuple[int, ...]
    symbol: str


RUN_STYLES = (
    RunStyle("A", "#0072b2", (), "M-8,0 A8,8 0 1 1 8,0 A8,8 0 1 1 -8,0 Z"),
    RunStyle("B", "#d55e00", (9, 4), "M-8,-8 H8 V8 H-8 Z"),
    RunStyle("C", "#00936a", (2, 3), "M0,-9 L10,8 L-10,8 Z"),
    RunStyle("D", "#bf3097", (12, 3, 2, 3), "M0,-10 L10,0 L0,10 L-10,0 Z"),
    RunStyle("E", "#4f47ff", (18, 5), "M0,9 L10,-8 L-10,-8 Z"),
    RunStyle("F", "#7a9099", (5, 3), "M-4,-9 H4 V-4 H9 V4 H4 V9 H-4 V4 H-9 V-4 H-4 Z"),
    RunStyle("G", "#994c5f", (12, 3, 2, 3, 2, 3), STAR.removeprefix("path://")),
    RunStyle("H", "#408cff", (4, 8), "M-10,-4 H10 V4 H-10 Z"),
)
"""Eight styles: the first colours after Okabe & Ito (2008), the others as far from them as a colour can be that is
seen on white and on black, also by eyes that lack one kind of cone."""


@dataclass(frozen=True)
class DrawnRun:
    """A run as charts need it.

    Args:
        facts: Its figures.
        style: How it is drawn.
    """

    facts: RunFacts
    style: RunStyle

    @property
    def name(self) -> str:
        """Its letter and title, as legends name it."""
        return f"{self.style.letter}  {self.facts.title}"


def curves_height(count: int) -> int:
    """Return the height of a chart of so many curves, in pixels: each has a row in the legend."""
    return HEIGHT_PX + LEGEND_ROW_PX * count


def run_curves(
    quantity: Quantity, aligned: AlignedCurves, runs: Sequence[DrawnRun], is_close: bool, palette: Palette
) -> dict[str, Any]:
    """Describe one quantity of several runs: calm curves, the raw ones faintly behind, validation as marks.

    Args:
        quantity: `"loss"`, or `"accuracy"` (0 to 1; shown in percent).
        aligned: The curves.
        runs: The runs, one for each curve.
        is_close: Whether the vertical axis shows only what the second halves of the curves need.
        palette: The theme's colours.

    Returns:
        An option object for ECharts, of plain lists, numbers and words.
    """
    factor, digits, unit = (100.0, 1, " %") if quantity == "accuracy" else (1.0, 3, "")
    text = {"color": palette.text, "fontSize": FONT_SIZE}
    low, high = _range(quantity, aligned, factor) if is_close else (0.0, 100.0 if quantity == "accuracy" else None)
    series: list[dict[str, Any]] = []
    for index, (run, curve) in enumerate(zip(runs, aligned.curves, strict=True)):
        series += _run_series(index, run, curve, factor, digits, palette)
    return {
        "animation": False,
        "backgroundColor": "transparent",
        "textStyle": {"fontFamily": "Source Sans, Source Sans Pro, sans-serif"},
        "title": {
            "text": quantity.capitalize() + _what_a_point_is(aligned),
            "left": 0,
            "top": 0,
            "textStyle": text | {"fontSize": FONT_SIZE + 2},
        },
        "legend": {
            "orient": "vertical",
            "left": 0,
            "top": 28,
            "itemWidth": 46,
            "itemHeight": 11,
            "itemGap": LEGEND_ROW_PX - FONT_SIZE,
            "textStyle": text,
            "data": [run.name for run in runs],
        },
        "grid": {"left": 8, "right": 30, "top": 46 + LEGEND_ROW_PX * len(runs), "bottom": 34, "containLabel": True},
        "tooltip": {
            "trigger": "axis",
            "confine": True,
            "valueFormatter": f"%.{digits}f{unit.replace('%', '%%')}",
            "textStyle": {"fontSize": FONT_SIZE - 1},
            "axisPointer": {"label": {"precision": 0 if aligned.axis == "steps" else 2}},
        },
        "dataset": [_rows(curve, factor, digits) for curve in aligned.curves],
        "xAxis": _axis(palette)
        | {
            "name": "step (batches learned)" if aligned.axis == "steps" else "epoch",
            "nameLocation": "middle",
            "nameGap": 28,
            "min": 0,
            "max": aligned.cells * aligned.cell,
            "splitLine": {"show": False},
        },
        "yAxis": _axis(palette, "{value}" + unit) | {"min": low} | ({} if high is None else {"max": high}),
        "series": series,
    }


def _what_a_point_is(aligned: AlignedCurves) -> str:
    if aligned.axis == "epochs":
        return f", mean of 1/{round(1 / aligned.cell)} epoch" if aligned.cell < 1 else ", mean of an epoch"
    return "" if aligned.cell == 1 else f", mean of {aligned.cell:.0f} batches"


def _rows(curve: RunCurve, factor: float, digits: int) -> dict[str, Any]:
    columns = (curve.calm * factor, curve.means * factor, curve.latest_validation * factor)
    rows = [
        [round(float(place), 4), *(_number(value, digits + 1) for value in values)]
        for place, *values in zip(curve.places, *columns, strict=True)
    ]
    return {
        "dimensions": ["place", "training, smoothed", "training", "validation, latest"],
        "source": rows,
        "sourceHeader": False,
    }


def _run_series(
    index: int, run: DrawnRun, curve: RunCurve, factor: float, digits: int, palette: Palette
) -> list[dict[str, Any]]:
    """One name for all three, so that a click in the legend hides all of them."""
    style, symbol = run.style, f"path://{run.style.symbol}"
    line = {"color": style.colour, "width": 2.5, "type": list(style.dash) or "solid"}
    ending = {"show": True, "formatter": style.letter, "color": style.colour, "fontSize": FONT_SIZE + 2}
    marks = [
        [round(float(place), 4), _number(value * factor, digits + 1)]
        for place, value in zip(curve.validation_places, curve.validation, strict=True)
    ]
    shared = {"name": run.name, "itemStyle": {"color": style.colour}}
    drawn = {"type": "line", "datasetIndex": index, "symbol": symbol, "symbolSize": 9, "showAllSymbol": False}
    return [
        shared
        | drawn
        | {
            "encode": {"x": 0, "y": 1, "tooltip": [1, 3]},
            "showSymbol": len(curve.places) == 1,
            "lineStyle": line,
            "endLabel": ending | {"fontWeight": "bold", "distance": 6},
            "labelLayout": {"moveOverlap": "shiftY"},
            "z": 3,
        },
        shared
        | drawn
        | {
            "encode": {"x": 0, "y": 2},
            "showSymbol": False,
            "silent": True,
            "lineStyle": {"color": style.colour, "width": 1, "opacity": RAW_OPACITY},
            "tooltip": {"show": False},
            "z": 2,
        },
        shared
        | {
            "type": "scatter",
            "data": marks,
            "symbol": symbol,
            "symbolSize": 13,
            "itemStyle": {
                "color": style.colour,
                "opacity": 1,
                "borderColor": palette.background,
                "borderWidth": 1.5,
            },
            "tooltip": {"show": False},
            "z": 4,
        },
    ]


def _range(quantity: Quantity, aligned: AlignedCurves, factor: float) -> tuple[float, float | None]:
    """Choose a vertical axis for the second halves of the curves, with round numbers at its ends."""
    parts = [curve.calm[len(curve.calm) // 2 :] for curve in aligned.curves]
    parts += [curve.validation[len(curve.validation) // 2 :] for curve in aligned.curves]
    values = np.concatenate([*parts, np.empty(0)]) * factor
    values = values[np.isfinite(values)]
    if not values.size:
        return 0.0, 100.0 if quantity == "accuracy" else None
    if quantity == "accuracy":
        step = 1 if values.min() > 90 else 5
        return float(max(0, step * floor(values.min() / step))), 100.0
    size = 10.0 ** floor(log10(max(float(values.max()), 1e-6)))
    return 0.0, round(size * ceil(float(values.max()) / size * 2) / 2, 10)


def accuracy_against_cost(runs: Sequence[DrawnRun], cost: Cost, palette: Palette) -> dict[str, Any]:
    """Describe how good runs are against what they cost: a point a run, upper left is best.

    A filled mark is the accuracy on the test images, a hollow one that on the validation images while there is no
    test. Runs that have neither yet are left out.

    Args:
        runs: The runs.
        cost: What the horizontal axis counts, on a logarithmic scale.
        palette: The theme's colours.

    Returns:
        An option object for ECharts, of plain lists, numbers and words.
    """
    known = [run for run in runs if run.facts.accuracy is not None]
    costs = [max(1, int(getattr(run.facts, cost))) for run in known]
    lowest, highest = floor(log10(min(costs, default=1))), ceil(log10(max(costs, default=10)))
    highest = max(highest, lowest + 1)
    middle = 10 ** ((lowest + highest) / 2)
    text = {"color": palette.text, "fontSize": FONT_SIZE}
    share = [100 * (run.facts.accuracy or 0.0) for run in known]
    return {
        "animation": False,
        "backgroundColor": "transparent",
        "textStyle": {"fontFamily": "Source Sans, Source Sans Pro, sans-serif"},
        "grid": {"left": 8, "right": 48, "top": 44, "bottom": 34, "containLabel": True},
        "tooltip": {"trigger": "item", "confine": True, "formatter": "{a}<br>{c}"},
        "xAxis": _axis(palette)
        | {
            "type": "log",
            "name": f"{COST_TITLES[cost].lower()} (each line ten times more)",
            "nameLocation": "middle",
            "nameGap": 28,
            "min": 10**lowest,
            "max": 10**highest,
        },
        "yAxis": _axis(palette, "{value} %")
        | {
            "name": "accuracy",
            "nameLocation": "end",
            "nameTextStyle": text | {"align": "left"},
            "min": _floor_below(share),
            "max": 100,
        },
        "series": [
            _point(run, place, height, place > middle, palette)
            for run, place, height in zip(known, costs, share, strict=True)
        ],
    }


def _floor_below(shares: Sequence[float]) -> float:
    """Return where a percent axis begins: a little below the lowest, at a round number."""
    if not shares:
        return 0.0
    room = max(2.0, (100 - min(shares)) * 0.5)
    step = 1 if room < 5 else 5
    return float(max(0, step * floor((min(shares) - room / 2) / step)))


def _point(run: DrawnRun, cost: int, share: float, is_right: bool, palette: Palette) -> dict[str, Any]:
    is_tested = run.facts.test_accuracy is not None
    colour = run.style.colour
    return {
        "type": "scatter",
        "name": run.name,
        "data": [[cost, round(share, 2)]],
        "symbol": f"path://{run.style.symbol}",
        "symbolSize": 20,
        "itemStyle": {
            "color": colour if is_tested else palette.background,
            "borderColor": colour,
            "borderWidth": 0 if is_tested else 3,
            "opacity": 1,
        },
        "label": {
            "show": True,
            "formatter": "{a}" if is_tested else "{a} (validation)",
            "position": "left" if is_right else "right",
            "color": palette.text,
            "fontSize": FONT_SIZE,
            "width": LABEL_WIDTH_PX,
            "overflow": "break",
            "lineHeight": 18,
            "backgroundColor": palette.background,
            "padding": [1, 3],
        },
        "labelLayout": {"moveOverlap": "shiftY"},
    }


def _axis(palette: Palette, label: str = "") -> dict[str, Any]:
    text = {"color": palette.text, "fontSize": FONT_SIZE}
    return {
        "type": "value",
        "nameTextStyle": text,
        "axisLabel": text | {"fontSize": FONT_SIZE - 1, "hideOverlap": True} | ({"formatter": label} if label else {}),
        "splitLine": {"lineStyle": {"color": palette.border}},
        "axisLine": {"lineStyle": {"color": palette.muted}},
    }


def _number(value: Any, digits: int) -> float | None:
    """Write a number as JSON can hold it; what is no finite number is a gap."""
    return round(float(value), digits) if np.isfinite(value) else None


def swatch(style: RunStyle) -> str:
    """Draw a run's line with its symbol, as SVG."""
    dash = f' stroke-dasharray="{" ".join(str(n) for n in style.dash)}"' if style.dash else ""
    return (
        '<svg viewBox="-24 -11 48 22" width="48" height="22" aria-hidden="true">'
        f'<path d="M-24,0 H24" stroke="{style.colour}" stroke-width="2.5" fill="none"{dash}/>'
        f'<path d="{style.symbol}" fill="{style.colour}"/></svg>'
    )
