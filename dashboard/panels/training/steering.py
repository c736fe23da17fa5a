"""The buttons and sliders that steer a training while it runs."""

from __future__ import annotations

import streamlit as st

from cnn_core.architecture.fields import presentation_of
from cnn_core.architecture.layers import Dropout
from cnn_core.training.run import Run
from cnn_core.training.settings import TrainingSettings
from cnn_core.training.snapshot import RunSnapshot
from dashboard import state
from dashboard.words import count, plain

DELAYS_S = (0.0, 0.1, 0.3, 1.0, 3.0)
DROPOUT_RATES = (0.05, 0.1, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)


def steering_panel(run: Run, snapshot: RunSnapshot) -> None:
    """Halt, go on, step and stop a training; change some of its settings.

    Args:
        run: The training, which is active.
        snapshot: It at this moment.
    """
    if snapshot.status == "queued":
        st.button("Leave the line", key="training.stop", icon=":material/stop:", on_click=run.control.stop)
        return
    with st.container(horizontal=True, key="training.buttons"):
        _buttons(run, snapshot)
        with st.popover("Change", key="training.change", icon=":material/tune:", width="content"):
            _sliders(run)


def _buttons(run: Run, snapshot: RunSnapshot) -> None:
    control, is_paused = run.control, snapshot.status == "paused"
    if is_paused:
        st.button("Resume", key="training.resume", icon=":material/play_arrow:", on_click=control.resume)
    else:
        st.button("Pause", key="training.pause", icon=":material/pause:", on_click=control.pause)
    st.button(
        "One batch",
        key="training.step",
        icon=":material/skip_next:",
        on_click=control.single_step,
        args=(snapshot.step,),
        disabled=not is_paused,
        help="While paused: learn from one batch, then halt again.",
    )
    st.button(
        "One epoch",
        key="training.epoch",
        icon=":material/fast_forward:",
        on_click=control.single_epoch,
        help="Go on to the end of the epoch, then halt.",
    )
    st.button(
        "Stop",
        key="training.stop",
        icon=":material/stop:",
        on_click=control.stop,
        help="Ends it. Of the weights so far, those with the lowest validation loss are kept.",
    )


def _sliders(run: Run) -> None:
    st.caption("From the next batch on, while it learns. Changes are marked on the curves.")
    label = "Learning rate" if run.settings.schedule == "constant" else "Learning rate at its peak"
    _slider(run, "learning_rate", label, _usual("learning_rate"), run.settings.learning_rate)
    _slider(run, "batch_size", "Batch size", _usual("batch_size"), run.settings.batch_size)
    dropped = [layer.rate for layer in run.spec.layers if isinstance(layer, Dropout) and layer.rate > 0]
    if dropped:
        _slider(run, "dropout", "Dropout, in every dropout layer", DROPOUT_RATES, dropped[0])
    key = f"training.now.{run.id}.delay"
    st.select_slider(
        "Slow motion",
        DELAYS_S,
        run.control.delay_s,
        key=key,
        format_func=lambda delay_s: f"{plain(delay_s)} s" if delay_s else "off",
        on_change=state.when_changed(key, run.control.slow_down),
        help="A rest after every batch, so that a room can follow.",
    )


def _usual(name: str) -> tuple[float, ...]:
    return tuple(presentation_of(TrainingSettings, name).usual)


def _slider(run: Run, name: str, label: str, usual: tuple[float, ...], before: float) -> None:
    # The value is given as such, not by the session's state: the browser draws a popover's content only when it is
    # opened, and then a value that was sent by the state of an earlier run is gone.
    now = {change.name: change.value for change in run.snapshot.changes}.get(name, before)
    key = f"training.now.{run.id}.{name}"
    st.select_slider(
        label,
        sorted({*usual, before}),
        value=now,
        key=key,
        format_func=lambda number: count(number) if name == "batch_size" else plain(number),
        on_change=state.when_changed(key, lambda number: run.control.change(name, number)),
    )
