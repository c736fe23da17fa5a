"""Predictions to count, and loops that count them one by one."""

from __future__ import annotations

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st

from cnn_core.evaluation.predictions import Predictions

few = settings(max_examples=30)
"""As many examples as find the mistakes that can be made here; more would take long."""

Floats = np.ndarray
Flags = np.ndarray


def random_predictions(count: int = 200, classes: int = 4, seed: int = 0) -> Predictions:
    """Probabilities that are mostly right and sometimes tied."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, classes, count)
    logits = rng.normal(size=(count, classes)).round(1)
    logits[np.arange(count), labels] += 1.0
    powers = np.exp(logits)
    return Predictions((powers / powers.sum(axis=1, keepdims=True)).astype(np.float32), labels)


@st.composite
def scored(draw: st.DrawFn) -> tuple[Floats, Flags]:
    """Scores with many ties, and which of the images are of the class: at least one is, and one is not."""
    pairs = draw(st.lists(st.tuples(st.integers(0, 10), st.booleans()), max_size=30))
    pairs += [(draw(st.integers(0, 10)), True), (draw(st.integers(0, 10)), False)]
    return np.array([score / 10 for score, _ in pairs]), np.array([flag for _, flag in pairs])


def share_in_order(scores: Floats, is_positive: Flags) -> float:
    """How often an image of the class scores above another one, ties by half: pair by pair."""
    won = [
        1.0 if mine > other else 0.5 if mine == other else 0.0
        for mine in scores[is_positive]
        for other in scores[~is_positive]
    ]
    return sum(won) / len(won)
