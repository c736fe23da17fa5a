"""What chance makes of training images, on a few of them, before anything is trained."""

from __future__ import annotations

from itertools import islice

import numpy as np
import streamlit as st

from cnn_core import warm_up
from cnn_core.augmentation.settings import Augmentation
from cnn_core.data.dataset import Dataset
from cnn_core.data.registry import load_dataset
from cnn_core.errors import ClassroomError
from dashboard import state
from dashboard.charts.augmentation_strip import augmentation_strip

MOST_CLASSES = 8
VERSIONS = 5
"""Changed images beside each one as it is."""
REFRESH_S = 1.0

DRAW = "augmentation.draw"


def augmentation_panel(augmentation: Augmentation, dataset_slug: str) -> None:
    """Show one image of each of a few classes as it is, and as the network may get it.

    Where TensorFlow is not loaded yet, one sentence stands here; the page runs again by itself when it is.

    Args:
        augmentation: How far images may be changed.
        dataset_slug: The data set whose training images are shown.
    """
    if not augmentation.is_active:
        st.caption("Every image is learned as it is.")
        return
    loading = warm_up.state()
    if loading.failure:
        st.error(loading.failure)
    elif not loading.is_ready:
        _waiting()
    else:
        _preview(augmentation, dataset_slug)


@st.fragment(run_every=REFRESH_S)
def _waiting() -> None:
    loading = warm_up.state()
    if loading.is_ready or loading.failure:
        st.rerun()
    st.caption("The preview appears as soon as TensorFlow is loaded.")


@st.fragment
def _preview(augmentation: Augmentation, dataset_slug: str) -> None:
    # Imported here because it brings TensorFlow along: pages never wait for it.
    from cnn_core.augmentation.graph import augment_arrays

    try:
        dataset = load_dataset(dataset_slug)
    except ClassroomError as error:
        st.error(str(error))
        return
    places, names = _one_of_each_class(dataset)
    originals = dataset.train.images[places]
    changed = augment_arrays(np.repeat(originals, VERSIONS, axis=0), augmentation, (state.choice(DRAW, 0), 0))
    versions = changed.reshape(len(originals), VERSIONS, *dataset.image_shape)
    st.caption(
        "First each image as it is, then as the network may get it. Every step draws anew; "
        "the images that the network is judged on stay as they are."
    )
    st.html(augmentation_strip(originals, versions, names))
    st.button("Draw others", key="augmentation.again", icon=":material/casino:", on_click=_draw_others)


def _one_of_each_class(dataset: Dataset) -> tuple[list[int], list[str]]:
    """Find the first training image of each class, for as many classes as are shown."""
    is_of = (dataset.train.labels == index for index in range(len(dataset.class_names)))
    found = (
        (int(of_class.argmax()), name)
        for of_class, name in zip(is_of, dataset.class_names, strict=True)
        if of_class.any()
    )
    shown = list(islice(found, MOST_CLASSES))
    return [place for place, _ in shown], [name for _, name in shown]


def _draw_others() -> None:
    state.set_choice(DRAW, state.choice(DRAW, 0) + 1)
