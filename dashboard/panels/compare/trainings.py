"""Trainings side by side: their curves, their figures with what differs, and accuracy against cost."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from cnn_core.comparison.alignment import Axis, Quantity, aligned_curves
from cnn_core.comparison.contest import start_contest
from cnn_core.comparison.differences import differing_networks, differing_settings
from cnn_core.comparison.facts import run_facts
from cnn_core.comparison.fair import is_of_fair_comparison
from cnn_core.comparison.slots import assigned_slots
from cnn_core.comparison.smoothing import MOST_WEIGHT
from cnn_core.errors import ClassroomError
from cnn_core.training.run import Run
from cnn_core.training.runs import all_runs, find_run
from dashboard import state
from dashboard.charts.run_comparison import (
    COST_TITLES,
    RUN_STYLES,
    SCATTER_HEIGHT_PX,
    DrawnRun,
    accuracy_against_cost,
    curves_height,
    run_curves,
)
from dashboard.charts.run_table import run_table
from dashboard.charts.training_curves import MOST_POINTS
from dashboard.components.selectable import selectable
from dashboard.controls.chart_view import echarts_view
from dashboard.controls.network_choice import network_name
from dashboard.controls.number_slider import number_slider
from dashboard.controls.steady_head import steady_head
from dashboard.controls.view_choice import view_choice
from dashboard.navigation import page
from dashboard.palette import Palette
from dashboard.panels.term_link import open_term
from dashboard.words import percent

RUNS_PARAMETER = "runs"
"""The address's name for the runs that somebody has chosen, with commas between their ids."""

REFRESH_S = 1.0
AT_FIRST = 4
"""The newest runs that are shown while nobody has chosen any; those of fair comparisons are not among them."""

USUAL_SMOOTHING = 0.6
AXES: dict[Axis, str] = {"steps": "Steps", "epochs": "Epochs"}
VIEWS = {"whole": "Whole", "close": "Close-up of the end"}

_RUNS = "compare.runs"
_WRITTEN = "compare.written"
_SLOTS = "compare.slots"
_STARTED = "compare.started"
_FAILURE = "compare.failure"


def comparison_panel(palette: Palette) -> None:
    """Show the chosen runs, live while any of them trains; where there is no run yet, how to get some."""
    failure = state.choice(_FAILURE, "")
    if failure:
        st.error(failure)
        state.set_choice(_FAILURE, "")
    if not all_runs():
        _invitation()
        return
    runs = _choose_runs()
    if not runs:
        st.info("Choose one or more trainings above: their curves, figures and settings will be here.")
        return
    is_live = any(run.snapshot.is_active for run in runs)
    live = st.fragment(_comparison, run_every=REFRESH_S if is_live else None)
    live([run.id for run in runs], is_live, palette)


def _invitation() -> None:
    with st.container(border=True, key="compare.empty"):
        st.markdown(
            "**Nothing has been trained yet.** As soon as there are trainings, their curves will lie over each other "
            "here, with a table of what they reach, what they cost, and in which settings they differ."
        )
        _contest_button(is_primary=True)
        st.page_link(
            page("Train").path,
            label="Or train a network of your own",
            icon=page("Train").icon,
            query_params=state.address_parameters(),
        )


def _contest_button(*, is_primary: bool) -> None:
    is_training = any(run.snapshot.is_active for run in _started())
    st.button(
        "Train fully connected against convolutional",
        key="compare.contest",
        type="primary" if is_primary else "secondary",
        icon=":material/compare_arrows:",
        disabled=is_training,
        on_click=_start_contest,
        help="They are training already."
        if is_training
        else "A fully connected network (512, 512, 10) and a convolutional one (32 and 64 filters of 5×5) learn from "
        "the same images with the same seed. It takes a few minutes.",
    )


def _start_contest() -> None:
    try:
        runs = start_contest(state.settings(), state.person())
    except ClassroomError as error:
        state.set_choice(_FAILURE, str(error))
        return
    ids = [run.id for run in runs]
    state.set_choice(_RUNS, ids)
    state.set_choice(_STARTED, (*state.choice(_STARTED, ()), *ids))
    state.follow_run(runs[-1])


def _started() -> list[Run]:
    """The runs that this session has begun on this page."""
    return [run for run in map(find_run, state.choice(_STARTED, ())) if run is not None]


def _stop_started() -> None:
    for run in _started():
        run.control.stop()


def _choose_runs() -> list[Run]:
    # The many trainings of fair comparisons come last, and are not chosen by themselves.
    runs = sorted(all_runs(), key=is_of_fair_comparison)
    known = [run.id for run in runs]
    usual = [run.id for run in runs if not is_of_fair_comparison(run)]
    _read_address(known)
    kept: list[str] | None = state.choice(_RUNS, None)
    there = [run_id for run_id in kept or () if run_id in known][: len(RUN_STYLES)]
    ids = there if there or kept == [] else usual[:AT_FIRST]
    choice, start = st.columns([3, 2], gap="medium", vertical_alignment="bottom")
    with choice:
        st.multiselect(
            "Trainings",
            known,
            ids,
            key=state.sync_widget(_RUNS, ids),
            format_func=network_name,
            max_selections=len(RUN_STYLES),
            on_change=state.keep_choice(_RUNS, _RUNS),
            placeholder="Choose trainings",
            wrap=True,
            help=f"All trainings of this server, the newest first, those of fair comparisons last; up to "
            f"{len(RUN_STYLES)} at once. The percentage is the share of images that a network reads rightly.",
        )
    with start:
        _contest_button(is_primary=False)
    _write_address(ids if kept is not None else [])
    return [run for run in map(find_run, ids) if run is not None]


def _read_address(known: Sequence[str]) -> None:
    """Take the runs that a link names; what this page itself has written is the session's choice already."""
    given = st.query_params.get(RUNS_PARAMETER, "")
    if given and given != state.choice(_WRITTEN, ""):
        ids = [run_id for run_id in dict.fromkeys(given.split(",")) if run_id in known]
        if ids:
            state.set_choice(_RUNS, ids[: len(RUN_STYLES)])


def _write_address(ids: Sequence[str]) -> None:
    text = ",".join(ids)
    state.set_choice(_WRITTEN, text)
    if not text:
        st.query_params.pop(RUNS_PARAMETER, None)
    elif st.query_params.get(RUNS_PARAMETER) != text:
        st.query_params[RUNS_PARAMETER] = text


def _comparison(ids: Sequence[str], was_live: bool, palette: Palette) -> None:
    runs = {run_id: run for run_id in ids if (run := find_run(run_id)) is not None}
    if was_live and not any(run.snapshot.is_active for run in runs.values()):
        st.rerun()  # nothing changes any more: draw once, and stop refreshing
    slots = assigned_slots(list(runs), state.choice(_SLOTS, {}))
    state.set_choice(_SLOTS, slots)
    ordered = [runs[run_id] for run_id in slots]
    drawn = [DrawnRun(run_facts(run), RUN_STYLES[slots[run.id]]) for run in ordered]
    with st.container(key="compare.panel"):
        with steady_head():
            for run in ordered:
                if run.snapshot.status == "failed":
                    st.error(f"{RUN_STYLES[slots[run.id]].letter} {run.title}: {run.snapshot.message}")
            if any(run.snapshot.is_active for run in _started()):
                st.button("Stop these trainings", key="compare.stop", icon=":material/stop:", on_click=_stop_started)
        _curves(ordered, drawn, palette)
        _table(ordered, drawn, palette)
        _scatter(drawn, palette)


def _curves(runs: Sequence[Run], drawn: Sequence[DrawnRun], palette: Palette) -> None:
    st.subheader(
        "Curves",
        anchor=False,
        help="Strong lines: loss or accuracy on the training images, smoothed. Faint lines: the same, not smoothed. "
        "Marks: on the validation images, which are kept aside, after each epoch. Point at a curve to read all values.",
    )
    axis, view, weight = _curve_controls()
    snapshots = [run.snapshot for run in runs]
    quantities: tuple[Quantity, Quantity] = ("loss", "accuracy")
    for quantity, column in zip(quantities, st.columns(2), strict=True):
        with column:
            aligned = aligned_curves(snapshots, quantity, axis, weight, MOST_POINTS)
            values = [
                f"{run.name} {curve.calm[-1]:.2f}" if len(curve.calm) else f"{run.name} no batch learned yet"
                for run, curve in zip(drawn, aligned.curves, strict=True)
            ]
            echarts_view(
                run_curves(quantity, aligned, drawn, view == "close", palette),
                key=f"compare.{quantity}",
                height=curves_height(len(drawn)),
                alt=f"{quantity.capitalize()} of the chosen trainings, latest smoothed values: {'; '.join(values)}.",
            )


def _curve_controls() -> tuple[Axis, str, float]:
    across, up, calm = st.columns([1, 1.4, 1.6], gap="medium")
    with across:
        axis = view_choice(
            "Horizontal axis",
            "compare.axis",
            "compare.axis",
            AXES,
            "steps",
            "A step is one batch learned; an epoch is once over all the images.",
        )
    with up:
        view = view_choice(
            "Vertical axis",
            "compare.view",
            "compare.view",
            VIEWS,
            "whole",
            "The close-up shows only the range that the second half of each curve needs.",
        )
    with calm:
        weight = number_slider(
            "Smoothing",
            "compare.smoothing",
            (0.0, MOST_WEIGHT),
            USUAL_SMOOTHING,
            step=0.01,
            explanation="Each point is averaged with those before it; the larger, the more of them count. 0 shows "
            "every batch as it was, 0.99 averages over about a hundred.",
        )
    return axis, view, weight


def _table(runs: Sequence[Run], drawn: Sequence[DrawnRun], palette: Palette) -> None:
    st.subheader("Figures and settings", anchor=False)
    differences = (
        *differing_settings([run.settings for run in runs]),
        *differing_networks([run.spec for run in runs]),
    )
    open_term(selectable(run_table(drawn, differences, palette), "compare.table", lambda _: None))


def _scatter(drawn: Sequence[DrawnRun], palette: Palette) -> None:
    st.subheader(
        "Accuracy against cost",
        anchor=False,
        help="Accuracy is the share of images that a network reads rightly: filled marks on the test images, hollow "
        "ones on the validation images while there is no test yet. Best is the upper left: right, and cheap.",
    )
    cost = view_choice(
        "Cost",
        "compare.cost",
        "compare.cost",
        COST_TITLES,
        "parameters",
        "Parameters are the numbers that a network holds; multiply-adds are the work for one image.",
    )
    known = [f"{run.name} {percent(run.facts.accuracy)}" for run in drawn if run.facts.accuracy is not None]
    if not known:
        st.info("Points will appear here as soon as a training has completed its first epoch.")
        return
    echarts_view(
        accuracy_against_cost(drawn, cost, palette),
        key="compare.scatter",
        height=SCATTER_HEIGHT_PX,
        alt=f"Accuracy against {COST_TITLES[cost].lower()}: {'; '.join(known)}.",
    )
