"""Accuracy under stress: found out in the background, with curves that grow, for one network or two."""

from __future__ import annotations

from collections.abc import Hashable
from functools import partial

import streamlit as st

from cnn_core.data.split import subset_indices
from cnn_core.evaluation.stress import MOST_IMAGES, StressCurve
from cnn_core.evaluation.stress_job import StressProgress, begin_again, stress_progress
from cnn_core.evaluation.tables import stress_csv
from cnn_core.inspection.perturbation import PERTURBATIONS
from cnn_core.networks import STARTER_ID, TrainedNetwork, network_ids, network_of_run
from cnn_core.training.runs import find_run
from dashboard import resources
from dashboard.charts.evaluation_figures import stress_figure
from dashboard.controls.chart_view import plotly_view
from dashboard.controls.lesson_controls import menu_choice
from dashboard.controls.network_choice import network_name
from dashboard.navigation import page
from dashboard.panels.evaluate.evaluation import Evaluation
from dashboard.panels.inside.mind_words import amount
from dashboard.words import count, fine_percent, time_left

TICK_S = 1.0
SEED = 0
LOSS = 0.05
"""What a network may lose before it counts as shaken: 5 percentage points."""

NONE = ""
_OTHER = "evaluate.stress.other"


def stress_panel(evaluation: Evaluation) -> None:
    """Show how the accuracy falls with each change, and how far each may go."""
    other = _other_network(evaluation)
    networks = [evaluation.network] + ([other] if other is not None else [])
    progress = [_progress(evaluation, network) for network in networks]
    is_over = all(one.is_over for one in progress)
    # While it goes on only this part of the page is run again, once a second.
    st.fragment(_curves, run_every=None if is_over else TICK_S)(evaluation, networks, is_over)
    st.page_link(
        page("Look_inside").path,
        label="What would change its mind: try it with one image, in Look inside",
        icon=page("Look_inside").icon,
    )


def _other_network(evaluation: Evaluation) -> TrainedNetwork | None:
    """Let people choose a second network of the same images and classes; nothing where there is none."""
    network = evaluation.network
    titles = {NONE: "No other network"}
    for network_id in network_ids():
        run = find_run(network_id) if network_id != STARTER_ID else None
        found = resources.starter() if run is None else None
        shape = found.spec.input_shape if found else run.spec.input_shape if run else None
        names = found.class_names if found else run.class_names if run else ()
        if network_id != network.id and shape == network.spec.input_shape and names == network.class_names:
            titles[network_id] = network_name(network_id)
    if len(titles) == 1:
        return None
    chosen = menu_choice("Compare with", _OTHER, titles, NONE, "A dashed line shows how it does on the same images.")
    if chosen == NONE:
        return None
    run = find_run(chosen)
    return resources.starter() if run is None else network_of_run(run)


def _progress(evaluation: Evaluation, network: TrainedNetwork) -> StressProgress:
    judged = evaluation.judged
    chosen = subset_indices(judged.labels, min(MOST_IMAGES, len(judged)), SEED)
    return stress_progress(
        _key(evaluation, network),
        resources.probe(network).probabilities,
        judged.images(chosen),
        judged.labels[chosen],
    )


def _key(evaluation: Evaluation, network: TrainedNetwork) -> Hashable:
    judged = evaluation.judged
    return network.id, network.step, judged.slug, judged.part, len(judged)


def _curves(evaluation: Evaluation, networks: list[TrainedNetwork], was_over: bool) -> None:
    progress = [_progress(evaluation, network) for network in networks]
    if all(one.is_over for one in progress) and not was_over:
        st.rerun(scope="app")  # the last tick: the page is drawn once more, and polls no longer
    _tell(evaluation, networks, progress)
    first, *others = progress
    if not first.curves:
        return
    second = others[0].curves if others else ()
    for row in range(0, len(first.curves), 2):
        for column, place in zip(st.columns(2, gap="medium"), (row, row + 1), strict=True):
            with column:
                other = (second[place], networks[1].title) if second else None
                _curve(evaluation, first.curves[place], networks[0].title, other)
    if first.is_over:
        st.download_button(
            "Save the numbers (CSV)",
            partial(stress_csv, first.curves),
            f"{evaluation.file_name}-robustness.csv",
            "text/csv",
            key="evaluate.stress.csv",
            on_click="ignore",
            icon=":material/download:",
        )


def _tell(evaluation: Evaluation, networks: list[TrainedNetwork], progress: list[StressProgress]) -> None:
    for network, one in zip(networks, progress, strict=True):
        if one.failure:
            st.warning(f"{network.title}: {one.failure}")
            st.button(
                "Begin again", key="evaluate.stress.again", on_click=begin_again, args=(_key(evaluation, network),)
            )
        elif not one.is_over:
            left = "waiting for its turn" if one.time_left_s is None else time_left(one.time_left_s)
            words = (
                f"{network.title}: {count(one.done)} of {count(one.total)} images, each changed in every way · {left}"
            )
            st.progress(one.share, text=words)
    tried = progress[0].curves[0].total if progress[0].curves else 0
    lines = f" Solid: {networks[0].title}. Dashed: {networks[1].title}." if len(networks) > 1 else ""
    if tried:
        st.caption(
            f"{count(tried)} of the images, as many of each class; the bars say how far a point may be off by chance. "
            f"The dotted line is where nothing is changed.{lines}"
        )


def _curve(evaluation: Evaluation, curve: StressCurve, name: str, other: tuple[StressCurve, str] | None) -> None:
    words = stress_words(curve)
    plotly_view(
        stress_figure(curve, name, evaluation.palette, other),
        key=f"evaluate.stress.{curve.slug}",
        alt=f"Accuracy over the change. {words}",
        file_name=f"{evaluation.file_name}-{curve.slug}",
    )
    st.caption(words)


def stress_words(curve: StressCurve) -> str:
    r"""Say how far a change may go until more than 5 points of accuracy are lost.

    Args:
        curve: What was found.

    Example:
        >>> import numpy as np
        >>> found = StressCurve("right", np.array([-1.0, 0.0, 1.0]), np.array([80, 99, 97]), 100)
        >>> print(stress_words(found).replace("\N{NO-BREAK SPACE}", " "))
        Unchanged 99.0 %. It loses no more than 5 points from 0 px to +1 px.
    """
    entry = PERTURBATIONS[curve.slug]
    low, high = (amount(entry, value) for value in curve.holds(LOSS))
    where = f"only where nothing is changed, at {low}" if low == high else f"from {low} to {high}"
    return f"Unchanged {fine_percent(curve.unchanged)}. It loses no more than 5 points {where}."
