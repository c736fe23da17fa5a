"""The second part of the lesson on vanishing gradients: both networks are trained, and their curves grow together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import streamlit as st

from cnn_core.architecture.deep_stack import DeepStack
from cnn_core.comparison.alignment import Quantity, aligned_curves
from cnn_core.comparison.depth_race import MARK, race_verdict, start_race
from cnn_core.comparison.facts import run_facts
from cnn_core.errors import ClassroomError
from cnn_core.training.run import Run
from cnn_core.training.snapshot import RunSnapshot
from dashboard import state
from dashboard.charts.run_comparison import RUN_STYLES, DrawnRun, curves_height, run_curves
from dashboard.charts.training_curves import MOST_POINTS
from dashboard.controls.action_button import action_button
from dashboard.controls.chart_view import echarts_view
from dashboard.controls.steady_head import steady_head
from dashboard.controls.view_choice import view_choice
from dashboard.lessons.trainings import REFRESH_S, any_active, compare_link, kept_runs, progress_bars, stop_all
from dashboard.palette import Palette
from dashboard.words import percent

SMOOTHING = 0.8
QUANTITIES: dict[Quantity, str] = {"accuracy": "Accuracy", "loss": "Loss"}

_RUNS = "vanishing.runs"
_FAILURE = "vanishing.failure"


def race_panel(stacks: tuple[DeepStack, DeepStack], palette: Palette) -> tuple[RunSnapshot, ...]:
    """Let two networks be trained side by side, and show how that goes.

    Args:
        stacks: What A and B are now.
        palette: The theme's colours.

    Returns:
        How the trainings that were begun last stand; nothing before the first.
    """
    with st.container(key="vanishing.race"):
        runs = kept_runs(_RUNS)
        runs = runs if len(runs) == len(stacks) else ()
        is_active = any_active(runs)
        with steady_head():
            if not is_active:
                action_button(
                    "Train both again" if runs else "Train both, up to a minute",
                    partial(_start, stacks),
                    key="vanishing.train",
                    icon=":material/play_arrow:",
                    is_primary=True,
                    explanation="Both learn from the same 9,000 digits, six times over, by plain gradient descent.",
                )
            failure = state.choice(_FAILURE, "")
            if failure:
                st.warning(failure)
                state.set_choice(_FAILURE, "")
        if runs:
            live = st.fragment(_live, run_every=REFRESH_S if is_active else None)
            live(is_active, palette)
            if not is_active and [run.spec for run in runs] != [stack.to_spec() for stack in stacks]:
                st.caption("A or B has been changed since: these are the two networks as they were trained.")
    return tuple(run.snapshot for run in runs)


def _start(stacks: tuple[DeepStack, DeepStack]) -> None:
    try:
        runs = start_race(stacks, state.person())
    except ClassroomError as error:
        state.set_choice(_FAILURE, str(error))
        return
    state.set_choice(_RUNS, tuple(run.id for run in runs))


def _live(was_active: bool, palette: Palette) -> None:
    runs = kept_runs(_RUNS)
    if any_active(runs) != was_active:
        st.rerun()  # the button above depends on it, the tasks too, and whether this part is drawn again and again
    if len(runs) != 2:
        return
    with steady_head():
        if was_active:
            st.button("Stop both", key="vanishing.stop", icon=":material/stop:", on_click=stop_all, args=(runs,))
        progress_bars(list(zip("AB", runs, strict=True)))
        verdict = race_verdict((runs[0].snapshot, runs[1].snapshot))
        if verdict:
            st.markdown(f"**{verdict}**")
    _curves(runs, palette)
    if not was_active:
        compare_link(runs)


def _curves(runs: Sequence[Run], palette: Palette) -> None:
    quantity = view_choice("What the curves show", "vanishing.quantity", "vanishing.quantity", QUANTITIES, "accuracy")
    drawn = [
        DrawnRun(replace(run_facts(run), title=run.title.removesuffix(MARK)), style)
        for run, style in zip(runs, RUN_STYLES, strict=False)
    ]
    aligned = aligned_curves([run.snapshot for run in runs], quantity, "epochs", SMOOTHING, MOST_POINTS)
    known = [f"{run.name} {_value(run)}" for run in drawn]
    echarts_view(
        run_curves(quantity, aligned, drawn, False, palette),
        key="vanishing.curves",
        height=curves_height(len(drawn)),
        alt=f"{QUANTITIES[quantity]} of both trainings by epoch. Accuracy so far: {'; '.join(known)}.",
    )


def _value(run: DrawnRun) -> str:
    return percent(run.facts.accuracy) if run.facts.accuracy is not None else "no epoch ended yet"
