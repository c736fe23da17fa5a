"""The confusion matrix, and from each cell to the pictures in it."""

from __future__ import annotations

from functools import partial

import numpy as np
import numpy.typing as npt
import streamlit as st

from cnn_core.evaluation.class_figures import row_shares
from cnn_core.evaluation.tables import confusion_csv
from cnn_core.inspection.confusion import largest_confusions
from dashboard import state
from dashboard.charts.confusion_table import confusion_list, confusion_table
from dashboard.components.pixel_view import Cell, Pictures, pixel_view
from dashboard.components.selectable import selectable
from dashboard.controls.view_choice import view_choice
from dashboard.panels.evaluate.evaluation import Evaluation
from dashboard.panels.evaluate.gallery import by_loss, gallery
from dashboard.words import count, some

COUNTS, SHARES = "counts", "shares"
TITLES = {COUNTS: "Count images", SHARES: "Per cent of each row"}
ANYTHING = -1
"""In place of a class: anything else."""

MOST_IN_TABLE = 30
"""A matrix of more classes is a picture without numbers."""
MOST_LISTED = 8
PICTURE_PX = 420

_CELL = "evaluate.cell"
_NUMBERS = "evaluate.numbers"


def choose_cell(label: int, guess: int) -> None:
    """Choose whose pictures are shown.

    Args:
        label: What the images are.
        guess: What the network says of them, or `ANYTHING` else.
    """
    state.set_choice(_CELL, (label, guess))


def confusions_panel(evaluation: Evaluation) -> None:
    """Show the matrix with the largest confusions, and the pictures of the chosen cell."""
    confusion, names = evaluation.predictions.confusion, evaluation.names
    confused = largest_confusions(confusion, MOST_LISTED)
    default = (confused[0].label, confused[0].guess) if confused else (0, 0)
    cell = _chosen(len(names), default)
    file_name = f"{evaluation.file_name}-confusions"
    if len(names) <= MOST_IN_TABLE:
        numbers = state.choice(_NUMBERS, COUNTS)
        html = confusion_table(
            confusion, names, evaluation.palette, cell, is_share=numbers == SHARES, file_name=file_name
        )
    else:
        _picture(evaluation, cell, file_name)
        html = ""
    html += confusion_list(confused, names, evaluation.palette, cell)
    selectable(html, "evaluate.matrix", partial(_take, len(names)))
    with st.container(horizontal=True, vertical_alignment="center"):
        if len(names) <= MOST_IN_TABLE:
            view_choice("Numbers", _NUMBERS, _NUMBERS, TITLES, COUNTS)
        st.download_button(
            "Save the matrix (CSV)",
            partial(confusion_csv, evaluation.predictions, names),
            f"{file_name}.csv",
            "text/csv",
            key="evaluate.matrix.csv",
            on_click="ignore",
            icon=":material/download:",
        )
    _pictures(evaluation, cell)


def _chosen(classes: int, default: tuple[int, int]) -> tuple[int, int]:
    label, guess = state.choice(_CELL, default)
    return (label, guess) if label < classes and guess < classes else default


def _take(classes: int, number: int) -> None:
    """Take a cell's number; it is a browser's word, so what is no cell is passed over."""
    if number < classes * classes:
        choose_cell(*divmod(number, classes))


def _picture(evaluation: Evaluation, cell: tuple[int, int], file_name: str) -> None:
    """Show the matrix of many classes: a pixel a cell, the brighter the larger its share of its row."""
    shares = row_shares(evaluation.predictions.confusion)
    label, guess = cell
    pixel_view(
        Pictures(shares[np.newaxis], ("share of each row",), (0.0, 1.0)),
        "evaluate.picture",
        evaluation.palette,
        what="confusion matrix",
        tile_px=PICTURE_PX,
        chosen=None if guess == ANYTHING else Cell(0, label, guess),
        file_name=file_name,
        on_choose=lambda chosen: choose_cell(chosen.row, chosen.column),
    )
    st.caption(
        "The row is what an image is, the column what the network says, in the order of the classes. The brighter "
        "a cell, the larger its share of the row."
    )


def _pictures(evaluation: Evaluation, cell: tuple[int, int]) -> None:
    (label, guess), said = cell, evaluation.predictions
    is_there = said.labels == label
    is_there &= said.guesses != label if guess == ANYTHING else said.guesses == guess
    places = by_loss(evaluation, is_there)
    gallery(evaluation, places, "evaluate.cell", f"**{_cell_words(evaluation, cell, places)}.**")


def _cell_words(evaluation: Evaluation, cell: tuple[int, int], places: npt.NDArray[np.int64]) -> str:
    (label, guess), names = cell, evaluation.names
    of_class = int((evaluation.predictions.labels == label).sum())
    if guess == ANYTHING:
        what = f"“{names[label]}” read as anything else"
    else:
        what = f"“{names[label]}” read " + ("rightly" if label == guess else f"as “{names[guess]}”")
    return f"{what}: {count(len(places))} of {some(of_class, 'image')}"
