"""The terms of a step as a table for a spreadsheet."""

from __future__ import annotations

import csv
from io import StringIO

from cnn_core.inspection.provenance import Activated, Normalized, Origin, Position, WeightedSum

HEAD = ("what", "layer", "channel", "row", "column", "number", "weight", "product")


def terms_csv(origin: Origin) -> str:
    """Write every number that a number was made of, one a line, in full; then what was added, and the result.

    Places count from 1. A place on padding has no layer.

    Args:
        origin: The step.

    Example:
        >>> from cnn_core.inspection.provenance import Passed
        >>> below = Position("pool_1", 1, 2, 3)
        >>> print(terms_csv(Passed(Position("flatten_1", 7), 0.5, below, 0.5, "flatten")), end="")
        what,layer,channel,row,column,number,weight,product
        number,pool_1,2,3,4,0.5,,
        result,flatten_1,8,1,1,0.5,,
    """
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEAD)
    for term in origin.terms():
        weight = term.weight
        made = ("", "") if weight is None else (weight, 0.0 if term.source is None else term.value * weight)
        writer.writerow(("padding" if term.source is None else "number", *_place(term.source), term.value, *made))
    for name, value in _more(origin):
        writer.writerow((name, "", "", "", "", value, "", ""))
    writer.writerow(("result", *_place(origin.position), origin.result, "", ""))
    return text.getvalue()


def _more(origin: Origin) -> list[tuple[str, float]]:
    found: list[tuple[str, float]] = []
    if isinstance(origin, WeightedSum):
        found += [] if origin.bias is None else [("bias", origin.bias)]
        found.append(("before activation", origin.activation.before))
        found += [(f"softmax of {number}", float(value)) for number, value in enumerate(origin.activation.vector, 1)]
    if isinstance(origin, WeightedSum | Activated):
        found.append((f"after {origin.activation.name}", origin.activation.result))
    if isinstance(origin, Normalized):
        names = ("mean", "variance", "gamma", "beta", "epsilon")
        found += [(name, getattr(origin, name)) for name in names]
    return found


def _place(position: Position | None) -> tuple[str | int, ...]:
    if position is None:
        return ("", "", "", "")
    return (position.node, position.channel + 1, position.row + 1, position.column + 1)
