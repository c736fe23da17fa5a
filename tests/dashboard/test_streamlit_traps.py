"""Each trap of this stack that is handled somewhere: notice when it comes back."""

from __future__ import annotations

import gc
import subprocess
import sys
import tomllib

import pytest
from streamlit.testing.v1 import AppTest

from cnn_core import warm_up
from dashboard.navigation import PAGES, PROJECT

CONTROLS = """
import streamlit as st
late = st.session_state.get("late", False)
n = int(late)
xyz = ["x", "y", "z"]
st.selectbox("a", xyz, n, key="selectbox")
st.radio("b", xyz, n, key="radio")
st.slider("c", 0, 9, n, key="slider")
st.select_slider("d", xyz, xyz[n], key="select_slider")
st.number_input("e", 0, 9, n, key="number_input")
st.toggle("f", late, key="toggle")
st.text_input("g", str(n), key="text_input", max_chars=9)
st.text_area("h", str(n), key="text_area")
st.segmented_control("i", xyz, default=xyz[n], key="segmented_control", required=True)
st.pills("j", xyz, selection_mode="multi", default=xyz[n:], key="pills")
st.multiselect("k", xyz, xyz[n:], key="multiselect")
"""
WAITING = """
import streamlit as st
from streamlit.runtime.scriptrunner import RerunData, get_script_run_ctx
from dashboard import shell
requests = get_script_run_ctx().script_requests
what_waits = st.session_state.setdefault("what_waits", [])
requests.request_rerun(RerunData(fragment_id="a fragment", is_auto_rerun=True))  # somebody clicks during this run
try:
    shell.require_backend()
finally:
    what_waits.append(requests._state.name)
"""
CONFIG = tomllib.loads((PROJECT / ".streamlit/config.toml").read_text(encoding="utf-8"))


@pytest.mark.slow
def test_streamlit_s_clearing_after_each_run_reaches_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    from cnn_core import backend

    stand_in, real = [], []
    ours = backend.keras.backend.clear_session
    monkeypatch.setattr(backend.keras.backend, "clear_session", lambda: (stand_in.append(1), ours())[-1])
    from keras.src.backend.common import global_state

    monkeypatch.setattr(global_state, "clear_session", lambda *args, **kwargs: real.append(1))
    AppTest.from_string("import streamlit as st\nst.write('run')").run()
    assert stand_in, "Streamlit no longer calls keras.backend.clear_session: the cure in cnn_core/backend.py may go"
    assert real == []
    backend.keras.utils.clear_session()
    assert ours is not backend.keras.utils.clear_session


@pytest.mark.slow
def test_what_tensorflow_leaves_on_the_heap_is_frozen() -> None:
    from cnn_core import backend

    assert backend.tf is not None
    assert gc.get_freeze_count() > 50_000


def test_full_collections_after_each_run_are_off() -> None:
    assert CONFIG["runner"]["postScriptGC"] is False


def test_server_is_for_this_machine_only_and_shows_no_inner_workings() -> None:
    assert CONFIG["server"]["address"] == "localhost"
    assert CONFIG["server"]["maxUploadSize"] <= 50
    assert CONFIG["client"]["toolbarMode"] == "minimal"
    assert CONFIG["client"]["showErrorDetails"] == "none"
    assert CONFIG["browser"]["gatherUsageStats"] is False
    assert CONFIG["browser"]["serverAddress"] == "localhost"


def test_default_of_a_keyed_control_is_no_part_of_what_it_is() -> None:
    """Else a control that names its value as its default would be a new one, and jump, whenever that changes."""
    app = AppTest.from_string(CONTROLS).run()
    assert not app.exception
    before = {element.key: element.proto.id for element in app.main.children.values()}
    app.session_state["late"] = True
    after = {element.key: element.proto.id for element in app.run().main.children.values()}
    assert len(after) == 11
    assert after == before
    assert app.slider("slider").value == 0


def test_streamlit_does_not_warn_of_controls_that_name_their_value_twice() -> None:
    assert CONFIG["global"]["disableWidgetStateDuplicationWarning"] is True


@pytest.mark.parametrize("failure", ["", "TensorFlow cannot be loaded."])
def test_a_click_that_comes_while_a_page_ends_early_is_not_lost(monkeypatch: pytest.MonkeyPatch, failure: str) -> None:
    """`st.stop()` takes back whatever has been asked for during the run that it ends."""
    monkeypatch.setattr(warm_up, "state", lambda: warm_up.WarmUpState(False, 0.0, failure))
    monkeypatch.setattr(warm_up, "hurry", lambda: None)
    app = AppTest.from_string(WAITING, default_timeout=60).run()
    assert not app.exception
    assert app.session_state["what_waits"] == ["RERUN"]


def test_menu_is_drawn_by_the_shell_alone() -> None:
    assert CONFIG["client"]["showSidebarNavigation"] is False


def test_addresses_are_those_that_streamlit_makes_of_the_files_itself() -> None:
    """A cold deep link is resolved by Streamlit's own rule, a warm one by `navigation`: both must find the page."""
    from streamlit.source_util import page_icon_and_name

    for entry in PAGES:
        assert entry.slug == page_icon_and_name(PROJECT / entry.path)[1]


def test_nothing_that_a_page_without_network_imports_brings_tensorflow() -> None:
    code = (
        "import sys, dashboard.shell, dashboard.panels.training.panel, dashboard.panels.design.network, "
        "dashboard.controls.design_controls, dashboard.panels.draw.canvas, dashboard.panels.inside.feature_maps; "
        "sys.exit(any(name in sys.modules for name in ('tensorflow', 'keras')))"
    )
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", code], cwd=PROJECT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_training_holds_nothing_of_streamlit() -> None:
    code = "import sys, cnn_core.training.runs, cnn_core.networks; sys.exit('streamlit' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=PROJECT).returncode == 0


@pytest.mark.slow
def test_keras_does_not_bring_scikit_learn_along() -> None:
    from cnn_core import backend

    if backend._KEPT_OUT:  # not where an earlier test of this process has imported it
        from keras.src.wrappers import sklearn_wrapper

        assert sklearn_wrapper.sklearn is None
    import sklearn

    assert sklearn.__version__
