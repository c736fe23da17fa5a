"""A few images of a data set, so that one sees what there is to learn."""

from __future__ import annotations

import numpy as np
import streamlit as st

from cnn_core.data.registry import dataset_entry, load_dataset
from cnn_core.errors import ClassroomError
from dashboard.charts.base import CONFIG
from dashboard.charts.images import tile_figure
from dashboard.palette import GREY_SCALE, Palette
from dashboard.words import count

EACH = 2
"""Images of each class."""


def sample_panel(slug: str, palette: Palette) -> None:
    """Show the first images of every class, one column a class."""
    entry = dataset_entry(slug)
    try:
        train = load_dataset(slug).train
    except ClassroomError as error:
        st.error(str(error))
        return
    rows = [np.flatnonzero(train.labels == index)[:EACH] for index in range(len(entry.class_names))]
    chosen = np.stack(rows, axis=1).reshape(-1)
    st.markdown(f"**{entry.title}** – {entry.summary} {count(entry.train_count)} to learn from; here are some:")
    st.plotly_chart(
        tile_figure(
            train.images[chosen, :, :, 0].astype(np.float32),
            list(entry.class_names) * EACH,
            GREY_SCALE,
            (0.0, 255.0),
            palette,
            columns=len(entry.class_names),
            most_tile_px=84,
            has_scale_bar=False,
        ),
        key=f"samples.{slug}",
        theme=None,
        config=CONFIG,
        alt=f"{EACH} images of each class of {entry.title}.",
    )
