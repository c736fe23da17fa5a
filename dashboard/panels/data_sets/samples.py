"""Images of every class side by side, drawn by chance; each can be chosen."""

from __future__ import annotations

import numpy as np
import streamlit as st

from cnn_core.data.dataset import Dataset
from cnn_core.data.entry import DatasetEntry
from cnn_core.data.survey.counts import NONE, class_counts, draw_samples
from dashboard import state
from dashboard.charts.image_sheet import Row, Tile, image_sheet
from dashboard.components.selectable import selectable
from dashboard.controls.lesson_controls import number_choice
from dashboard.controls.view_choice import view_choice
from dashboard.palette import Palette
from dashboard.panels.data_sets.image import PARTS, Place, choose_place, chosen_place, image_card, image_words, part_of
from dashboard.words import count

EACH, ALTOGETHER = 8, 40
"""Images of each class; of few classes more, so that there are as many altogether."""
MOST_CLASSES = 20
"""So many classes are shown at a time."""

_PART = "data_sets.part"
_SEED = "data_sets.seed"


def samples_panel(dataset: Dataset, entry: DatasetEntry, palette: Palette) -> None:
    """Show some images of every class, and the one that was chosen."""
    image_card(dataset, entry, palette)
    with st.container(horizontal=True, vertical_alignment="center"):
        part = view_choice("Part", _PART, _PART, PARTS, "test")
        st.button("Draw others", key="data_sets.again", icon=":material/casino:", on_click=_draw_others)
    first, last = class_window(dataset)
    labels, names = part_of(dataset, part).labels, dataset.class_names
    each = max(EACH, ALTOGETHER // len(names))
    drawn = draw_samples(labels, len(names), each, state.choice(_SEED, 0))[first:last]
    counts = class_counts(labels, len(names))
    rows = [
        Row(
            names[first + number],
            [Tile(int(index), image_words(Place(entry.slug, part, int(index)))) for index in row if index != NONE],
            f"{count(min(each, counts[first + number]))} of {count(counts[first + number])}",
        )
        for number, row in enumerate(drawn)
    ]
    shown = chosen_place(dataset)
    images = np.asarray(part_of(dataset, part).images[drawn[drawn != NONE]])
    selectable(
        image_sheet(images, rows, palette, chosen=shown.index if shown.part == part else None),
        "data_sets.samples",
        lambda index: choose_place(Place(entry.slug, part, index)) if index < len(labels) else None,
    )


def class_window(dataset: Dataset) -> tuple[int, int]:
    """Say which classes are shown: of many, those that people choose.

    Returns:
        The first class and the one after the last.
    """
    classes = len(dataset.class_names)
    if classes <= MOST_CLASSES:
        return 0, classes
    first = number_choice("From class", "data_sets.from_class", 1, classes - MOST_CLASSES + 1, 1) - 1
    return first, first + MOST_CLASSES


def _draw_others() -> None:
    state.set_choice(_SEED, state.choice(_SEED, 0) + 1)
