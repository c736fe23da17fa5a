"""Which data set the page looks at, and what there is to know about it."""

from __future__ import annotations

from math import isinf

import streamlit as st

from cnn_core.data.dataset import Dataset
from cnn_core.data.entry import DatasetEntry
from cnn_core.data.own.original_sizes import spread_words
from cnn_core.data.own.sets import own_record
from cnn_core.data.registry import DATASETS, dataset_title
from cnn_core.data.survey.counts import class_counts, imbalance
from dashboard import state
from dashboard.charts.part_counts import part_counts
from dashboard.controls.lesson_controls import menu_choice
from dashboard.palette import Palette
from dashboard.panels.data_sets.own_data_list import train_on
from dashboard.panels.term_link import term_link
from dashboard.words import count, memory, some

DATASET = "data_sets.dataset"
UNEVEN_FROM = 1.5
"""From this ratio of the largest class to the smallest on, the page calls a data set uneven."""


def dataset_choice() -> DatasetEntry:
    """Let people choose a data set; at first it is the one that they train on."""
    titles = {slug: entry.title for slug, entry in DATASETS.items()}
    trained_on = state.settings().dataset
    default = trained_on if trained_on in titles else next(iter(titles))
    looked_at = state.choice(DATASET, default)
    if looked_at not in titles:
        st.info(f"Somebody has deleted “{dataset_title(looked_at)}”. Choose another data set.")
        state.set_choice(DATASET, default)
    return DATASETS[menu_choice("Data set", DATASET, titles, default)]


def facts(entry: DatasetEntry, dataset: Dataset, palette: Palette) -> None:
    """Show what a data set is, how large, where it comes from, and how many images each class has."""
    st.markdown(entry.summary)
    st.caption(size_words(entry, dataset.train.images.nbytes + dataset.test.images.nbytes))
    classes = len(entry.class_names)
    train, test = (class_counts(part.labels, classes) for part in (dataset.train, dataset.test))
    with st.container(key="data_sets.counts"):
        st.html(part_counts(entry.class_names, train.tolist(), test.tolist(), palette))
    ratio = imbalance(train)
    st.caption(balance_words(ratio))
    if ratio >= UNEVEN_FROM:
        term_link("class-imbalance")
    st.caption(f"Source: {entry.source}")
    _own_facts(entry.slug)
    if st.button("Train on this data set", key="data_sets.train", icon=":material/show_chart:"):
        train_on(entry.slug)


def size_words(entry: DatasetEntry, size_bytes: int) -> str:
    """Say how many images there are, and of which size.

    Args:
        entry: The data set.
        size_bytes: What its images take in memory.

    Example:
        >>> size_words(DATASETS["digits"], 25_872_000)
        '28×28 pixels, grey · 10 classes · 30,000 images to learn from, 3,000 to be judged on · 25.9 MB in memory'
    """
    height, width, channels = entry.image_shape
    colour = {1: "grey", 3: "in colour"}.get(channels, f"{channels} channels")
    return (
        f"{height}×{width} pixels, {colour} · {len(entry.class_names)} classes · {count(entry.train_count)} images to "
        f"learn from, {count(entry.test_count)} to be judged on · {memory(size_bytes)} in memory"
    )


def balance_words(ratio: float) -> str:
    """Say how unequal the classes are, given how many times the largest is as large as the smallest.

    Example:
        >>> balance_words(1.0)
        'Every class has as many training images as any other.'
        >>> balance_words(1.25)
        'The largest class has 1.2 times as many training images as the smallest.'
        >>> "uneven" in balance_words(3)
        True
    """
    if ratio == 1:
        return "Every class has as many training images as any other."
    if isinf(ratio):
        return "A class has no training images at all: no network can learn it."
    words = f"The largest class has {ratio:.1f} times as many training images as the smallest."
    return words if ratio < UNEVEN_FROM else f"{words} That is uneven: a network may learn to prefer the large classes."


def _own_facts(slug: str) -> None:
    """Show how an own data set was made from files, where that is written down."""
    record = own_record(slug)
    if record is not None and record.original_sizes:
        st.caption(f"Before they were brought to one size: {spread_words(record.original_sizes[0])}.")
    if record is None or not (record.settings or record.group_count or record.skipped_count):
        return
    with st.expander("How it was made", key="data_sets.made"):
        lines = list(record.settings)
        sizes = record.original_sizes[1:]
        lines += [f"{name} before: {spread_words(size)}" for name, size in zip(record.class_names, sizes, strict=False)]
        if record.group_count:
            lines.append(f"Groups by {record.group_words}: {some(record.group_count, 'group')}.")
        if record.skipped_count:
            lines.append(f"Files left out: {count(record.skipped_count)}.")
        st.text("\n".join(lines))
