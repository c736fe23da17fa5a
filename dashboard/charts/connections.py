"""Three layers drawn as lines from pixels to outputs: dense, local, and local with shared weights."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from html import escape

from cnn_core.architecture.formula import Formula
from cnn_core.operations.weight_sharing import WeightCounts
from dashboard.charts.network_tiles import mixed
from dashboard.palette import Palette

PIXELS, TAPS = 6, 3
OUTPUTS = PIXELS - TAPS + 1
WIDTH, HEIGHT, STEP = 150, 84, 26
FIRST_PIXEL, FIRST_OUTPUT = (WIDTH - (PIXELS - 1) * STEP) / 2, (WIDTH - (OUTPUTS - 1) * STEP) / 2
WEIGHTS = (-1.0, 0.45, 0.85)
"""What the shared weights of the drawing are."""

TITLES = {
    "dense": ("Dense", "Every output reads every pixel, each with a weight of its own."),
    "local": ("Local", "Every output reads its patch only: most weights are left out."),
    "shared": ("Shared: a convolution", "The same weights at every place, drawn in the same colours."),
}

Line = tuple[int, int, float]
"""From which pixel, to which output, with which weight."""


def connection_lines() -> Mapping[str, Sequence[Line]]:
    """Return the lines of the three drawings: 6 pixels in a row, 4 outputs, a kernel of 3.

    Example:
        >>> {kind: (len(lines), len({weight for *_, weight in lines})) for kind, lines in connection_lines().items()}
        {'dense': (24, 24), 'local': (12, 12), 'shared': (12, 3)}
    """
    own = [((7 * number) % 24 - 11.5) / 11.5 for number in range(PIXELS * OUTPUTS)]
    every = [(pixel, output, own[output * PIXELS + pixel]) for output in range(OUTPUTS) for pixel in range(PIXELS)]
    near = [line for line in every if 0 <= line[0] - line[1] < TAPS]
    shared = [(pixel, output, WEIGHTS[pixel - output]) for pixel, output, _ in near]
    return {"dense": every, "local": near, "shared": shared}


def connection_table(counts: WeightCounts, palette: Palette) -> str:
    """Write the three layers for the screen: a drawing of each, its weights, and how they are counted.

    Args:
        counts: The weights.
        palette: The theme's colours.

    Returns:
        HTML.
    """
    lines = connection_lines()
    formulas = {"dense": counts.dense, "local": counts.local, "shared": counts.shared}
    rows = "".join(
        f"<figure>{_drawing(kind, lines[kind], palette)}"
        f"<figcaption>{_words(kind, formula, counts)}</figcaption></figure>"
        for kind, formula in formulas.items()
    )
    return f'<style>{_style(palette)}</style><div class="connections">{rows}</div>'


def _words(kind: str, formula: Formula, counts: WeightCounts) -> str:
    title, explanation = TITLES[kind]
    times = formula.value / counts.shared.value
    ratio = "" if kind == "shared" else f" <span>({times:,.0f} times the convolution’s)</span>"
    return (
        f"<b>{escape(title)}.</b> {escape(explanation)}"
        f'<span class="worked">{escape(formula.numbers)} = <strong>{formula.value:,} weights</strong>{ratio}</span>'
        f"<small>{escape(formula.words)}</small>"
    )


def _drawing(kind: str, lines: Sequence[Line], palette: Palette) -> str:
    different = len({weight for *_, weight in lines})
    words = f"{len(lines)} lines from {PIXELS} pixels in a row to {OUTPUTS} outputs, {different} different weights"
    drawn = "".join(
        f'<line x1="{FIRST_PIXEL + pixel * STEP:g}" y1="{HEIGHT - 8}" x2="{FIRST_OUTPUT + output * STEP:g}" y2="8" '
        f'stroke="{_colour(weight, palette)}" stroke-width="{1.2 + 2.3 * abs(weight):.1f}"/>'
        for pixel, output, weight in lines
    )
    dots = [(FIRST_PIXEL + pixel * STEP, HEIGHT - 8) for pixel in range(PIXELS)]
    dots += [(FIRST_OUTPUT + output * STEP, 8) for output in range(OUTPUTS)]
    circles = "".join(f'<circle cx="{x:g}" cy="{y}" r="6" fill="{palette.text}"/>' for x, y in dots)
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}">'
        f"{drawn}{circles}</svg>"
    )
    # As an image, since Streamlit takes drawings out of what it shows as HTML.
    address = f"data:image/svg+xml;base64,{b64encode(svg.encode()).decode()}"
    count = f"<small>{len(lines)} lines, {different} weights</small>"
    return f'<div><img src="{address}" alt="{TITLES[kind][0]}: {words}">{count}</div>'


def _colour(weight: float, palette: Palette) -> str:
    """Stronger than on the scale of maps, so that the weakest line can be seen on the paper too."""
    return mixed(palette.positive if weight > 0 else palette.negative, palette.background, 0.45 + 0.55 * abs(weight))


def _style(palette: Palette) -> str:
    return (
        f".connections figure{{display:flex;gap:1rem;margin:0;padding:.5rem 0;border-top:1px solid {palette.border}}}"
        ".connections figure:first-child{border-top:0;padding-top:0}"
        ".connections figure>div{flex:0 0 9.4rem}.connections img{display:block;width:100%;height:auto}"
        ".connections small{display:block;font-size:.85rem;line-height:1.4}"
        ".connections figcaption{line-height:1.4}"
        ".connections .worked{display:block;margin-top:.2rem;font-variant-numeric:tabular-nums}"
        ".connections strong{white-space:nowrap;font-size:1.1em}"
        "@media(max-width:640px){.connections figure{gap:.75rem}.connections figure>div{flex-basis:6.5rem}}"
    )
