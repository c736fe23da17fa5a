"""One filter's card: its kernel, its map, what excites it most, and what the network is worth without it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from cnn_core.architecture.outputs import is_binary
from cnn_core.architecture.shapes import network_figures
from cnn_core.errors import ClassroomError
from dashboard.controls.filter_choice import filter_controls, unit_noun
from dashboard.panels.inside.filter_ablation import ablation_card
from dashboard.panels.inside.filter_best_image import best_image_card
from dashboard.panels.inside.filter_cards import map_card, weights_card
from dashboard.panels.inside.filter_images import MOST_IMAGES, images_card
from dashboard.panels.inside.filter_work import SampleImages, find_test_images, missing_words
from dashboard.panels.inside.scene import Scene

T = TypeVar("T")


def filter_panel(scene: Scene) -> None:
    """Let people choose a filter, and show all there is to know about it."""
    filter_controls(scene.network.spec, scene.unit)
    _say_class(scene)
    (output,) = (one for one in scene.probe.feature_maps(scene.image.pixels) if one.name == scene.unit.layer)
    # A dense unit has many weights, and one number.
    left, right = st.columns(2 if output.is_image else [2, 1])
    _card(left, "weights", lambda: weights_card(scene))
    _card(right, "map", lambda: map_card(scene, output))
    if not np.isfinite(output.values).all():
        st.warning(
            "What this layer gives out are no numbers any more: training has diverged. Look at an earlier moment, or "
            "train again with a smaller learning rate."
        )
        return
    sample = _sample(scene)
    excitement = None
    if sample is not None:
        excitement = _card(st.container(), "images", lambda: images_card(scene, sample))
    left, right = st.columns(2)
    _card(left, "best", lambda: best_image_card(scene, sample, excitement))
    if sample is not None:
        _card(right, "off", lambda: ablation_card(scene, sample))


def _card(place: DeltaGenerator, name: str, draw: Callable[[], T]) -> T | None:
    """Draw a card with its border; what keeps it from being drawn is said in it, and the others go on."""
    with place, st.container(border=True, height="stretch", key=f"inside.filter.card.{name}"):
        try:
            return draw()
        except ClassroomError as error:
            st.info(str(error))
            return None


def _sample(scene: Scene) -> SampleImages | None:
    """Return test images; where there are none, say so."""
    try:
        found = find_test_images(scene.network, MOST_IMAGES)
    except ClassroomError as error:
        st.info(str(error))
        return None
    if found is None:
        st.info(
            f"{missing_words(scene.network)} Without test images, neither those that excite it most nor the accuracy "
            "without it can be shown. Get the data set on the page Train."
        )
    return found


def _say_class(scene: Scene) -> None:
    """Say which class a unit of the last layer stands for."""
    network, unit = scene.network, scene.unit
    names, last = network.class_names, network.spec.layer_names[-1]
    if unit.layer != last or unit_noun(network.spec, last) != "unit":
        return
    if is_binary(network.spec):
        st.markdown(f"This unit speaks for the class “{names[1]}”; what it says against it speaks for “{names[0]}”.")
    elif network_figures(network.spec).output_shape == (len(names),):
        st.markdown(f"This unit stands for the class “{names[unit.channel]}”.")
