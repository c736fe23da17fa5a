"""How good a network is in all and on each class, with the chance in it."""

from __future__ import annotations

from functools import partial

import streamlit as st

from cnn_core.evaluation.class_figures import class_figures
from cnn_core.evaluation.interval import wilson_interval
from cnn_core.evaluation.tables import class_csv, predictions_csv
from dashboard import state
from dashboard.charts.class_table import class_table
from dashboard.components.selectable import selectable
from dashboard.panels.evaluate.confusions import ANYTHING, choose_cell
from dashboard.panels.evaluate.evaluation import Evaluation
from dashboard.panels.term_link import open_term
from dashboard.words import count, fine_percent

FEW_CLASSES = 2
"""With so many classes the second guess is always right where the first one is wrong."""


def verdict(evaluation: Evaluation) -> None:
    """Say how many images are read rightly, and between what and what the true accuracy lies."""
    said = evaluation.predictions
    interval = wilson_interval(said.right, said.count)
    st.markdown(f"### {fine_percent(said.accuracy)} are read rightly")
    lines = [
        f"{count(said.right)} of {evaluation.words}. With so many images that is **± {100 * interval.margin:.1f} "
        f"points**: the true accuracy lies between {fine_percent(interval.low)} and {fine_percent(interval.high)}, in "
        "95 of 100 such tests."
    ]
    if len(evaluation.names) > FEW_CLASSES:
        lines.append(f"With a second guess it would be {fine_percent(said.top(2))}.")
    st.markdown("  \n".join(lines))


def overview_panel(evaluation: Evaluation) -> None:
    """Show precision, recall and F1 of each class; a class leads to its mistakes."""
    said, names = evaluation.predictions, evaluation.names
    figures = class_figures(said.confusion)
    table = class_table(figures, names, evaluation.palette)
    open_term(selectable(table, "evaluate.classes", lambda label: _show_class(label, len(names))))
    st.caption(
        "Choose a class to see the pictures of it that are read wrongly. The small figures beside the recall "
        "say where it lies with 95 % certainty."
    )
    unnamed = sum(one.precision is None for one in figures)
    if unnamed:
        classes = f"{count(unnamed)} of {len(names)} classes"
        st.caption(f"Of what is never said no precision is known: the mean leaves {classes} out.")
    with st.container(horizontal=True):
        st.download_button(
            "Save this table (CSV)",
            partial(class_csv, said, names),
            f"{evaluation.file_name}-classes.csv",
            "text/csv",
            key="evaluate.classes.csv",
            on_click="ignore",
            icon=":material/download:",
        )
        st.download_button(
            "Save what it says of each image (CSV)",
            partial(predictions_csv, said, evaluation.judged),
            f"{evaluation.file_name}-predictions.csv",
            "text/csv",
            key="evaluate.predictions.csv",
            on_click="ignore",
            icon=":material/download:",
        )


def _show_class(label: int, classes: int) -> None:
    if label < classes:
        choose_cell(label, ANYTHING)
        state.set_choice("evaluate.view", "confusions")
