"""Two networks beyond digits, each trained with one click: colour images, and blood cells in two classes."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import streamlit as st

from cnn_core.architecture.layers import POOLINGS
from cnn_core.architecture.presets import PRESETS, Preset
from cnn_core.architecture.quick_reading import read_quick
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.data.registry import DATASETS
from cnn_core.training.data_choice import fitting_datasets, settings_with_data
from dashboard import state
from dashboard.controls.action_button import action_button
from dashboard.controls.view_choice import view_choice
from dashboard.navigation import page
from dashboard.panels.data_sets.facts import DATASET
from dashboard.panels.training.panel import start_training
from dashboard.words import count

COLOURS, CELLS = "colour-images", "blood-cells"
POOLING = "start.pooling"


def systems_panel() -> None:
    """Offer to train them, each on the best images for it that are here."""
    st.subheader("Beyond digits", anchor=False)
    colours, cells = st.columns(2)
    with colours, st.container(border=True, height="stretch", key="start.colours"):
        preset = PRESETS[COLOURS]
        st.markdown(
            "**Colour images.** Ten kinds of things in 32×32 pixels. The network ends in logits: numbers of which "
            "softmax makes probabilities."
        )
        pooling = view_choice(
            "Pooling",
            POOLING,
            POOLING,
            {name: name for name in POOLINGS},
            POOLINGS[0],
            "What is kept of each 2×2 patch.",
        )
        _offer(preset, _pooled(preset.spec, pooling), "start.train_colours")
    with cells, st.container(border=True, height="stretch", key="start.cells"):
        preset = PRESETS[CELLS]
        st.markdown(
            "**Blood cells.** Two classes, one number: the probability of the second. Bring your own images, sorted "
            "into a folder for each class, train, and let the network judge one that it has never seen."
        )
        _offer(preset, preset.spec, "start.train_cells")
        with st.container(horizontal=True):
            if st.button("Bring your own images", key="start.bring", icon=page("Data_sets").icon):
                state.set_choice("data_sets.view", "bring")
                st.switch_page(page("Data_sets").path, query_params=state.address_parameters())
            if st.button("Judge an image", key="start.judge", icon=page("Judge_an_image").icon):
                st.switch_page(page("Judge_an_image").path, query_params=state.address_parameters())


def _offer(preset: Preset, spec: NetworkSpec, key: str) -> None:
    settings = settings_with_data(preset)
    entry = DATASETS.get(settings.dataset)
    is_ready = settings.dataset in fitting_datasets(spec) and entry is not None and entry.availability().is_ready
    title = entry.title if entry is not None and is_ready else "it"
    action_button(
        f"Train on “{title}”" if is_ready else "Train it",
        partial(start_training, spec, settings, preset.title),
        key=key,
        icon=":material/play_arrow:",
        is_disabled=not is_ready,
    )
    if entry is not None and is_ready:
        st.caption(f"{entry.summary} {count(entry.train_count)} to learn from, {settings.epochs} epochs.")
    else:
        st.caption("There are no images for it on this computer yet.")
    wished = DATASETS.get(preset.recipe.dataset)
    if wished is not None and settings.dataset != wished.slug:
        st.caption(f"“{title}” stands in for {wished.title} until that is ready on this computer.")
        if st.button(f"Get {wished.title}", key=f"{key}.get", icon=page("Data_sets").icon):
            state.set_choice("data_sets.view", "look")
            state.set_choice(DATASET, wished.slug)
            st.switch_page(page("Data_sets").path, query_params=state.address_parameters())


def _pooled(spec: NetworkSpec, pooling: str) -> NetworkSpec:
    return replace(read_quick(spec).design, pooling=pooling).to_spec()
