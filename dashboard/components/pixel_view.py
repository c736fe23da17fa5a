"""Pictures pixel by pixel: kernels, feature maps, heatmaps, patches. Values at the cursor, cells that can be chosen.

The browser gets the numbers once and draws them all on one canvas; what stands at the cursor, the keyboard, and saving
as PNG or CSV need no answer from the server. Only a choice goes back.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import isfinite
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from cnn_core.data.scaling import PIXEL_MAX
from dashboard import state
from dashboard.components.registration import register
from dashboard.palette import AMOUNT_SCALE, Palette
from dashboard.words import some

Scale = Literal["diverging", "amount", "grey"]

HTML = (
    '<div class="pixel-view"><div class="stage"><canvas class="pictures" tabindex="0" role="application"></canvas>'
    '<div class="cursor" hidden></div></div><p class="words" aria-live="polite"></p><p class="save" hidden>'
    '<button type="button" class="png">Save PNG</button><button type="button" class="csv">Save CSV</button></p></div>'
)
PARTS = ("saving", "pixel_view_drawing", "pixel_view_part")
"""What every component is made of that shows pictures pixel by pixel: the element, and its JavaScript files."""

PICTURE = "picture"
"""So a picture is called where nothing says what it is."""

STEPS = 255
"""So many steps has a rough number from one end of its scale to the other."""

_component = register("pixel_view", HTML, PARTS)


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
        is_rough: Whether 256 steps from one end of the scale to the other are enough, a quarter of the bytes: for
            pictures that change all the time.
    """

    values: npt.NDArray[Any]
    names: Sequence[str]
    limits: tuple[float, float] | Sequence[tuple[float, float]] = (0.0, 1.0)
    scale: Scale = "amount"
    notes: Sequence[str] = ()
    under: npt.NDArray[np.uint8] | None = None
    is_rough: bool = False


def image_pictures(images: npt.NDArray[np.uint8], names: Sequence[str] = ("",), notes: Sequence[str] = ()) -> Pictures:
    """Make pictures of images as a network takes them: three channels in their colours, else the first one in grey.

    Args:
        images: `(count, height, width, channels)`.
        names: One for each.
        notes: A word for each, if any.

    Example:
        >>> image_pictures(np.zeros((1, 4, 5, 1), np.uint8)).values.shape
        (1, 4, 5)
        >>> image_pictures(np.zeros((2, 4, 5, 3), np.uint8), ["a", "b"]).values.shape
        (2, 4, 5, 3)
    """
    values = images if images.shape[3] == 3 else images[..., 0]
    return Pictures(values, names, (0.0, PIXEL_MAX), "grey", notes)


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
    has_names: bool = True,
    file_name: str = "",
    on_choose: Callable[[Cell], None] | None = None,
) -> None:
    """Show pictures side by side.

    Args:
        pictures: The pictures.
        key: The component's key.
        palette: The theme's colours.
        what: What a picture is, as `"feature map"`; screen readers and the cursor's words begin with it. `""` where
            the names say it.
        columns: Pictures in a row; by default as many as there is room for.
        tile_px: Height of a picture on a wide screen; on a narrow one it is smaller.
        chosen: The cell that is marked.
        frames: Rectangles.
        has_scale_bar: Whether the scale stands beside the pictures; where each picture has its own limits, the cursor's
            words say them instead.
        has_names: Whether the names stand above the pictures; at the cursor they always are.
        file_name: If given, the pictures can be saved under this name, as PNG and as CSV.
        on_choose: Called when a cell is clicked, tapped, or chosen with Enter; without it, nothing can be chosen.

    Raises:
        ValueError: If the pictures' shapes, names, limits, notes or marks do not belong together.
    """
    data = view_data(
        pictures,
        palette,
        what=what,
        columns=columns,
        tile_px=tile_px,
        chosen=chosen,
        frames=frames,
        has_scale_bar=has_scale_bar,
        has_names=has_names,
        file_name=file_name,
        is_choosable=on_choose is not None,
    )
    take = _take(pictures.values.shape[:3], on_choose)
    _component(key=key, data=data, on_cell_change=state.when_changed(key, take))


def view_data(
    pictures: Pictures,
    palette: Palette,
    *,
    what: str = PICTURE,
    columns: int | None = None,
    tile_px: int = 96,
    chosen: Cell | None = None,
    frames: Sequence[Frame] = (),
    has_scale_bar: bool = True,
    has_names: bool = True,
    file_name: str = "",
    is_choosable: bool = False,
) -> dict[str, Any]:
    """Gather what the browser needs to draw; the arguments are those of `pixel_view`.

    Raises:
        ValueError: If the pictures' shapes, names, limits, notes or marks do not belong together.
    """
    _check(pictures)
    _check_marks(pictures.values.shape, chosen, frames)
    values, under = pictures.values, pictures.under
    count, height, width = values.shape[:3]
    is_colour = values.ndim == 4
    limits = [] if is_colour else _limits(pictures)
    kind, numbers = ("colour", values) if is_colour else _numbers(pictures, limits)
    return {
        "what": what,
        "noun": what or PICTURE,
        "many": some(count, what or PICTURE),
        "count": count,
        "height": height,
        "width": width,
        "kind": kind,
        "values": array_text(numbers),
        "names": list(pictures.names),
        "notes": list(pictures.notes) if any(pictures.notes) else [],
        "limits": limits,
        "scale": pictures.scale,
        "table": scale_table(pictures.scale, palette),
        "under": None
        if under is None
        else [*under.shape[:2], array_text(np.broadcast_to(under, (*under.shape[:2], 3)))],
        "columns": columns,
        "tile": tile_px,
        "chosen": None if chosen is None else [chosen.picture, chosen.row, chosen.column],
        "frames": [[frame.picture, frame.top, frame.left, frame.bottom, frame.right] for frame in frames],
        "hasBar": has_scale_bar and not is_colour,
        "hasNames": has_names and any(pictures.names),
        "file": file_name,
        "isChoosable": is_choosable,
        "colours": {
            "paper": palette.background,
            "text": palette.text,
            "muted": palette.muted,
            "border": palette.border,
            "positive": palette.positive,
        },
    }


@lru_cache(maxsize=16)
def scale_table(scale: Scale, palette: Palette) -> str:
    """Write the colours of a scale from its lower to its upper end: red, green, blue, one byte each, as base64.

    There are 256, on the diverging scale 257, so that zero has one of its own.

    Example:
        >>> from dashboard.palette import LIGHT
        >>> list(base64.b64decode(scale_table("grey", LIGHT)))[-6:]
        [254, 254, 254, 255, 255, 255]
    """
    if scale == "grey":
        stops = ["#000000", "#ffffff"]
    elif scale == "amount":
        from plotly.colors import get_colorscale  # here, because pages without pictures need not wait for Plotly

        stops = [colour for _, colour in get_colorscale(AMOUNT_SCALE)]
    else:
        stops = [colour for _, colour in palette.diverging]
    places = np.linspace(0, len(stops) - 1, 257 if scale == "diverging" else 256)
    known = np.array([[int(colour[place : place + 2], 16) for place in (1, 3, 5)] for colour in stops])
    mixed = np.stack([np.interp(places, np.arange(len(stops)), known[:, part]) for part in range(3)], axis=1)
    return array_text(np.round(mixed).astype(np.uint8))


def array_text(array: npt.NDArray[Any]) -> str:
    """Write an array's numbers, row by row, as base64: so the browser gets them."""
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()


def _numbers(pictures: Pictures, limits: list[list[float]]) -> tuple[str, npt.NDArray[Any]]:
    """Return the numbers as they are sent, and as what: rough ones as steps between the scale's ends."""
    values = pictures.values
    if values.dtype == np.uint8:
        return "uint8", values
    if not pictures.is_rough or not np.isfinite(values).all():
        return "float32", values.astype("<f4")
    low, high = np.asarray(limits, np.float32).T[:, :, np.newaxis, np.newaxis]
    return "steps", np.rint(np.clip((values - low) / (high - low), 0, 1) * STEPS).astype(np.uint8)


def _limits(pictures: Pictures) -> list[list[float]]:
    """Return one pair for all, or one for each picture."""
    pairs = np.asarray(pictures.limits, dtype=np.float64).reshape(-1, 2).tolist()
    return [scale_range(low, high, pictures.scale) for low, high in pairs]


def scale_range(low: float, high: float, scale: Scale) -> list[float]:
    """Return the numbers at a scale's ends; what is no number, or no range, becomes one.

    Example:
        >>> scale_range(-1, 3, "diverging"), scale_range(2, 2, "amount")
        ([-3, 3], [2, 3.0])
    """
    if not (isfinite(low) and isfinite(high)):
        low, high = 0.0, 1.0
    if scale == "diverging":
        high = max(abs(low), abs(high)) or 1.0
        return [-high, high]
    return [low, high if high > low else low + 1.0]


def _check(pictures: Pictures) -> None:
    values, under = pictures.values, pictures.under
    shape = values.shape
    is_known = values.ndim == 3 or (values.ndim == 4 and shape[3] == 3 and values.dtype == np.uint8)
    if not is_known or 0 in shape:
        raise ValueError(
            "values must be (count, height, width), or (count, height, width, 3) of uint8, none of them 0. "
            f"Received: values.shape={shape}, values.dtype={values.dtype}."
        )
    if len(pictures.names) != shape[0]:
        raise ValueError(f"names must be one for each of {shape[0]} pictures. Received: {len(pictures.names)} names.")
    if len(pictures.notes) not in (0, shape[0]):
        raise ValueError(f"notes must be one for each of {shape[0]} pictures. Received: {len(pictures.notes)} notes.")
    if np.shape(pictures.limits) not in ((2,), (shape[0], 2)):
        raise ValueError(
            "limits must be a pair of numbers, or one pair for each picture. "
            f"Received: limits of shape {np.shape(pictures.limits)} for {shape[0]} pictures."
        )
    if under is not None and (under.ndim != 3 or under.shape[2] not in (1, 3) or under.dtype != np.uint8):
        raise ValueError(
            "under must be (height, width, 1 or 3) of uint8. "
            f"Received: under.shape={under.shape}, under.dtype={under.dtype}."
        )


def _check_marks(shape: tuple[int, ...], chosen: Cell | None, frames: Sequence[Frame]) -> None:
    count, height, width = shape[:3]
    if chosen is not None and not is_cell([chosen.picture, chosen.row, chosen.column], (count, height, width)):
        raise ValueError(f"chosen must be a cell of {count} pictures of {height}×{width}. Received: {chosen}.")
    for frame in frames:
        is_inside = 0 <= frame.top < frame.bottom <= height and 0 <= frame.left < frame.right <= width
        if not (0 <= frame.picture < count and is_inside):
            raise ValueError(f"A frame must lie in one of {count} pictures of {height}×{width}. Received: {frame}.")


def is_cell(numbers: object, shape: Sequence[int]) -> bool:
    """Whether these are three whole numbers, each within its range."""
    if not isinstance(numbers, list | tuple) or len(numbers) != 3:
        return False
    return all(
        isinstance(number, int | np.integer) and not isinstance(number, bool) and 0 <= number < size
        for number, size in zip(numbers, shape, strict=True)
    )


def _take(shape: Sequence[int], on_choose: Callable[[Cell], None] | None) -> Callable[[Any], None]:
    """Unpack what the browser sent; it is a browser's word, so what is no cell is passed over."""

    def take(value: Any) -> None:
        numbers = value.get("cell")
        if on_choose is not None and is_cell(numbers, shape):
            on_choose(Cell(*numbers))

    return take
