"""Teaching a copy of the network from labelled drawings: the button, its progress, and what came of it."""

from __future__ import annotations

import streamlit as st

from cnn_core.correction.lesson import ENOUGH, teachable
from cnn_core.correction.teaching import Score, Taught, TeachingJob, start_teaching, teaching_of
from cnn_core.data.registry import DATASETS
from cnn_core.errors import ClassroomError
from cnn_core.networks import TrainedNetwork
from cnn_core.training.runs import find_run
from dashboard import state
from dashboard.navigation import page
from dashboard.panels.draw.drawings import own_drawings, person
from dashboard.words import count, percent, some, time_left

REFRESH_S = 1.0
WORDS = {"preparing": "Getting the images and the network ready", "judging": "Judging the copy"}
_PROBLEM = "draw.teach_problem"


def drawing_teach_panel(network: TrainedNetwork) -> None:
    """Offer to teach a copy, follow the teaching, and show before and after.

    Args:
        network: The network that is chosen on the page.
    """
    drawings = own_drawings()
    fitting = teachable(drawings, network)
    job = teaching_of(person())
    is_active = job is not None and job.snapshot.is_active
    wrong = sum(not one.is_right for one in fitting)
    if fitting:
        st.markdown(
            f"{_lesson_words(len(fitting), wrong)}, mixed with old images so that it does not forget; "
            f"“{network.title}” stays as it is."
        )
        if len(fitting) < ENOUGH:
            st.caption(f"With {ENOUGH} or more, some are left out of the lesson, to see whether it has understood.")
    else:
        st.info("Nothing to teach yet: draw, then say below the verdict what it is. A handful is enough to begin.")
    st.button(
        "Teach it",
        key="draw.teach",
        type="primary",
        icon=":material/school:",
        disabled=not fitting or is_active,
        on_click=_begin,
        args=(network,),
    )
    problem = state.choice(_PROBLEM, "")
    if problem:
        st.warning(problem)
        state.set_choice(_PROBLEM, "")
    if job is not None:
        if is_active:
            st.fragment(_progress, run_every=REFRESH_S)(job)
        else:
            _outcome(job)


def _lesson_words(drawings: int, wrong: int) -> str:
    if drawings == 1:
        return f"**1 drawing** to teach, {'misread' if wrong else 'read rightly'} when you drew it. A copy learns it"
    return f"**{drawings} drawings** to teach, {wrong} of them misread when you drew them. A copy learns them"


def _begin(network: TrainedNetwork) -> None:
    try:
        start_teaching(network, own_drawings(), person())
    except ClassroomError as error:
        state.set_choice(_PROBLEM, str(error))


def _progress(job: TeachingJob) -> None:
    snapshot, place = job.snapshot, job.place
    if not snapshot.is_active:
        st.rerun()
    if snapshot.status == "queued":
        words = f"Waiting for its turn{f': place {place} in the line' if place else ''}"
    else:
        words = WORDS.get(snapshot.status, "Teaching")
    left = f" · {time_left(snapshot.time_left_s)}" if snapshot.time_left_s is not None else ""
    with st.container(key="draw.teaching"):
        st.progress(snapshot.share, text=f"{words}{left}")
        st.button("Stop", key="draw.teach_stop", icon=":material/stop:", on_click=job.stop)


def _outcome(job: TeachingJob) -> None:
    snapshot, result = job.snapshot, job.snapshot.result
    if snapshot.status == "failed":
        st.error(snapshot.problem)
    elif snapshot.status == "stopped":
        st.info("The teaching was stopped; nothing of it stays.")
    elif result is not None and (run := find_run(result.run_id)) is not None:
        with st.container(key="draw.taught", border=True):
            st.markdown(taught_sentence(result))
            _table(result)
            st.caption(
                "To take along: a file of the copy holds what it has learned; Keras code of its design does not, and "
                "trains a new network from the start."
            )
            with st.container(horizontal=True):
                st.button(
                    "Draw for the taught copy",
                    key="draw.use_taught",
                    icon=":material/draw:",
                    on_click=_use,
                    args=(result.run_id,),
                )
                if st.button("Look inside it", key="draw.inside_taught", icon=":material/visibility:"):
                    state.set_choice("inside.network", result.run_id)
                    st.switch_page(page("Look_inside").path, query_params=state.address_parameters())
                if st.button("Take it along", key="draw.take_taught", icon=":material/download:"):
                    state.follow_run(run)
                    st.switch_page(page("Train").path, query_params=state.address_parameters())


def _use(run_id: str) -> None:
    state.set_choice("draw.network", run_id)
    state.put_widget("draw.network_choice", run_id)


def taught_sentence(taught: Taught) -> str:
    """Say what a teaching has brought, and what was forgotten for it.

    Args:
        taught: What came of it.
    """
    before, after = taught.before, taught.after
    drawings, held_out = after.drawings, after.held_out
    change = f"{percent(before.held_out.share)} → {percent(held_out.share)}"
    sentence = (
        f"**It now reads {drawings.right} of your {some(drawings.count, 'drawing')}** (before: "
        f"{before.drawings.right}); on {count(held_out.count)} test images {change}."
    )
    if after.left_out.count:
        return (
            f"{sentence} Of the {after.left_out.count} that it did not learn from it reads {after.left_out.right} "
            f"(before: {before.left_out.right})."
        )
    return f"{sentence} It learned from all of them, so draw new ones to see whether it has understood."


def _table(taught: Taught) -> None:
    title = DATASETS[taught.dataset].title if taught.dataset in DATASETS else taught.dataset
    rows = [
        ("Drawings that it learned from", taught.before.learned, taught.after.learned),
        ("Drawings that were left out", taught.before.left_out, taught.after.left_out),
        (f"Test images of {title}, never learned from", taught.before.held_out, taught.after.held_out),
    ]
    lines = [f"| {words} | {_cell(before)} | {_cell(after)} |" for words, before, after in rows if after.count]
    st.markdown("\n".join(["| Read rightly | Before | After |", "|---|---:|---:|", *lines]))


def _cell(score: Score) -> str:
    return f"{count(score.right)} of {count(score.count)} ({percent(score.share)})"
