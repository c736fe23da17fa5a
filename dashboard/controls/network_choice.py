"""Which network a page looks at."""

from __future__ import annotations

import streamlit as st

from cnn_core.comparison.fair import is_of_fair_comparison
from cnn_core.networks import STARTER_ID, TrainedNetwork, network_ids, network_of_run
from cnn_core.training.runs import find_run
from dashboard import resources, state
from dashboard.controls.moment_choice import moment_caption, moment_controls
from dashboard.words import percent


def network_controls(
    page: str, input_shape: tuple[int, int, int] | None = None, *, is_playable: bool = False
) -> TrainedNetwork:
    """Choose the starter network or what a run has learned, and of a run the moment.

    Args:
        page: The page's name for its choice, as `"draw"`.
        input_shape: If given, only networks for images of this shape are offered.
        is_playable: Whether a button walks through the moments of a training.

    Returns:
        The network with its newest weights, or those of the chosen moment.
    """
    fitting = (
        network_id
        for network_id in network_ids()
        if input_shape is None or network_id == STARTER_ID or _input_shape(network_id) == input_shape
    )
    ids = sorted(fitting, key=_is_one_of_many)
    run = state.current_run()
    default = run.id if run is not None and run.id in ids else STARTER_ID
    name = f"{page}.network"
    chosen = state.choice(name, default)
    key = f"{page}.network_choice"
    if state.widget_value(key) not in ids:
        state.put_widget(key, chosen if chosen in ids else default)
    st.selectbox(
        "Network",
        ids,
        index=ids.index(state.widget_value(key)),
        key=key,
        format_func=network_name,
        on_change=state.keep_choice(key, name),
        help="The starter network ships with the app; the others are trainings of this server.",
    )
    network_id = state.widget_value(key)
    run = find_run(network_id) if network_id != STARTER_ID else None
    if run is None:
        return resources.starter()
    with st.container(key=f"{page}.moment", gap="small"):
        step = moment_controls(run, page, is_playable=is_playable)
        network = network_of_run(run, step)
        if network is None:
            return resources.starter()
        moment_caption(run, network)
    return network


def network_name(network_id: str) -> str:
    """Write a network as a line of a menu: its title, how good it is, which run it is."""
    run = find_run(network_id)
    if run is None:
        return "Starter network (ready-made)"
    accuracy = run.snapshot.accuracy
    good = f", {percent(accuracy)}" if accuracy is not None else ""
    return f"{run.title}{good} ({run.id})"


def _input_shape(network_id: str) -> tuple[int, int, int] | None:
    run = find_run(network_id)
    return run.spec.input_shape if run is not None else None


def _is_one_of_many(network_id: str) -> bool:
    """Whether a network is one of dozens of a comparison: these come last."""
    run = find_run(network_id)
    return run is not None and is_of_fair_comparison(run)
