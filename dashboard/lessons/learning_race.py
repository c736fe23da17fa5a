"""Optimisers raced on the surface that the room picks, from the place and with the learning rate that it picks."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from cnn_core.operations.optimizer_race import race, race_at_best
from cnn_core.operations.optimizers import RULES
from cnn_core.operations.surfaces import SURFACES, Point, Surface
from dashboard import state
from dashboard.charts.run_comparison import RUN_STYLES
from dashboard.components.race_view import Runner, race_view
from dashboard.controls.view_choice import view_choice
from dashboard.lessons.learning_record import RaceSeen
from dashboard.lessons.learning_source import PAGE
from dashboard.lessons.learning_words import race_sentence, verdict_words
from dashboard.palette import Palette
from dashboard.words import plain

NAMES = {
    "sgd": "SGD",
    "momentum": "Momentum",
    "nesterov": "Nesterov",
    "rmsprop": "RMSprop",
    "adam": "Adam",
    "adamw": "AdamW",
}
STYLES = dict(zip(RULES, RUN_STYLES, strict=False))
AT_FIRST = ("sgd", "momentum", "rmsprop", "adam")
RATES = (0.001, 0.003, 0.01, 0.02, 0.03, 0.05, 0.07, 0.1, 0.2, 0.3, 0.5, 1.0, 2.0)
ALIKE, BEST = "alike", "best"
RATE_MODES = {ALIKE: "The same for all", BEST: "What suits each best"}
STEPS = (50, 100, 150, 300, 600)
FIRST_STEPS = 150

_START = f"{PAGE}.start"


def race_panel(palette: Palette) -> RaceSeen | None:
    """Draw the race, and return how it ends."""
    titles = {name: surface.title for name, surface in SURFACES.items()}
    slug = view_choice("Surface", f"{PAGE}.surface", f"{PAGE}.surface_chosen", titles, next(iter(SURFACES)))
    surface = SURFACES[slug]
    kept = list(state.choice(f"{PAGE}.rules_chosen", AT_FIRST))
    rules = st.pills(
        "Optimisers",
        list(RULES),
        selection_mode="multi",
        default=kept,
        format_func=NAMES.__getitem__,
        key=state.sync_widget(f"{PAGE}.rules", kept),
        on_change=state.keep_choice(f"{PAGE}.rules", f"{PAGE}.rules_chosen"),
        label_visibility="collapsed",
    )
    rate = _rate(slug, surface)
    picture = st.container()
    with st.expander("More: start, number of steps, learning rate of each", icon=":material/tune:"):
        start, steps, mode = _more(slug, surface)
    chosen = [rule for rule in RULES if rule in rules]
    if not chosen:
        picture.info("Choose one or more optimisers above: their paths will be here.")
        return None
    paths = race_at_best(surface, chosen, start, steps) if mode == BEST else race(surface, chosen, start, rate, steps)
    runners = [
        Runner(
            NAMES[path.rule] + (f" ({plain(path.learning_rate)})" if mode == BEST else ""),
            path,
            STYLES[path.rule],
            verdict_words(path),
        )
        for path in paths
    ]
    with picture:
        st.markdown(f"{race_sentence(NAMES, paths)} {'Each has its best learning rate.' if mode == BEST else ''}")
        race_view(surface, runners, f"{PAGE}.race", palette, lambda place: _keep_start(slug, place))
        st.caption(f"Loss = {surface.formula}. {surface.lesson}")
    return RaceSeen(slug, tuple(paths))


def _rate(slug: str, surface: Surface) -> float:
    """The learning rate; every surface keeps its own."""
    name = f"{PAGE}.race_rate.{slug}"
    rate: float = state.choice(name, surface.learning_rate)
    is_best = state.choice(f"{PAGE}.mode_chosen", ALIKE) == BEST
    st.select_slider(
        "Learning rate of all",
        RATES,
        rate,
        key=state.sync_widget(name, rate),
        format_func=plain,
        on_change=state.keep_choice(name, name),
        disabled=is_best,
        help="Each has the one that suits it best now: choose otherwise under “More”." if is_best else None,
    )
    return rate


def _more(slug: str, surface: Surface) -> tuple[Point, int, str]:
    mode = view_choice(
        "Learning rate",
        f"{PAGE}.mode",
        f"{PAGE}.mode_chosen",
        RATE_MODES,
        ALIKE,
        "A fair race may give each its own: it is found by trying twelve, from 0.001 to 2.",
    )
    key = f"{PAGE}.steps"
    steps: int = state.choice(key, FIRST_STEPS)
    st.select_slider("Steps", STEPS, steps, key=state.sync_widget(key, steps), on_change=state.keep_choice(key, key))
    start: Point = state.choice(f"{_START}.{slug}", surface.start)
    for axis, (name, limits) in enumerate((("x", surface.x_range), ("y", surface.y_range))):
        key, value = f"{_START}_{name}.{slug}", float(min(max(start[axis], limits[0]), limits[1]))
        st.slider(
            f"Start at {name} =",
            *limits,
            value=value,
            step=0.01,
            key=state.sync_widget(key, value),
            on_change=state.when_changed(key, _start_taker(slug, surface, axis)),
        )
    return start, steps, mode


def _start_taker(slug: str, surface: Surface, axis: int) -> Callable[[float], None]:
    """Make a callback that moves the start along one axis."""

    def take(value: float) -> None:
        x, y = state.choice(f"{_START}.{slug}", surface.start)
        _keep_start(slug, (value, y) if axis == 0 else (x, value))

    return take


def _keep_start(slug: str, place: Point) -> None:
    state.set_choice(f"{_START}.{slug}", place)
