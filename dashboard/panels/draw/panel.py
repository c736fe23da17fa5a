"""The page Draw a digit below its head: the canvas and the verdict at the left, and what led to it at the right.

The canvas, and what follows the pen, is a fragment: while one draws, this much is drawn anew ten times a second. The
columns, the choices and the pen's controls stand outside; the fragment writes into places that the page has laid out.

Where ten people draw, they keep a small server busy, and Python shares it out in slices: whoever clicks anywhere would
wait for ten drawings that go on at once. So two drawings are read at a time. As many are read as before, and a click
among them waits for about an eighth less; one at a time would make that a quarter, but then the pens fall behind
(`benchmarks/thirty_visitors.py`).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.runtime.scriptrunner import StopException

from cnn_core.drawing.way import Subject, seen_image, strip_of
from cnn_core.networks import TrainedNetwork
from dashboard import resources, state
from dashboard.controls.network_choice import network_controls
from dashboard.controls.outside_places import outside_places
from dashboard.controls.view_choice import view_choice
from dashboard.palette import Palette
from dashboard.panels.draw.canvas import pen_controls
from dashboard.panels.draw.drawings import Reading, chosen_way, label_of
from dashboard.panels.draw.reading import bars_panel, guess_panel, label_panel, seen_panel
from dashboard.panels.draw.sheet import drawing_sheet_panel
from dashboard.panels.draw.source import CANVAS, Source, drawing_source, source_choice
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


@dataclass(frozen=True, eq=False)
class Places:
    """Where the page shows what follows the pen, beside the canvas; what frames it is drawn once, and stays.

    Args:
        bars: For the probabilities.
        seen: For what the network sees.
        details: For what is chosen to be shown.
    """

    bars: DeltaGenerator
    seen: DeltaGenerator
    details: DeltaGenerator


def drawing_page(palette: Palette, require_backend: Callable[[], None]) -> None:
    """Let people draw, and show what the network makes of it.

    Args:
        palette: The theme's colours.
        require_backend: Ends the drawing there, with a progress bar, until TensorFlow is there.
    """
    left, right = st.columns([2, 3], gap="large")
    with right:
        broad, seen = st.columns([3, 2])
        bars = broad.container(key="draw.probabilities")
        view = view_choice("What is shown", "draw.view", "draw.view", VIEWS, "maps")
        places = Places(bars, seen, st.container())
    with left:
        source = source_choice()
        _scene(source, view, places, palette, require_backend)
        if source == CANVAS:
            with st.expander("Pen and paper"):
                pen_controls("draw")


@contextmanager
def in_turn() -> Iterator[None]:
    """Let few drawings be read at a time, on the whole server; none waits long for the others."""
    is_mine = _turns.acquire(timeout=LONGEST_WAIT_S)
    try:
        yield
    finally:
        if is_mine:
            _turns.release()


@st.fragment
def _scene(source_name: str, view: View, places: Places, palette: Palette, require_backend: Callable[[], None]) -> None:
    with in_turn(), outside_places(), _reserved(places):
        source = drawing_source(source_name, palette)
        verdict = st.container(key="draw.verdict")
        network = network_controls("draw", input_shape=INPUT_SHAPE)
        if source.subject is None:
            state.set_drawn_image(None)
            _without_drawing(source, view, places, network, palette)
            return
        with verdict:
            require_backend()
            probe = resources.probe(network)
            image = seen_image(source.subject, chosen_way())
            state.set_drawn_image(image)
            outputs = probe.feature_maps(image) if view == "maps" else None  # one pass for both
            probabilities = probe.probabilities(image[None])[0] if outputs is None else probe.probabilities_in(outputs)
            reading = Reading(image, probabilities, network.class_names)
            guess_panel(reading)
            if reading.is_sound:
                label_panel(reading)
        with places.bars:
            bars_panel(reading, palette)
        with places.seen:
            seen_panel(reading, palette)
        with places.details:
            if outputs is not None:
                is_rough = not source.is_finished
                all_outputs_panel(outputs, network.spec, network.class_names, palette, "draw.maps", is_rough=is_rough)
            elif view == "way":
                _way(source.subject, probe, reading, palette)
            else:
                _own(view, network, palette)


def _way(subject: Subject, probe: NetworkProbe, reading: Reading, palette: Palette) -> None:
    step_switches()
    if reading.is_sound:
        strip = strip_of(subject, chosen_way())
        strip_panel(strip, probe.probabilities(strip.images), reading.class_names, palette, label_of(reading))


def _without_drawing(source: Source, view: View, places: Places, network: TrainedNetwork, palette: Palette) -> None:
    _leave_empty(places)
    with places.details:
        if not source.is_photo:
            st.info("Draw a digit on the black square: what the network makes of it will appear here.")
        if view == "way":
            step_switches()
        elif view != "maps":
            _own(view, network, palette)


@contextmanager
def _reserved(places: Places) -> Iterator[None]:
    """Write to all places even where the drawing ends early: later the fragment could not do so alone."""
    try:
        yield
    except (StopException, Exception):
        _leave_empty(places)
        raise


def _leave_empty(places: Places) -> None:
    for place in (places.bars, places.seen, places.details):
        place.empty()


def _own(view: View, network: TrainedNetwork, palette: Palette) -> None:
    if view == "teach":
        drawing_teach_panel(network)
    else:
        drawing_sheet_panel(palette)
