"""The images on which a network is surest of something wrong."""

from __future__ import annotations

import streamlit as st

from dashboard.panels.evaluate.evaluation import Evaluation
from dashboard.panels.evaluate.gallery import by_loss, gallery
from dashboard.words import count, fine_percent, some


def mistakes_panel(evaluation: Evaluation) -> None:
    """Show the mistakes by their loss, the largest first."""
    said, names = evaluation.predictions, evaluation.names
    places = by_loss(evaluation, ~said.is_right)
    if not len(places):
        st.success(f"It reads every one of {evaluation.words} rightly: there is no mistake to show.")
        return
    worst = int(places[0])
    label, guess = int(said.labels[worst]), int(said.guesses[worst])
    share = float(said.losses[places].sum()) / max(float(said.losses.sum()), 1e-12)
    words = (
        f"**{some(len(places), 'mistake')} among {evaluation.words}.** The worst is a “{names[label]}”: it says "
        f"“{names[guess]}” with {fine_percent(said.confidences[worst])}, and gives the right answer "
        f"{fine_percent(float(said.probabilities[worst, label]))}; its loss is {said.losses[worst]:.1f}. Mistakes are "
        f"{fine_percent(len(places) / said.count)} of the images, and {fine_percent(share)} of the loss."
    )
    gallery(evaluation, places, "evaluate.mistakes", words)
    st.caption(
        "With each picture stands what it says and how sure it is. The mean loss of all "
        f"{count(said.count)} images is {float(said.losses.mean()):.3f}."
    )
