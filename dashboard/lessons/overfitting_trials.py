"""The trainings of the lesson on over-fitting: begun, followed, and laid over each other."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from cnn_core.comparison.overfitting import Trial, start_trial, trial_of
from cnn_core.comparison.overfitting_words import (
    TrialResult,
    gap_sentence,
    help_sentence,
    luck_sentence,
    result_of,
)
from cnn_core.comparison.slots import assigned_slots
from cnn_core.errors import ClassroomError
from cnn_core.training.run import Run
from dashboard import resources, state
from dashboard.charts.gap_curves import HEIGHT_PX, DrawnTrial, Quantity, curves_words, gap_curves, trial_table
from dashboard.charts.run_comparison import RUN_STYLES
from dashboard.controls.chart_view import echarts_view
from dashboard.controls.steady_head import steady_head
from dashboard.controls.view_choice import view_choice
from dashboard.lessons.trainings import REFRESH_S, any_active, compare_link, kept_runs, progress_bars, stop_all
from dashboard.lessons.trainings import training_line as line_of
from dashboard.palette import Palette
from dashboard.words import some

QUANTITIES: dict[Quantity, str] = {"accuracy": "Accuracy", "loss": "Loss"}
MOST = len(RUN_STYLES)
"""So many trainings are shown together; the oldest one makes room."""

_RUNS = "overfitting.runs"
_SLOTS = "overfitting.slots"
_FAILURE = "overfitting.failure"


def trials() -> tuple[Run, ...]:
    """Return the trainings that are shown, the oldest first."""
    return tuple(run for run in kept_runs(_RUNS) if trial_of(run) is not None)


def begin(wanted: Sequence[Trial]) -> None:
    """Begin trainings; one of the same kind that was there before makes room."""
    runs = {trial_of(run): run.id for run in trials()}
    try:
        for trial in wanted:
            run_id = start_trial(trial, state.person()).id
            runs.pop(trial, None)
            runs[trial] = run_id
    except ClassroomError as error:
        state.set_choice(_FAILURE, str(error))
    state.set_choice(_RUNS, tuple(runs.values())[-MOST:])


def forget() -> None:
    """Show none of the trainings any more; they stay where all trainings are. Made to be a button's callback."""
    state.set_choice(_RUNS, ())
    state.set_choice(_SLOTS, {})


def results(runs: Sequence[Run]) -> tuple[TrialResult, ...]:
    """Return what trainings have come to, those that went on to their end.

    Raises:
        ClassroomError: If the images cannot be read.
    """
    found = [_result(run) for run in runs]
    return tuple(result for result in found if result is not None)


def _result(run: Run) -> TrialResult | None:
    return None if run.snapshot.status != "finished" else result_of(run, resources.recall(run))


def trials_panel(palette: Palette) -> None:
    """Show the trainings, live while any of them goes on."""
    failure = state.choice(_FAILURE, "")
    if failure:
        st.warning(failure)
        state.set_choice(_FAILURE, "")
    runs = trials()
    if not runs:
        st.info(
            "Two curves will grow here: how much the network knows of the images that it learns from, and how much of "
            "others that it never sees. What opens between them is over-fitting."
        )
        return
    is_active = any_active(runs)
    live = st.fragment(_live, run_every=REFRESH_S if is_active else None)
    live(_ended(runs), is_active, palette)


def _ended(runs: Sequence[Run]) -> int:
    return sum(not run.snapshot.is_active for run in runs)


def _live(were_ended: int, was_active: bool, palette: Palette) -> None:
    runs = trials()
    if _ended(runs) != were_ended or any_active(runs) != was_active:
        st.rerun()  # tasks and buttons depend on it, and whether this part is drawn again and again
    if not runs:
        return
    slots = assigned_slots([run.id for run in runs], state.choice(_SLOTS, {}))
    state.set_choice(_SLOTS, slots)
    spoken = _spoken_of(runs)
    drawn = {run.id: _drawn(run, slots[run.id]) for run in runs}
    with steady_head():
        if was_active:
            st.button("Stop", key="overfitting.stop", icon=":material/stop:", on_click=stop_all, args=(runs,))
        _progress(runs, slots)
        _sentences(list(drawn.values()), drawn[spoken.id])
    _curves(list(drawn.values()), drawn[spoken.id], palette)
    st.html(trial_table(list(drawn.values()), drawn[spoken.id], palette))
    result = drawn[spoken.id].result
    if result is not None:
        st.caption(luck_sentence(result))
    if not was_active:
        compare_link(runs)


def _spoken_of(runs: Sequence[Run]) -> Run:
    """The training whose gap is drawn: the one that goes on, else the newest that has ended, else the next."""
    going = [run for run in runs if run.snapshot.is_active and run.snapshot.status != "queued"]
    ended = [run for run in reversed(runs) if not run.snapshot.is_active]
    return [*going, *ended, *runs][0]


def _progress(runs: Sequence[Run], slots: dict[str, int]) -> None:
    lettered = [(RUN_STYLES[slots[run.id]].letter, run) for run in runs]
    going = [row for row in lettered if row[1].snapshot.status != "queued"]
    waiting = sorted((row for row in lettered if row[1].snapshot.status == "queued"), key=lambda row: row[1].place or 0)
    progress_bars(going)
    if not any_active([run for _, run in going]):
        progress_bars(waiting[:1])
        waiting = waiting[1:]
    if waiting:
        names = ", ".join(letter for letter, _ in waiting)
        st.caption(f"{some(len(waiting), 'training')} in line after it: {names}.")


def _drawn(run: Run, slot: int) -> DrawnTrial:
    trial, snapshot = trial_of(run), run.snapshot
    assert trial is not None
    return DrawnTrial(trial, RUN_STYLES[slot % MOST], snapshot.epochs, snapshot.total_steps, line_of(run), _result(run))


def _sentences(drawn: Sequence[DrawnTrial], spoken: DrawnTrial) -> None:
    st.markdown(f"**{spoken.style.letter}: {spoken.trial.words}.** {_gap_words(spoken)}")
    known = [one.result for one in drawn if one.result is not None]
    if spoken.result is not None:
        st.markdown(f"**{help_sentence(known, spoken.result)}**")


def _gap_words(spoken: DrawnTrial) -> str:
    if spoken.result is not None:
        return gap_sentence(spoken.result)
    if not spoken.epochs:
        return spoken.state
    last = spoken.epochs[-1]
    return (
        f"After epoch {last.epoch} it reads {100 * last.accuracy:.1f} % of what it learns from rightly, and "
        f"{100 * last.val_accuracy:.1f} % of as many others."
    )


def _curves(drawn: Sequence[DrawnTrial], spoken: DrawnTrial, palette: Palette) -> None:
    quantity = view_choice(
        "What the curves show", "overfitting.quantity", "overfitting.quantity", QUANTITIES, "accuracy"
    )
    echarts_view(
        gap_curves(quantity, drawn, spoken, palette),
        key="overfitting.curves",
        height=HEIGHT_PX,
        alt=curves_words(drawn, spoken),
    )
    notes = ["The grey band is the gap."]
    if len(drawn) > 1:
        notes.append("Of the other trainings only validation is drawn, thinly.")
    if spoken.trial.dropout or spoken.trial.augmentation:
        notes.append(
            "While it learns, its task is made harder, so that the training curve can lie below validation; the table "
            "asks it at the end about the images as they are."
        )
    if quantity == "loss" and any(one.trial.l2 for one in drawn):
        notes.append("With L2 the loss includes what the weights add.")
    st.caption(" ".join(notes))
