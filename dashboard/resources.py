"""Cached wrappers around what `cnn_core` takes long to do, and nothing else."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, TypeVar, cast

import numpy as np
import numpy.typing as npt
import streamlit as st

from cnn_core.networks import TrainedNetwork, starter_network
from cnn_core.training.examination import Moments, examine
from cnn_core.training.run import Run

if TYPE_CHECKING:
    from cnn_core.inspection.gradients import NetworkGradients
    from cnn_core.inspection.probe import NetworkProbe

MOST_PROBES = 12
MOST_ANSWERS = 256

T = TypeVar("T")

_answers: OrderedDict[Hashable, object] = OrderedDict()
_lock = threading.Lock()


@st.cache_resource(show_spinner=False)
def starter() -> TrainedNetwork:
    """Return the network that ships with the app; its files are read once."""
    return starter_network()


def health(run: Run) -> Moments:
    """Return how a run's layers did at its start and do now; measured once for each state of its weights.

    Raises:
        ClassroomError: If the images cannot be read.
    """
    weights = run.weights
    return _health(run.id, weights.step, run) if weights is not None else ()


@st.cache_resource(max_entries=MOST_PROBES, show_spinner="Looking at every layer")
def _health(run_id: str, step: int, _run: Run) -> Moments:
    return examine(_run)


def probe(network: TrainedNetwork) -> NetworkProbe:
    """Return the built network, ready to be looked into; built once for each state of its weights."""
    return _probe(network.id, network.step, network)


@st.cache_resource(max_entries=MOST_PROBES, show_spinner=False)
def _probe(network_id: str, step: int, _network: TrainedNetwork) -> NetworkProbe:
    # Imported here because it brings TensorFlow along: pages without a network never wait for it.
    from cnn_core.inspection.probe import NetworkProbe

    return NetworkProbe(_network.spec, _network.weights)


def gradients(network: TrainedNetwork) -> NetworkGradients:
    """Return the network, ready to say what its answer hangs on; made once for each state of its weights."""
    return _gradients(network.id, network.step, network)


@st.cache_resource(max_entries=MOST_PROBES, show_spinner=False)
def _gradients(network_id: str, step: int, _network: TrainedNetwork) -> NetworkGradients:
    from cnn_core.inspection.gradients import NetworkGradients

    return NetworkGradients(_network.spec, _network.weights)


def answer(
    question: str,
    network: TrainedNetwork,
    pixels: npt.NDArray[np.uint8] | None,
    details: Hashable,
    find: Callable[[], T],
) -> T:
    """Return what is known about a network and an image, and find it out if nobody has asked yet.

    While it is being found, the page may draw its progress: unlike in Streamlit's own cache, `find` may write to it.

    Args:
        question: What is asked, as `"occlusion"`.
        network: The network; its id and step tell it from others.
        pixels: The image; nothing where the answer does not depend on one.
        details: What else the answer depends on.
        find: Finds it out.
    """
    image = None if pixels is None else (pixels.shape, pixels.tobytes())
    key = (question, network.id, network.step, image, details)
    with _lock:
        if key in _answers:
            _answers.move_to_end(key)
            return cast(T, _answers[key])
    found = find()
    with _lock:
        _answers[key] = found
        while len(_answers) > MOST_ANSWERS:
            _answers.popitem(last=False)
    return found
