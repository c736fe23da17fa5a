"""Images, kernels and feature maps: many small pictures in one figure."""

from __future__ import annotations

from math import ceil

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from dashboard.charts.base import FONT_SIZE, base_figure
from dashboard.palette import AMOUNT_SCALE, GREY_SCALE, Palette

Floats = npt.NDArray[np.float32]
WIDTH_PX = 580
"""Room that a figure has beside a column of controls on a screen 1280 pixels wide."""
LABEL_PX = 22
"""Room for a name above a picture; smaller pictures go without."""


def mosaic(tiles: Floats, columns: int, gap: int = 1) -> Floats:
    """Lay pictures side by side, with a gap of `nan` between them.

    Args:
        tiles: `(count, height, width)`.
        columns: Pictures in a row, at least 1.
        gap: Pixels between two pictures.

    Returns:
        `(rows · (height + gap) - gap, columns · (width + gap) - gap)`; places without a picture are `nan`.

    Example:
        >>> mosaic(np.float32([[[1]], [[2]], [[3]]]), columns=2).shape
        (3, 3)
    """
    count, height, width = tiles.shape
    rows = ceil(count / columns)
    canvas = np.full((rows * (height + gap), columns * (width + gap)), np.nan, dtype=np.float32)
    for index, tile in enumerate(tiles):
        top, left = index // columns * (height + gap), index % columns * (width + gap)
        canvas[top : top + height, left : left + width] = tile
    return canvas[: canvas.shape[0] - gap, : canvas.shape[1] - gap]


def tile_figure(
    tiles: Floats,
    first_number: int,
    scale: str | list[tuple[float, str]],
    limits: tuple[float, float],
    palette: Palette,
    *,
    columns: int,
    most_tile_px: int = 110,
    width_px: int = WIDTH_PX,
    has_scale_bar: bool = True,
) -> go.Figure:
    """Draw many pictures of one size as one figure, each named above, every value at the cursor.

    Args:
        tiles: `(count, height, width)`.
        first_number: Number of the first picture, from 1; it stands above each and at the cursor.
        scale: Colour scale, by Plotly's name or as a list of places and colours.
        limits: The values at the scale's two ends.
        palette: The theme's colours.
        columns: Pictures in a row.
        most_tile_px: Largest height of one picture on the screen.
        width_px: Room that the figure may take on the screen.
        has_scale_bar: Whether the scale stands beside the pictures.
    """
    count, height, width = tiles.shape
    tile_px = min(most_tile_px, width_px * height / (columns * width * 1.2))
    unit_px = tile_px / height
    has_labels = count > 1 and tile_px >= LABEL_PX
    gap = ceil(LABEL_PX / unit_px) if has_labels else 1
    picture = mosaic(tiles, columns, gap)
    figure = base_figure(palette, ceil((picture.shape[0] + gap) * unit_px))
    figure.add_heatmap(
        z=picture,
        zmin=limits[0],
        zmax=limits[1],
        colorscale=scale,
        showscale=has_scale_bar,
        colorbar={"thickness": 12, "len": 1.0, "tickfont": {"size": FONT_SIZE - 1}, "nticks": 5},
        customdata=_places(count, height, width, columns, gap, first_number),
        hovertemplate="number %{customdata[0]}, row %{customdata[1]}, column %{customdata[2]}"
        "<br>value %{z:.3f}<extra></extra>",
        hoverongaps=False,
    )
    if has_labels:
        # All at once: Plotly checks all annotations anew with each that is added.
        notes = [
            {
                "x": index % columns * (width + gap) - 0.5,
                "y": index // columns * (height + gap) - 0.5,
                "text": str(first_number + index),
                "showarrow": False,
                "xanchor": "left",
                "yanchor": "bottom",
                "font": {"size": 13, "color": palette.text},
                "bgcolor": palette.background,
                "borderpad": 1,
            }
            for index in range(count)
        ]
        figure.update_layout(annotations=notes)
    figure.update_xaxes(visible=False, constrain="domain", range=[-0.5, picture.shape[1] - 0.5], fixedrange=True)
    figure.update_yaxes(
        visible=False,
        range=[picture.shape[0] - 0.5, -0.5 - gap],
        scaleanchor="x",
        constrain="domain",
        fixedrange=True,
    )
    figure.update_layout(margin={"l": 0, "r": 0, "t": 0, "b": 4})
    return figure


def kernel_figure(kernels: Floats, limit: float, palette: Palette) -> go.Figure:
    """Draw kernels on the diverging scale, zero in the page's own colour.

    Args:
        kernels: `(count, height, width)`.
        limit: The largest magnitude that the scale shows; the same below and above zero.
        palette: The theme's colours.
    """
    columns = min(len(kernels), 8 if len(kernels) <= 32 else 16)
    return tile_figure(
        kernels,
        1,
        palette.diverging,
        (-limit, limit),
        palette,
        columns=columns,
        most_tile_px=64,
    )


def feature_map_figure(
    maps: Floats, first_number: int, limits: tuple[float, float], palette: Palette, width_px: int = WIDTH_PX
) -> go.Figure:
    """Draw the feature maps of one layer on the scale of amounts.

    Args:
        maps: `(count, height, width)`.
        first_number: Number of the first map, from 1.
        limits: The values at the ends of the scale.
        palette: The theme's colours.
        width_px: Room that the figure may take on the screen.
    """
    return tile_figure(
        maps,
        first_number,
        AMOUNT_SCALE,
        limits,
        palette,
        columns=min(len(maps), 8),
        most_tile_px=100,
        width_px=width_px,
    )


def vector_figure(values: Floats, limits: tuple[float, float], palette: Palette) -> go.Figure:
    """Draw the numbers of a layer without height and width as a strip, in rows of 64."""
    columns = min(len(values), 64)
    tiles = values.reshape(-1, 1, 1)
    figure = base_figure(palette, max(56, ceil(len(values) / columns) * 16 + 40))
    figure.add_heatmap(
        z=mosaic(tiles, columns, gap=0) if len(values) else [],
        zmin=limits[0],
        zmax=limits[1],
        colorscale=AMOUNT_SCALE,
        customdata=_places(len(values), 1, 1, columns, 0, 1),
        hovertemplate="unit %{customdata[0]}<br>value %{z:.3f}<extra></extra>",
        hoverongaps=False,
        colorbar={"thickness": 12, "tickfont": {"size": FONT_SIZE - 1}, "nticks": 3},
        xgap=1,
        ygap=1,
    )
    figure.update_xaxes(visible=False, fixedrange=True)
    figure.update_yaxes(visible=False, autorange="reversed", fixedrange=True)
    figure.update_layout(margin={"l": 0, "r": 0, "t": 4, "b": 4})
    return figure


def picture_figure(image: npt.NDArray[np.uint8], palette: Palette, size_px: int = 220) -> go.Figure:
    """Draw one image in its own colours or grey, pixel by pixel, values at the cursor.

    Args:
        image: `(height, width, channels)`, one or three channels, uint8.
        palette: The theme's colours.
        size_px: Height on the screen.
    """
    figure = base_figure(palette, size_px)
    if image.shape[2] == 1:
        figure.add_heatmap(
            z=image[:, :, 0],
            zmin=0,
            zmax=255,
            colorscale=GREY_SCALE,
            showscale=False,
            hovertemplate="row %{y}, column %{x}<br>value %{z} of 255<extra></extra>",
        )
    else:
        figure.add_image(z=image, hovertemplate="row %{y}, column %{x}<br>red, green, blue %{z}<extra></extra>")
    figure.update_xaxes(visible=False, constrain="domain", fixedrange=True)
    figure.update_yaxes(visible=False, autorange="reversed", scaleanchor="x", constrain="domain", fixedrange=True)
    figure.update_layout(margin={"l": 0, "r": 0, "t": 0, "b": 0})
    return figure


def _places(count: int, height: int, width: int, columns: int, gap: int, first_number: int) -> npt.NDArray[np.int16]:
    """Say for every pixel of a mosaic the number of its picture, and its row and column in it: `(…, …, 3)`."""
    numbers = np.arange(first_number, first_number + count)[:, None, None]
    rows, columns_in_tile = np.arange(height)[None, :, None], np.arange(width)[None, None, :]
    parts = (numbers, rows, columns_in_tile)
    shape = (count, height, width)
    layers = [mosaic(np.broadcast_to(part, shape).astype(np.float32), columns, gap) for part in parts]
    return np.nan_to_num(np.stack(layers, axis=-1), nan=-1).astype(np.int16)
