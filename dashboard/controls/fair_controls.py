"""What a fair comparison is made of: two designs, a data set, seeds, epochs and images."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from cnn_core.architecture.presets import CLASSICS, PRESETS, SYSTEMS
from cnn_core.architecture.shapes import class_count
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.comparison.fair import (
    QUICK,
    RIVALS,
    SEED_COUNTS,
    Contestant,
    FairComparison,
    is_of_fair_comparison,
    on_equal_terms,
    ready_made,
)
from cnn_core.data.registry import DATASETS
from cnn_core.training.runs import all_runs, find_run
from cnn_core.training.settings import TrainingSettings
from dashboard import state
from dashboard.controls.lesson_controls import menu_choice
from dashboard.controls.network_choice import network_name
from dashboard.words import count

KEY = "fair."
MOST_RUNS = 20
"""The newest trainings of the server whose designs are offered."""

EPOCHS = range(1, 13)
IMAGES = (500, 1000, 2000, 4000, 6000, 10_000, 20_000, 30_000, 60_000)

_OWN = "own"
_RUN = "run:"


def fair_controls() -> FairComparison:
    """Choose what to compare; the choice is kept while one is on other pages."""
    first, second, data = st.columns(3, gap="medium")
    with data:
        dataset = _dataset_control()
    options = _designs(dataset)
    chosen = [_design_control(place, options, column) for place, column in enumerate((first, second))]
    with st.container(horizontal=True, key="fair.terms", gap="medium"):
        seeds = _seeds_control()
        terms = _terms_controls(dataset)
    titles = [_contestant(option, terms) for option in chosen]
    if titles[0].title == titles[1].title:
        titles[1] = replace(titles[1], title=f"{titles[1].title} (second)")
    return FairComparison((titles[0], titles[1]), (dataset,), tuple(range(seeds)))


def _dataset_control() -> str:
    ready = [slug for slug, entry in DATASETS.items() if entry.availability().is_ready and len(_designs(slug)) > 1]
    usual = state.settings().dataset
    return menu_choice(
        "Data set",
        f"{KEY}dataset",
        {slug: DATASETS[slug].title for slug in ready},
        usual if usual in ready else ready[0],
        "Data sets on this computer. Every network whose images and classes fit can take part.",
    )


def _designs(dataset: str) -> list[str]:
    """Name what fits a data set: ready-made networks, the session's own, those of trainings."""
    slugs = [preset.slug for preset in (*SYSTEMS, *CLASSICS) if _fits(preset.spec, dataset)]
    own = [_OWN] if _fits(state.valid_network(), dataset) else []
    runs = [run for run in all_runs() if not is_of_fair_comparison(run) and _fits(run.spec, dataset)]
    return [*slugs, *own, *(f"{_RUN}{run.id}" for run in runs[:MOST_RUNS])]


def _fits(spec: NetworkSpec, dataset: str) -> bool:
    entry = DATASETS[dataset]
    return entry.image_shape == spec.input_shape and len(entry.class_names) == class_count(spec)


def _design_control(place: int, options: Sequence[str], column: object) -> str:
    key = f"{KEY}{('first', 'second')[place]}"
    usual = RIVALS[place] if RIVALS[place] in options else options[min(place, len(options) - 1)]
    kept = state.choice(key, usual)
    value = kept if kept in options else usual
    # Told in every run, not only where it differs: Streamlit drops what a newer run overtakes, and a browser that never
    # heard the value would show the first design and send that back.
    state.put_widget(key, value)
    with column:  # type: ignore[attr-defined]
        st.selectbox(
            ("First design", "Second design")[place],
            options,
            options.index(value),
            key=key,
            format_func=_design_title,
            on_change=state.keep_choice(key, key),
            help="Each design keeps its own optimiser and learning rate; all else is the same for both."
            if place == 0
            else None,
        )
    return value


def _design_title(option: str) -> str:
    if option == _OWN:
        return f"Your design ({state.network_title()})"
    if option.startswith(_RUN):
        return network_name(option.removeprefix(_RUN))
    return PRESETS[option].title


def _contestant(option: str, terms: TrainingSettings) -> Contestant:
    run = find_run(option.removeprefix(_RUN)) if option.startswith(_RUN) else None
    if run is not None:
        return Contestant(run.spec, run.title, on_equal_terms(run.settings, terms))
    if option == _OWN:
        return Contestant(state.valid_network(), "Your design", on_equal_terms(state.settings(), terms))
    return ready_made(PRESETS[option], terms)


def _seeds_control() -> int:
    key = f"{KEY}seeds"
    value: int = state.choice(key, SEED_COUNTS[-1])
    st.segmented_control(
        "Seeds",
        SEED_COUNTS,
        default=value,
        key=state.sync_widget(key, value),
        required=True,
        on_change=state.keep_choice(key, key),
        help="How often each design is trained. A seed decides the first weights, which images are learnt from, and "
        "their order. Both designs have the same seeds.",
    )
    return value


def _terms_controls(dataset: str) -> TrainingSettings:
    available = DATASETS[dataset].train_count
    images = [number for number in IMAGES if number <= available]
    kept = state.choice(f"{KEY}images", QUICK.train_count)
    values = {"epochs": state.choice(f"{KEY}epochs", QUICK.epochs), "images": min(kept, images[-1])}
    for name, label, options, words in (
        ("epochs", "Epochs", list(EPOCHS), "How often each training goes over its images."),
        ("images", "Images", images, "How many images each training takes; a fifth of them is kept aside."),
    ):
        key = state.sync_widget(f"{KEY}{name}", values[name])
        take = state.keep_choice(key, key)
        st.select_slider(label, options, values[name], count, key=key, on_change=take, help=words, width=220)
    return replace(QUICK, epochs=values["epochs"], train_count=values["images"])
