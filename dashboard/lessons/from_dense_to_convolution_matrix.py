"""The convolution as a matrix: mostly zeros, and the same few weights in every row."""

from __future__ import annotations

from functools import partial

import numpy as np
import streamlit as st

from cnn_core.data.scaling import PIXEL_MAX
from cnn_core.operations.convolution_matrix import MatrixConvolution, matrix_convolution
from cnn_core.operations.small_image import small_image
from dashboard import state
from dashboard.components.pixel_view import Cell, Frame, Pictures, pixel_view
from dashboard.controls.lesson_controls import menu_choice, number_choice
from dashboard.lessons.convolution_words import written, written_sum
from dashboard.lessons.from_dense_to_convolution_record import (
    PADDING_HELP,
    PADDINGS,
    PAGE,
    Bytes,
    Seen,
    kernel_choice,
)
from dashboard.palette import Palette
from dashboard.words import percent

LEAST_SIDE, MOST_SIDE, FIRST_SIDE = 4, 9, 6
ROW = f"{PAGE}.row"
MATRIX_WIDTH_PX, MOST_MATRIX_PX = 410, 330
TILE_PX = 132


def matrix_stage(image: Bytes, palette: Palette) -> Seen | None:
    """Draw what one operates about the convolution as a matrix."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        kernel = kernel_choice("matrix")
        side = number_choice(
            "Shrink the image to", f"{PAGE}.side", LEAST_SIDE, MOST_SIDE, FIRST_SIDE, "So that each weight can be seen."
        )
        stride = number_choice("Stride", f"{PAGE}.matrix.stride", 1, 2, 1, "How far the kernel moves each time.")
        padding = menu_choice("Padding", f"{PAGE}.matrix.padding", PADDINGS, "valid", PADDING_HELP)
    small = small_image(image[..., np.newaxis], side)[..., 0]
    if min(small.shape) < 3:
        st.warning(f"This image has only {small.shape[0]}×{small.shape[1]} pixels. Choose a larger one.")
        return None
    both = matrix_convolution(small, kernel, stride, padding)
    row = min(state.choice(ROW, len(both.matrix) // 3), len(both.matrix) - 1)
    table, pictures = st.columns([7, 3])
    with table:
        _matrix_view(both, kernel.size, row, palette)
        _row_control(row, len(both.matrix))
        _words(small, both, row)
    with pictures:
        _pictures(small, both, row, palette)
    return Seen("matrix", by_matrix=both, row=row)


def _matrix_view(both: MatrixConvolution, weights: int, row: int, palette: Palette) -> None:
    rows, columns = both.matrix.shape
    st.markdown(
        f"**{rows} rows × {columns} columns**: a row for each number of the feature map, a column for each pixel. "
        f"A dense layer would have {rows * columns:,} free weights here; the only ones in this matrix are the kernel’s "
        f"{weights}, and {percent(both.zero_count / both.matrix.size)} of it is empty."
    )
    limit = float(np.abs(both.matrix).max())
    pixel_view(
        Pictures(both.matrix[np.newaxis], [""], (-limit, limit), "diverging"),
        f"{PAGE}.matrix",
        palette,
        what="matrix",
        columns=1,
        tile_px=min(MOST_MATRIX_PX, MATRIX_WIDTH_PX * rows // columns),
        frames=[Frame(0, row, 0, row + 1, columns)],
        has_names=False,
        has_scale_bar=False,
        on_choose=lambda cell: state.set_choice(ROW, cell.row),
    )


def _row_control(row: int, count: int) -> None:
    key = state.sync_widget(f"{ROW}.slider", row + 1)
    take = state.when_changed(key, lambda number: state.set_choice(ROW, number - 1))
    words = "Or click a row of the matrix, or a number of the feature map."
    st.slider("Row of the matrix", 1, count, row + 1, key=key, on_change=take, help=words)


def _pictures(image: Bytes, both: MatrixConvolution, row: int, palette: Palette) -> None:
    """Show what the chosen row reads of the image, and which number of the feature map it writes."""
    rows, columns = zip(*(divmod(pixel, image.shape[1]) for pixel in both.patch(row)), strict=True)
    st.markdown(f"Row {row + 1} **reads**")
    pixel_view(
        Pictures(image[np.newaxis], [""], (0.0, float(PIXEL_MAX)), "grey"),
        f"{PAGE}.matrix.image",
        palette,
        what="image",
        columns=1,
        tile_px=TILE_PX,
        frames=[Frame(0, min(rows), min(columns), max(rows) + 1, max(columns) + 1)],
        has_names=False,
        has_scale_bar=False,
    )
    st.markdown("and **writes**")
    limit = float(np.abs(both.feature_map).max())
    pixel_view(
        Pictures(both.feature_map[np.newaxis], [""], (-limit, limit), "diverging"),
        f"{PAGE}.matrix.map",
        palette,
        what="feature map",
        columns=1,
        tile_px=TILE_PX,
        chosen=Cell(0, *both.output_cell(row)),
        has_names=False,
        has_scale_bar=False,
        on_choose=partial(_choose_number, both.feature_map.shape[1]),
    )


def _choose_number(width: int, cell: Cell) -> None:
    state.set_choice(ROW, cell.row * width + cell.column)


def _words(image: Bytes, both: MatrixConvolution, row: int) -> None:
    pixels, cell = list(both.patch(row)), both.output_cell(row)
    worked = written_sum(image.ravel()[pixels], both.matrix[row, pixels], both.product[row].item())
    st.markdown(
        f"**Row {row + 1} times the flattened image**: {worked}. Sliding the kernel writes "
        f"**{written(both.feature_map[cell].item())}** at row {cell[0] + 1}, column {cell[1] + 1}.\n\n"
        f"**All {len(both.matrix)} rows**: matrix × image and the sliding kernel differ by at most "
        f"**{written(both.largest_difference)}**."
    )
