"""Two designs trained with several seeds: whether their difference is more than luck, and why convolution wins."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
import streamlit as st

from cnn_core.architecture.shapes import network_figures
from cnn_core.comparison.fair import (
    FairComparison,
    FairTrainings,
    dataset_title,
    fair_from_runs,
    resume_fair,
    start_fair,
    stop_fair,
    why_convolution,
)
from cnn_core.comparison.fair_result import Quantity, bands_of, paired_result
from cnn_core.comparison.fair_time import FairProgress, expected_duration_s, fair_progress
from cnn_core.comparison.fair_words import size_words, variant_sentences, verdict
from cnn_core.data.registry import DATASETS
from cnn_core.data.variants import VARIANTS, variant_slug
from cnn_core.errors import ClassroomError
from cnn_core.training.runs import all_runs
from cnn_core.training.settings import TrainingSettings
from dashboard import state
from dashboard.charts.seed_bands import DrawnDesign, bands_words, drawn_designs, seed_bands, seed_dots
from dashboard.charts.seed_table import dataset_table, seed_table, sentences_html
from dashboard.controls.action_button import action_button
from dashboard.controls.chart_view import plotly_view
from dashboard.controls.fair_controls import fair_controls
from dashboard.controls.steady_head import steady_head
from dashboard.palette import Palette
from dashboard.words import count, some, time_left

FAIR_PARAMETER = "fair"
"""The address's name for the trainings of a comparison, with dashes between their ids."""

REFRESH_S = 2.0

_IDS = "fair.ids"
_WRITTEN = "fair.written"
_FAILURE = "fair.failure"


def fair_comparison_panel(palette: Palette) -> None:
    """Let two designs be trained with several seeds, and show what that says; live while any of them trains."""
    trainings = _chosen()
    st.subheader(
        "Is the difference more than luck?",
        anchor=False,
        help="A network trained twice, from other first weights and with other images, does not come out the same. "
        "Only a difference that exceeds this noise says something about the designs.",
    )
    is_active = trainings is not None and trainings.is_active
    _begin(is_active=is_active)
    failure = state.choice(_FAILURE, "")
    if failure:
        st.error(failure)
        state.set_choice(_FAILURE, "")
    if trainings is not None:
        live = st.fragment(_live, run_every=REFRESH_S if is_active else None)
        live(trainings.ids, is_active, palette)


def _chosen() -> FairTrainings | None:
    """The comparison that the session or the address names."""
    given = st.query_params.get(FAIR_PARAMETER, "")
    if given and given != state.choice(_WRITTEN, ""):
        state.set_choice(_IDS, tuple(given.split("-")))
    ids: tuple[str, ...] = state.choice(_IDS, ())
    trainings = fair_from_runs(ids) if ids else None
    if ids and trainings is None:
        state.set_choice(_IDS, ())
        state.set_choice(
            _FAILURE, "The trainings of that comparison are not on this machine any more. Start a new one."
        )
    text = "-".join(trainings.ids) if trainings is not None else ""
    state.set_choice(_WRITTEN, text)
    if not text:
        st.query_params.pop(FAIR_PARAMETER, None)
    elif given != text:
        st.query_params[FAIR_PARAMETER] = text
    return trainings


def _begin(*, is_active: bool) -> None:
    with st.container(border=True, key="fair.controls"):
        comparison = fair_controls()
        terms = comparison.contestants[0].settings
        why = why_convolution(len(comparison.seeds), _base_of(comparison.datasets[0]), terms)
        with st.container(horizontal=True, key="fair.buttons", gap="medium"):
            _start_button("fair.start", "Compare both", comparison, is_active, ":material/balance:")
            _start_button("fair.why", "Why convolution", why, is_active, ":material/shuffle:")
        base = dataset_title(why.datasets[0])
        st.caption(
            f"**Why convolution** trains a fully connected and a convolutional network of about as many parameters "
            f"({_parameters(why)}) on {base} as they are, on {base} that are moved by some pixels, and on {base} whose "
            "pixels are all shuffled."
        )


def _start_button(key: str, label: str, comparison: FairComparison, is_active: bool, icon: str) -> None:
    action_button(
        f"{label}: {words(comparison, expected_duration_s(comparison, all_runs()))}",
        partial(_start, comparison),
        key=key,
        icon=icon,
        is_disabled=is_active,
        explanation="A comparison is going on. Stop it first, or wait until it has ended." if is_active else None,
    )


def _parameters(comparison: FairComparison) -> str:
    return " and ".join(count(network_figures(one.spec).parameters) for one in comparison.contestants)


def words(comparison: FairComparison, expected_s: float) -> str:
    """Say how many trainings a comparison has, and about how long they take.

    Example:
        >>> words(why_convolution(3), 61.0), words(why_convolution(5), 130.0)
        ('18 trainings, about 60 s', '30 trainings, about 2 min')
    """
    told = f"{max(5, 5 * round(expected_s / 5))} s" if expected_s < 97 else f"{round(expected_s / 60)} min"
    return f"{len(comparison.plan())} trainings, about {told}"


def _base_of(dataset: str) -> str:
    """The data set whose variants are taken: the chosen one, or what it was made from, where it has variants."""
    base = DATASETS[dataset].base or dataset
    has_variants = all(variant_slug(base, name) in DATASETS for name in VARIANTS)
    return base if has_variants else TrainingSettings.dataset


def _start(comparison: FairComparison) -> None:
    try:
        trainings = start_fair(comparison, state.person())
    except ClassroomError as error:
        state.set_choice(_FAILURE, str(error))
        return
    state.set_choice(_IDS, trainings.ids)


def _stop(ids: Sequence[str]) -> None:
    trainings = fair_from_runs(ids)
    if trainings is not None:
        stop_fair(trainings)


def _resume(ids: Sequence[str]) -> None:
    trainings = fair_from_runs(ids)
    try:
        if trainings is not None:
            resume_fair(trainings, state.person())
    except ClassroomError as error:
        state.set_choice(_FAILURE, str(error))


def _live(ids: Sequence[str], was_active: bool, palette: Palette) -> None:
    trainings = fair_from_runs(ids)
    if trainings is None or trainings.is_active != was_active or state.choice(_FAILURE, ""):
        st.rerun()  # the buttons above depend on it, and whether this part is drawn again and again
    designs = drawn_designs([contestant.title for contestant in trainings.comparison.contestants])
    with st.container(key="fair.panel"):
        with steady_head():
            _progress(ids, trainings, fair_progress(trainings))
        if len(trainings.comparison.datasets) == 1:
            _one_dataset(trainings, designs, palette)
        else:
            _several_datasets(trainings, designs, palette)


def _progress(ids: Sequence[str], trainings: FairTrainings, progress: FairProgress) -> None:
    if trainings.is_active:
        left = time_left(progress.time_left_s) if progress.current else "waiting in line"
        text = f"{progress.ended} of {progress.total} trainings have ended · {left}"
        st.progress(min(max(progress.share, 0.0), 1.0), text=text)
        st.button("Stop this comparison", key="fair.stop", icon=":material/stop:", on_click=_stop, args=(tuple(ids),))
    for sentence in progress.failures:
        st.error(sentence)
    cut_short = progress.ended - progress.finished - progress.interrupted
    if cut_short and not progress.failures and not trainings.is_active:
        st.info(f"{progress.finished} of {progress.total} trainings went on to their end: only these are judged.")
    if progress.interrupted:
        st.info(f"{progress.interrupted} of {progress.total} trainings were interrupted: the server ended meanwhile.")
        st.button("Let them go on", key="fair.resume", icon=":material/resume:", on_click=_resume, args=(tuple(ids),))


def _one_dataset(trainings: FairTrainings, designs: Sequence[DrawnDesign], palette: Palette) -> None:
    (dataset,) = trainings.comparison.datasets
    result = paired_result(trainings, dataset)
    st.html(sentences_html([(dataset_title(dataset), verdict(result, [design.title for design in designs]))]))
    quantities: tuple[Quantity, Quantity] = ("accuracy", "loss")
    for quantity, column in zip(quantities, st.columns(2), strict=True):
        bands = bands_of(trainings, dataset, quantity)
        figure = seed_bands(quantity, bands, designs, _epochs(trainings), palette)
        plotly_view(figure, key=f"fair.{quantity}", place=column, alt=bands_words(quantity, bands, designs))
    st.caption(_what_bands_are(trainings))
    if result.seeds:
        st.html(seed_table(result, designs, palette))
        st.caption(size_words(result))


def _several_datasets(trainings: FairTrainings, designs: Sequence[DrawnDesign], palette: Palette) -> None:
    datasets = trainings.comparison.datasets
    results = [paired_result(trainings, dataset) for dataset in datasets]
    names = [_short_title(dataset) for dataset in datasets]
    titles = [design.title for design in designs]
    said = [(dataset_title(result.dataset), verdict(result, titles)) for result in results]
    said += [("", sentence) for sentence in variant_sentences(trainings)]
    if any(result.seeds for result in results):
        figure = seed_dots(results, names, designs, palette)
        picture, text = st.columns(2, gap="large")
        words = " ".join(sentence for _, sentence in said)
        plotly_view(figure, key="fair.dots", place=picture, alt=f"Accuracy on test images, one dot a seed. {words}")
        picture.html(dataset_table(results, names, designs, palette))
        text.html(sentences_html(said))
        st.caption(size_words(next(result for result in results if result.seeds)))
    bands = [bands_of(trainings, dataset, "accuracy") for dataset in datasets]
    lowest = min((float(np.min(band.low)) for pair in bands for band in pair if band.low.size), default=0.0)
    for dataset, pair, column in zip(datasets, bands, st.columns(len(datasets)), strict=True):
        column.markdown(f"**{dataset_title(dataset)}**")
        figure = seed_bands("accuracy", pair, designs, _epochs(trainings), palette, lowest=lowest)
        words = f"{dataset_title(dataset)}. {bands_words('accuracy', pair, designs)}"
        plotly_view(figure, key=f"fair.accuracy.{dataset}", place=column, alt=words)
    st.caption(_what_bands_are(trainings))


def _epochs(trainings: FairTrainings) -> int:
    return trainings.comparison.contestants[0].settings.epochs


def _what_bands_are(trainings: FairTrainings) -> str:
    seeds = f"{some(len(trainings.comparison.seeds), 'seed')}{' so far' if trainings.is_active else ''}"
    return f"Lines: mean over the {seeds}; bands: from the lowest to the highest of them, on the validation images."


def _short_title(dataset: str) -> str:
    entry = DATASETS.get(dataset)
    return dataset_title(dataset) if entry is None else entry.variant or f"{entry.title} as they are"
