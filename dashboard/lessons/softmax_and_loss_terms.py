"""Softmax and cross-entropy with every number filled in, and logits to drag."""

from __future__ import annotations

import numpy as np
import streamlit as st

from cnn_core.operations.activations import Doubles
from cnn_core.operations.softmax import SoftmaxTerms, cross_entropy, cross_entropy_gradient, softmax_terms
from dashboard import state
from dashboard.charts.number_text import latex_number, latex_probability, short_number
from dashboard.charts.softmax_table import softmax_table
from dashboard.components.pixel_view import image_pictures, pixel_view
from dashboard.controls.lesson_controls import menu_choice
from dashboard.controls.number_slider import number_slider
from dashboard.lessons.softmax_and_loss_digit import logit_end, logit_name, start_controls
from dashboard.lessons.softmax_and_loss_record import PAGE, Seen, Start
from dashboard.palette import Palette
from dashboard.words import plain

TEMPERATURES = (0.1, 0.2, 0.3, 0.5, 0.7, 1.0, 1.5, 2.0, 3.0, 5.0, 7.0, 10.0)
MOST_ADDED = 20.0
WRITTEN_CLASSES = 4
"""So many exponentials are written out in a formula; of more it has a sum sign."""
IMAGE_PX = 84


def terms_stage(palette: Palette) -> Seen:
    """Draw sliders for the logits, and beside them how they become probabilities and the loss."""
    start = start_controls()
    controls, shown = st.columns([5, 8], gap="medium")
    with controls, st.container(key=f"{PAGE}.terms.grid"):  # two in a row on a phone, by assets/style.css
        logits = logit_sliders(start)
        temperature = temperature_slider()
        words = "One and the same number, added to every logit."
        ends = (-MOST_ADDED, MOST_ADDED)
        added = number_slider("Add to all logits", f"{PAGE}.added", ends, 0.0, step=1.0, explanation=words)
    terms = softmax_terms(logits, temperature, added)
    with shown:
        right = _right_class(start)
        st.html(softmax_table(logits.tolist(), start.names, terms, right, palette))
        loss = cross_entropy(logits, right, temperature)
        st.markdown(formula_words(terms, start.names[right], right, loss))
        st.markdown(gradient_words(cross_entropy_gradient(logits, right, temperature), start.names, right))
        _origin(start, palette)
    return Seen("terms", logits, temperature, added, terms, loss, is_moved(start, logits))


def logit_sliders(start: Start) -> Doubles:
    """Draw a slider for each logit that can be moved, and return all logits, `(classes,)`."""
    logits = np.array(start.logits)
    end = logit_end(start)
    for index in start.movable:
        label = f"Logit of “{start.names[index]}”"
        logits[index] = number_slider(label, logit_name(index), (-end, end), start.logits[index])
    return logits


def kept_logits(start: Start) -> Doubles:
    """Return all logits as the sliders of the first part have left them, `(classes,)`."""
    logits = np.array(start.logits)
    for index in start.movable:
        logits[index] = round(float(state.choice(logit_name(index), start.logits[index])), 6)
    return logits


def is_moved(start: Start, logits: Doubles) -> bool:
    """Whether somebody has moved a logit since the start."""
    return tuple(logits.tolist()) != start.logits


def temperature_slider() -> float:
    """Draw the temperature's slider."""
    words = "All logits are divided by it. Below 1 differences grow, above 1 they shrink; networks train with 1."
    name = f"{PAGE}.temperature"
    temperature: float = state.choice(name, 1.0)
    key = state.sync_widget(name, temperature)
    take = state.keep_choice(key, name)
    st.select_slider("Temperature", TEMPERATURES, temperature, plain, key=key, on_change=take, help=words)
    return temperature


def _right_class(start: Start) -> int:
    titles = dict(enumerate(start.names))
    words = "The label of the image: what the network should have said. The loss only looks at this class."
    return menu_choice("Right class", f"{PAGE}.right", titles, start.right, words)


def _origin(start: Start, palette: Palette) -> None:
    if start.image is None:
        return
    pixel_view(
        image_pictures(start.image[np.newaxis]),
        f"{PAGE}.image",
        palette,
        what="image",
        tile_px=IMAGE_PX,
        has_scale_bar=False,
    )
    st.caption(start.words)


def formula_words(terms: SoftmaxTerms, name: str, right: int, loss: float) -> str:
    r"""Write softmax and cross-entropy of the right class with their numbers, in Markdown.

    Example:
        >>> terms = softmax_terms([2.0, 1.0, 0.0])
        >>> print(formula_words(terms, "cat", 0, cross_entropy([2.0, 1.0, 0.0], 0)).replace("  \n", "\n"))
        **Softmax** of “cat”
        $p = \dfrac{e^{2}}{e^{2} + e^{1} + e^{0}} = \dfrac{7.39}{11.1} = 0.665$
        <BLANKLINE>
        **Loss** (cross-entropy of the right class)
        $L = -\ln p = -\ln 0.665 = \mathbf{0.408}$
    """
    exponents = [latex_number(round(float(number), 4)) for number in terms.exponents]
    is_short = len(exponents) <= WRITTEN_CLASSES
    below = " + ".join(f"e^{{{exponent}}}" for exponent in exponents) if is_short else r"\sum_j e^{z_j}"
    power, total = latex_number(float(terms.powers[right])), latex_number(terms.total)
    share = latex_probability(float(terms.probabilities[right]))
    beside = ""
    if terms.subtracted:
        beside = (
            f"\n\nThe largest exponent, {short_number(terms.subtracted)}, was subtracted from all: its power is beyond "
            "what a computer holds, and only differences count."
        )
    return (
        f"**Softmax** of “{name}”  \n"
        rf"$p = \dfrac{{e^{{{exponents[right]}}}}}{{{below}}} = \dfrac{{{power}}}{{{total}}} = {share}$"
        f"{beside}\n\n**Loss** (cross-entropy of the right class)  \n"
        rf"$L = -\ln p = -\ln {_factor(share)} = \mathbf{{{latex_number(loss)}}}$"
    )


def _factor(number: str) -> str:
    return f"({number})" if "cdot" in number else number


def gradient_words(gradient: Doubles, names: tuple[str, ...], right: int) -> str:
    """Say what the loss asks of each logit: of the right class, and of those that got most by mistake.

    Example:
        >>> gradient_words(np.array([-0.335, 0.245, 0.09]), ("cat", "dog", "bird"), 0)
        '**Gradient** (probability − target) cat −0.335, dog +0.245, bird +0.09: a training step raises the logit of “cat” and lowers the others.'
    """  # noqa: E501
    order = [right, *(int(index) for index in np.argsort(-gradient, kind="stable") if index != right)][:WRITTEN_CLASSES]
    parts = [
        f"{names[index]} {'+' if gradient[index] > 0 else ''}{short_number(float(gradient[index]))}" for index in order
    ]
    more = ", …" if len(names) > len(order) else ""
    return (
        f"**Gradient** (probability − target) {', '.join(parts)}{more}: a training step raises the logit of "
        f"“{names[right]}” and lowers the others."
    )
