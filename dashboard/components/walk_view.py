"""A window that walks over grids of numbers: played, paused, stepped and scrubbed in the browser.

All numbers of all steps are worked out before, by `cnn_core.operations`, and sent once; the browser only shows them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from dashboard.components.pixel_view import Scale, array_text, scale_range, scale_table
from dashboard.components.registration import register
from dashboard.palette import Palette

Role = Literal["input", "kernel", "product", "output"]
NO_CELL = -1


@dataclass(frozen=True, eq=False)
class WalkGrid:
    """One grid of numbers.

    Args:
        name: What stands above it.
        values: `(height, width)`, the same in every step, or `(steps, height, width)`.
        role: What it is: grids stand in the order input, kernel, product, output, several of one role below one
            another (as the channels of an image).
        marks: `(steps, cells, 2)` whole numbers, the rows and columns of the cells that are lit in each step;
            `NO_CELL` where there are fewer. Without it none are lit.
        winners: `(steps, cells, 2)`, cells that are lit more strongly (the maximum of a window).
        padding: How many rows at the top and at the bottom, and columns at the left and at the right, are padding;
            they are drawn as such.
        is_filling: Whether a cell is empty until a step has lit it: what is written step by step.
        scale: The scale of its colours.
        limits: The numbers at the scale's ends; by default those of all its values.
        factors: Of a product: the patch's values `(steps, height, width)` and the kernel's `(height, width)`, so that
            each cell is written out as `a × b`.
    """

    name: str
    values: npt.NDArray[Any]
    role: Role
    marks: npt.NDArray[np.int64] | None = None
    winners: npt.NDArray[np.int64] | None = None
    padding: tuple[int, int, int, int] = (0, 0, 0, 0)
    is_filling: bool = False
    scale: Scale = "diverging"
    limits: tuple[float, float] | None = None
    factors: tuple[npt.NDArray[Any], npt.NDArray[Any]] | None = None


@dataclass(frozen=True, eq=False)
class Walk:
    """All steps of a walk.

    Args:
        grids: The grids; those of one image's channels one after the other.
        sentences: What happens in each step, in words and numbers, as `"0×0 + 1×1 + 3×2 + 4×3 = 19"`: one a step.
        name: What walks, for screen readers, as `"kernel over the image"`.
    """

    grids: Sequence[WalkGrid]
    sentences: Sequence[str]
    name: str


_component = register(
    "walk_view",
    '<div class="walk-view" role="group"><div class="grids"></div><p class="words hint" aria-live="polite"></p>'
    '<div class="below"><p class="ruler" aria-hidden="true"></p><p class="sentence" aria-live="polite"></p>'
    '<div class="player"></div></div></div>',
    before=("pixel_view_drawing", "player", "walk_view_layout", "walk_view_drawing"),
    styles=("player",),
)


def walk_view(walk: Walk, key: str, palette: Palette) -> None:
    """Show a walk with its player. Clicking a cell of a grid that is being filled goes to the step that writes it.

    Args:
        walk: The walk.
        key: The component's key.
        palette: The theme's colours.

    Raises:
        ValueError: If the grids' shapes, marks and the number of sentences do not belong together.
    """
    _component(key=key, data=view_data(walk, palette))


def view_data(walk: Walk, palette: Palette) -> dict[str, Any]:
    """Gather what the browser needs to draw every step.

    Raises:
        ValueError: If the grids' shapes, marks and the number of sentences do not belong together.
    """
    steps = len(walk.sentences)
    if not steps or not walk.grids:
        raise ValueError(
            f"A walk needs at least one step and one grid. Received: {steps} sentences, {len(walk.grids)} grids."
        )
    for grid in walk.grids:
        _check(grid, steps)
    return {
        "name": walk.name,
        "steps": steps,
        "sentences": list(walk.sentences),
        "grids": [_grid_data(grid) for grid in walk.grids],
        "tables": {scale: scale_table(scale, palette) for scale in sorted({grid.scale for grid in walk.grids})},
        "colours": {
            "paper": palette.background,
            "surface": palette.surface,
            "text": palette.text,
            "border": palette.border,
            "positive": palette.positive,
        },
    }


def _grid_data(grid: WalkGrid) -> dict[str, Any]:
    height, width = grid.values.shape[-2:]
    return {
        "name": grid.name,
        "role": grid.role,
        "height": height,
        "width": width,
        "values": _numbers(grid.values),
        "isStepwise": grid.values.ndim == 3,
        "marks": _cells(grid.marks, width),
        "winners": _cells(grid.winners, width),
        "padding": list(grid.padding),
        "isFilling": grid.is_filling,
        "scale": grid.scale,
        "limits": scale_range(*(grid.limits or _ends(grid.values)), grid.scale),
        "factors": None if grid.factors is None else [_numbers(factor) for factor in grid.factors],
    }


def _numbers(values: npt.NDArray[Any]) -> list[str]:
    """Write numbers in as few bytes as they need: `[kind, base64]`; whole ones are written exactly."""
    is_whole = bool(np.isfinite(values).all()) and bool((values == np.round(values)).all())
    kinds: tuple[tuple[str, str], ...] = (("uint8", "u1"), ("int16", "<i2")) if is_whole else ()
    for kind, code in kinds:
        ends = np.iinfo(code)
        if ends.min <= values.min() and values.max() <= ends.max:
            return [kind, array_text(values.astype(code))]
    return ["float32", array_text(values.astype("<f4"))]


def _cells(marks: npt.NDArray[np.int64] | None, width: int) -> list[Any] | None:
    """Write which cells are lit: how many a step, and each one's number, row by row."""
    if marks is None or not marks.size:
        return None
    places = np.where(marks[..., 0] == NO_CELL, NO_CELL, marks[..., 0] * width + marks[..., 1])
    is_small = places.max() <= np.iinfo(np.int16).max
    return [
        marks.shape[1],
        "int16" if is_small else "int32",
        array_text(places.astype("<i2" if is_small else "<i4")),
    ]


def _ends(values: npt.NDArray[Any]) -> tuple[float, float]:
    known = values[np.isfinite(values)]
    return (float(known.min()), float(known.max())) if known.size else (0.0, 1.0)


def _check(grid: WalkGrid, steps: int) -> None:
    shape = grid.values.shape
    if len(shape) not in (2, 3) or 0 in shape or (len(shape) == 3 and shape[0] != steps):
        raise ValueError(
            f"values must be (height, width), or (steps, height, width) with {steps} steps, as many as there are "
            f"sentences; none of them 0. Received: {grid.name!r} with values.shape={shape}."
        )
    for name, cells in (("marks", grid.marks), ("winners", grid.winners)):
        if cells is not None:
            _check_cells(name, cells, grid, steps)
    if grid.is_filling and grid.marks is None:
        raise ValueError(f"A grid that is being filled needs marks. Received: {grid.name!r} without marks.")
    top, bottom, left, right = grid.padding
    if min(grid.padding) < 0 or top + bottom > shape[-2] or left + right > shape[-1]:
        raise ValueError(
            f"padding must be at least 0 and leave no less than nothing of a grid of {shape[-2]}×{shape[-1]}. "
            f"Received: {grid.name!r} with padding={grid.padding}."
        )
    if grid.factors is not None:
        _check_factors(grid, steps, grid.factors)


def _check_cells(name: str, cells: npt.NDArray[np.int64], grid: WalkGrid, steps: int) -> None:
    if cells.ndim != 3 or cells.shape[0] != steps or cells.shape[2] != 2 or cells.dtype.kind not in "iu":
        raise ValueError(
            f"{name} must be (steps, cells, 2) of whole numbers with {steps} steps. "
            f"Received: {grid.name!r} with {name} of shape {cells.shape}, {cells.dtype}."
        )
    rows, columns = cells[..., 0], cells[..., 1]
    height, width = grid.values.shape[-2:]
    is_none = (rows == NO_CELL) & (columns == NO_CELL)
    is_inside = (rows >= 0) & (rows < height) & (columns >= 0) & (columns < width)
    wrong = cells[~(is_none | is_inside)]
    if wrong.size:
        raise ValueError(
            f"{name} must be cells of a grid of {height}×{width}, or NO_CELL twice. "
            f"Received: {grid.name!r} with {name} at {wrong[0].tolist()}."
        )


def _check_factors(grid: WalkGrid, steps: int, factors: tuple[npt.NDArray[Any], npt.NDArray[Any]]) -> None:
    shapes = tuple(factor.shape for factor in factors)
    size = grid.values.shape[-2:]
    if shapes != ((steps, *size), size) or grid.values.ndim != 3:
        raise ValueError(
            "factors must be (steps, height, width) and (height, width), and the products (steps, height, width). "
            f"Received: {grid.name!r} with factors of shapes {shapes[0]}, {shapes[1]} and values.shape="
            f"{grid.values.shape} in {steps} steps."
        )
