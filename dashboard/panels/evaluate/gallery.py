"""Pictures of an evaluation in one element; each leads to Look inside, to its feature maps or its explanation."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
import numpy.typing as npt
import streamlit as st

from cnn_core.data.registry import DATASETS
from cnn_core.evaluation.judged import TEST
from dashboard import state
from dashboard.components.pixel_view import image_pictures, pixel_view
from dashboard.controls.image_choice_record import ChosenImage
from dashboard.controls.image_reference import look_at, look_at_image
from dashboard.controls.view_choice import view_choice
from dashboard.navigation import page
from dashboard.panels.evaluate.evaluation import Evaluation
from dashboard.words import count, fine_percent, short_names

OPENS = {"maps": "Feature maps", "why": "Explanation"}
"""The views of Look inside that a picture leads to."""

SHOWN_AT_ONCE = 24
MOST_SHOWN = 384
TILE_PX = 72
LONGEST_NAME = 10
SHORT = 60
"""Longer words have a line of their own."""

_OPENS = "evaluate.opens"
_LEAVING = "evaluate.leaving"
_SHOWN = "evaluate.shown"


def leave_if_asked() -> None:
    """Go to Look inside, where a picture has just been chosen; to be called before anything is drawn."""
    if state.choice(_LEAVING, False):
        state.set_choice(_LEAVING, False)
        st.switch_page(page("Look_inside").path, query_params=state.address_parameters())


def gallery(
    evaluation: Evaluation, places: npt.NDArray[np.int64], key: str, words: str, positive: int | None = None
) -> None:
    """Show images, as many as fit, and let people open one of them in Look inside.

    Args:
        evaluation: What they belong to.
        places: `(n,)`, which ones, from 0 among those that are judged, in the order in which they are shown.
        key: What tells these pictures from others, the beginning of the elements' keys.
        words: What they are, a sentence.
        positive: The class whose probability stands with each picture; else what the network says of it does.
    """
    if not len(places):
        st.markdown(words)
        return
    if len(words) > SHORT:
        st.markdown(words)
        words = ""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"{words} A click on one opens its".strip(), width="content")
        view = view_choice("A click opens", _OPENS, _OPENS, OPENS, "maps")
    most = min(len(places), _shown(key))
    shown = places[:most]
    said = evaluation.predictions
    short = short_names(evaluation.names, LONGEST_NAME)
    names = [f"is {short[said.labels[place]]}" for place in shown]
    if positive is None:
        notes = [f"says {short[said.guesses[place]]}, {fine_percent(said.confidences[place])}" for place in shown]
    else:
        notes = [f"“{short[positive]}” with {fine_percent(said.probabilities[place, positive])}" for place in shown]
    pixel_view(
        image_pictures(evaluation.judged.images(shown), names, notes),
        f"{key}.pictures",
        evaluation.palette,
        what="picture",
        tile_px=TILE_PX,
        has_scale_bar=False,
        file_name=f"{evaluation.file_name}-pictures",
        on_choose=lambda cell: _open(evaluation, int(shown[cell.picture]), view),
    )
    if most < len(places):
        more = min(most, len(places) - most, MOST_SHOWN - most)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(f"{count(most)} of {count(len(places))} are shown, those with the largest loss first.")
            if more > 0:
                label = f"Show {count(more)} more"
                st.button(label, key=f"{key}.more", on_click=partial(state.set_choice, _SHOWN, (key, most + more)))


def by_loss(evaluation: Evaluation, is_wanted: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """Return the places of some images, those with the largest loss first.

    Args:
        evaluation: What they belong to.
        is_wanted: `(count,)`, which of the images.
    """
    wanted = np.flatnonzero(is_wanted)
    order: npt.NDArray[np.int64] = wanted[np.argsort(-evaluation.predictions.losses[wanted], kind="stable")]
    return order


def _open(evaluation: Evaluation, place: int, view: str) -> None:
    """Make an image the one that Look inside looks at, through this network, and leave for there."""
    judged, number = evaluation.judged, int(evaluation.judged.places[place])
    if judged.part == TEST:
        look_at(judged.slug, number)
    else:
        name = judged.class_names[int(evaluation.predictions.labels[place])]
        origin = f"{evaluation.image_words(place)} of {DATASETS[judged.slug].title}: “{name}”"
        look_at_image(ChosenImage(judged.images(np.array([place]))[0], name, origin))
    state.set_choice("inside.network", evaluation.network.id)
    state.set_choice("inside.view", view)
    state.set_choice(_LEAVING, True)


def _shown(key: str) -> int:
    """Return how many pictures are shown; of others than those for which more were asked, as many as at first."""
    asked: Sequence[object] = state.choice(_SHOWN, ("", 0))
    return int(str(asked[1])) if asked[0] == key else SHOWN_AT_ONCE
