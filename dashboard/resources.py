"""Cached wrappers around what `cnn_core` takes long to do, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from cnn_core.networks import TrainedNetwork, starter_network
from cnn_core.training.examination import Moments, examine
from cnn_core.training.run import Run

if TYPE_CHECKING:
    from cnn_core.inspection.probe import NetworkProbe

MOST_PROBES = 12


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
