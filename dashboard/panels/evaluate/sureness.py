"""Whether a network is right as often as it says."""

from __future__ import annotations

import streamlit as st

from cnn_core.evaluation.calibration import (
    BINS,
    CalibrationBin,
    equal_mass_bins,
    equal_width_bins,
    expected_calibration_error,
)
from dashboard.charts.evaluation_figures import reliability_figure
from dashboard.controls.chart_view import plotly_view
from dashboard.controls.view_choice import view_choice
from dashboard.panels.evaluate.evaluation import Evaluation
from dashboard.words import count, fine_percent

WIDTH, MASS = "width", "mass"
TITLES = {WIDTH: "Equally wide bins", MASS: "Equally full bins"}
NOTABLE = 0.01
"""A gap of less than one percentage point is none to speak of."""

_KIND = "evaluate.bins"


def sureness_panel(evaluation: Evaluation) -> None:
    """Show the reliability diagram, and say by how much its sureness is off."""
    said = evaluation.predictions
    kind = view_choice("Bins", _KIND, _KIND, TITLES, WIDTH)
    make = equal_width_bins if kind == WIDTH else equal_mass_bins
    bins = make(said.confidences, said.is_right)
    words = sureness_words(float(said.confidences.mean()), said.accuracy, bins)
    st.markdown(words)
    plotly_view(
        reliability_figure(bins, evaluation.palette),
        key="evaluate.reliability",
        alt=f"How often it is right over how sure it is, and how many images there are of each sureness. {words}",
        file_name=f"{evaluation.file_name}-reliability",
    )
    st.caption(
        "A point below the dashed line: it is surer than it should be. The bars say how far a point may be off by "
        "chance; of few images, far. Softmax makes a probability of any numbers: nothing makes it an honest one."
    )


def sureness_words(confidence: float, accuracy: float, bins: tuple[CalibrationBin, ...]) -> str:
    r"""Say how sure it is on average, how often it is right, and by how much the bins are off.

    Args:
        confidence: How sure it is on average, 0 to 1.
        accuracy: How often it is right, 0 to 1.
        bins: The bins, at least one.

    Example:
        >>> sure = CalibrationBin(0.9, 1.0, count=200, right=150, confidence=0.95)
        >>> print(sureness_words(0.95, 0.75, (sure,)).replace("\N{NO-BREAK SPACE}", " ").split(". ")[0])
        On average it is **95.0 % sure** and **75.0 % right**: it is surer than it should be
    """
    gap = confidence - accuracy
    verdict = (
        "about as sure as it may be"
        if abs(gap) < NOTABLE
        else "it is surer than it should be"
        if gap > 0
        else "it could be surer"
    )
    error = expected_calibration_error(bins)
    surest = bins[-1]
    return (
        f"On average it is **{fine_percent(confidence)} sure** and **{fine_percent(accuracy)} right**: {verdict}. Over "
        f"{len(bins)} of {BINS} bins its sureness is off by {100 * error:.1f} points (expected calibration error). Of "
        f"the {count(surest.count)} images on which it is surest, {fine_percent(surest.low)} and more, it reads "
        f"{fine_percent(surest.accuracy)} rightly."
    )
