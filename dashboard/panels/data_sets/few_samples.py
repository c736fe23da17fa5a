"""A few images of a data set, so that one sees what there is to learn."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

import numpy as np
import numpy.typing as npt
import streamlit as st

from cnn_core.data.registry import dataset_entry, load_dataset
from cnn_core.errors import ClassroomError
from dashboard.charts.png import png_address
from dashboard.words import count

EACH = 2
"""Images of each class."""


def sample_panel(slug: str) -> None:
    """Show the first training images of every class with the class's name."""
    entry = dataset_entry(slug)
    try:
        train = load_dataset(slug).train
    except ClassroomError as error:
        st.error(str(error))
        return
    pictures = []
    for nth in range(EACH):
        for index, name in enumerate(entry.class_names):
            of_class = np.flatnonzero(train.labels == index)
            if len(of_class) > nth:
                pictures.append((train.images[of_class[nth]], name))
    st.markdown(f"**{entry.title}** – {entry.summary} {count(entry.train_count)} to learn from; here are some:")
    st.html(samples_html(pictures))


def samples_html(pictures: Iterable[tuple[npt.NDArray[np.uint8], str]]) -> str:
    """Write small pictures with their names below them, as one element.

    Args:
        pictures: Images `(height, width, channels)`, and what each is called.
    """
    return f'<div class="samples">{"".join(_figure(image, name) for image, name in pictures)}</div>'


def _figure(image: npt.NDArray[np.uint8], name: str) -> str:
    text = escape(name)
    return f'<figure><img src="{png_address(image)}" alt="{text}"><figcaption>{text}</figcaption></figure>'
