"""Pooling as a walk: the window over the input, what lies under it, and where the number lands."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from cnn_core.operations.pooling import PoolingKind, PoolingSteps
from dashboard.charts.number_text import short_number
from dashboard.components.walk_view import NO_CELL, Walk, WalkGrid
from dashboard.lessons.pooling_source import PoolingSource

SUPERLATIVES = {"max": "largest", "min": "smallest"}


def pooling_walk(source: PoolingSource, steps: PoolingSteps, kind: PoolingKind) -> Walk:
    """Lay all steps out as grids with their lit cells and winners, and say each in a sentence.

    Args:
        source: What is pooled.
        steps: Its steps.
        kind: What is kept of each window.
    """
    is_there = (steps.winners != NO_CELL).all(axis=2, keepdims=True)
    inside = np.where(is_there, steps.winners - steps.cells[:, :1], NO_CELL)
    grids = [
        WalkGrid(source.name, steps.padded, "input", steps.cells, steps.winners, padding=steps.padding),
        WalkGrid("Window", steps.patches, "product", winners=inside),
        WalkGrid("Pooled map", steps.output, "output", steps.output_cells[:, np.newaxis], is_filling=True),
    ]
    coloured = [replace(grid, scale=source.scale, limits=source.limits) for grid in grids]
    pairs = zip(steps.patches.reshape(len(steps), -1).tolist(), steps.kept.tolist(), strict=True)
    return Walk(coloured, [step_sentence(patch, kept, kind) for patch, kept in pairs], "window over the input")


def step_sentence(patch: list[float], kept: float, kind: PoolingKind) -> str:
    """Say how a patch becomes one number; what is not a number lies on the padding.

    Example:
        >>> step_sentence([1, 3, 4, 6], 6, "max"), step_sentence([1, 3, float("nan"), 6], 10 / 3, "average")
        ('The largest of 1, 3, 4 and 6 is 6.', '(1 + 3 + 6) / 3 = 3.33')
    """
    numbers = [short_number(number) for number in patch if number == number]
    if kind == "average":
        return f"({' + '.join(numbers)}) / {len(numbers)} = {short_number(kept)}"
    if len(numbers) == 1:
        return f"Only {numbers[0]} lies under the window."
    if len(set(numbers)) == 1:
        return f"All {len(numbers)} numbers under the window are {numbers[0]}."
    return f"The {SUPERLATIVES[kind]} of {', '.join(numbers[:-1])} and {numbers[-1]} is {short_number(kept)}."
