"""Train: start a training, watch it, steer it."""

import streamlit as st

from dashboard import shell, state
from dashboard.controls.training_controls import dataset_controls, hyperparameter_controls
from dashboard.panels.data_sets.download import download_panel
from dashboard.panels.data_sets.few_samples import sample_panel
from dashboard.panels.training.augmentation import augmentation_panel
from dashboard.panels.training.keeping import storage_panel
from dashboard.panels.training.panel import start_training, training_panel
from dashboard.panels.training.take_away import open_run_panel
from dashboard.words import count, network_line

palette = shell.open_page("Train")
network = state.valid_network()
run = state.current_run()
is_busy = run is not None and run.snapshot.is_active
is_trained = run is not None and run.spec == network

controls, picture = st.columns([2, 5], gap="large")
with controls:
    start = st.container()  # above the settings, so that it is in sight however long they are
    # While this design trains, and afterwards, its settings are folded away: on a phone the curves are at hand.
    with st.expander("What and how to train", expanded=not (is_busy or is_trained)):
        st.caption(f"Your design: {network_line(network)}")
        if state.network() != network:
            st.warning("The design cannot be built as it stands; this is its last state that can.")
        is_ready = dataset_controls(network) and download_panel(state.settings().dataset)
        hyperparameter_controls(network)
    start.button(
        "Train this network",
        key="train.start",
        type="secondary" if is_trained else "primary",
        icon=":material/play_arrow:",
        disabled=is_busy or not is_ready,
        help="A training is running: stop it first." if is_busy else None,
        on_click=start_training,
        args=(network, state.settings(), state.network_title()),
    )
    open_run_panel()
with picture:
    storage_panel()
    if run is None:
        st.info("Loss and accuracy will grow here, batch by batch, as soon as you start.")
        if is_ready:
            sample_panel(state.settings().dataset)
            if state.settings().augmentation.is_active:
                augmentation_panel(state.settings().augmentation, state.settings().dataset)
    else:
        st.markdown(f"**{run.title}** · {network_line(run.spec)} · {count(run.parameters)} parameters")
        training_panel(palette)
shell.close_page("Train")
