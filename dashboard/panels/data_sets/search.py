"""What takes a look at every image of a data set: it goes on behind the page, with its progress."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

import streamlit as st

from cnn_core.data.dataset import Dataset
from cnn_core.data.survey.counts import fingerprint
from cnn_core.data.survey.job import SurveyJob, Tell
from dashboard import resources, state
from dashboard.controls.progress import TOLD_FROM_S
from dashboard.words import time_left

T = TypeVar("T")

WAITED_S = 0.3
"""What is found sooner is shown at once."""
REFRESH_S = 1.0


def search(
    question: str,
    dataset: Dataset,
    words: str,
    work: Callable[[Tell], T],
    on_cancel: Callable[[], None] | None = None,
) -> T | None:
    """Return what is found in a data set; while it is being found, show the progress.

    Args:
        question: What is asked, as `"means"`.
        dataset: About which data set.
        words: What is being done, for the progress bar.
        work: Finds it.
        on_cancel: Forgets that it was asked for; without it there is no button that cancels.

    Returns:
        What was found, now or earlier; nothing yet while it goes on: the page runs again when it has ended.
    """
    key = ("survey", question, fingerprint(dataset))
    found = resources.survey(key, work, WAITED_S, state.person())
    if not isinstance(found, SurveyJob):
        return found
    st.fragment(_progress, run_every=REFRESH_S)(cast("SurveyJob[object]", found), words, on_cancel)
    return None


def _progress(job: SurveyJob[object], words: str, on_cancel: Callable[[], None] | None) -> None:
    if job.wait(0) or not job.is_wanted_by(state.person()):
        st.rerun()
    left_s = job.time_left_s or 0.0
    is_long = left_s > TOLD_FROM_S * (1 - job.share)
    ending = "waiting for another search" if job.is_waiting else time_left(left_s) if is_long else ""
    st.progress(job.share, text=" · ".join(filter(None, (words, ending))))
    if on_cancel is not None:
        st.button(
            "Cancel the search",
            key="data_sets.cancel",
            icon=":material/cancel:",
            on_click=_cancel,
            args=(job, on_cancel),
        )


def _cancel(job: SurveyJob[object], on_cancel: Callable[[], None]) -> None:
    """Leave a search; where nobody else waits for it, it ends."""
    job.leave(state.person())
    on_cancel()
