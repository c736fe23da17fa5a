"""Pictures pixel by pixel: kernels, feature maps, heatmaps, patches. Values at the cursor, cells that can be chosen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from dashboard.palette import Palette

Scale = Literal["diverging", "amount", "grey"]


@dataclass(frozen=True)
class Cell:
    """One pixel of one of the pictures; all from 0."""

    picture: int
    row: int
    column: int


@dataclass(frozen=True)
class Frame:
    """A rectangle around pixels of a picture, in the colour of what is chosen.

    Args:
        picture: Which picture, from 0.
        top: First row.
        left: First column.
        bottom: The row after the last one.
        right: The column after the last one.
    """

    picture: int
    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True, eq=False)
class Pictures:
    """Pictures of one size that are shown side by side.

    Args:
        values: `(count, height, width)` numbers, shown on a scale; or `(count, height, width, 3)` uint8, shown in
            their own colours.
        names: One for each; it stands above the picture, and at the cursor.
        limits: The numbers at the two ends of the scale: one pair for all, or one for each picture. A diverging scale
            is symmetric about zero. Not used for colours.
        scale: Which scale: blue – paper – orange about zero, from nothing to much, or from black to white.
        notes: A word for each that stands below its name, as `"dead"`; `""` for none.
        under: `(height, width, 1 or 3)` uint8, an image under all pictures: the larger a number's magnitude, the more
            it covers. Its size may differ from the pictures'.
    """

    values: npt.NDArray[Any]
    names: Sequence[str]
    limits: tuple[float, float] | Sequence[tuple[float, float]] = (0.0, 1.0)
    scale: Scale = "amount"
    notes: Sequence[str] = ()
    under: npt.NDArray[np.uint8] | None = None


def pixel_view(
    pictures: Pictures,
    key: str,
    palette: Palette,
    *,
    what: str,
    columns: int | None = None,
    tile_px: int = 96,
    chosen: Cell | None = None,
    frames: Sequence[Frame] = (),
    has_scale_bar: bool = True,
    file_name: str = "",
    on_choose: Callable[[Cell], None] | None = None,
) -> None:
    """Show pictures side by side.

    Args:
        pictures: The pictures.
        key: The component's key.
        palette: The theme's colours.
        what: What a picture is, as `"feature map"`; screen readers and the cursor's words begin with it.
        columns: Pictures in a row; by default as many as there is room for.
        tile_px: Height of a picture on a wide screen; on a narrow one it is smaller.
        chosen: The cell that is marked.
        frames: Rectangles.
        has_scale_bar: Whether the scale stands beside the pictures.
        file_name: If given, the pictures can be saved under this name, as PNG and as CSV.
        on_choose: Called when a cell is clicked, tapped, or chosen with Enter; without it, nothing can be chosen.
    """
    raise NotImplementedError
