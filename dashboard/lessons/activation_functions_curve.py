"""An activation function as a curve with its slope, and inside a single neuron."""

from __future__ import annotations

import numpy as np
import streamlit as st

from cnn_core.operations.activations import ActivationFunction
from cnn_core.operations.neuron import neuron
from dashboard.charts.activation_curve import REACH, activation_figure, curve_words
from dashboard.charts.neuron_table import neuron_table
from dashboard.charts.number_text import latex_number, short_number
from dashboard.controls.chart_view import plotly_view
from dashboard.controls.number_slider import number_slider
from dashboard.lessons.activation_functions_record import PAGE, Seen
from dashboard.palette import Palette

FIRST_NUMBER = 1.0
FIRST_NEURON = {"x1": 1.0, "x2": 0.5, "w1": 1.5, "w2": -1.0, "bias": 0.2}
NEURON_PX = 230


def curve_stage(activation: ActivationFunction, palette: Palette) -> Seen:
    """Draw the function, its slope, and a slider for what comes in."""
    words = "The number that a layer has worked out: what goes into the function."
    number = number_slider("What comes in, z", f"{PAGE}.z", (-REACH, REACH), FIRST_NUMBER, explanation=words)
    plotly_view(
        activation_figure(activation, number, palette), key=f"{PAGE}.curve", alt=curve_words(activation, number)
    )
    st.markdown(formula_lines(activation, number))
    sentence = activation.words.removesuffix(".")
    st.caption(
        f"{sentence} ({activation.source}). The circle is what comes out, the diamond the slope "
        "there; shaded is where it is less than 0.05."
    )
    return Seen("curve", activation, np.array([number]), activation([number]))


def formula_lines(activation: ActivationFunction, number: float) -> str:
    r"""Write the function and its slope, in general and with a number in them, in Markdown.

    Example:
        >>> from cnn_core.operations.activations import ACTIVATIONS
        >>> print(formula_lines(ACTIVATIONS["silu"], 2.0))
        **Function** $f(z) = z \cdot \sigma(z)$ &ensp; $f(2) = 2 \cdot \sigma(2) = 1.76$
        <BLANKLINE>
        **Slope** $f'(z) = \sigma(z) \left(1 + z \cdot \sigma(-z)\right)$ &ensp; $f'(2) = \sigma(2) \left(1 + 2 \cdot \sigma(-2)\right) = 1.09$
    """  # noqa: E501
    written = latex_number(number)
    lines = []
    for name, sign, formula, value in (
        ("Function", "f", activation.formula, float(activation(number))),
        ("Slope", "f'", activation.slope_formula, float(activation.slope(number))),
    ):
        filled, result = formula.filled(number, written), latex_number(value)
        steps = result if filled == result else f"{filled} = {result}"
        lines.append(f"**{name}** ${sign}(z) = {formula.whole}$ &ensp; ${sign}({written}) = {steps}$")
    return "\n\n".join(lines)


def neuron_stage(activation: ActivationFunction, palette: Palette) -> Seen:
    """Draw sliders for a neuron's inputs, weights and bias, and its sum written out."""
    columns = st.columns(3, gap="medium")
    labels = {"x1": "Input 1", "w1": "Weight 1", "x2": "Input 2", "w2": "Weight 2", "bias": "Bias"}
    numbers = {}
    for place, (slug, label) in enumerate(labels.items()):
        with columns[place // 2]:
            end = 2.0 if slug.startswith("x") else 4.0
            numbers[slug] = number_slider(label, f"{PAGE}.{slug}", (-end, end), FIRST_NEURON[slug])
    inputs, weights = (numbers["x1"], numbers["x2"]), (numbers["w1"], numbers["w2"])
    result = neuron(inputs, weights, numbers["bias"], activation)
    st.html(neuron_table(inputs, weights, numbers["bias"], result, activation.title, palette))
    plotly_view(
        activation_figure(activation, result.total, palette, NEURON_PX),
        key=f"{PAGE}.neuron",
        alt=curve_words(activation, result.total),
    )
    st.caption(
        f"The gradient of a weight is slope × input: so much the output grows when the weight grows by 1, as far as "
        f"the curve is straight. {_gradient_words(result.slope)}"
    )
    return Seen("neuron", activation, np.array([result.total]), np.array([result.output]), inputs)


def _gradient_words(slope: float) -> str:
    if slope == 0:
        return "The slope is 0 here: whatever the loss asks for, no weight of this neuron hears of it."
    return f"Here the slope lets {short_number(slope)} times the gradient through."
