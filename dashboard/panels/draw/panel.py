"""The page Draw a digit below its head: the canvas and the verdict at the left, and what led to it at the right.

A fragment: while one draws, this much is drawn anew ten times a second, and neither the menu nor the texts.

Where ten people draw, they keep a small server busy, and Python shares it out in slices: whoever clicks anywhere would
wait for ten drawings that go on at once. So two drawings are read at a time. As many are read as before, and a click
among them waits for about an eighth less; one at a time would make that a quarter, but then the pens fall behind
(`benchmarks/thirty_visitors.py`).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal

import streamlit as st

from cnn_core.drawing.way import seen_image, strip_of
from cnn_core.networks import TrainedNetwork
from dashboard import resources, state
from dashboard.controls.network_choice import network_controls
from dashboard.controls.view_choice import view_choice
from dashboard.palette import Palette
from dashboard.panels.draw.canvas import pen_controls
from dashboard.panels.draw.drawings import Reading, chosen_way, label_of
from dashboard.panels.draw.reading import guess_panel, label_panel, reading_panel
from dashboard.panels.draw.sheet import drawing_sheet_panel
from dashboard.panels.draw.source import Source, drawing_source
from dashboard.panels.draw.strip import step_switches, strip_panel
from dashboard.panels.draw.teach import drawing_teach_panel
from dashboard.panels.inside.feature_maps import all_outputs_panel

if TYPE_CHECKING:
    from cnn_core.inspection.probe import NetworkProbe

View = Literal["maps", "way", "teach", "sheet"]
VIEWS: dict[View, str] = {
    "maps": "Feature maps",
    "way": "From stroke to number",
    "teach": "Teach it",
    "sheet": "My drawings",
}
INPUT_SHAPE = (28, 28, 1)
MOST_AT_ONCE = 2
LONGEST_WAIT_S = 1.0
"""Where somebody's network has to be built first, the others do not wait for that."""

_turns = threading.BoundedSemaphore(MOST_AT_ONCE)


@st.fragment
def drawing_scene(palette: Palette, require_backend: Callable[[], None]) -> None:
    """Let people draw, and show what the network makes of it.

    Args:
        palette: The theme's colours.
        require_backend: Ends the drawing here, with a progress bar, until TensorFlow is there.
    """
    with in_turn():
        _scene(palette, require_backend)


@contextmanager
def in_turn() -> Iterator[None]:
    """Let few drawings be read at a time, on the whole server; none waits long for the others."""
    is_mine = _turns.acquire(timeout=LONGEST_WAIT_S)
    try:
        yield
    finally:
        if is_mine:
            _turns.release()


def _scene(palette: Palette, require_backend: Callable[[], None]) -> None:
    left, right = st.columns([2, 3], gap="large")
    with left:
        source = drawing_source(palette)
        verdict = st.container()
        network = network_controls("draw", input_shape=INPUT_SHAPE)
        if not source.is_photo:
            with st.expander("Pen and paper"):
                pen_controls("draw")
    if source.subject is None:
        state.set_drawn_image(None)
        with right:
            if not source.is_photo:
                st.info("Draw a digit on the black square: what the network makes of it will appear here.")
            _without_drawing(network, palette)
        return
    with verdict:
        require_backend()
        probe = resources.probe(network)
        image = seen_image(source.subject, chosen_way())
        state.set_drawn_image(image)
        reading = Reading(image, probe.probabilities(image[None])[0], network.class_names)
        guess_panel(reading)
        if reading.is_sound:
            label_panel(reading)
    with right:
        reading_panel(reading, palette)
        _view(source, network, probe, reading, palette)


def _view(source: Source, network: TrainedNetwork, probe: NetworkProbe, reading: Reading, palette: Palette) -> None:
    view = _chosen_view()
    if view == "maps":
        outputs, is_rough = probe.feature_maps(reading.image), not source.is_finished
        all_outputs_panel(outputs, network.spec, network.class_names, palette, "draw.maps", is_rough=is_rough)
    elif view == "way":
        step_switches()
        if source.subject is not None and reading.is_sound:
            strip = strip_of(source.subject, chosen_way())
            strip_panel(strip, probe.probabilities(strip.images), network.class_names, palette, label_of(reading))
    else:
        _own(view, network, palette)


def _without_drawing(network: TrainedNetwork, palette: Palette) -> None:
    view = _chosen_view()
    if view == "way":
        step_switches()
    elif view != "maps":
        _own(view, network, palette)


def _own(view: View, network: TrainedNetwork, palette: Palette) -> None:
    if view == "teach":
        drawing_teach_panel(network)
    else:
        drawing_sheet_panel(palette)


def _chosen_view() -> View:
    return view_choice("What is shown", "draw.view", "draw.view", VIEWS, "maps")
