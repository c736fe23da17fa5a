"""The one image that the Data sets page looks at, and the way from it to Look inside."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import streamlit as st

from cnn_core.data.dataset import Dataset, LabelledImages
from cnn_core.data.entry import DatasetEntry
from cnn_core.networks import STARTER_ID, network_ids
from cnn_core.training.runs import find_run
from dashboard import resources, state
from dashboard.components.pixel_view import image_pictures, pixel_view
from dashboard.controls.image_choice_record import ChosenImage
from dashboard.controls.image_reference import look_at, look_at_image
from dashboard.navigation import page
from dashboard.palette import Palette
from dashboard.words import count

PARTS = {"test": "Test images", "train": "Training images"}
"""The parts of a data set; test images stand first, because they are what networks are looked at with."""
PICTURE_PX = 112

_CHOSEN = "data_sets.chosen"
_INSIDE = "inside.network"


@dataclass(frozen=True)
class Place:
    """Where an image is.

    Args:
        slug: The data set's short name.
        part: `"test"` or `"train"`.
        index: The image's place in that part, from 0.
    """

    slug: str
    part: str
    index: int


def part_of(dataset: Dataset, part: str) -> LabelledImages:
    """Return one part of a data set by its name."""
    return dataset.test if part == "test" else dataset.train


def chosen_place(dataset: Dataset) -> Place:
    """Return the image that was chosen in this data set; the first test image while none was."""
    place: Place | None = state.choice(_CHOSEN, None)
    if place is None or place.slug != dataset.slug or place.index >= len(part_of(dataset, place.part)):
        return Place(dataset.slug, "test", 0)
    return place


def choose_place(place: Place) -> None:
    """Make an image the one that the page looks at; for a callback."""
    state.set_choice(_CHOSEN, place)


def image_words(place: Place) -> str:
    """Say which image it is.

    Example:
        >>> image_words(Place("mnist", "test", 1233))
        'test image 1,234'
    """
    return f"{'test' if place.part == 'test' else 'training'} image {count(place.index + 1)}"


def chosen_image(dataset: Dataset, entry: DatasetEntry) -> ChosenImage:
    """Return the image that was chosen, with its class and where it is from."""
    place = chosen_place(dataset)
    part = part_of(dataset, place.part)
    name = dataset.class_names[int(part.labels[place.index])]
    pixels: npt.NDArray[np.uint8] = np.asarray(part.images[place.index])
    return ChosenImage(pixels, name, f"{image_words(place)} of {entry.title}: “{name}”")


def image_card(dataset: Dataset, entry: DatasetEntry, palette: Palette) -> None:
    """Show the chosen image with its pixels, what it is, and the button that leads to Look inside."""
    place, image = chosen_place(dataset), chosen_image(dataset, entry)
    picture, words = st.columns([2, 5], gap="medium", vertical_alignment="center")
    with picture:
        pixel_view(
            image_pictures(image.pixels[np.newaxis]),
            "data_sets.image",
            palette,
            what="image",
            tile_px=PICTURE_PX,
            has_scale_bar=False,
        )
    with words:
        first, rest = image.origin[0].upper(), image.origin[1:]
        st.markdown(f"**{first}{rest}**")
        network_id = inside_network(entry)
        if network_id is None:
            height, width, channels = entry.image_shape
            st.caption(f"No network here takes images of {height}×{width}×{channels} yet: train one on this data set.")
        elif st.button("Look inside with it", key="data_sets.inside", icon=":material/visibility:"):
            _open(place, image, network_id)


def inside_network(entry: DatasetEntry) -> str | None:
    """Name a network that takes the images of a data set.

    The one that Look inside has already; else the newest that learned from this data set; else the newest of all.

    Args:
        entry: The data set.
    """
    fitting = []
    for network_id in network_ids():
        run = find_run(network_id) if network_id != STARTER_ID else None
        starter = resources.starter() if network_id == STARTER_ID else None
        spec = run.spec if run is not None else starter.spec if starter is not None else None
        if spec is not None and spec.input_shape == entry.image_shape:
            fitting.append((network_id, run.settings.dataset if run is not None else ""))
    ids = [network_id for network_id, _ in fitting]
    kept = state.choice(_INSIDE, "")
    of_this = [network_id for network_id, dataset in fitting if dataset == entry.slug]
    return kept if kept in ids else next(iter([*of_this, *ids]), None)


def _open(place: Place, image: ChosenImage, network_id: str) -> None:
    if place.part == "test":
        look_at(place.slug, place.index)
    else:
        look_at_image(image)
    state.set_choice(_INSIDE, network_id)
    st.switch_page(page("Look_inside").path, query_params=state.address_parameters())
