"""A neuron's sum written out, as a table in HTML."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from cnn_core.operations.neuron import NeuronResult
from dashboard.charts.number_text import bracketed, short_number
from dashboard.palette import Palette


def neuron_table(
    inputs: Sequence[float], weights: Sequence[float], bias: float, result: NeuronResult, title: str, palette: Palette
) -> str:
    """Write each product, the sum, what the activation makes of it, and what each weight could change.

    Args:
        inputs: `(n,)`.
        weights: `(n,)`.
        bias: What is added.
        result: What the neuron makes of them.
        title: The activation's name.
        palette: The theme's colours.

    Example:
        >>> from cnn_core.operations.activations import ACTIVATIONS
        >>> from cnn_core.operations.neuron import neuron
        >>> from dashboard.palette import LIGHT
        >>> result = neuron([1.0, 2.0], [3.0, -1.0], -0.5, ACTIVATIONS["relu"])
        >>> html = neuron_table([1.0, 2.0], [3.0, -1.0], -0.5, result, "ReLU", LIGHT)
        >>> "2 × (−1)" in html, "ReLU(0.5)" in html
        (True, True)
    """
    head = ("", "worked out", "", "gradient of the output")
    rows = [
        (
            f"input {place} × weight {place}",
            f"{short_number(given)} × {bracketed(weight)}",
            short_number(product),
            f"{short_number(result.slope)} × {bracketed(given)} = <b>{short_number(gradient)}</b>",
        )
        for place, (given, weight, product, gradient) in enumerate(
            zip(inputs, weights, result.products.tolist(), result.weight_gradients.tolist(), strict=True), start=1
        )
    ]
    parts = " + ".join([*(bracketed(product) for product in result.products.tolist()), bracketed(bias)])
    rows.append(("bias", "", short_number(bias), f"<b>{short_number(result.slope)}</b>"))
    rows.append(("<b>sum</b>", parts, f"<b>{short_number(result.total)}</b>", f"slope {short_number(result.slope)}"))
    rows.append(
        (
            "<b>output</b>",
            f"{escape(title)}({short_number(result.total)})",
            f'<b style="font-size:1.25em">{short_number(result.output)}</b>',
            "",
        )
    )
    lines = "".join(_line(row, palette, is_ruled=place == len(rows) - 2) for place, row in enumerate(rows))
    headings = "".join(f'<th scope="col" style="{_CELL};font-weight:600">{name}</th>' for name in head)
    style = "border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:0.95rem;width:100%"
    return f'<div style="overflow-x:auto"><table style="{style}"><tr>{headings}</tr>{lines}</table></div>'


_CELL = "padding:0.15rem 0.8rem 0.15rem 0;text-align:left"


def _line(cells: Sequence[str], palette: Palette, *, is_ruled: bool) -> str:
    rule = f"border-top:1px solid {palette.muted};" if is_ruled else ""
    first, *others = cells
    return (
        f'<tr style="{rule}"><th scope="row" style="{_CELL};font-weight:400">{first}</th>'
        + "".join(f'<td style="{_CELL}">{cell}</td>' for cell in others)
        + "</tr>"
    )
