"""The network that exercises are about, and what it makes of test images as soon as a question needs them."""

from __future__ import annotations

from functools import partial

import streamlit as st

from cnn_core.architecture.shapes import class_count
from cnn_core.exercises import Subject, ask_about, see_images, subject_of
from cnn_core.inspection.effort import expected_s
from cnn_core.networks import TrainedNetwork
from dashboard import resources
from dashboard.controls.progress import progress_teller
from dashboard.panels.inside.filter_work import SampleImages, find_test_images

MOST_IMAGES = 2000
LEAST_IMAGES = 100
LONGEST_S = 4.0
"""Of a large network fewer images are asked about, so that nobody waits much longer than this."""


def seeing_subject(network: TrainedNetwork) -> Subject:
    """Return the network with what it makes of test images, as far as there are any; drawn is only the progress.

    Args:
        network: The network.

    Raises:
        ClassroomError: If the images cannot be read.
    """
    sample, probe = _sample(network), resources.probe(network)
    if sample is None or not class_count(network.spec):
        return subject_of(network)
    tell = progress_teller(st.empty(), f"Asking the network about {len(sample.images):,} test images")
    find = partial(ask_about, probe, sample.images, tell)
    probabilities = resources.answer("exercises", network, None, (sample.slug, len(sample.images)), find)
    return see_images(subject_of(network), probe, sample.images, _names(sample), probabilities)


def subject_for_print(network: TrainedNetwork) -> Subject:
    """Return the same without drawing anything, in a thread without Streamlit; imports TensorFlow.

    Raises:
        ClassroomError: If the images cannot be read.
    """
    from cnn_core.inspection.probe import NetworkProbe

    sample = _sample(network)
    if sample is None or not class_count(network.spec):
        return subject_of(network)
    probe = NetworkProbe(network.spec, network.weights)
    return see_images(subject_of(network), probe, sample.images, _names(sample), ask_about(probe, sample.images))


def _sample(network: TrainedNetwork) -> SampleImages | None:
    each_s = expected_s(network.spec, 1)
    most = MOST_IMAGES if each_s * MOST_IMAGES <= LONGEST_S else max(LEAST_IMAGES, int(LONGEST_S / each_s))
    return find_test_images(network, most)


def _names(sample: SampleImages) -> tuple[str, ...]:
    names, labels = sample.class_names, sample.labels
    return tuple(names[int(label)] for label in labels)
