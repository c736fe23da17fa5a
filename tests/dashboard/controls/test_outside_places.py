"""A fragment that writes to places of the page ends quietly when the page is drawn anew meanwhile."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

SCRIPT = """
import streamlit as st
from streamlit.runtime.scriptrunner import RerunData, get_script_run_ctx

from dashboard.controls.outside_places import outside_places

ends = st.session_state.setdefault("ends", [])
place = st.container()

@st.fragment
def scene():
    context = get_script_run_ctx()
    if context.fragment_ids_this_run:
        context.fragment_storage.clear_outside_wrappers()  # so begins a run of the whole page, in another thread,
        if IS_REPLACED:
            context.script_requests.request_stop()  # after it has told the one before to end
    try:
        with outside_places(), place:
            st.text("written")
    except BaseException as end:
        ends.append(type(end).__name__)
        raise
    ends.append("written")

scene()
context = get_script_run_ctx()
(fragment,) = context.shared.new_fragment_ids.snapshot()
context.script_requests.request_rerun(RerunData(fragment_id=fragment))  # somebody clicks in the fragment
"""


@pytest.mark.parametrize(
    ("is_replaced", "end", "errors"),
    [
        pytest.param(True, "StopException", 0, id="another run has taken its place"),
        pytest.param(False, "StreamlitInvalidLayoutContextError", 1, id="a mistake in the page is told as one"),
    ],
)
def test_fragment_that_has_lost_its_places(is_replaced: bool, end: str, errors: int) -> None:
    app = AppTest.from_string(SCRIPT.replace("IS_REPLACED", str(is_replaced))).run()
    assert app.session_state["ends"] == ["written", end]
    assert len(app.exception) == errors
