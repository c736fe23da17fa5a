"""Padding and receptive fields growing with depth: what one number sees of the image, layer by layer."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from html import escape

import numpy as np
import streamlit as st

from cnn_core.architecture.layers import Conv2D, Layer, Pooling2D
from cnn_core.architecture.shapes import find_problem
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.data.scaling import PIXEL_MAX
from cnn_core.operations.field_growth import FieldStep, field_growth
from dashboard import state
from dashboard.components.pixel_view import Cell, Frame, Pictures, pixel_view
from dashboard.controls.lesson_controls import menu_choice, number_choice
from dashboard.lessons.from_dense_to_convolution_record import (
    PADDING_HELP,
    PADDINGS,
    PAGE,
    Bytes,
    Seen,
)
from dashboard.palette import Palette
from dashboard.words import percent

DEPTH, PIXEL = f"{PAGE}.depth", f"{PAGE}.pixel"
MOST_DEPTH, FIRST_DEPTH = 8, 3
POOLINGS = {"none": "None", "after": "2×2 after each"}
IMAGE_PX = 300


def field_stage(image: Bytes, palette: Palette) -> Seen | None:
    """Draw what one operates about receptive fields."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        depth = number_choice("Convolutions", DEPTH, 1, MOST_DEPTH, FIRST_DEPTH, "How many, one after the other.")
        kernel = number_choice("Kernel size", f"{PAGE}.field.kernel", 2, 7, 3, "Side of each of them, in pixels.")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        stride = number_choice("Stride", f"{PAGE}.field.stride", 1, 3, 1, "How far each of them moves at a time.")
        pooling = menu_choice("Pooling", f"{PAGE}.field.pooling", POOLINGS, "none")
        padding = menu_choice("Padding", f"{PAGE}.field.padding", PADDINGS, "valid", PADDING_HELP)
    layers: list[Layer] = []
    for _ in range(depth):
        layers.append(Conv2D(1, kernel, kernel, stride, padding))
        if pooling == "after":
            layers.append(Pooling2D())
    spec = NetworkSpec((*image.shape, 1), tuple(layers))
    if not _fits(spec):
        return None
    kept = state.choice(PIXEL, (image.shape[0] // 2, image.shape[1] // 2))
    pixel = (min(kept[0], image.shape[0] - 1), min(kept[1], image.shape[1] - 1))
    growth = field_growth(spec, pixel)
    _field_view(image, growth, pixel, palette)
    last = growth[-1]
    sees_all = (last.height, last.width) == image.shape
    return Seen("field", kernel=kernel, convolutions=depth, growth=growth, sees_all=sees_all)


def _fits(spec: NetworkSpec) -> bool:
    """Whether the stack can be built; if not, say so, and offer the depth that can."""
    problem = find_problem(spec)
    if problem is None:
        return True
    fitting = sum(isinstance(layer, Conv2D) for layer in spec.layers[: problem.layer_index])
    if isinstance(spec.layers[problem.layer_index], Pooling2D):
        fitting -= 1
    remedy = (
        f"Choose {fitting} or fewer convolutions, or “Same” padding." if fitting > 0 else "Choose a smaller kernel."
    )
    st.warning(f"{problem.message.rstrip('.')}. {remedy}")
    if fitting > 0:
        st.button(f"Use {fitting}", key=f"{PAGE}.field.repair", on_click=partial(state.set_choice, DEPTH, fitting))
    return False


def _field_view(image: Bytes, growth: Sequence[FieldStep], pixel: tuple[int, int], palette: Palette) -> None:
    picture, table = st.columns([5, 6])
    with picture:
        pixel_view(
            Pictures(image[np.newaxis], [""], (0.0, float(PIXEL_MAX)), "grey"),
            f"{PAGE}.field",
            palette,
            what="image",
            columns=1,
            tile_px=IMAGE_PX,
            chosen=Cell(0, *pixel),
            frames=[Frame(0, step.rows[0], step.columns[0], step.rows[1] + 1, step.columns[1] + 1) for step in growth],
            has_names=False,
            has_scale_bar=False,
            on_choose=lambda cell: state.set_choice(PIXEL, (cell.row, cell.column)),
        )
    with table:
        st.html(growth_table(growth, image.size))
    st.caption(
        "A frame for each layer: what its number nearest to the chosen pixel depends on. Click another pixel; at the "
        "edge the frames are cut off, because there is nothing but padding beyond."
    )


def growth_table(growth: Sequence[FieldStep], pixels: int) -> str:
    """Write what each layer's number sees, with the formula filled in.

    Args:
        growth: Layer by layer.
        pixels: How many pixels the image has.

    Returns:
        HTML.
    """
    rows = "".join(
        f'<tr><th scope=row style="width:5.5rem">{escape(step.name)}</th>'
        f"<td><b>{step.size.value}×{step.size.value}</b> pixels{_share(step, pixels)}"
        f"<small>{escape(step.size.numbers)} = {step.size.value}; output {step.places[0]}×{step.places[1]}</small>"
        "</td></tr>"
        for step in growth
    )
    return f'<table class="formulas">{rows}</table>'


def _share(step: FieldStep, pixels: int) -> str:
    cut = f", here {step.height}×{step.width}" if step.is_cut else ""
    share = step.height * step.width / pixels
    return f"{cut}: {percent(share)} of the image" if share < 1 else f"{cut}: the whole image"
