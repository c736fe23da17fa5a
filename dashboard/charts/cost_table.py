"""What kinds of convolution cost, beside each other: weights and multiply-adds with their formulas, and bars."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from cnn_core.architecture.formula import Formula
from cnn_core.operations.convolution_costs import ConvolutionCost
from dashboard.palette import Palette

TITLES = {
    "ordinary": "Ordinary",
    "pointwise": "1×1",
    "depthwise": "Depthwise alone",
    "separable": "Depthwise-separable",
    "dilated": "Dilated",
    "wide": "Ordinary, as wide",
    "transposed": "Transposed",
}


def cost_table(costs: Sequence[ConvolutionCost], palette: Palette) -> str:
    """Write costs for the screen.

    Args:
        costs: The kinds, in their order; the first one is what the others are compared with.
        palette: The theme's colours.

    Returns:
        HTML.
    """
    first = costs[0]
    most = [max(formula.value for formula in column) for column in zip(*map(_formulas, costs), strict=True)]
    rows = "".join(_row(cost, first, most) for cost in costs)
    head = "<tr><th scope=col>Convolution</th><th scope=col>Parameters</th><th scope=col>Multiply-adds</th></tr>"
    return f'<style>{_style(palette)}</style><table class="costs"><thead>{head}</thead><tbody>{rows}</tbody></table>'


def _formulas(cost: ConvolutionCost) -> tuple[Formula, Formula]:
    return cost.parameters, cost.multiply_adds


def _row(cost: ConvolutionCost, first: ConvolutionCost, most: Sequence[int]) -> str:
    height, width, channels = cost.output
    sees = f"{cost.sees}×{cost.sees}"
    cells = "".join(
        _cell(formula, None if cost is first else before, largest)
        for formula, before, largest in zip(_formulas(cost), _formulas(first), most, strict=True)
    )
    return (
        f"<tr><th scope=row>{TITLES[cost.kind]}<small>sees {sees}, gives {height}×{width}×{channels}</small></th>"
        f"{cells}</tr>"
    )


def _cell(formula: Formula, before: Formula | None, most: int) -> str:
    ratio = f" <span>{ratio_words(formula.value, before.value)}</span>" if before else ""
    return (
        f'<td><b>{formula.value:,}</b>{ratio}<i style="width:{100 * formula.value / most:.1f}%"></i>'
        f"<small>{escape(formula.numbers)}</small></td>"
    )


def ratio_words(value: int, before: int) -> str:
    """Say how much one cost is of another.

    Example:
        >>> ratio_words(2400, 18496), ratio_words(18496, 18496), ratio_words(51264, 18496)
        ('13 %', 'the same', '2.8 times')
    """
    if value == before:
        return "the same"
    share = value / before
    return f"{100 * share:.0f} %" if share < 1.995 else f"{share:.1f} times"


def _style(palette: Palette) -> str:
    return (
        ".costs{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums;line-height:1.4}"
        ".costs th,.costs td{text-align:left;vertical-align:top;padding:.35rem .75rem .35rem 0}"
        f".costs tbody tr{{border-top:1px solid {palette.border}}}"
        ".costs tbody th{font-weight:600;width:9.5rem}"
        ".costs small{display:block;font-size:.85rem;font-weight:400}"
        f".costs i{{display:block;height:.4rem;min-width:2px;background:{palette.primary}}}"
        "@media(max-width:640px){.costs thead{position:absolute;left:-9999px}"
        ".costs tr{display:grid;grid-template-columns:1fr 1fr}"
        ".costs tbody th{grid-column:1/-1;width:auto;padding-bottom:0}"
        '.costs td:nth-child(2)::before{content:"Parameters";display:block}'
        '.costs td:nth-child(3)::before{content:"Multiply-adds";display:block}}'
    )
