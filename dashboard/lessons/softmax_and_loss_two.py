"""Two classes: softmax of two logits is the sigmoid of their difference, so that one output is enough."""

from __future__ import annotations

import numpy as np
import streamlit as st

from cnn_core.operations.activations import ACTIVATIONS
from cnn_core.operations.softmax import binary_cross_entropy, softmax_terms
from dashboard.charts.activation_curve import activation_figure, curve_words
from dashboard.charts.number_text import bracketed, latex_number, latex_probability, short_number
from dashboard.charts.softmax_table import share_text, softmax_table
from dashboard.controls.chart_view import plotly_view
from dashboard.controls.lesson_controls import menu_choice
from dashboard.controls.number_slider import number_slider
from dashboard.lessons.softmax_and_loss_record import PAGE, Seen
from dashboard.palette import Palette

NAMES = ("cat", "dog")
FIRST = (2.0, 0.5)
END = 10.0
CURVE_PX = 220


def two_stage(palette: Palette) -> Seen:
    """Draw two logits, and what softmax and sigmoid make of them."""
    controls, shown = st.columns([5, 8], gap="medium")
    with controls, st.container(key=f"{PAGE}.two.grid"):
        pair = [
            number_slider(f"Logit of “{name}”", f"{PAGE}.two.{name}", (-END, END), default)
            for name, default in zip(NAMES, FIRST, strict=True)
        ]
        right = menu_choice("Right class", f"{PAGE}.two.right", dict(enumerate(NAMES)), 0)
    logits = np.array(pair)
    terms = softmax_terms(logits)
    difference = round(pair[0] - pair[1], 6)
    loss = binary_cross_entropy(difference, right == 0)
    sigmoid = ACTIVATIONS["sigmoid"]
    with shown:
        st.html(softmax_table(pair, NAMES, terms, right, palette))
        st.markdown(sigmoid_words(pair[0], pair[1], float(sigmoid(difference))))
        st.markdown(binary_words(float(sigmoid(difference)), right == 0, loss))
    plotly_view(
        activation_figure(sigmoid, difference, palette, CURVE_PX),
        key=f"{PAGE}.two",
        alt=f"Over the difference of both logits: {curve_words(sigmoid, difference)}",
    )
    st.caption("z is the difference of both logits. A network for two classes needs one output only: this z.")
    return Seen("two", logits, 1.0, 0.0, terms, loss, tuple(pair) != FIRST)


def sigmoid_words(first: float, second: float, share: float) -> str:
    r"""Write the sigmoid of the difference with its numbers, in Markdown.

    Example:
        >>> print(sigmoid_words(2.0, -1.0, 0.95257).replace("\N{NO-BREAK SPACE}", " ").replace("  \n", "\n"))
        **Sigmoid** of the difference 2 − (−1) = 3:
        $\sigma(3) = \dfrac{1}{1 + e^{-3}} = 0.953$, the same as softmax’s 95.3 % for “cat”.
    """
    difference = round(first - second, 6)
    written = latex_number(difference)
    power = f"-({written})" if difference < 0 else f"-{written}"
    return (
        f"**Sigmoid** of the difference {short_number(first)} − {bracketed(second)} = {short_number(difference)}:  \n"
        rf"$\sigma({written}) = \dfrac{{1}}{{1 + e^{{{power}}}}} = {latex_probability(share)}$, the same as softmax’s "
        f"{share_text(share)} for “{NAMES[0]}”."
    )


def binary_words(share: float, is_first: bool, loss: float) -> str:
    r"""Write the binary cross-entropy with its numbers, in Markdown.

    Example:
        >>> print(binary_words(0.9526, False, 3.0486).replace("  \n", "\n"))
        **Loss** (binary cross-entropy; target 0 for “dog”)
        $L = -\ln(1 - p) = -\ln(1 - 0.953) = \mathbf{3.05}$
    """
    written = latex_probability(share)
    formula = rf"-\ln p = -\ln({written})" if is_first else rf"-\ln(1 - p) = -\ln(1 - {written})"
    target = f"target {1 if is_first else 0} for “{NAMES[0 if is_first else 1]}”"
    return (
        rf"**Loss** (binary cross-entropy; {target})" + "  \n" + rf"$L = {formula} = \mathbf{{{latex_number(loss)}}}$"
    )
