"""Each trap of this stack that is handled somewhere: notice when it comes back."""

from __future__ import annotations

import gc
import subprocess
import sys
import tomllib

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.navigation import PAGES, PROJECT

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


def test_menu_is_drawn_by_the_shell_alone() -> None:
    assert CONFIG["client"]["showSidebarNavigation"] is False


def test_addresses_are_those_that_streamlit_makes_of_the_files_itself() -> None:
    """A cold deep link is resolved by Streamlit's own rule, a warm one by `navigation`: both must find the page."""
    from streamlit.source_util import page_icon_and_name

    for entry in PAGES:
        assert entry.slug == page_icon_and_name(PROJECT / entry.path)[1]


def test_nothing_that_a_page_without_network_imports_brings_tensorflow() -> None:
    code = (
        "import sys, dashboard.shell, dashboard.panels.training_panel, dashboard.panels.network_panel, "
        "dashboard.controls.design_controls, dashboard.panels.canvas_adapter, dashboard.panels.feature_map_panel; "
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
