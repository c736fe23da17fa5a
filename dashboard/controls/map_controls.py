"""How the map of test images is made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import streamlit as st

from cnn_core.inspection.embedding import LEAST_COUNT, MOST_COUNT, USUAL_COUNT, USUAL_PERPLEXITY
from dashboard import state
from dashboard.controls.view_choice import view_choice

Method = Literal["pca", "t-sne"]
METHODS: dict[Method, str] = {"pca": "PCA", "t-sne": "t-SNE"}
LEAST_PERPLEXITY, MOST_PERPLEXITY = 5, 50
MOST_SEED = 999

_COUNT, _SEED, _PERPLEXITY = "inside.map.count", "inside.map.seed", "inside.map.perplexity"


@dataclass(frozen=True)
class MapSettings:
    """How the map of test images is made.

    Args:
        count: How many test images, 200 to 1,000.
        seed: Which ones, and how t-SNE begins; 0 to 999.
        perplexity: About how many neighbours each point minds in t-SNE, 5 to 50.
    """

    count: int = USUAL_COUNT
    seed: int = 0
    perplexity: int = USUAL_PERPLEXITY


def map_method() -> Method:
    """Choose by which method the map is made."""
    return view_choice("Method", "inside.map.method", "inside.map.method", METHODS, "pca")


def map_settings() -> MapSettings:
    """Return how the session wants its map; the controls may stand below it."""
    usual = MapSettings()
    return MapSettings(
        state.choice(_COUNT, usual.count),
        state.choice(_SEED, usual.seed),
        state.choice(_PERPLEXITY, usual.perplexity),
    )


def map_controls(method: Method) -> None:
    """Let people change how the map is made."""
    chosen = map_settings()
    st.slider(
        "Test images",
        LEAST_COUNT,
        MOST_COUNT,
        chosen.count,
        step=100,
        key=state.sync_widget(_COUNT, chosen.count),
        on_change=state.keep_choice(_COUNT, _COUNT),
        help="As many of each class, as far as there are enough.",
    )
    if method == "t-sne":
        st.slider(
            "Perplexity",
            LEAST_PERPLEXITY,
            MOST_PERPLEXITY,
            chosen.perplexity,
            step=5,
            key=state.sync_widget(_PERPLEXITY, chosen.perplexity),
            on_change=state.keep_choice(_PERPLEXITY, _PERPLEXITY),
            help="About how many neighbours each point minds. Few make many small clumps, many make few large ones.",
        )
    st.number_input(
        "Seed",
        0,
        MOST_SEED,
        chosen.seed,
        key=state.sync_widget(_SEED, chosen.seed),
        on_change=state.keep_choice(_SEED, _SEED),
        help="Another seed draws other test images, and t-SNE begins a little differently. "
        "What stays the same from seed to seed can be trusted.",
    )
