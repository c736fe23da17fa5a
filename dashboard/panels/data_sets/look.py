"""Looking at a data set: its facts at the left, and one of four ways to see its images."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from cnn_core.data.dataset import Dataset
from cnn_core.data.entry import DatasetEntry
from cnn_core.data.registry import load_dataset
from cnn_core.errors import ClassroomError
from dashboard.controls.view_choice import view_choice
from dashboard.palette import Palette
from dashboard.panels.data_sets.changes import changes_panel
from dashboard.panels.data_sets.download import download_panel
from dashboard.panels.data_sets.facts import dataset_choice, facts
from dashboard.panels.data_sets.means import means_panel
from dashboard.panels.data_sets.samples import samples_panel
from dashboard.panels.data_sets.twins import twins_panel

WAYS: dict[str, tuple[str, Callable[[Dataset, DatasetEntry, Palette], None]]] = {
    "samples": ("Samples", samples_panel),
    "means": ("Mean images", means_panel),
    "changes": ("Changed at random", changes_panel),
    "twins": ("Duplicates", twins_panel),
}
"""Ways to see a data set's images: the name on the button, and what draws it. Only the chosen one is worked out."""

_WAY = "data_sets.way"


@st.fragment
def look_panel(palette: Palette) -> None:
    """Let people choose a data set, and show it.

    Args:
        palette: The theme's colours.
    """
    left, right = st.columns([2, 5], gap="large")
    with left:
        entry = dataset_choice()
        dataset = _load(entry)
        if dataset is not None:
            facts(entry, dataset, palette)
    if dataset is None:
        return
    with right:
        titles = {name: title for name, (title, _) in WAYS.items()}
        _, draw = WAYS[view_choice("What to see", _WAY, _WAY, titles, "samples")]
        draw(dataset, entry, palette)


def _load(entry: DatasetEntry) -> Dataset | None:
    """Return a data set; nothing where it is not here, after saying so and offering to fetch it."""
    if not download_panel(entry.slug):
        return None
    try:
        with st.spinner(f"Reading {entry.title}"):
            return load_dataset(entry.slug)
    except ClassroomError as error:
        st.error(str(error))
        return None
