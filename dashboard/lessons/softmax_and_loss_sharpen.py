"""Why softmax sharpens: a lower temperature, or a logit that grows, turns differences into large factors."""

from __future__ import annotations

import numpy as np
import streamlit as st

from cnn_core.operations.activations import Doubles
from cnn_core.operations.softmax import cross_entropy, odds, softmax_over_logit, softmax_over_temperature, softmax_terms
from dashboard import state
from dashboard.charts.line_figure import Line, line_figure
from dashboard.charts.number_text import short_number
from dashboard.charts.probability_bars import probability_bars
from dashboard.charts.softmax_table import share_text
from dashboard.controls.chart_view import plotly_view
from dashboard.controls.number_slider import number_slider
from dashboard.controls.view_choice import view_choice
from dashboard.lessons.softmax_and_loss_digit import logit_end, logit_name, start_controls
from dashboard.lessons.softmax_and_loss_record import PAGE, Seen
from dashboard.lessons.softmax_and_loss_terms import TEMPERATURES, is_moved, kept_logits, temperature_slider
from dashboard.palette import Palette

GROWING = {"temperature": "The temperature", "logit": "The largest logit"}
MOST_LINES = 4
PLACES = np.geomspace(TEMPERATURES[0], TEMPERATURES[-1], 81)


def sharpen_stage(palette: Palette) -> Seen:
    """Draw the probabilities over the temperature, or over the largest logit."""
    start = start_controls()
    name = f"{PAGE}.growing"
    growing = view_choice("What changes", name, name, GROWING, "temperature", "What is moved; all else stays.")
    logits = kept_logits(start)
    # Which logit is moved must not change while it is moved: it is the one that was the largest at the start.
    first = start.movable[int(np.argmax([start.logits[index] for index in start.movable]))]
    temperature: float = state.choice(f"{PAGE}.temperature", 1.0)
    end = logit_end(start)
    if growing == "temperature":
        temperature = temperature_slider()
        places, shares = PLACES, softmax_over_temperature(logits, PLACES)
        title, now = "temperature", temperature
    else:
        label = f"Logit of “{start.names[first]}”"
        logits[first] = number_slider(label, logit_name(first), (-end, end), start.logits[first])
        places = np.linspace(-end, end, 121)
        shares = softmax_over_logit(logits, first, places, temperature)
        title, now = f"logit of “{start.names[first]}”", float(logits[first])
    terms = softmax_terms(logits, temperature)
    likely = np.argsort(-terms.probabilities, kind="stable")[:MOST_LINES].tolist()
    styles = ("solid", "dash", "dot", "dot")
    lines = [Line(f"“{start.names[index]}”", shares[:, index], styles[place]) for place, index in enumerate(likely)]
    st.markdown(odds_words(logits, start.names, temperature))
    plotly_view(
        line_figure(
            places,
            lines,
            (title, "probability"),
            palette,
            now=now,
            is_share=True,
            is_logarithmic=growing == "temperature",
        ),
        key=f"{PAGE}.sharpen",
        alt=f"Probability of each class over the {title}. At {short_number(now)}: "
        + ", ".join(f"{start.names[index]} {share_text(float(terms.probabilities[index]))}" for index in likely),
    )
    st.html(probability_bars(terms.probabilities.astype(np.float32), start.names, palette))
    right = state.choice(f"{PAGE}.right", start.right)
    loss = cross_entropy(logits, right, temperature)
    return Seen("sharpen", logits, temperature, 0.0, terms, loss, is_moved(start, logits))


def odds_words(logits: Doubles, names: tuple[str, ...], temperature: float) -> str:
    """Say in numbers how many times as likely the first class is as the second.

    Example:
        >>> print(odds_words(np.array([2.0, 1.0]), ("cat", "dog"), 0.5))
        “cat” (2) is **1** ahead of “dog” (1) in the logits. Softmax makes a factor of it: e to the power of 1 / 0.5 = 2 is 7.39, so “cat” is **7.39 times** as likely. Every further step of 1 would multiply that by 7.39.
    """  # noqa: E501
    order = np.argsort(-logits, kind="stable")
    first, second = int(order[0]), int(order[1])
    ahead = float(logits[first] - logits[second])
    factor = odds(float(logits[first]), float(logits[second]), temperature)
    power = short_number(round(ahead, 4))
    if temperature != 1:
        power = f"{power} / {short_number(temperature)} = {short_number(round(ahead / temperature, 4))}"
    numbers = [short_number(float(logits[index])) for index in (first, second)]
    return (
        f"“{names[first]}” ({numbers[0]}) is **{short_number(round(ahead, 4))}** ahead of “{names[second]}” "
        f"({numbers[1]}) in the logits. Softmax makes a factor of it: e to the power of {power} is "
        f"{short_number(factor)}, so “{names[first]}” is **{short_number(factor)} times** as likely. Every further "
        f"step of 1 would multiply that by {short_number(odds(1.0, 0.0, temperature))}."
    )
