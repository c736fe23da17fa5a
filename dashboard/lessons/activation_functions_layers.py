"""Why there is a curve at all: two layers in a row without one are a single layer."""

from __future__ import annotations

import numpy as np
import streamlit as st

from cnn_core.operations.activations import ActivationFunction
from cnn_core.operations.neuron import TwoLayers, is_straight
from dashboard.charts.line_figure import Line, line_figure
from dashboard.charts.number_text import bracketed, short_number
from dashboard.controls.chart_view import plotly_view
from dashboard.controls.number_slider import number_slider
from dashboard.lessons.activation_functions_record import PAGE, Seen
from dashboard.palette import Palette

PLACES = np.linspace(-4, 4, 161)
FIRST = {"w1": 1.0, "b1": 1.0, "w2": 0.5, "b2": -1.0, "v1": 1.0, "v2": -1.0, "c": 0.0}
LABELS = {
    "w1": "First unit: weight",
    "b1": "First unit: bias",
    "w2": "Second unit: weight",
    "b2": "Second unit: bias",
    "v1": "Output: times first unit",
    "v2": "Output: times second unit",
}
END = 3.0


def layers_stage(activation: ActivationFunction, palette: Palette) -> Seen:
    """Draw two small layers, with the function between them and without."""
    numbers = dict(FIRST)
    columns = st.columns(3, gap="medium")
    for place, (slug, label) in enumerate(LABELS.items()):
        with columns[place // 2]:
            numbers[slug] = number_slider(label, f"{PAGE}.layers.{slug}", (-END, END), FIRST[slug], step=0.5)
    layers = TwoLayers(
        np.array([numbers["w1"], numbers["w2"]]),
        np.array([numbers["b1"], numbers["b2"]]),
        np.array([numbers["v1"], numbers["v2"]]),
        numbers["c"],
    )
    straight, bent = layers.output(PLACES), layers.output(PLACES, activation)
    weight, _ = layers.as_one
    lines = [Line(f"with {activation.title} between", bent), Line("nothing between", straight, "dash")]
    plotly_view(
        line_figure(PLACES, lines, ("input x", "output y"), palette),
        key=f"{PAGE}.layers",
        alt=f"The output of two layers over their input. Without a function between them it is a straight line of "
        f"slope {short_number(weight)}; with {activation.title} it is a curve.",
    )
    st.markdown(layer_words(layers, activation))
    return Seen("layers", activation, PLACES, bent)


def layer_words(layers: TwoLayers, activation: ActivationFunction) -> str:
    """Write both layers with their numbers, and the single one that they come to, in Markdown.

    Example:
        >>> from cnn_core.operations.activations import ACTIVATIONS
        >>> layers = TwoLayers(np.array([3.0, 1.0]), np.array([1.0, 0.0]), np.array([2.0, -1.0]), 0.0)
        >>> print(layer_words(layers, ACTIVATIONS["relu"]))
        **First layer** h₁ = 3·x + 1,&ensp; h₂ = 1·x + 0
        <BLANKLINE>
        **Nothing between** y = 2·h₁ + (−1)·h₂ = (2·3 + (−1)·1)·x + 2·1 + (−1)·0 = **5·x + 2**: a single layer does the same.
        <BLANKLINE>
        **With ReLU between** y = 2·ReLU(h₁) + (−1)·ReLU(h₂): no single layer does that.
    """  # noqa: E501
    first, second = (
        f"{short_number(weight)}·x + {bracketed(bias)}"
        for weight, bias in zip(layers.hidden_weights.tolist(), layers.hidden_biases.tolist(), strict=True)
    )
    (w1, w2), (b1, b2), (v1, v2) = (
        [bracketed(number) for number in row.tolist()]
        for row in (layers.hidden_weights, layers.hidden_biases, layers.output_weights)
    )
    weight, bias = layers.as_one
    name = activation.title
    is_bent = not is_straight(layers.output(PLACES, activation))
    verdict = "no single layer does that." if is_bent else "with these weights still a straight line; try others."
    return (
        f"**First layer** h₁ = {first},&ensp; h₂ = {second}\n\n"
        f"**Nothing between** y = {v1}·h₁ + {v2}·h₂ = ({v1}·{w1} + {v2}·{w2})·x + {v1}·{b1} + {v2}·{b2} = "
        f"**{short_number(weight)}·x + {bracketed(bias)}**: a single layer does the same.\n\n"
        f"**With {name} between** y = {v1}·{name}(h₁) + {v2}·{name}(h₂): {verdict}"
    )
