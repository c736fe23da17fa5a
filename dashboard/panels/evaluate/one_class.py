"""One class against all others: ROC, precision–recall, and a threshold that moves along both."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import streamlit as st

from cnn_core.errors import ClassroomError
from cnn_core.evaluation.curves import precision_recall_curve, roc_curve
from cnn_core.evaluation.judged import LEARNED, TEST, VALIDATION, parts_of
from cnn_core.evaluation.threshold import STEPS, ThresholdFigures, best_threshold, figures_at
from dashboard import state
from dashboard.charts.confusion_table import confusion_table
from dashboard.charts.evaluation_figures import precision_recall_figure, roc_figure
from dashboard.components.selectable import selectable
from dashboard.controls.chart_view import plotly_view
from dashboard.controls.lesson_controls import menu_choice
from dashboard.panels.evaluate.evaluation import Evaluation, find_predictions
from dashboard.panels.evaluate.gallery import by_loss, gallery
from dashboard.words import fine_percent, some

HALF = 0.5

_CLASS = "evaluate.positive"
_THRESHOLD = "evaluate.threshold"
_OUTCOME = "evaluate.outcome"


def classes_panel(evaluation: Evaluation) -> None:
    """Let people choose a class and a threshold, and show what that finds, misses and costs."""
    said, names = evaluation.predictions, evaluation.names
    # A single sigmoid output is the probability of the second class.
    default = 1 if len(names) == 2 else 0
    chooser, slider, button = st.columns([3, 5, 3], vertical_alignment="bottom")
    with chooser:
        positive = menu_choice("Class", _CLASS, dict(enumerate(names)), default, "All others together are the rest.")
    scores, is_positive = said.probabilities[:, positive], said.labels == positive
    if is_positive.all() or not is_positive.any():
        st.info(f"These images are all or none of “{names[positive]}”: there is nothing to tell apart.")
        return
    with slider:
        threshold = _threshold()
    with button:
        explanation = _best_button(evaluation, positive)
    found = figures_at(scores, is_positive, threshold)
    outcomes = 2 * (~is_positive).astype(np.int64) + (scores.astype(np.float64) < threshold)
    words, table = st.columns(2, gap="medium")
    with words:
        st.markdown(threshold_words(found, names[positive]))
        if explanation:
            st.caption(explanation)
    with table:
        _outcome_table(evaluation, found, positive)
    _curves(evaluation, scores, is_positive, found)
    _pictures(evaluation, outcomes, positive)


def threshold_words(found: ThresholdFigures, name: str) -> str:
    r"""Say what a threshold finds, what it costs, and what is right of it.

    Args:
        found: What comes out.
        name: The class.

    Example:
        >>> words = threshold_words(ThresholdFigures(0.5, 3, 1, 1, 5), "cat").replace("**", "")
        >>> print(words.replace("\N{NO-BREAK SPACE}", " ").split(", and ")[0])
        It finds 75.0 % of “cat” (sensitivity, recall), leaves 83.3 % of the others alone (specificity)
    """
    precision = (
        "it names none (no precision)"
        if found.precision is None
        else f"of what it names **{fine_percent(found.precision)}** is right (precision)"
    )
    return (
        f"It finds **{fine_percent(found.sensitivity or 0.0)}** of “{name}” (sensitivity, recall), leaves "
        f"**{fine_percent(found.specificity or 0.0)}** of the others alone (specificity), and {precision}. Accuracy: "
        f"**{fine_percent(found.accuracy)}**."
    )


def area_words(area: float) -> str:
    """Write an area under a curve; what is not quite 1 is not rounded to it.

    Example:
        >>> area_words(0.75), area_words(0.999999), area_words(1.0)
        ('0.750', 'over 0.9999', '1')
    """
    if area == 1:
        return "1"
    return f"{area:.3f}" if area < 0.9995 else f"{area:.4f}" if area < 0.99995 else "over 0.9999"


def _threshold() -> float:
    kept = state.choice(_THRESHOLD, HALF)
    key = state.sync_widget(_THRESHOLD, kept)
    st.slider(
        "Threshold",
        0.0,
        1.0,
        kept,
        step=1 / STEPS,
        format="%.3f",
        key=key,
        on_change=state.keep_choice(key, _THRESHOLD),
        help="An image whose probability for the class is at least this counts as the class.",
    )
    return kept


def _best_button(evaluation: Evaluation, positive: int) -> str:
    """Offer the threshold that is best on the validation images; say why, or why there is none."""
    judged = evaluation.judged
    own = evaluation.settings.dataset if evaluation.settings is not None else ""
    words = (
        "Youden’s: sensitivity and specificity together are largest there, on the validation images. Chosen on the "
        "images that it is judged by, it would fit their chance too, and flatter."
    )
    if VALIDATION not in parts_of(evaluation.network, evaluation.settings, own):
        st.button("Find the best", key="evaluate.best", disabled=True, help=words)
        return (
            "No threshold is recommended: this network’s validation images are not known here, and one that is chosen "
            "on the images that it is judged by would flatter."
        )
    st.button(
        "Find the best",
        key="evaluate.best",
        icon=":material/my_location:",
        on_click=_choose_best,
        args=(evaluation, own, positive),
        help=words,
    )
    where = "the validation images" if judged.part in (TEST, LEARNED) else "these very validation images"
    best = state.choice(f"{_THRESHOLD}.best", ("", 0, -1.0))
    if best[:2] == (f"{evaluation.network.id}.{evaluation.network.step}", positive):
        return f"Best on {where}: {best[2]:.3f} (Youden’s index)."
    return ""


def _choose_best(evaluation: Evaluation, slug: str, positive: int) -> None:
    try:
        _, said = find_predictions(evaluation.network, evaluation.settings, slug, VALIDATION)
        best = best_threshold(said.probabilities[:, positive], said.labels == positive)
    except (ClassroomError, ValueError):  # of few validation images none may be of the class
        return
    state.set_choice(_THRESHOLD, best)
    mark = f"{evaluation.network.id}.{evaluation.network.step}"
    state.set_choice(f"{_THRESHOLD}.best", (mark, positive, best))


def _curves(
    evaluation: Evaluation,
    scores: npt.NDArray[np.float32],
    is_positive: npt.NDArray[np.bool_],
    found: ThresholdFigures,
) -> None:
    roc, precision_recall = roc_curve(scores, is_positive), precision_recall_curve(scores, is_positive)
    sensitivity, specificity = found.sensitivity or 0.0, found.specificity or 0.0
    point = None if found.precision is None else (sensitivity, found.precision)
    share = float(is_positive.mean())
    left, right = st.columns(2, gap="medium")
    with left:
        st.markdown(f"**ROC** – area {area_words(roc.area)}")
        plotly_view(
            roc_figure(roc, (1 - specificity, sensitivity), evaluation.palette),
            key="evaluate.roc",
            alt=f"ROC curve with an area of {area_words(roc.area)}; the point is the threshold.",
            file_name=f"{evaluation.file_name}-roc",
        )
    with right:
        average = precision_recall.average_precision
        st.markdown(f"**Precision–recall** – average {area_words(average)}")
        plotly_view(
            precision_recall_figure(precision_recall, share, point, evaluation.palette),
            key="evaluate.precision_recall",
            alt=f"Precision–recall curve, average precision {area_words(average)}; the point is the threshold.",
            file_name=f"{evaluation.file_name}-precision-recall",
        )
    st.caption(
        f"The dashed line is chance. The area is how often an image of the class scores above one of the others: "
        f"0.5 by guessing, 1 at best. Of the images {fine_percent(share)} are of the class, which is the precision of "
        "one who always names it. The orange point is the threshold. It counts in this view only: in the "
        "others an image is what the network gives the most to."
    )


def _outcome_table(evaluation: Evaluation, found: ThresholdFigures, positive: int) -> None:
    """Show the four outcomes as a matrix whose cells lead to their pictures."""
    names = evaluation.names
    rest = names[1 - positive] if len(names) == 2 else "the rest"
    counts = [[found.true_positives, found.false_negatives], [found.false_positives, found.true_negatives]]
    chosen = _chosen_outcome()
    html = confusion_table(np.array(counts), (names[positive], rest), evaluation.palette, divmod(chosen, 2))
    selectable(html, "evaluate.outcomes", lambda number: state.set_choice(_OUTCOME, number))


def _pictures(evaluation: Evaluation, outcomes: npt.NDArray[np.int64], positive: int) -> None:
    """Show the pictures of the chosen outcome."""
    chosen, name = _chosen_outcome(), evaluation.names[positive]
    titles = (f"“{name}”, found", f"“{name}”, missed", "False alarms", "Rightly left alone")
    places = by_loss(evaluation, outcomes == chosen)
    words = f"**{titles[chosen]}: {some(len(places), 'image')}.**"
    gallery(evaluation, places, "evaluate.outcome", words, positive)


def _chosen_outcome() -> int:
    chosen: int = state.choice(_OUTCOME, 1)
    return chosen % 4
