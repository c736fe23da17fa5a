"""Which image a page looks at: one of a data set, or the drawing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import streamlit as st

from cnn_core.data.registry import DATASETS, load_dataset
from cnn_core.errors import ClassroomError
from cnn_core.networks import TrainedNetwork
from dashboard import state
from dashboard.navigation import page
from dashboard.words import count

DRAWING = "drawing"
ANY = "any"


@dataclass(frozen=True)
class ChosenImage:
    """One image, and what it is.

    Args:
        pixels: `(height, width, channels)`, uint8.
        class_name: Its true class, where known.
        origin: Where it is from, in words.
    """

    pixels: npt.NDArray[np.uint8]
    class_name: str | None
    origin: str


def image_controls(network: TrainedNetwork) -> ChosenImage | None:
    """Choose an image that the network can take.

    Returns:
        The image; nothing where there is none yet, after saying so.
    """
    sources = [
        slug
        for slug, entry in DATASETS.items()
        if entry.image_shape == network.spec.input_shape and entry.availability().is_ready
    ]
    if network.spec.input_shape == (28, 28, 1):
        sources.append(DRAWING)
    if not sources:
        st.warning("No data set here has images of the size that this network takes.")
        return None
    kept = state.choice("inside.source", network.dataset)
    key = state.seed_widget("inside.source", kept if kept in sources else sources[0])
    if state.widget_value(key) not in sources:
        state.put_widget(key, sources[0])
    st.selectbox(
        "Image from",
        sources,
        key=key,
        format_func=lambda slug: "My drawing" if slug == DRAWING else f"{DATASETS[slug].title}, test images",
        on_change=state.keep_choice(key, "inside.source"),
    )
    source = state.widget_value(key)
    return _drawn_image() if source == DRAWING else _dataset_image(source)


def _drawn_image() -> ChosenImage | None:
    pixels = state.drawn_image()
    if pixels is None:
        st.info("There is no drawing yet.")
        st.page_link(page("Draw_a_digit").path, label="Draw one", query_params=state.address_parameters())
        return None
    return ChosenImage(pixels, None, "your drawing")


def _dataset_image(slug: str) -> ChosenImage | None:
    try:
        dataset = load_dataset(slug)
    except ClassroomError as error:
        st.error(str(error))
        return None
    class_key = state.seed_widget("inside.class", state.choice("inside.class", ANY))
    if state.widget_value(class_key) not in (ANY, *dataset.class_names):
        state.put_widget(class_key, ANY)
    st.selectbox(
        "Class",
        [ANY, *dataset.class_names],
        key=class_key,
        format_func=lambda name: "any class" if name == ANY else name,
        on_change=state.keep_choice(class_key, "inside.class"),
    )
    class_name = state.widget_value(class_key)
    indices = np.arange(len(dataset.test))
    if class_name != ANY:
        indices = np.flatnonzero(dataset.test.labels == dataset.class_names.index(class_name))
    number_key = state.seed_widget("inside.number", state.choice("inside.number", 1))
    state.put_widget(number_key, min(state.widget_value(number_key), len(indices)))
    st.slider(
        "Which one",
        1,
        len(indices),
        key=number_key,
        on_change=state.keep_choice(number_key, "inside.number"),
    )
    index = int(indices[state.widget_value(number_key) - 1])
    name = dataset.class_names[int(dataset.test.labels[index])]
    return ChosenImage(
        dataset.test.images[index], name, f"test image {count(index + 1)} of {DATASETS[slug].title}: “{name}”"
    )
