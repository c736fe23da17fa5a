"""The evidence of a finding as a small picture: how each layer does, or the stretch of a curve that shows it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from math import isfinite, log10

from cnn_core.training.diagnosis import LayerHealth
from dashboard.charts.network_tiles import mixed
from dashboard.palette import Palette

DECADES = 8
"""The bars of gradients reach from the largest down to a hundred-millionth of it, each power of ten equally long."""

WIDTH, HEIGHT, EDGE = 240, 64, 4
LOG_RATIO = 20.0
"""From this ratio of the largest to the smallest number on, a curve is drawn on a logarithmic scale."""

_EXPONENTS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")

Cell = tuple[str, float]
"""A number as text, and the length of its bar, 0 to 1."""


def layer_health(health: Sequence[LayerHealth], palette: Palette, marked: str | None = None) -> str:
    """Draw how the layers of a network do: a row each, with bars for gradient, dead units and saturation.

    Args:
        health: The layers, from the image to the answer.
        palette: The theme's colours.
        marked: Name of the layer that is meant; nothing for none.

    Returns:
        HTML: a table, so that it can be listened to. Columns that would be empty are left out.
    """
    norms = [layer.gradient_norm for layer in health if layer.gradient_norm is not None]
    largest = max((norm for norm in norms if isfinite(norm)), default=0.0)
    columns = [column for column in _columns(largest) if any(column[2](layer) for layer in health)]
    head = "".join(f'<th scope="col" title="{escape(words)}">{name}</th>' for name, words, _ in columns)
    rows = "".join(
        f'<tr class="{"marked" if layer.name == marked else ""}"><th scope="row">{escape(layer.name)}</th>'
        f"{''.join(_cell(cell(layer)) for _, _, cell in columns)}</tr>"
        for layer in health
    )
    return (
        f"<style>{_style(palette)}</style>"
        '<div class="layers" role="region" tabindex="0" aria-label="How each layer does"><table>'
        f'<thead><tr><th scope="col">Layer</th>{head}</tr></thead><tbody>{rows}</tbody></table></div>'
    )


def curve_picture(curves: Sequence[tuple[str, Sequence[float]]], palette: Palette) -> str:
    """Draw the stretch of one or two curves that shows something, from its first to its last number.

    Args:
        curves: Each line's name, `"training"` or `"validation"`, and its numbers; those that are none are left out.
        palette: The theme's colours.

    Returns:
        HTML: an SVG picture and a caption with the first and the last number of each line; nothing without numbers.
    """
    lines = [(name, [value for value in values if isfinite(value)]) for name, values in curves]
    lines = [(name, values) for name, values in lines if values]
    if not lines:
        return ""
    every = [value for _, values in lines for value in values]
    is_log = min(every) > 0 and max(every) > LOG_RATIO * min(every)
    words = "; ".join(f"{name} {_number(values[0])} → {_number(values[-1])}" for name, values in lines)
    caption = f"{words}{' (each power of ten equally high)' if is_log else ''}"
    drawn = "".join(_line(name, values, every, is_log, palette) for name, values in lines)
    return (
        f'<figure class="curve"><svg viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" role="img" '
        f'aria-label="{escape(caption)}">{drawn}</svg><figcaption>{escape(caption)}</figcaption></figure>'
    )


def _columns(largest: float) -> tuple[tuple[str, str, Callable[[LayerHealth], Cell | None]], ...]:
    return (
        (
            "Gradient",
            "Length of the loss’s gradient for the layer’s weights; each power of ten is equally long.",
            lambda layer: _gradient(layer.gradient_norm, largest),
        ),
        (
            "Dead",
            "Share of the layer’s ReLU units that give 0 for every image.",
            lambda layer: _share(layer.dead_share),
        ),
        (
            "Saturated",
            "Share of the layer’s outputs at the flat ends of its sigmoid or tanh.",
            lambda layer: _share(layer.saturated_share),
        ),
    )


def _gradient(norm: float | None, largest: float) -> Cell | None:
    if norm is None:
        return None
    if not isfinite(norm):
        return "no number", 0.0
    length = max(0.0, 1 + log10(norm / largest) / DECADES) if norm > 0 else 0.0
    return _number(norm), length


def _share(share: float | None) -> Cell | None:
    return None if share is None else (f"{100 * share:.0f}\N{NO-BREAK SPACE}%", share)


def _cell(cell: Cell | None) -> str:
    if cell is None:
        return "<td></td>"
    text, length = cell
    return f'<td style="--s:{length:.3f}">{text}</td>'


def _number(value: float) -> str:
    """Write a number of any size in a few characters.

    Example:
        >>> _number(0.0), _number(2.3026), _number(0.0042), _number(1.6e-8), _number(76536.0), _number(4e15)
        ('0', '2.30', '0.0042', '1.6·10⁻⁸', '76,536', '4.0·10¹⁵')
    """
    size = abs(value)
    if size == 0:
        return "0"
    if size < 0.001 or size >= 1e6:
        mantissa, exponent = f"{value:.1e}".split("e")
        return f"{mantissa}·10{str(int(exponent)).translate(_EXPONENTS)}"
    return f"{value:,.0f}" if size >= 100 else f"{value:.2f}" if size >= 0.1 else f"{value:.2g}"


def _line(name: str, values: Sequence[float], every: Sequence[float], is_log: bool, palette: Palette) -> str:
    low, high = min(every), max(every)
    scale: Callable[[float], float] = log10 if is_log else float
    span = (scale(high) - scale(low)) or 1.0
    step = (WIDTH - 2 * EDGE) / max(len(values) - 1, 1)
    points = " ".join(
        f"{EDGE + index * step:.1f},{HEIGHT - EDGE - (HEIGHT - 2 * EDGE) * (scale(value) - scale(low)) / span:.1f}"
        for index, value in enumerate(values)
    )
    is_validation = name == "validation"
    colour, dash = (palette.validation, ' stroke-dasharray="5 4"') if is_validation else (palette.training, "")
    return f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"{dash}/>'


def _style(palette: Palette) -> str:
    quiet = mixed(palette.text, palette.background, 0.78)
    return (
        ".layers{overflow:auto;max-height:15rem;max-width:34rem;margin:.4rem 0}"
        ".layers table{border-collapse:separate;border-spacing:0;width:100%;font-size:.8125rem;line-height:1.35;"
        f"color:{palette.text};font-variant-numeric:tabular-nums}}"
        f".layers th,.layers td{{padding:.15rem .4rem;text-align:left;border-bottom:1px solid {palette.border};"
        "white-space:nowrap}"
        f".layers thead th{{position:sticky;top:0;background:{palette.background};color:{quiet};font-weight:600}}"
        ".layers tbody th{font-weight:400}.layers .marked th,.layers .marked td{font-weight:700}"
        f".layers .marked th{{box-shadow:inset .2rem 0 {palette.primary}}}"
        f".layers td{{background:linear-gradient({palette.muted},{palette.muted}) no-repeat .4rem calc(100% - .05rem)/"
        "calc((100% - .8rem)*var(--s,0)) 3px}"
    )
