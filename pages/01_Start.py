"""Start: one button trains a first network on the built-in digits."""

import streamlit as st

from cnn_core.architecture.presets import DEFAULT_PRESET, PRESETS
from cnn_core.training.settings import settings_for
from dashboard import shell, state
from dashboard.panels.data_sets.few_samples import sample_panel
from dashboard.panels.systems_panel import systems_panel
from dashboard.panels.training.keeping import storage_panel
from dashboard.panels.training.panel import start_training, training_panel

palette = shell.open_page("Start")
first = PRESETS[DEFAULT_PRESET]
run = state.current_run()
is_busy = run is not None and run.snapshot.is_active

if not is_busy:
    st.button(
        "Train a first network" if run is None else "Train a first network again",
        key="start.train",
        type="primary" if run is None else "secondary",
        icon=":material/play_arrow:",
        on_click=start_training,
        args=(first.spec, settings_for(first), first.title),
    )
if run is None:
    sample_panel("digits")
storage_panel()
training_panel(palette)
if not is_busy:
    systems_panel()
shell.close_page("Start")
