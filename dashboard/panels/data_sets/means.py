"""The mean image of every class, and where its images differ."""

from __future__ import annotations

from functools import partial

import numpy as np
import streamlit as st

from cnn_core.data.dataset import Dataset
from cnn_core.data.entry import DatasetEntry
from cnn_core.data.survey.moments import class_moments
from dashboard.components.pixel_view import Pictures, image_pictures, pixel_view
from dashboard.palette import Palette
from dashboard.panels.data_sets.samples import class_window
from dashboard.panels.data_sets.search import search
from dashboard.panels.term_link import term_link
from dashboard.words import count

TILE_PX = 84


def means_panel(dataset: Dataset, entry: DatasetEntry, palette: Palette) -> None:
    """Show the mean of each class's training images, and the standard deviation of each pixel."""
    train, classes = dataset.train, len(dataset.class_names)
    work = partial(class_moments, train.images, train.labels, classes)
    found = search("means", dataset, f"Averaging {count(len(train))} images", work)
    if found is None:
        return
    first, last = class_window(dataset)
    shown = [*range(first, last), classes]
    names = [*dataset.class_names[first:last], "all classes"]
    st.markdown(
        "**Mean of the training images, pixel by pixel.** A sharp mean says that a class’s images are alike, a blur "
        "that they are not."
    )
    pixel_view(
        image_pictures(np.rint(found.means[shown]).astype(np.uint8), names),
        "data_sets.means",
        palette,
        what="mean image",
        tile_px=TILE_PX,
        has_scale_bar=False,
        file_name=f"{entry.slug}-mean-images",
    )
    # Of the channels of a pixel the mean square, so that one number is left.
    spread = np.sqrt(np.square(found.deviations[shown]).mean(axis=3))
    st.markdown("**How much each pixel varies:** its standard deviation, from 0 for always the same.")
    pixel_view(
        Pictures(spread, names, (0.0, max(float(spread.max()), 1.0))),
        "data_sets.deviations",
        palette,
        what="standard deviation",
        tile_px=TILE_PX,
        file_name=f"{entry.slug}-deviations",
    )
    term_link("mean-image")
