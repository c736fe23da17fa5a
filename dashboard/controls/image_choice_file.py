"""An image that somebody brings along: a file, or a photo from the camera."""

from __future__ import annotations

from functools import partial

import streamlit as st

from cnn_core.data.image_file import Picture
from cnn_core.data.image_fit import fit_picture, has_light_background
from cnn_core.data.registry import DATASETS, load_dataset
from cnn_core.errors import ClassroomError
from cnn_core.networks import TrainedNetwork
from dashboard import state
from dashboard.controls.image_choice_record import ChosenImage
from dashboard.controls.picture_file import FILE_SOURCES, picture_controls
from dashboard.controls.view_choice import view_choice

LIGHT_ON_DARK = "light"
AS_IT_IS = "as-is"
POLARITIES = {LIGHT_ON_DARK: "Light on dark", AS_IT_IS: "As it is"}
DIGITS = ("digits", "mnist")
"""Data sets of digits, which were all centred by the same rule; those that are made from them count, too."""
LOOKED_AT = 100
"""Test images whose background says what the network is used to."""


def file_image(network: TrainedNetwork, source: str) -> ChosenImage | None:
    """Let people bring a picture, and fit it to the network.

    Args:
        network: The network that shall look at it.
        source: `UPLOAD` or `CAMERA`.

    Returns:
        The image; nothing where there is none yet, or it cannot be read, after saying so.
    """
    shape = network.spec.input_shape
    key = f"inside.{source}"
    picture = picture_controls(
        source,
        key,
        key,
        side=max(shape[:2]),
        invitation="The picture is cut to its middle square and scaled to the size that the network takes.",
        on_new=partial(state.set_choice, _polarity(source), ""),
    )
    if picture is None:
        return None
    is_light_on_dark = shape[2] == 1 and _is_light_on_dark(network, source, picture)
    try:
        fitted = fit_picture(picture, shape, is_light_on_dark=is_light_on_dark, is_digit=reads_digits(network))
    except ClassroomError as error:
        st.error(str(error))
        return None
    whose = FILE_SOURCES[source]
    done = ", ".join(fitted.steps) or "already of the network’s size: nothing was changed"
    st.caption(f"{whose.capitalize()}: {done}.")
    return ChosenImage(fitted.pixels, None, whose)


def _polarity(source: str) -> str:
    return f"inside.{source}.polarity"


def _is_light_on_dark(network: TrainedNetwork, source: str, picture: Picture) -> bool:
    usual = LIGHT_ON_DARK if has_light_background(picture.pixels) and learned_on_dark(network) else AS_IT_IS
    name = _polarity(source)
    words = (
        "Many networks have seen only light things on black. A photo of ink on paper says nothing to them until it is "
        "inverted; of a digit, the strokes are found and centred, too."
    )
    return view_choice("Shown to the network", name, name, POLARITIES, usual, words) == LIGHT_ON_DARK


def learned_on_dark(network: TrainedNetwork) -> bool:
    """Whether the images that the network learned from have a dark background; where nobody can tell, they do."""
    entry = DATASETS.get(network.dataset)
    if entry is None or entry.image_shape != network.spec.input_shape or not entry.availability().is_ready:
        return True
    try:
        return not has_light_background(load_dataset(entry.slug).test.images[:LOOKED_AT])
    except ClassroomError:
        return True


def reads_digits(network: TrainedNetwork) -> bool:
    """Whether a network learned from digits, which were all centred by the same rule."""
    entry = DATASETS.get(network.dataset)
    return entry is not None and (entry.base or entry.slug) in DIGITS
