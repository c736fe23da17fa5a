"""The same small network trained by several optimisers, through the app's own line of trainings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

import streamlit as st

from cnn_core.architecture.presets import preset
from cnn_core.architecture.shapes import network_figures
from cnn_core.comparison.alignment import aligned_curves
from cnn_core.comparison.facts import run_facts
from cnn_core.comparison.optimizer_contest import (
    EPOCHS,
    MARK,
    NETWORK,
    TRAIN_COUNT,
    contest_settings,
    contest_verdict,
    start_optimizers,
)
from cnn_core.errors import ClassroomError
from cnn_core.training.run import Run
from dashboard import state
from dashboard.charts.run_comparison import DrawnRun, curves_height, run_curves
from dashboard.charts.training_curves import MOST_POINTS
from dashboard.controls.action_button import action_button
from dashboard.controls.chart_view import echarts_view
from dashboard.controls.steady_head import steady_head
from dashboard.controls.view_choice import view_choice
from dashboard.lessons.learning_race import NAMES, STYLES
from dashboard.lessons.learning_record import RealSeen
from dashboard.lessons.learning_source import PAGE
from dashboard.lessons.trainings import REFRESH_S, any_active, compare_link, kept_runs, progress_bars, stop_all
from dashboard.palette import Palette
from dashboard.words import count, network_line, plain

AT_FIRST = ("sgd", "momentum", "adam")
SMOOTHING = 0.6
OWN = "own"
RATES = {OWN: "Each its usual one", "0.001": "0.001", "0.01": "0.01", "0.05": "0.05"}

_RUNS = "learning.runs"
_FAILURE = "learning.failure"


def real_panel(palette: Palette) -> RealSeen:
    """Let the optimisers train a network, and show their losses as they fall."""
    runs = _runs()
    is_active = any_active(tuple(runs.values()))
    spec = preset(NETWORK).spec
    st.caption(
        f"{network_line(spec)}: {count(network_figures(spec).parameters)} weights, the same first ones for all, "
        f"{count(TRAIN_COUNT)} built-in digits in the same order, {EPOCHS} epochs."
    )
    kept = list(state.choice(f"{PAGE}.real_chosen", AT_FIRST))
    rules = st.pills(
        "Optimisers",
        list(NAMES),
        selection_mode="multi",
        default=kept,
        format_func=NAMES.__getitem__,
        key=state.sync_widget(f"{PAGE}.real_rules", kept),
        on_change=state.keep_choice(f"{PAGE}.real_rules", f"{PAGE}.real_chosen"),
        disabled=is_active,
    )
    rate = view_choice("Learning rate", f"{PAGE}.real_rate", f"{PAGE}.real_rate_chosen", RATES, OWN, _rate_help())
    chosen = tuple(rule for rule in NAMES if rule in rules)
    with steady_head():
        if not is_active:
            action_button(
                "Train the network with each",
                partial(_start, chosen, None if rate == OWN else float(rate)),
                key=f"{PAGE}.train",
                icon=":material/play_arrow:",
                is_primary=True,
                is_disabled=not chosen,
                explanation=None if chosen else "Choose one or more optimisers.",
            )
        failure = state.choice(_FAILURE, "")
        if failure:
            st.warning(failure)
            state.set_choice(_FAILURE, "")
    if runs:
        live = st.fragment(_live, run_every=REFRESH_S if is_active else None)
        live(is_active, palette)
    elif not failure:
        st.info("The curves of all of them will lie over each other here, and grow while they learn.")
    return RealSeen(tuple(name for name, run in runs.items() if run.snapshot.status == "finished"))


def _rate_help() -> str:
    usual = ", ".join(f"{NAMES[name]} {plain(contest_settings(name).learning_rate)}" for name in NAMES)
    return f"The usual ones: {usual}."


def _runs() -> dict[str, Run]:
    """The trainings that were begun last, by their optimisers."""
    return {run.settings.optimizer: run for run in kept_runs(_RUNS)}


def _start(chosen: tuple[str, ...], learning_rate: float | None) -> None:
    try:
        runs = start_optimizers(chosen, state.person(), learning_rate)
    except ClassroomError as error:
        state.set_choice(_FAILURE, str(error))
        return
    state.set_choice(_RUNS, tuple(run.id for run in runs))


def _live(was_active: bool, palette: Palette) -> None:
    runs = _runs()
    if any_active(tuple(runs.values())) != was_active:
        st.rerun()  # the button above depends on it, the tasks too, and whether this part is drawn again and again
    with steady_head():
        if was_active:
            stopped = tuple(runs.values())
            st.button("Stop all", key=f"{PAGE}.stop", icon=":material/stop:", on_click=stop_all, args=(stopped,))
        progress_bars([(STYLES[name].letter, run) for name, run in runs.items()])
        verdict = contest_verdict({name: run.snapshot for name, run in runs.items()})
        if verdict:
            st.markdown(f"**{verdict}**")
    _curves(runs, palette)
    if not was_active:
        compare_link(tuple(runs.values()))


def _curves(runs: Mapping[str, Run], palette: Palette) -> None:
    drawn = [
        DrawnRun(replace(run_facts(run), title=run.title.removesuffix(MARK)), STYLES[name])
        for name, run in runs.items()
    ]
    aligned = aligned_curves([run.snapshot for run in runs.values()], "loss", "steps", SMOOTHING, MOST_POINTS)
    known = [
        f"{run.name} {curve.calm[-1]:.2f}" if len(curve.calm) else f"{run.name} no batch learned yet"
        for run, curve in zip(drawn, aligned.curves, strict=True)
    ]
    echarts_view(
        run_curves("loss", aligned, drawn, False, palette),
        key=f"{PAGE}.real_curves",
        height=curves_height(len(drawn)),
        alt=f"Loss of each training by step, latest smoothed values: {'; '.join(known)}.",
    )
