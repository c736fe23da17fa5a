"""What is going on, on every page: the network at hand and the training that runs."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from cnn_core.architecture.shapes import network_figures
from cnn_core.training.run import Run
from dashboard import state
from dashboard.controls.outside_places import outside_places
from dashboard.navigation import page
from dashboard.words import count, network_line, percent, some, time_left

REFRESH_S = 2.0
_LINE = "status.line"


def status_panel(*, is_polling: bool) -> None:
    """Show the network in one line, and the followed training as a bar that leads to its page.

    Args:
        is_polling: Whether the bar may refresh itself while the training runs.
    """
    st.divider()
    state.set_choice(_LINE, st.empty())
    show_network_line()
    run = state.current_run()
    if run is None:
        return
    is_refreshing = is_polling and run.snapshot.is_active
    st.fragment(_run_status, run_every=REFRESH_S if is_refreshing else None)(is_refreshing)
    st.page_link(page("Train").path, label="Go to this training", query_params=state.address_parameters())


def show_network_line() -> None:
    """Write the network in one line into its place in the side bar; a fragment may do so again."""
    run = state.current_run()
    spec = run.spec if run is not None else state.valid_network()
    place: DeltaGenerator | None = state.choice(_LINE, None)
    if place is not None:
        whose = "Your design: " if run is None else ""
        with outside_places():
            place.caption(f"{whose}{network_line(spec)} · {count(network_figures(spec).parameters)} parameters")


def place_in_line(run: Run) -> str:
    """Say where a training stands among those that wait for their turn."""
    place = run.place
    if place is None:
        return "Its turn begins"
    before = "It is next" if place == 1 else f"{some(place - 1, 'training')} before it"
    return f"Waiting in line: {before}"


def status_line(run: Run) -> str:
    """Say in a few words where a training is."""
    snapshot = run.snapshot
    accuracy = f"{percent(snapshot.accuracy)} right" if snapshot.accuracy is not None else ""
    if snapshot.status == "queued":
        return place_in_line(run)
    if snapshot.status == "preparing":
        return snapshot.message
    if snapshot.status == "failed":
        return "Training failed"
    if snapshot.status in ("running", "paused"):
        left = time_left(snapshot.time_left_s) if snapshot.time_left_s is not None else ""
        words = ("Paused" if snapshot.status == "paused" else "Training", accuracy, left)
        return " · ".join(word for word in words if word)
    ended = {"finished": "Trained", "interrupted": "Interrupted"}.get(snapshot.status, "Stopped")
    return " · ".join(word for word in (ended, accuracy) if word)


def _run_status(is_refreshing: bool) -> None:
    run = state.current_run()
    if run is None:
        return
    snapshot = run.snapshot
    st.progress(snapshot.progress, text=status_line(run))
    if is_refreshing and not snapshot.is_active:
        st.rerun()
