"""What the cards of one filter share: the test images, and whether long work has been asked for."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import streamlit as st

from cnn_core.data.registry import DATASETS, load_dataset
from cnn_core.inspection.effort import expected_s
from cnn_core.inspection.exciting_images import sample_places
from cnn_core.networks import TrainedNetwork
from dashboard import state
from dashboard.words import duration

AUTOMATIC_S = 2.0
"""What takes longer than this begins when a person says so."""

_ASKED = "inside.filter.asked"


@dataclass(frozen=True, eq=False)
class SampleImages:
    """Test images that a network can take.

    Args:
        slug: The data set's short name.
        places: `(count,)`, which of its test images they are, in rising order.
        images: `(count, height, width, channels)`, uint8.
        labels: `(count,)`.
        notice: Which data set is missing that would be better; `""` for none.
    """

    slug: str
    places: npt.NDArray[np.int64]
    images: npt.NDArray[np.uint8]
    labels: npt.NDArray[np.int64]
    notice: str

    @property
    def class_names(self) -> tuple[str, ...]:
        """One name for each class of the data set."""
        return DATASETS[self.slug].class_names

    @property
    def words(self) -> str:
        """What they are, as `"3,000 test images of Digits"`."""
        return f"{len(self.images):,} test images of {DATASETS[self.slug].title}"

    def sample(self, most: int) -> SampleImages:
        """Return some of them, drawn at random, but always the same ones."""
        chosen = sample_places(len(self.images), most)
        return SampleImages(self.slug, self.places[chosen], self.images[chosen], self.labels[chosen], self.notice)


def find_test_images(network: TrainedNetwork, most: int) -> SampleImages | None:
    """Return test images of the data set that a network has learned from, or of the one most like it.

    Args:
        network: The network.
        most: How many at most.

    Returns:
        The images; nothing where no data set on this machine has images of that shape.

    Raises:
        ClassroomError: If the data set cannot be read.
    """
    slug = _usable_slug(network)
    if slug is None:
        return None
    test = load_dataset(slug).test
    places = sample_places(len(test), most)
    notice = "" if slug == network.dataset else missing_words(network)
    return SampleImages(slug, places, test.images[places], test.labels[places].astype(np.int64), notice)


def missing_words(network: TrainedNetwork) -> str:
    """Say which data set is missing."""
    entry = DATASETS.get(network.dataset)
    title = f"“{network.dataset}”" if entry is None else entry.title
    return f"{title}, which this network has learned from, is not on this computer."


def number_words(value: float) -> str:
    """Write a number with three significant digits and a real minus; of what is next to nothing, that it is.

    Example:
        >>> number_words(-2.2571), number_words(12345.6), number_words(6e-13), number_words(0.0)
        ('−2.26', '12,346', 'under 0.001', '0')
    """
    if 0 < abs(value) < 1e-3:
        return "under 0.001" if value > 0 else "above −0.001"
    return (f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}").replace("-", "−")


def is_asked_for(network: TrainedNetwork, question: str, details: Hashable, passes: int, label: str) -> bool:
    """Whether to do some work now: because it is quick, or because a person has asked for it by the button drawn here.

    Args:
        network: The network.
        question: What is asked, as `"best"`; a part of the button's key.
        details: What else the answer depends on.
        passes: How many images have to go through the network.
        label: What the button says.
    """
    expected = expected_s(network.spec, passes)
    mark = (question, network.id, network.step, details)
    asked: frozenset[Hashable] = state.choice(_ASKED, frozenset())
    place = st.empty()  # what stood in it is gone as soon as the work begins
    if expected <= AUTOMATIC_S or mark in asked:
        return True
    with place.container():
        is_pressed = st.button(label, key=f"inside.filter.{question}.start", icon=":material/play_arrow:")
        st.caption(f"It takes roughly {duration(expected)}.")
    if is_pressed:  # for what the controls say now, which a callback would not know yet
        state.set_choice(_ASKED, asked | {mark})
        place.empty()
    return is_pressed


def _usable_slug(network: TrainedNetwork) -> str | None:
    """Choose a data set: the network's own, one with the same classes, one with as many, or any with such images."""
    ready = [
        entry
        for entry in DATASETS.values()
        if entry.image_shape == network.spec.input_shape and entry.availability().is_ready
    ]

    def likeness(slug: str, names: tuple[str, ...]) -> int:
        if slug == network.dataset:
            return 0
        return 1 if names == network.class_names else 2 if len(names) == len(network.class_names) else 3

    ready.sort(key=lambda entry: likeness(entry.slug, entry.class_names))  # stable: the list's order among equals
    return ready[0].slug if ready else None
