"""Advice on a network, each piece with its reason and the word that explains it."""

from __future__ import annotations

import streamlit as st

from cnn_core.architecture.advice import Advice, network_advice
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.data.registry import DATASETS
from dashboard import state
from dashboard.controls.layer_controls import select_layer
from dashboard.panels.diagnosis_panel import is_secret
from dashboard.panels.term_link import term_link

MOST_AT_ONCE = 3


def advice_panel() -> None:
    """Show what strikes one about the session's network, the most important first."""
    st.subheader("Advice", anchor=False)
    if is_secret():
        st.caption("Kept back until you ask for the diagnosis: look at the numbers, train it, and find out yourself.")
        return
    pieces = network_advice(state.valid_network(), _class_count(state.valid_network()))
    if not pieces:
        st.caption("Nothing strikes one about this network.")
        return
    for piece in pieces[:MOST_AT_ONCE]:
        _piece(piece)
    if len(pieces) > MOST_AT_ONCE:
        with st.expander(f"{len(pieces) - MOST_AT_ONCE} more", key="design.more_advice"):
            for piece in pieces[MOST_AT_ONCE:]:
                _piece(piece)


def _piece(piece: Advice) -> None:
    with st.container(border=True, key=f"advice.{piece.slug}"):
        st.markdown(f"**{piece.message}** {piece.reason}")
        with st.container(horizontal=True):
            term_link(piece.term)
            st.button(
                f"Show {state.valid_network().layer_names[piece.layer_index]}",
                key=f"advice.show.{piece.slug}",
                type="tertiary",
                on_click=select_layer,
                args=(piece.layer_index,),
            )


def _class_count(spec: NetworkSpec) -> int | None:
    """Count the classes of the chosen data set, if its images are the ones that the network takes."""
    entry = DATASETS[state.settings().dataset]
    return len(entry.class_names) if entry.image_shape == spec.input_shape else None
