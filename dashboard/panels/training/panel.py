"""A training as it goes on: progress, curves, and the buttons that steer it."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import streamlit as st

from cnn_core.architecture.spec import NetworkSpec
from cnn_core.data.image_fit import DRAWING_SHAPE
from cnn_core.errors import ClassroomError
from cnn_core.training.run import Run
from cnn_core.training.runs import resume_run, start_run
from cnn_core.training.settings import BFLOAT16, TrainingSettings
from cnn_core.training.snapshot import RunSnapshot
from dashboard import state
from dashboard.navigation import page
from dashboard.palette import Palette
from dashboard.panels.status_panel import place_in_line
from dashboard.panels.term_link import term_link
from dashboard.panels.training.examination import examination_panel
from dashboard.panels.training.keeping import keeping_panel
from dashboard.panels.training.rewind import rewind_panel
from dashboard.panels.training.steering import steering_panel
from dashboard.panels.training.take_away import run_take_away_panel
from dashboard.panels.training.watch import watch_panel
from dashboard.words import count, duration, percent, plain, some, time_left

REFRESH_S = 1.0
EAGER_REFRESH_S = 0.4
UNDER_WAY_S = 1.0
"""Seconds between two pictures: shorter until training has gone on for a second, because people wait for the first."""

START_FAILURE = "training.start_failure"


def start_training(spec: NetworkSpec, settings: TrainingSettings, title: str) -> None:
    """Begin a training and follow it; made to be a button's callback."""
    try:
        state.follow_run(start_run(spec, settings, title, state.person()))
    except ClassroomError as error:
        state.set_choice(START_FAILURE, str(error))


def resume_training(run_id: str) -> None:
    """Let an interrupted training go on and follow it; made to be a button's callback."""
    try:
        state.follow_run(resume_run(run_id, state.person()))
    except ClassroomError as error:
        state.set_choice(START_FAILURE, str(error))


def training_panel(palette: Palette) -> None:
    """Show the followed run: live while it trains, its result afterwards."""
    failure = state.choice(START_FAILURE, "")
    if failure:
        st.error(failure)
        state.set_choice(START_FAILURE, "")
    run = state.current_run()
    if run is None:
        return
    interval_s = _interval_s(run.snapshot)
    st.fragment(_live_panel, run_every=interval_s)(run.id, interval_s, palette)


def _interval_s(snapshot: RunSnapshot) -> float | None:
    """How often the panel is drawn anew while the training stands so."""
    if not snapshot.is_active:
        return None
    is_first_picture_near = snapshot.status != "queued" and snapshot.elapsed_s <= UNDER_WAY_S
    return EAGER_REFRESH_S if is_first_picture_near else REFRESH_S


def _live_panel(run_id: str, interval_s: float | None, palette: Palette) -> None:
    run = state.current_run()
    if run is None or run.id != run_id:
        st.rerun()  # another run is followed now: its panel is not this one
    snapshot = run.snapshot
    if _interval_s(snapshot) != interval_s or state.choice(START_FAILURE, ""):
        # The rest of the page depends on it, or the pace of refreshing changes: run the whole page once.
        st.rerun()
    with st.container(key="training.panel"):
        _headline(run, snapshot)
        if run.settings.precision == BFLOAT16:
            term_link("bfloat16")
        if snapshot.is_active:
            steering_panel(run, snapshot)
        watch_panel(run, snapshot, palette)
        rewind_panel(run, snapshot)
        examination_panel(run, snapshot, palette)
        if not snapshot.is_active:
            run_take_away_panel(run)
            keeping_panel(run)


def _headline(run: Run, snapshot: RunSnapshot) -> None:
    if run.journal is not None and run.journal.problem:
        st.warning(f"This training goes on, but is not being kept on disk: {run.journal.problem}")
    if snapshot.status == "failed":
        st.error(snapshot.message)
        return
    if snapshot.status == "interrupted":
        _interruption(run, snapshot)
        return
    if snapshot.test is not None:
        _result(run, snapshot)
        return
    if snapshot.status == "queued":
        st.progress(snapshot.progress, text=f"{place_in_line(run)} …")
        return
    if not snapshot.is_active:
        st.info("This training was stopped before it began.")
        return
    if snapshot.status == "preparing" or not snapshot.step:
        st.progress(0.0, text=f"{snapshot.message or 'Compiling the first step'} …")
        return
    epoch = min(len(snapshot.epochs) + 1, run.settings.epochs)
    parts = [
        "Paused" if snapshot.status == "paused" else (snapshot.message or "Training"),
        f"epoch {epoch} of {run.settings.epochs}",
        f"step {count(snapshot.step)} of {count(snapshot.total_steps)}",
        f"{count(snapshot.images_per_second)} images/s",
        f"learning rate {plain(float(snapshot.learning_rates[-1]))}",
    ]
    if run.settings.precision == BFLOAT16:
        parts.append("bfloat16")
    if snapshot.time_left_s is not None:
        parts.append(time_left(snapshot.time_left_s))
    st.progress(snapshot.progress, text=" · ".join(parts))


def _result(run: Run, snapshot: RunSnapshot) -> None:
    test = snapshot.test
    if test is None:
        return
    word = "Trained" if snapshot.status == "finished" else "Stopped early"
    does = "reads" if _is_drawable(run) else "judges"
    st.success(
        f"**{word}: it {does} {percent(test.accuracy)} of {count(test.count)} test images rightly**, "
        f"after {duration(snapshot.elapsed_s)} and {some(snapshot.step, 'step')}{_arithmetic(run)}. {snapshot.remark}"
    )
    _ways_on(run)


def _arithmetic(run: Run) -> str:
    return ", computed with bfloat16" if run.settings.precision == BFLOAT16 else ""


def _interruption(run: Run, snapshot: RunSnapshot) -> None:
    kept = run.weights
    learned = f"What it had learned by step {count(kept.step)} is kept." if kept else "It had not learned anything yet."
    st.warning(
        f"**This training was interrupted after step {count(snapshot.step)} of {count(snapshot.total_steps)}:** the "
        f"server ended while it ran. {learned}"
    )
    st.button(
        "Resume it",
        key="training.go_on",
        type="primary",
        icon=":material/resume:",
        on_click=resume_training,
        args=(run.id,),
        help="From the newest weights that are stored with the optimiser's state: the same batches in the same order.",
    )
    if kept:
        _ways_on(run)


def _ways_on(run: Run) -> None:
    parameters = state.address_parameters()
    with st.container(horizontal=True):
        # A page has one primary button: where a new design waits, that is the one that trains it.
        is_newest = run.spec == state.valid_network()
        kind: Literal["primary", "secondary"] = "primary" if is_newest else "secondary"
        if _is_drawable(run):
            if st.button("Draw a digit for it", key="training.draw", type=kind, icon=":material/draw:"):
                state.set_choice("draw.network", run.id)
                st.switch_page(page("Draw_a_digit").path, query_params=parameters)
        elif st.button("Let it judge an image", key="training.judge", type=kind, icon=":material/biotech:"):
            state.set_choice("judge.network", run.id)
            st.switch_page(page("Judge_an_image").path, query_params=parameters)
        if st.button("Look inside it", key="training.inside", icon=":material/visibility:"):
            state.set_choice("inside.network", run.id)
            st.switch_page(page("Look_inside").path, query_params=parameters)
        if st.button("Evaluate it", key="training.evaluate", icon=page("Evaluate").icon):
            state.set_choice("evaluate.network", run.id)
            st.switch_page(page("Evaluate").path, query_params=parameters)
        again = replace(run.settings, seed=(run.settings.seed + 1) % 1_000_000)
        _again("Again, same initial weights", "training.again", run, run.settings)
        _again("Again, new initial weights", "training.anew", run, again)


def _is_drawable(run: Run) -> bool:
    """Whether the network takes what is drawn on the page for digits."""
    return run.spec.input_shape == DRAWING_SHAPE


def _again(label: str, key: str, run: Run, settings: TrainingSettings) -> None:
    st.button(
        label,
        key=key,
        icon=":material/replay:",
        help=f"Seed {settings.seed}: it decides the initial weights, the split and the order of the images.",
        on_click=start_training,
        args=(run.spec, settings, run.title),
    )
