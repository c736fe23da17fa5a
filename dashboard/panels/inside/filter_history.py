"""One filter's kernel now, at the start, and through its training."""

from __future__ import annotations

import numpy as np
import streamlit as st

from cnn_core.errors import ClassroomError
from cnn_core.inspection.kernels import filter_norms, network_kernels, per_filter, spread_moments
from cnn_core.inspection.records import FloatArray, LayerKernels
from cnn_core.networks import TrainedNetwork, network_of_run
from cnn_core.training.run import Run
from cnn_core.training.runs import find_run
from dashboard import resources
from dashboard.charts.number_text import short_number
from dashboard.components.pixel_view import Pictures, pixel_view
from dashboard.panels.inside.scene import Scene
from dashboard.words import count

MOST_FRAMES = 12
"""Pictures in the film of a kernel: as many as fit into two rows of a narrow screen."""


def filter_history(scene: Scene, convolution: LayerKernels, number: int, channel: int) -> None:
    """Show what training has made of one filter, in numbers and as a film.

    Args:
        scene: The network at its moment.
        convolution: The convolution that the filter belongs to.
        number: Which filter, from 0.
        channel: Which input channel's kernel is shown, from 0.
    """
    st.markdown(f"**Filter {number + 1} of {convolution.name}**")
    run = find_run(scene.network.id)
    steps = _steps(run)
    if run is None or not steps:
        length = filter_norms(per_filter(convolution))[number]
        st.markdown(
            f"Length {length:.2f}{_bias_words(convolution, number)}. No earlier weights of this network are kept: "
            "train one of your own to watch its kernels form."
        )
        return
    shown = sorted({*spread_moments(steps, MOST_FRAMES), scene.network.step})
    films = {step: kernels for step in shown if (kernels := _kernels_at(run, step, convolution.name)) is not None}
    if not films:
        st.markdown("The weights of earlier moments are damaged or gone.")
        return
    now, first = per_filter(convolution)[..., number], next(iter(films.values()))[..., number]
    st.markdown(_change_words(now, first, min(films), _bias_words(convolution, number)))
    frames = np.stack([kernels[:, :, channel, number] for kernels in films.values()])
    limit = float(np.nanmax(np.abs(frames))) if np.isfinite(frames).any() else 1.0
    pixel_view(
        Pictures(
            frames,
            [f"step {count(step)}" for step in films],
            (-(limit or 1.0), limit or 1.0),
            "diverging",
            ["this moment" if step == scene.network.step else "" for step in films],
        ),
        "inside.kernels.film",
        scene.palette,
        what="",
        tile_px=64,
        file_name=f"kernel-{convolution.name}-filter-{number + 1}",
    )


def _steps(run: Run | None) -> tuple[int, ...]:
    try:
        return run.moments() if run is not None else ()
    except ClassroomError as error:
        st.caption(f"Earlier moments cannot be read: {error}")
        return ()


def _kernels_at(run: Run, step: int, convolution: str) -> FloatArray | None:
    """Return a convolution's kernels after some step; nothing where they are not kept any more."""
    network = network_of_run(run, step)
    if network is None or network.step != step:
        return None

    def find(network: TrainedNetwork = network) -> FloatArray:
        kernels = network_kernels(network.spec, network.weights)
        return next(per_filter(found) for found in kernels if found.name == convolution)

    return resources.answer("kernels", network, None, convolution, find)


def _change_words(now: FloatArray, first: FloatArray, start: int, bias: str) -> str:
    length, before, moved = (
        float(norm) for norm in filter_norms(np.stack([now, first, now - first], axis=-1).astype(np.float32))
    )
    if not moved:
        return f"Length {length:.2f}{bias}: nothing has changed since step {count(start)}."
    share = f", {100 * moved / before:.0f} % of its length then" if before else ""
    return (
        f"Length {length:.2f}{bias}; at step {count(start)} it was {before:.2f}. Since then its weights have moved by "
        f"{moved:.2f} in all{share}."
    )


def _bias_words(convolution: LayerKernels, number: int) -> str:
    return "" if convolution.bias is None else f", bias {short_number(float(convolution.bias[number]))}"
