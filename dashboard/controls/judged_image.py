"""The one image that a network judges: a picture or photo that somebody brings; until then a test image."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import streamlit as st

from cnn_core.data.entry import DatasetEntry
from cnn_core.data.image_file import Picture, read_whole_picture
from cnn_core.data.image_fit import FittedPicture, fit_picture, fit_whole_picture, has_light_background, middle_square
from cnn_core.data.own.sets import own_record
from cnn_core.data.registry import DATASETS, load_dataset
from cnn_core.errors import ClassroomError
from cnn_core.networks import TrainedNetwork
from dashboard import state
from dashboard.controls.image_choice import ChosenImage
from dashboard.controls.image_choice_file import learned_on_dark, reads_digits
from dashboard.controls.judged_choice import fitting_datasets
from dashboard.controls.picture_file import CAMERA, FILE_SOURCES, UPLOAD, picture_controls
from dashboard.controls.view_choice import view_choice
from dashboard.words import count

SOURCE = "judge.source"
TEST = "test"
SOURCES = {UPLOAD: "Picture", CAMERA: "Photo", TEST: "Test image"}

FIT = "judge.fit"
STRETCHED, BORDERED, SQUARE = "stretched", "bordered", "square"
FITS = {BORDERED: "With borders", STRETCHED: "Stretched", SQUARE: "Middle square"}

NUMBER = "judge.number"
STEP = 37
"""From one test image to the next: of data sets that are sorted by class, another class comes soon, too."""


@dataclass(frozen=True, eq=False)
class JudgedImage:
    """An image that is judged, as the network takes it and as it was.

    Args:
        seen: It as the network takes it.
        whole: `(height, width, channels)`, the picture as it was brought; of a test image the same.
        steps: What was done to it, in words; `""` for nothing.
    """

    seen: ChosenImage
    whole: npt.NDArray[np.uint8]
    steps: str = ""


def judged_image(network: TrainedNetwork) -> JudgedImage | None:
    """Let people bring a picture, and fit it to the network.

    Returns:
        The image; a test image while there is no picture, and nothing where there is none either, after saying so.
    """
    sources = {name: title for name, title in SOURCES.items() if name == TEST or network.spec.input_shape[2] in (1, 3)}
    source = view_choice("Image from", SOURCE, SOURCE, sources, next(iter(sources)))
    if source == TEST or source not in sources:
        return _test_image(network, has_button=True)
    picture = picture_controls(
        source,
        f"judge.{source}",
        f"judge.{source}",
        side=max(network.spec.input_shape[:2]),
        invitation="Bring a picture of your own.",
        meanwhile="Until then, a test image is judged." if _test_entry(network) is not None else "",
        read=read_whole_picture,
    )
    if picture is None:
        return _test_image(network, has_button=False)
    try:
        fitted = _fitted(picture, network)
    except ClassroomError as error:
        st.error(str(error))
        return None
    return JudgedImage(ChosenImage(fitted.pixels, None, FILE_SOURCES[source]), picture.pixels, ", ".join(fitted.steps))


def _fitted(picture: Picture, network: TrainedNetwork) -> FittedPicture:
    shape = network.spec.input_shape
    if picture.pixels.shape == shape:
        return FittedPicture(picture.pixels, ())
    how = view_choice(
        "What the network gets",
        FIT,
        FIT,
        FITS,
        _usual_fit(network),
        "A network takes one size only. All of the picture fits in with black borders, or stretched; or it is cut to "
        "its middle square. Best is what was done to the images that the network learned from.",
    )
    if how != SQUARE:
        return fit_whole_picture(picture, shape, keeps_aspect=how == BORDERED)
    is_turned = shape[2] == 1 and has_light_background(picture.pixels) and learned_on_dark(network)
    return fit_picture(middle_square(picture), shape, is_light_on_dark=is_turned, is_digit=reads_digits(network))


def _usual_fit(network: TrainedNetwork) -> str:
    """What was done to the images that the network learned from, where that is known."""
    record = own_record(network.dataset)
    if record is None:
        return SQUARE
    return STRETCHED if any("stretched" in line for line in record.settings[:1]) else BORDERED


def _test_image(network: TrainedNetwork, *, has_button: bool) -> JudgedImage | None:
    entry = _test_entry(network)
    if entry is None:
        if has_button:
            st.info("There are no test images for this network here: bring a picture of your own.")
        return None
    try:
        test = load_dataset(entry.slug).test
    except ClassroomError as error:
        st.error(str(error))
        return None
    index = STEP * state.choice(NUMBER, 0) % len(test)
    if has_button:
        st.button("Another test image", key="judge.another", icon=":material/casino:", on_click=_next_image)
    name = entry.class_names[int(test.labels[index])]
    pixels = np.asarray(test.images[index])
    return JudgedImage(ChosenImage(pixels, name, f"test image {count(index + 1)} of {entry.title}"), pixels)


def _test_entry(network: TrainedNetwork) -> DatasetEntry | None:
    """Return the data set that the network learned from; where it is not here, another one of the same classes."""
    fitting = fitting_datasets(network)
    slug = network.dataset if network.dataset in fitting else next(iter(fitting), "")
    return DATASETS.get(slug)


def _next_image() -> None:
    state.set_choice(NUMBER, state.choice(NUMBER, 0) + 1)
