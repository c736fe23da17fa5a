"""What can be watched while a network learns: curves, gradients, kernels, verdicts."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt
import streamlit as st

from cnn_core.networks import network_of_run
from cnn_core.training.run import Run
from cnn_core.training.snapshot import RunSnapshot
from dashboard import state
from dashboard.charts.live_strips import kernel_strip, verdict_strip
from dashboard.charts.training_curves import HEIGHT_PX, gradient_curves, training_curve
from dashboard.controls.chart_view import echarts_view
from dashboard.controls.moment_choice import chosen_moment
from dashboard.controls.view_choice import view_choice
from dashboard.palette import Palette
from dashboard.panels.training.rewind import rewind_mark
from dashboard.words import count, plain

VIEWS = {"curves": "Curves", "gradients": "Gradients", "kernels": "First kernels", "verdicts": "Test images"}
_VIEW = "training.view"
_SMOOTHING = "training.smoothing"


def watch_panel(run: Run, snapshot: RunSnapshot, palette: Palette) -> None:
    """Show one view of a training, and the switch between them.

    Args:
        run: The training.
        snapshot: It at this moment.
        palette: The theme's colours.
    """
    with st.container(horizontal=True, vertical_alignment="center", key="training.views"):
        view = view_choice("What to watch", "training.view_choice", _VIEW, VIEWS, "curves")
        if view == "curves":
            _smoothing_control()
    match view:
        case "gradients":
            _gradients(snapshot, palette)
        case "kernels":
            _kernels(run, palette)
        case "verdicts":
            _verdicts(run, snapshot, palette)
        case _:
            _curves(run, snapshot, palette)


def _smoothing_control() -> None:
    key, kept = "training.smoothing_choice", state.choice(_SMOOTHING, 0.0)
    st.select_slider(
        "Smoothing",
        (0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98),
        kept,
        key=state.sync_widget(key, kept),
        format_func=lambda weight: plain(weight) if weight else "off",
        on_change=state.keep_choice(key, _SMOOTHING),
        help="How much each batch is averaged with those before; the batches themselves stay faintly behind.",
        width=200,
    )


def _curves(run: Run, snapshot: RunSnapshot, palette: Palette) -> None:
    epochs, test = snapshot.epochs, snapshot.test
    marks = [(c.step, f"{c.name.replace('_', ' ')} {plain(c.value)}") for c in snapshot.changes] + rewind_mark(run)
    steps = [epoch.step for epoch in epochs]
    loss, accuracy = st.columns(2)
    with loss:
        values = [epoch.val_loss for epoch in epochs]
        _curve("loss", snapshot.batch_loss, steps, values, test.loss if test else None, marks, snapshot, palette)
    with accuracy:
        values = [epoch.val_accuracy for epoch in epochs]
        _curve(
            "accuracy",
            snapshot.batch_accuracy,
            steps,
            values,
            test.accuracy if test else None,
            marks,
            snapshot,
            palette,
        )


def _curve(
    quantity: Literal["loss", "accuracy"],
    batches: npt.NDArray[np.float32],
    steps: list[int],
    validation: list[float],
    test: float | None,
    marks: list[tuple[int, str]],
    snapshot: RunSnapshot,
    palette: Palette,
) -> None:
    words = f"{quantity.capitalize()} per batch: no batch learned yet."
    if len(batches):
        words = (
            f"{quantity.capitalize()} per batch over {len(batches)} steps: "
            f"first {batches[0]:.2f}, latest {batches[-1]:.2f}."
        )
    option = training_curve(
        quantity,
        batches,
        steps,
        validation,
        test,
        snapshot.total_steps,
        palette,
        smoothing=state.choice(_SMOOTHING, 0.0),
        changes=marks,
    )
    echarts_view(option, key=f"training.{quantity}", height=HEIGHT_PX, alt=words)


def _gradients(snapshot: RunSnapshot, palette: Palette) -> None:
    if snapshot.gradients is None:
        _say_why_not("gradients", snapshot)
        return
    norms = snapshot.gradients.norms[-1]
    words = ", ".join(f"{name} {norm:.2g}" for name, norm in zip(snapshot.gradients.layers, norms, strict=True))
    option = gradient_curves(snapshot.gradients, snapshot.total_steps, palette)
    echarts_view(option, key="training.gradients", height=HEIGHT_PX, alt=f"Latest gradients: {words}.")
    st.caption(
        "How strongly each layer’s weights are pulled. Where the first layers’ curves lie far below the others, hardly "
        "anything of the error reaches them."
    )


def _kernels(run: Run, palette: Palette) -> None:
    first, now = run.first_weights, network_of_run(run, chosen_moment(run))
    kernels = [array for array in (now.weights if now else ()) if array.ndim == 4]
    if not kernels or first is None or now is None:
        st.caption("This network has no convolution whose kernels could be shown, or is not built yet.")
        return
    before = next(array for array in first.arrays if array.ndim == 4)
    limit = float(np.abs(kernels[0].mean(axis=2)).max())
    st.html(kernel_strip(kernels[0], f"Kernels of the first convolution at step {count(now.step)}", palette, limit))
    st.html(kernel_strip(kernels[0] - before, "What has changed in them since the start", palette, limit))


def _verdicts(run: Run, snapshot: RunSnapshot, palette: Palette) -> None:
    if snapshot.verdicts is None:
        _say_why_not("verdicts", snapshot)
        return
    st.html(verdict_strip(snapshot.verdicts, run.class_names, palette))


def _say_why_not(what: str, snapshot: RunSnapshot) -> None:
    """Say why there is nothing to watch: not yet, or no longer, for curves and weights alone are kept on disk."""
    if snapshot.is_active or not snapshot.step:
        st.caption(f"The {what} appear as soon as it learns.")
    else:
        st.caption(
            f"The {what} are watched while it learns, and not kept for later. “Again, same initial weights” shows them "
            "once more."
        )
