"""What takes a look at every image of a data set: it goes on behind the page, with its progress."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

import streamlit as st

from cnn_core.data.dataset import Dataset
from cnn_core.data.survey.counts import fingerprint
from cnn_core.data.survey.job import SurveyJob, Tell
from dashboard import resources
from dashboard.controls.progress import TOLD_FROM_S
from dashboard.words import time_left

T = TypeVar("T")

WAITED_S = 0.3
"""What is found sooner is shown at once."""
REFRESH_S = 1.0


def search(question: str, dataset: Dataset, words: str, work: Callable[[Tell], T]) -> T | None:
    """Return what is found in a data set; while it is being found, show the progress.

    Args:
        question: What is asked, as `"means"`.
        dataset: About which data set.
        words: What is being done, for the progress bar.
        work: Finds it.

    Returns:
        What was found, now or earlier; nothing yet while it goes on: the page runs again when it has ended.
    """
    key = ("survey", question, fingerprint(dataset))
    found = resources.survey(key, work, WAITED_S)
    if not isinstance(found, SurveyJob):
        return found
    st.fragment(_progress, run_every=REFRESH_S)(cast("SurveyJob[object]", found), words)
    return None


def _progress(job: SurveyJob[object], words: str) -> None:
    if job.wait(0):
        st.rerun()
    left_s = job.time_left_s or 0.0
    is_long = left_s > TOLD_FROM_S * (1 - job.share)
    ending = "waiting for another search" if job.is_waiting else time_left(left_s) if is_long else ""
    st.progress(job.share, text=" · ".join(filter(None, (words, ending))))
