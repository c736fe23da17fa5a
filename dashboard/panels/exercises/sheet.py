"""Exercises to print: a sheet for everyone, and the solutions of each on a page of its own."""

from __future__ import annotations

from functools import partial

import streamlit as st

from cnn_core.exercises.sheet import MOST_EXERCISES, MOST_SHEETS, exercise_sheets
from cnn_core.networks import STARTER_ID, TrainedNetwork
from dashboard import state
from dashboard.palette import LIGHT
from dashboard.panels.exercises.question import scale_tables
from dashboard.panels.exercises.subject import subject_for_print

MOST_NUMBER = 9999
_NAME = "exercises.sheet"


def exercise_sheet_panel(network: TrainedNetwork) -> None:
    """Offer sheets about a network as one file that prints on A4.

    Args:
        network: The network that the sheets ask about.
    """
    with st.expander("Sheets to print", key=f"{_NAME}.panel", icon=":material/print:"):
        count = _number("Exercises on a sheet", "count", 6, MOST_EXERCISES, "All kinds in turn.")
        sheets = _number("Sheets", "sheets", 1, MOST_SHEETS, "Neighbours get different ones.")
        words = "The same network and the same number give the same sheet again."
        first = _number("Number of the first", "first", 1, MOST_NUMBER, words)
        numbers = range(first, first + sheets)
        st.download_button(
            "Save the sheets (HTML)" if sheets > 1 else "Save the sheet (HTML)",
            partial(_make, network, list(numbers), count),
            f"exercises-{first}.html" if sheets == 1 else f"exercises-{first}-to-{numbers[-1]}.html",
            "text/html",
            key=f"{_NAME}.save",
            on_click="ignore",
            icon=":material/download:",
        )
        st.caption("Open the file in a browser and print it. The solutions come last, each on a page of its own.")


def sheet_title(network: TrainedNetwork) -> str:
    """Name a network so that the sheet can be made again: of a training also which one, and its moment."""
    return network.title if network.id == STARTER_ID else f"{network.title} ({network.id}, step {network.step:,})"


def _number(label: str, name: str, default: int, most: int, help_text: str) -> int:
    key = f"{_NAME}.{name}"
    kept = state.choice(key, default)
    take = state.keep_choice(key, key)
    st.number_input(label, 1, most, kept, step=1, key=state.sync_widget(key, kept), on_change=take, help=help_text)
    return kept


def _make(network: TrainedNetwork, numbers: list[int], count: int) -> str:
    """Write the sheets; called when the button is pressed, in a thread without Streamlit."""
    return exercise_sheets(subject_for_print(network), sheet_title(network), numbers, count, scale_tables(LIGHT))
