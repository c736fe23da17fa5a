"""One layer of a network in detail: how its figures are worked out, and what one of its units sees."""

from __future__ import annotations

from html import escape

import numpy as np
import numpy.typing as npt
import streamlit as st

from cnn_core.architecture.receptive_field import network_reach
from cnn_core.architecture.shapes import NetworkFigures, layer_formulas
from cnn_core.architecture.spec import shape_text
from cnn_core.data.registry import DATASETS, load_dataset
from cnn_core.errors import ClassroomError
from dashboard import state
from dashboard.components.receptive_field_view import receptive_field_view
from dashboard.palette import Palette
from dashboard.panels.design.network import shown_layer

_IMAGE = "design.sample"


def layer_panel(figures: NetworkFigures, palette: Palette) -> None:
    """Show the chosen layer: its formulas with its numbers, and a unit's receptive field on a sample image."""
    index = shown_layer(figures)
    row = figures.layers[index]
    st.subheader(f"{row.name}: how its numbers come about", anchor=False)
    with st.container(key="design.detail"):
        kind = f"<p>{escape(row.layer.title)}. Choose another layer in the picture or in the table.</p>"
        st.html(kind + _formula_table(figures, index))
        _field_panel(figures, index, palette)


def _formula_table(figures: NetworkFigures, index: int) -> str:
    rows = []
    for title, formula, unit in layer_formulas(figures.layers[index]):
        value = f"<b>{formula.value:,}</b>{f' {unit}' if unit else ''}"
        worked = formula.numbers
        right = value if worked == f"{formula.value:,}" else f"{escape(worked)} = {value}"
        words = "" if formula.words == formula.numbers else f"<small>{escape(formula.words)}</small>"
        rows.append(f"<tr><th scope=row>{escape(title)}</th><td>{words}{right}</td></tr>")
    return f'<table class="formulas">{"".join(rows)}</table>'


def _field_panel(figures: NetworkFigures, index: int, palette: Palette) -> None:
    spec, row = state.valid_network(), figures.layers[index]
    image, note = _sample_image(spec.input_shape)
    receptive_field_view(network_reach(spec)[index], row.name, image, palette, "design.field", note)
    if not note:
        st.button("Another image", key="design.another", on_click=_next_image)


def _sample_image(shape: tuple[int, int, int]) -> tuple[npt.NDArray[np.uint8], str]:
    """Take an image of the chosen data set; where none has this shape, an empty one, and say so."""
    candidates = (DATASETS[state.settings().dataset], *DATASETS.values())
    entry = next((entry for entry in candidates if entry.image_shape == shape and entry.availability().is_ready), None)
    if entry is not None:
        try:
            images = load_dataset(entry.slug).test.images
        except ClassroomError as error:
            return np.zeros(shape, np.uint8), str(error)
        return images[state.choice(_IMAGE, 0) % len(images)], ""
    return (
        np.full((*shape[:2], 3 if shape[2] == 3 else 1), 160, np.uint8),
        f"There is no data set of {shape_text(shape)} here yet, so the image is empty.",
    )


def _next_image() -> None:
    state.set_choice(_IMAGE, state.choice(_IMAGE, 0) + 1)
