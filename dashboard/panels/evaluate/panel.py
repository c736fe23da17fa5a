"""The page Evaluate below its head: what is judged and by what at the left, and the views of it."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from cnn_core.data.registry import DATASETS, dataset_title
from cnn_core.errors import ClassroomError
from cnn_core.evaluation.judged import learned_from
from cnn_core.networks import TrainedNetwork
from dashboard import state
from dashboard.controls.judged_choice import judged_controls
from dashboard.controls.network_choice import network_controls
from dashboard.controls.view_choice import view_choice
from dashboard.navigation import page
from dashboard.palette import Palette
from dashboard.panels.evaluate.confusions import confusions_panel
from dashboard.panels.evaluate.evaluation import Evaluation, find_evaluation, find_reservations, settings_of
from dashboard.panels.evaluate.gallery import leave_if_asked
from dashboard.panels.evaluate.mistakes import mistakes_panel
from dashboard.panels.evaluate.one_class import classes_panel
from dashboard.panels.evaluate.overview import overview_panel, verdict
from dashboard.panels.evaluate.stress import stress_panel
from dashboard.panels.evaluate.sureness import sureness_panel
from dashboard.panels.views import View, show_view

NAME = "evaluate"
VIEW = f"{NAME}.view"


VIEWS: dict[str, View[Evaluation]] = {
    "overview": View(
        "Overview",
        "How well each class is found, and how far one can trust it when it is named.",
        "precision-and-recall",
        overview_panel,
    ),
    "confusions": View(
        "Confusions",
        "What is taken for what. Choose a cell to see its pictures.",
        "confusion-matrix",
        confusions_panel,
    ),
    "mistakes": View(
        "Worst mistakes",
        "The images on which it is surest of something wrong, the largest loss first.",
        "loss",
        mistakes_panel,
        "Softmax_and_loss",
    ),
    "sureness": View(
        "How sure",
        "Whether it is right as often as it says: when it is 90 % sure, nine in ten should be right.",
        "calibration",
        sureness_panel,
        "Softmax_and_loss",
    ),
    "classes": View(
        "Threshold",
        "From how sure on shall an image count as this class? Each threshold finds some, misses some, and costs "
        "false alarms.",
        "roc-curve",
        classes_panel,
    ),
    "stress": View(
        "Robustness",
        "How much of its accuracy is left when all images are moved, turned, paler or in noise.",
        "robustness",
        stress_panel,
        "Overfitting",
    ),
}
"""The views by their names, in the order of the buttons."""


@st.fragment
def evaluate_panel(palette: Palette, require_backend: Callable[[], None]) -> None:
    """Let people choose a network and images, and show how it does on them.

    Args:
        palette: The theme's colours.
        require_backend: Ends the drawing here, with a progress bar, until TensorFlow is there.
    """
    leave_if_asked()
    controls, stage = st.columns([2, 5], gap="large")
    with controls:
        network = network_controls(NAME)
        settings = settings_of(network)
        chosen = judged_controls(network, settings, NAME)
        _say_what_is_missing(network, is_any_there=chosen is not None)
    if chosen is None:
        return
    require_backend()
    with stage:
        place = st.container()
        try:
            evaluation = find_evaluation(network, settings, *chosen, palette)
        except ClassroomError as error:
            st.warning(str(error))
            return
    if not evaluation.predictions.is_sound:
        stage.warning(
            "The network gives no numbers any more: training has diverged. Go back to an earlier moment, or train "
            "again with a smaller learning rate."
        )
        return
    with controls:
        verdict(evaluation)
        for reservation in find_reservations(evaluation):
            (st.warning if reservation.is_warning else st.info)(reservation.words)
    with place:
        name = view_choice("View", VIEW, VIEW, {slug: view.title for slug, view in VIEWS.items()}, "overview")
    with stage:
        show_view(VIEWS[name], f"{NAME}.panel.{name}", evaluation)


def _say_what_is_missing(network: TrainedNetwork, *, is_any_there: bool) -> None:
    """Say which data set, that the network has learned from, is not on this machine, and where to get one."""
    missing = [slug for slug in learned_from(network) if not _is_ready(slug)]
    if is_any_there and not missing:
        return
    titles = " and ".join(DATASETS[slug].title if slug in DATASETS else f"“{dataset_title(slug)}”" for slug in missing)
    if is_any_there:
        st.caption(f"{titles}, which it has learned from, is not on this machine.")
    else:
        st.warning(
            f"No data set on this machine has images of {'×'.join(map(str, network.spec.input_shape))} with this "
            "network’s classes, so there is nothing to judge it by. Bring one."
        )
    st.page_link(
        page("Data_sets").path,
        label="Get data sets",
        icon=page("Data_sets").icon,
        query_params=state.address_parameters(),
    )


def _is_ready(slug: str) -> bool:
    entry = DATASETS.get(slug)
    return entry is not None and entry.availability().is_ready
