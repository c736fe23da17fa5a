"""Back to an earlier moment of a training, on the page that shows it."""

from __future__ import annotations

import streamlit as st

from cnn_core.networks import network_of_run
from cnn_core.training.run import Run
from cnn_core.training.snapshot import RunSnapshot
from dashboard.controls.moment_choice import chosen_moment, moment_caption, moment_controls
from dashboard.words import count


def rewind_panel(run: Run, snapshot: RunSnapshot) -> None:
    """Let the person choose the moment that every page shows; nothing while there is only one.

    Args:
        run: The training.
        snapshot: It at this moment.
    """
    if not run.has_weights:
        return
    with st.container(key="training.rewind", gap="small"):
        moment_controls(run, "training", is_refreshing=snapshot.is_active)
        step = chosen_moment(run)
        network = network_of_run(run, step) if step is not None else None
        if network is not None:
            moment_caption(run, network)


def rewind_mark(run: Run) -> list[tuple[int, str]]:
    """Return the step at which the session looks at a run, with what a curve's mark says of it; nothing for newest."""
    step = chosen_moment(run)
    return [] if step is None else [(step, f"step {count(step)}")]
