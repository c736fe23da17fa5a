"""Cached wrappers around what `cnn_core` takes long to do, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from cnn_core.networks import TrainedNetwork, starter_network

if TYPE_CHECKING:
    from cnn_core.inspection.probe import NetworkProbe

MOST_PROBES = 12


@st.cache_resource(show_spinner=False)
def starter() -> TrainedNetwork:
    """Return the network that ships with the app; its files are read once."""
    return starter_network()


def probe(network: TrainedNetwork) -> NetworkProbe:
    """Return the built network, ready to be looked into; built once for each state of its weights."""
    return _probe(network.id, network.step, network)


@st.cache_resource(max_entries=MOST_PROBES, show_spinner=False)
def _probe(network_id: str, step: int, _network: TrainedNetwork) -> NetworkProbe:
    # Imported here because it brings TensorFlow along: pages without a network never wait for it.
    from cnn_core.inspection.probe import NetworkProbe

    return NetworkProbe(_network.spec, _network.weights)
