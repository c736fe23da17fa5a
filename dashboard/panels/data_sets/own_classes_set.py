"""The drawings become a data set, and a network learns it."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from cnn_core.architecture.fitting import fitted_to
from cnn_core.architecture.presets import PRESETS
from cnn_core.augmentation.settings import Augmentation
from cnn_core.data.drawn.drawings import IMAGE_SHAPE, LEAST_EACH, Drawings
from cnn_core.data.own.sets import owner_mark, save_own
from cnn_core.data.registry import DATASETS
from cnn_core.errors import ClassroomError
from cnn_core.training.settings import TrainingSettings
from dashboard import state
from dashboard.controls.lesson_controls import number_choice
from dashboard.navigation import page
from dashboard.panels.data_sets.facts import DATASET
from dashboard.panels.data_sets.own_classes_book import begin_anew, book, say
from dashboard.panels.training.panel import start_training
from dashboard.words import count, some

NETWORK = "first"
"""The ready-made network that learns the drawings."""
SETTINGS = TrainingSettings(
    epochs=40,
    batch_size=16,
    validation_share=0.2,
    augmentation=Augmentation(shift=0.1, rotation_degrees=10.0, zoom=0.1),
)
"""For some dozens of images: many epochs of small batches, and every drawing a little different each time."""
SOURCE = "Drawn in this app."

_TITLE = "own_classes.title"
_MADE = "own_classes.made"


def set_panel(drawings: Drawings) -> None:
    """Let people make a data set of their drawings, and train on it.

    Args:
        drawings: What has been drawn.
    """
    with st.container(border=True, key="own_classes.set"):
        lacking = drawings.lacking()
        title = state.choice(_TITLE, "My drawings")
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.text_input(
                "Name of the data set",
                title,
                key=state.sync_widget(_TITLE, title),
                max_chars=50,
                on_change=state.keep_choice(_TITLE, _TITLE),
            )
            st.button(
                "Make a data set",
                key="own_classes.make",
                type="secondary" if lacking or state.choice(_MADE, "") in DATASETS else "primary",
                icon=":material/dataset:",
                disabled=bool(lacking),
                on_click=_make,
            )
        st.caption(lacking or "Every class has enough drawings. More of them, and different ones, teach more.")
        with st.expander("How it is split"):
            number_choice(
                "To be judged on, in %",
                "own_classes.test_share",
                20,
                50,
                20,
                f"The same share of every class. Of {LEAST_EACH} drawings at least one is kept for the test.",
            )
            number_choice("Seed", "own_classes.seed", 0, 20, 0, "Which drawings are kept for the test.")
        _made()
        if len(drawings):
            with st.popover("Begin anew", icon=":material/restart_alt:"):
                st.markdown(
                    f"This removes {some(len(drawings), 'drawing')}, all there are. Data sets that were made stay."
                )
                st.button("Remove all drawings", key="own_classes.anew", on_click=_begin_anew)


def _make() -> None:
    drawings = book()
    share, seed = state.choice("own_classes.test_share", 20) / 100, state.choice("own_classes.seed", 0)
    try:
        train, test = drawings.split(share, seed)
        title = state.choice(_TITLE, "My drawings")
        entry = save_own(title, drawings.class_names, train, test, source=SOURCE, owner=owner_mark(state.person()))
    except ClassroomError as error:
        say(str(error))
        return
    state.set_choice(_MADE, entry.slug)
    state.set_choice(DATASET, entry.slug)


def _made() -> None:
    """Offer what one can do with the newest set, as long as it is there."""
    entry = DATASETS.get(state.choice(_MADE, ""))
    if entry is None:
        return
    st.success(
        f"**{entry.title}** is a data set now: {some(entry.train_count, 'drawing')} to learn from, "
        f"{count(entry.test_count)} to be judged on. Every menu has it."
    )
    if st.button("Train a network on it", key="own_classes.train", type="primary", icon=":material/play_arrow:"):
        spec = fitted_to(PRESETS[NETWORK].spec, IMAGE_SHAPE, len(entry.class_names))
        settings = replace(SETTINGS, dataset=entry.slug)
        state.set_network(spec)
        state.set_settings(settings)
        start_training(spec, settings, entry.title)
        st.switch_page(page("Train").path, query_params=state.address_parameters())


def _begin_anew() -> None:
    state.set_choice(_MADE, "")
    begin_anew()
