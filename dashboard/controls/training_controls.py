"""The controls of a training: what it learns from and how."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import streamlit as st

from cnn_core.architecture.shapes import class_count
from cnn_core.architecture.spec import NetworkSpec, shape_text
from cnn_core.data.registry import DATASETS
from cnn_core.training.settings import DEFAULT_LEARNING_RATES, OPTIMIZERS
from dashboard import state
from dashboard.words import count, plain

KEY = "settings."
BATCH_SIZES = (8, 16, 32, 64, 128, 256, 512)
LEARNING_RATES = (0.00001, 0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.05, 0.1, 0.3, 1.0, 3.0)
TRAIN_COUNTS = (100, 500, 1000, 2000, 5000, 10_000, 20_000, 60_000, 100_000)


def dataset_choices(spec: NetworkSpec) -> list[str]:
    """Name the data sets whose images and classes fit a network."""
    return [
        slug
        for slug, entry in DATASETS.items()
        if entry.image_shape == spec.input_shape and len(entry.class_names) == class_count(spec)
    ]


def dataset_controls(spec: NetworkSpec) -> bool:
    """Choose what to learn from.

    Args:
        spec: The network to train; only data sets that fit it are offered.

    Returns:
        Whether there is a data set that fits.
    """
    fitting = dataset_choices(spec)
    if not fitting:
        classes = class_count(spec)
        in_classes = f" in {classes} classes" if classes else ", and the network ends in feature maps, not in classes"
        st.warning(
            f"No data set here has images of {shape_text(spec.input_shape)}{in_classes}. "
            "Change the images or the last layer on the Design page."
        )
        return False
    if state.settings().dataset not in fitting:
        state.set_settings(replace(state.settings(), dataset=fitting[0]))
    settings = state.settings()
    _widget(st.selectbox, "Data set", "dataset", fitting, format_func=lambda slug: DATASETS[slug].title)
    entry = DATASETS[settings.dataset]
    st.caption(f"{entry.summary} {count(entry.train_count)} to learn from, {count(entry.test_count)} to be judged on.")
    return True


def hyperparameter_controls() -> None:
    """Choose how to learn: what is seldom changed is folded away."""
    settings = state.settings()
    _widget(
        st.slider,
        "Epochs",
        "epochs",
        1,
        max(20, settings.epochs),
        help="How often training goes over all the images.",
    )
    _widget(
        st.select_slider,
        "Learning rate",
        "learning_rate",
        sorted({*LEARNING_RATES, settings.learning_rate}),
        format_func=plain,
        help="How long each step is. Too small learns slowly, too large not at all.",
    )
    with st.expander("More", key="settings.more"):
        _widget(
            st.selectbox,
            "Optimiser",
            "optimizer",
            list(OPTIMIZERS),
            format_func=OPTIMIZERS.__getitem__,
            after=_take_default_rate,
            help="The rule that turns gradients into steps.",
        )
        _widget(
            st.select_slider,
            "Batch size",
            "batch_size",
            sorted({*BATCH_SIZES, settings.batch_size}),
            help="Images in one step.",
        )
        _widget(
            st.select_slider,
            "Images to learn from, at most",
            "train_count",
            sorted({*TRAIN_COUNTS, settings.train_count}),
            format_func=count,
            help="Fewer images train faster and teach less.",
        )
        _widget(
            st.slider,
            "Validation share",
            "validation_share",
            0.05,
            0.5,
            step=0.05,
            help="Share of the training images that is kept aside, to see whether what is learned holds for others.",
        )
        _widget(
            st.number_input,
            "Seed",
            "seed",
            0,
            999_999,
            step=1,
            help="Equal seeds give equal initial weights and the same order of images.",
        )


def _widget(widget: Any, label: str, name: str, *args: Any, after: Any = None, **kwargs: Any) -> None:
    key = state.sync_widget(f"{KEY}{name}", getattr(state.settings(), name))
    widget(label, *args, key=key, on_change=state.when_changed(key, partial(_set, name, after)), **kwargs)


def _set(name: str, after: Any, value: Any) -> None:
    state.set_settings(replace(state.settings(), **{name: value}))
    if after is not None:
        after()


def _take_default_rate() -> None:
    """A learning rate that suits one optimiser does not suit another: begin with one that works."""
    settings = state.settings()
    state.set_settings(replace(settings, learning_rate=DEFAULT_LEARNING_RATES[settings.optimizer]))
