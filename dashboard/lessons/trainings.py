"""What lessons that train networks share: whether any is going on, and how far each is."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from cnn_core.training.run import Run
from cnn_core.training.runs import find_run
from dashboard import state
from dashboard.navigation import page
from dashboard.panels.compare.trainings import RUNS_PARAMETER
from dashboard.panels.status_panel import place_in_line
from dashboard.words import percent, time_left

REFRESH_S = 1.0


def kept_runs(name: str) -> tuple[Run, ...]:
    """Return the trainings that a lesson has begun and that this machine still knows, the oldest first.

    Args:
        name: The choice under which their ids are kept.
    """
    ids: tuple[str, ...] = state.choice(name, ())
    return tuple(run for run in map(find_run, ids) if run is not None)


def any_active(runs: Sequence[Run]) -> bool:
    """Whether one of some trainings is waiting or going on."""
    return any(run.snapshot.is_active for run in runs)


def stop_all(runs: Sequence[Run]) -> None:
    """Stop trainings, those that wait first: none of them begins while the others end."""
    for run in sorted(runs, key=lambda run: run.snapshot.status != "queued"):
        if run.snapshot.is_active:
            run.control.stop()


def training_line(run: Run) -> str:
    """Say in a few words where a training is, and how long it will go on."""
    snapshot = run.snapshot
    if snapshot.status == "queued":
        return place_in_line(run)
    if snapshot.status == "preparing" or (snapshot.status == "running" and not snapshot.step):
        return f"{snapshot.message or 'Compiling the first step'} …"
    if snapshot.status == "failed":
        return snapshot.message
    if snapshot.status == "interrupted":
        return "Interrupted: the server ended while it ran. Train again."
    if snapshot.is_active:
        epoch = min(len(snapshot.epochs) + 1, run.settings.epochs)
        left = f" · {time_left(snapshot.time_left_s)}" if snapshot.time_left_s is not None else ""
        return f"Epoch {epoch} of {run.settings.epochs}{left}"
    if snapshot.test is None:
        return "Stopped before it began"
    word = "Trained" if snapshot.status == "finished" else "Stopped early"
    return f"{word}: {percent(snapshot.test.accuracy)} of the test images right"


def progress_bars(runs: Sequence[tuple[str, Run]]) -> None:
    """Show a bar for each training that is going on, and a sentence for each that failed.

    Args:
        runs: Each with its letter.
    """
    for letter, run in runs:
        snapshot = run.snapshot
        if snapshot.is_active:
            st.progress(min(snapshot.progress, 1.0), text=f"**{letter}** · {training_line(run)}")
        elif snapshot.status in ("failed", "interrupted"):
            st.error(f"**{letter}**: {training_line(run)}")


def compare_link(runs: Sequence[Run]) -> None:
    """Link to the page on which these trainings can be compared in every way."""
    st.page_link(
        page("Compare").path,
        label="Compare these trainings in full",
        icon=page("Compare").icon,
        query_params={**state.address_parameters(), RUNS_PARAMETER: ",".join(run.id for run in runs)},
    )
