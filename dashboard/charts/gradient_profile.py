"""How much gradient each layer of some networks gets, from the image to the answer, as a Plotly figure and a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor, log10

import plotly.graph_objects as go

from cnn_core.architecture.deep_stack import DeepStack
from cnn_core.training.gradient_survey import LARGEST_SLOPES, GradientSurvey, slopes_leave_at_most
from dashboard.charts.base import FONT_SIZE, base_figure
from dashboard.charts.number_text import SUPERSCRIPTS, short_number
from dashboard.charts.run_comparison import RUN_STYLES, RunStyle
from dashboard.palette import Palette

HEIGHT_PX = 300
SYMBOLS = ("circle", "square")
FEWEST_DECADES = 4
"""The axis never shows less: a gradient that loses nothing is to look flat."""


@dataclass(frozen=True)
class DrawnStack:
    """One network as charts need it.

    Args:
        stack: The network.
        survey: Its gradients.
        style: How it is drawn.
        symbol: Its mark, by Plotly's name.
    """

    stack: DeepStack
    survey: GradientSurvey
    style: RunStyle
    symbol: str


def drawn_stacks(stacks: Sequence[DeepStack], surveys: Sequence[GradientSurvey]) -> tuple[DrawnStack, ...]:
    """Give each network a style of its own: the first ones of those that compared runs have."""
    rows = zip(stacks, surveys, RUN_STYLES, SYMBOLS, strict=False)
    return tuple(DrawnStack(*row) for row in rows)


def gradient_profile(drawn: Sequence[DrawnStack], palette: Palette) -> go.Figure:
    """Draw the length of each layer's gradient on a logarithmic axis, a line for each network.

    A gradient of exactly zero has no place there: it is a cross at the lower edge.

    Args:
        drawn: The networks.
        palette: The theme's colours.
    """
    figure = base_figure(palette, HEIGHT_PX)
    low, high = _decades([norm for one in drawn for norm in one.survey.norms])
    deepest = max(len(one.survey.norms) for one in drawn)
    for one in drawn:
        norms, colour, letter = one.survey.norms, one.style.colour, one.style.letter
        figure.add_scatter(
            x=list(range(1, len(norms) + 1)),
            y=[max(norm, 10.0**low) for norm in norms],
            mode="lines+markers+text",
            line={"color": colour, "width": 2.5, "dash": ",".join(f"{n}px" for n in one.style.dash) or "solid"},
            marker={
                "color": colour,
                "size": 10,
                "symbol": ["x" if norm == 0 else one.symbol for norm in norms],
            },
            text=[letter, *[""] * (len(norms) - 1)],
            textposition="top center",
            textfont={"color": colour, "size": FONT_SIZE + 3},
            customdata=[[name, short_number(norm)] for name, norm in zip(one.survey.layers, norms, strict=True)],
            hovertemplate=f"{letter}, layer %{{x}} (%{{customdata[0]}}): %{{customdata[1]}}<extra></extra>",
            cliponaxis=False,
        )
    figure.update_xaxes(
        title=_title("layer, from the image (1) to the answer"),
        range=[0.6, deepest + 0.4],
        dtick=1 if deepest <= 12 else 2,
        tick0=1 if deepest <= 12 else 2,
        zeroline=False,
    )
    figure.update_yaxes(
        type="log",
        title=_title("length of the gradient"),
        range=[low - 0.15, high + 0.35],
        dtick=max(1, ceil((high - low) / 5)),
        exponentformat="power",
        zeroline=False,
    )
    return figure


def profile_words(drawn: Sequence[DrawnStack]) -> str:
    """Say in words what the figure shows, for those who do not see it."""
    return " ".join(
        f"{one.style.letter}, {one.stack.words}: gradient {short_number(one.survey.norms[-1])} in the last layer, "
        f"{short_number(one.survey.norms[0])} in the first."
        for one in drawn
    )


def gradient_sums(drawn: Sequence[DrawnStack], palette: Palette) -> str:
    """Write out how the gradient dwindles: what the slopes leave at most, and what was measured.

    Args:
        drawn: The networks.
        palette: The theme's colours.

    Returns:
        HTML: a table with a column for each network.
    """
    head = "".join(f'<th scope="col">{stack_mark(one.style)}</th>' for one in drawn)
    rows = "".join(
        f'<tr><th scope="row">{escape(name)}</th>{"".join(f"<td>{escape(cell)}</td>" for cell in cells)}</tr>'
        for name, cells in _sums(drawn)
    )
    style = (
        ".sums table{border-collapse:collapse;width:100%;font-size:.875rem;line-height:1.4;"
        f"color:{palette.text};font-variant-numeric:tabular-nums}}"
        f".sums th,.sums td{{padding:.2rem .5rem;text-align:left;border-bottom:1px solid {palette.border};"
        "vertical-align:top}.sums th{font-weight:400}"
        ".sums tbody tr:last-child td{font-weight:700}"
    )
    return (
        f'<style>{style}</style><div class="sums"><table><thead><tr><td></td>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def stack_mark(style: RunStyle) -> str:
    """Write a network's letter with the mark and the colour that it has in the figure, as HTML."""
    sign = "●" if style is RUN_STYLES[0] else "■"
    mark = f'<span style="color:{style.colour}" aria-hidden="true">{sign}</span>'
    return f'<b style="font-size:1.05rem">{mark} {style.letter}</b>'


def _sums(drawn: Sequence[DrawnStack]) -> list[tuple[str, list[str]]]:
    return [
        ("Slope, at most, of each activation", [_slope_words(one.stack) for one in drawn]),
        ("All slopes multiplied, at most", [_slopes_words(one.stack) for one in drawn]),
        (
            "Measured: first layer ÷ last layer",
            [f"{short_number(one.survey.norms[0])} ÷ {short_number(one.survey.norms[-1])}" for one in drawn],
        ),
        ("That is, per layer", [f"× {short_number(one.survey.factor_per_layer)}" for one in drawn]),
        ("So the first layer gets", [f"{short_number(one.survey.share_left)} of the last" for one in drawn]),
    ]


def _slope_words(stack: DeepStack) -> str:
    slope = LARGEST_SLOPES[stack.activation]
    return "1/4" if slope == 0.25 else f"{slope:.3g}"


def _slopes_words(stack: DeepStack) -> str:
    power = str(stack.layers - 1).translate(SUPERSCRIPTS)
    slope = _slope_words(stack)
    base = f"({slope})" if "/" in slope else slope
    return f"{base}{power} = {short_number(slopes_leave_at_most(stack))}"


def _decades(norms: Sequence[float]) -> tuple[int, int]:
    """The powers of ten that the axis reaches from and to."""
    known = [norm for norm in norms if norm > 0] or [1.0]
    high = ceil(log10(max(known)))
    low = min(floor(log10(min(known))), high - FEWEST_DECADES)
    return (low - 1 if min(norms) == 0 else low), high


def _title(text: str) -> dict[str, object]:
    return {"text": text, "font": {"size": FONT_SIZE}}
