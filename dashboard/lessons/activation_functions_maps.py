"""An activation function over a real feature map: what it makes of it, and how much of it becomes flat."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st

from cnn_core.data.registry import load_dataset
from cnn_core.operations.activations import ActivationFunction, Doubles
from cnn_core.operations.saturation import Flatness, flat_over_bias, flatness, moved_sums, silent_images, unit_sums
from dashboard import resources
from dashboard.charts.line_figure import Line, line_figure
from dashboard.charts.number_text import short_number
from dashboard.components.pixel_view import Pictures, pixel_view
from dashboard.controls.chart_view import plotly_view
from dashboard.controls.lesson_controls import number_choice
from dashboard.controls.lesson_image import lesson_image
from dashboard.controls.number_slider import number_slider
from dashboard.lessons.activation_functions_record import PAGE, Seen
from dashboard.palette import Palette
from dashboard.words import percent

FIRST_FILTER = 5
TRIED = 50
"""So many test digits are asked whether anything of them comes through."""
BIAS_END = 8.0
MOST_FACTOR = 5.0
BIASES = np.linspace(-BIAS_END, BIAS_END, 65)
TILE_PX = {2: 260, 3: 190}


@dataclass(frozen=True, eq=False)
class Unit:
    """One filter of the starter network's first layer, at work.

    Args:
        number: Which filter, from 1.
        sums: `(height, width)`, what it makes of the image, before the activation.
    """

    number: int
    sums: Doubles


def map_stage(activation: ActivationFunction, palette: Palette) -> Seen | None:
    """Draw a feature map before and after the function."""
    number = _filter_control()
    shown = st.container()
    with st.expander("More: the image"):
        unit = _unit(number)
    if unit is None:
        return None
    outputs = activation(unit.sums)
    with shown:
        st.markdown(
            f"The filter has added up a number for every pixel; {activation.title} then goes over all "
            f"{unit.sums.size:,} of them, one by one."
        )
        _pictures(unit.sums, activation, f"{PAGE}.map.view", palette)
        st.markdown(map_words(unit.sums, outputs, activation))
    return Seen("map", activation, unit.sums, outputs)


def flat_stage(activation: ActivationFunction, palette: Palette) -> Seen | None:
    """Draw sliders that push a feature map onto the function's flat parts, and how much of it lies there."""
    columns = st.columns(2, gap="medium")
    with columns[0]:
        words = "Added to every number of the map. A training step that is too long can do this."
        added = number_slider("Add to the bias", f"{PAGE}.bias", (-BIAS_END, BIAS_END), 0.0, explanation=words)
    with columns[1]:
        words = "Multiplies every number of the map, as larger weights would."
        factor = number_slider("Weights times", f"{PAGE}.factor", (0.2, MOST_FACTOR), 1.0, explanation=words)
    shown = st.container()
    with st.expander("More: the image and the filter"):
        unit = _unit(_filter_control())
    if unit is None:
        return None
    sums = moved_sums(unit.sums, factor, added)
    found = flatness(sums, activation)
    silent = silent_images(moved_sums(_sums_of_digits(unit.number), factor, added), activation)
    with shown:
        st.markdown(flat_words(found, activation, silent, TRIED))
        _pictures(sums, activation, f"{PAGE}.flat.view", palette, has_slopes=True)
        shares = flat_over_bias(moved_sums(unit.sums, factor, 0.0), activation, BIASES)
        plotly_view(
            line_figure(
                BIASES,
                [Line("flat", shares)],
                ("added to the bias", "flat share"),
                palette,
                now=added,
                is_share=True,
                height_px=200,
            ),
            key=f"{PAGE}.flat",
            alt=f"Share of the map on which {activation.title} is flat, over what is added to the bias: "
            f"{percent(shares[0])} at {short_number(-BIAS_END)}, {percent(found.flat)} at {short_number(added)}, "
            f"{percent(shares[-1])} at {short_number(BIAS_END)}.",
        )
    return Seen("flat", activation, sums, activation(sums))


def _filter_control() -> int:
    count = len(resources.starter().weights[1])
    return number_choice("Filter of the starter network’s first layer", f"{PAGE}.filter", 1, count, FIRST_FILTER)


def _unit(number: int) -> Unit | None:
    """Let people choose the image, and let the filter work on it."""
    image = lesson_image(PAGE)
    if image is None:
        return None
    kernels, bias = resources.starter().weights[:2]
    return Unit(number, unit_sums(image[np.newaxis], kernels[..., number - 1], float(bias[number - 1]))[0])


def _sums_of_digits(number: int) -> Doubles:
    """What the filter makes of some test digits, `(TRIED, 28, 28)`; worked out once."""
    network = resources.starter()
    kernels, bias = network.weights[:2]

    def find() -> Doubles:
        images = load_dataset("digits").test.images[:TRIED]
        return unit_sums(images, kernels[..., number - 1], float(bias[number - 1]))

    return resources.answer("unit-sums", network, None, number, find)


def _pictures(
    sums: Doubles, activation: ActivationFunction, key: str, palette: Palette, *, has_slopes: bool = False
) -> None:
    pictures = {"Before": sums, f"After {activation.title}": activation(sums)}
    if has_slopes:
        pictures["Slope there"] = activation.slope(sums)
    ends = [(float(values.min()), float(values.max())) for values in pictures.values()]
    # The slope has the same scale for every function, so that paper means flat and full colour means all passes.
    limits = [*ends[:2], *([(-1.0, 1.0)] if has_slopes else [])]
    notes = [f"{short_number(low)} to {short_number(high)}" for low, high in ends]
    pixel_view(
        Pictures(np.stack(list(pictures.values())), list(pictures), limits, "diverging", notes),
        key,
        palette,
        what="feature map",
        columns=len(pictures),
        tile_px=TILE_PX[len(pictures)],
        has_scale_bar=False,
    )


def map_words(sums: Doubles, outputs: Doubles, activation: ActivationFunction) -> str:
    r"""Say in numbers what the function has done to a map.

    Example:
        >>> from cnn_core.operations.activations import ACTIVATIONS
        >>> sums = np.array([-2.0, -1.0, 0.5, 3.0])
        >>> map_words(sums, ACTIVATIONS["relu"](sums), ACTIVATIONS["relu"]).replace("\u00a0", " ")
        '**50.0 %** of the numbers are below zero. Of −2, the smallest, ReLU makes 0; of 3, the largest, 3. **50.0 %** of the results are 0.'
    """  # noqa: E501
    found = flatness(sums, activation)
    low, high = float(sums.min()), float(sums.max())
    return (
        f"**{percent(found.below)}** of the numbers are below zero. Of {short_number(low)}, the smallest, "
        f"{activation.title} makes {short_number(float(activation(low)))}; of {short_number(high)}, the largest, "
        f"{short_number(float(activation(high)))}. **{percent(found.zeros)}** of the results are 0."
    )


def flat_words(found: Flatness, activation: ActivationFunction, silent: int, tried: int) -> str:
    r"""Say in numbers how much of a map lies on the function's flat parts, and what that means.

    Example:
        >>> from cnn_core.operations.activations import ACTIVATIONS
        >>> print(flat_words(Flatness(1.0, 1.0, 1.0, 0.0), ACTIVATIONS["relu"], 50, 50).replace("\u00a0", " "))
        **100.0 %** of the map is flat (slope below 0.05), **100.0 %** is exactly 0. The mean slope is **0**: of a gradient of 1, on average 0 passes. All 50 of 50 test digits give nothing but 0: this unit is **dead**, and no gradient of theirs can wake it.
    """  # noqa: E501
    zeros = f", **{percent(found.zeros)}** is exactly 0" if found.zeros else ""
    mean = short_number(found.mean_slope)
    words = (
        f"**{percent(found.flat)}** of the map is flat (slope below 0.05){zeros}. The mean slope is **{mean}**: of a "
        f"gradient of 1, on average {mean} passes."
    )
    if silent == tried:
        fate = f"All {tried} of {tried} test digits give nothing but 0: this unit is **dead**, and no gradient of "
        return f"{words} {fate}theirs can wake it."
    if silent:
        return f"{words} Of {tried} test digits, {silent} give nothing but 0; the others keep this unit alive."
    if found.flat > 0.5 and activation.is_bounded:
        return f"{words} Most of the map is **saturated**: other weights would hardly change what comes out."
    return f"{words} Of {tried} test digits, each gives something: the unit is alive."
