"""Two designs over several seeds: bands of their curves, and what they reach on each data set, as Plotly figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import floor

import plotly.graph_objects as go

from cnn_core.comparison.fair_result import Band, PairedResult, Quantity
from dashboard.charts.base import FONT_SIZE, base_figure
from dashboard.charts.run_comparison import RUN_STYLES, RunStyle
from dashboard.palette import Palette

HEIGHT_PX = 300
LEGEND_ROW_PX = 24
DOTS_HEIGHT_PX = 340
BAND_OPACITY = 0.22
LONGEST_TITLE = 36
SYMBOLS = ("circle", "square")
"""The marks of the first two run styles, by Plotly's names."""

_APART = 0.06
"""Half the way between the two designs' marks, where 1 is the way from data set to data set."""


@dataclass(frozen=True)
class DrawnDesign:
    """One of the two designs as charts need it.

    Args:
        title: Its name.
        style: How it is drawn.
        symbol: Its mark, by Plotly's name.
    """

    title: str
    style: RunStyle
    symbol: str

    @property
    def name(self) -> str:
        """Its letter and title, as legends name it; a long one is cut, so that it fits on a phone."""
        title = self.title if len(self.title) <= LONGEST_TITLE else f"{self.title[: LONGEST_TITLE - 1]}…"
        return f"{self.style.letter}  {escape(title)}"


def drawn_designs(titles: Sequence[str]) -> tuple[DrawnDesign, ...]:
    """Give each design a style of its own: the first two of those that compared runs have."""
    return tuple(
        DrawnDesign(title, style, symbol) for title, style, symbol in zip(titles, RUN_STYLES, SYMBOLS, strict=False)
    )


def seed_bands(
    quantity: Quantity,
    bands: Sequence[Band],
    designs: Sequence[DrawnDesign],
    epochs: int,
    palette: Palette,
    lowest: float | None = None,
) -> go.Figure:
    """Draw the mean over the seeds as a line with marks, in a band from the lowest to the highest seed.

    Args:
        quantity: `"loss"`, or `"accuracy"` (0 to 1; shown in percent). It names the vertical axis.
        bands: One a design; a design without any epoch yet has only its name in the legend.
        designs: How they are drawn.
        epochs: Epochs that are planned: the length of the horizontal axis.
        palette: The theme's colours.
        lowest: The lowest accuracy of all figures in a row, so that they share a scale; nothing for a scale of its own.
    """
    factor, unit, digits = (100.0, " %", 1) if quantity == "accuracy" else (1.0, "", 3)
    figure = base_figure(palette, HEIGHT_PX + LEGEND_ROW_PX * len(designs))
    for band, design in zip(bands, designs, strict=True):
        low, mean, high = (factor * part for part in (band.low, band.mean, band.high))
        colour = design.style.colour
        figure.add_scatter(
            x=[*band.epochs.tolist(), *band.epochs[::-1].tolist()],
            y=[*high.tolist(), *low[::-1].tolist()],
            fill="toself",
            fillcolor=_translucent(colour, BAND_OPACITY),
            mode="lines",
            line={"color": _translucent(colour, 0.6), "width": 1},
            hoverinfo="skip",
            showlegend=False,
            legendgroup=design.style.letter,
        )
        figure.add_scatter(
            x=band.epochs.tolist() or [None],
            y=mean.tolist() or [None],
            customdata=[[one, other, int(count)] for one, other, count in zip(low, high, band.count, strict=True)],
            mode="lines+markers",
            name=design.name,
            legendgroup=design.style.letter,
            line={"color": colour, "width": 2.5, "dash": _dash(design.style)},
            marker={"color": colour, "size": 9, "symbol": design.symbol},
            hovertemplate=f"{design.style.letter} %{{y:.{digits}f}}{unit}, mean of %{{customdata[2]}} seeds"
            f"<br>%{{customdata[0]:.{digits}f}} to %{{customdata[1]:.{digits}f}}{unit}<extra></extra>",
        )
    figure.update_xaxes(title=_title("epoch"), range=[0.75, epochs + 0.25], dtick=max(1, -(-epochs // 6)), tick0=1)
    figure.update_yaxes(title=_title(f"validation {quantity}"), ticksuffix=unit, nticks=6)
    if lowest is not None:
        figure.update_yaxes(range=[10 * floor(factor * lowest / 10), factor])
    figure.update_layout(showlegend=True, legend=_legend(), margin={"t": 14 + LEGEND_ROW_PX * len(designs)})
    return figure


def bands_words(quantity: Quantity, bands: Sequence[Band], designs: Sequence[DrawnDesign]) -> str:
    """Say what `seed_bands` draws, for people who do not see it.

    Args:
        quantity: `"loss"`, or `"accuracy"` (0 to 1; said in percent).
        bands: One a design.
        designs: How they are drawn.
    """
    factor, unit, digits = (100.0, " %", 1) if quantity == "accuracy" else (1.0, "", 3)
    said = []
    for band, design in zip(bands, designs, strict=True):
        words = "no epoch yet"
        if len(band.epochs):
            mean, low, high = (
                f"{factor * float(part[-1]):.{digits}f}{unit}" for part in (band.mean, band.low, band.high)
            )
            words = f"after epoch {int(band.epochs[-1])} {mean}, between {low} and {high} over the seeds"
        said.append(f"{design.title}: {words}")
    return f"Validation {quantity} per epoch. {'; '.join(said)}."


def seed_dots(
    results: Sequence[PairedResult], titles: Sequence[str], designs: Sequence[DrawnDesign], palette: Palette
) -> go.Figure:
    """Draw what both designs reach on the test images of each data set: a faint dot a seed, the mean as a mark.

    Args:
        results: One a data set.
        titles: The data sets' short names, in the same order.
        designs: How the designs are drawn.
        palette: The theme's colours.
    """
    figure = base_figure(palette, DOTS_HEIGHT_PX + LEGEND_ROW_PX * len(designs))
    reached = [[100 * sum(part) / len(part) if part else None for part in (r.first, r.second)] for r in results]
    for index, design in enumerate(designs):
        places = [place + _APART * (2 * index - 1) for place in range(len(results))]
        parts = [(result.first, result.second)[index] for result in results]
        figure.add_scatter(
            x=[place for place, part in zip(places, parts, strict=True) for _ in part],
            y=[100 * share for part in parts for share in part],
            mode="markers",
            marker={"color": design.style.colour, "size": 8, "symbol": design.symbol, "opacity": 0.35},
            customdata=[seed for result in results for seed in result.seeds],
            hovertemplate=f"{design.style.letter} %{{y:.2f}} %, seed %{{customdata}}<extra></extra>",
            showlegend=False,
        )
        means = [pair[index] for pair in reached]
        figure.add_scatter(
            x=places,
            y=means,
            mode="markers+text",
            name=design.name,
            marker={"color": design.style.colour, "size": 13, "symbol": design.symbol},
            text=["" if mean is None else f"{mean:.1f} %" for mean in means],
            textposition=[f"middle {'left' if index == 0 else 'right'}"] * len(means),
            textfont={"color": palette.text, "size": FONT_SIZE},
            hovertemplate=f"{design.style.letter} mean %{{y:.2f}} %<extra></extra>",
            cliponaxis=False,
        )
    figure.update_xaxes(
        range=[-0.6, len(results) - 0.4],
        tickvals=list(range(len(results))),
        ticktext=list(titles),
        showgrid=False,
        zeroline=False,
    )
    figure.update_yaxes(title=_title("accuracy on test images"), ticksuffix=" %", nticks=6)
    figure.update_layout(showlegend=True, legend=_legend(), margin={"t": 14 + LEGEND_ROW_PX * len(designs)})
    return figure


def _legend() -> dict[str, object]:
    """Above the chart, a row for each design, so that long names fit on a phone."""
    return {
        "orientation": "v",
        "x": 0,
        "xanchor": "left",
        "y": 1.02,
        "yanchor": "bottom",
        "itemclick": False,
        "itemdoubleclick": False,
        "font": {"size": FONT_SIZE},
        "bgcolor": "rgba(0,0,0,0)",
    }


def _title(text: str) -> dict[str, object]:
    return {"text": text, "font": {"size": FONT_SIZE}}


def _dash(style: RunStyle) -> str:
    return ",".join(f"{length}px" for length in style.dash) or "solid"


def _translucent(colour: str, opacity: float) -> str:
    red, green, blue = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity})"
