"""Test images that are in the training part too: pairs side by side, and whether their labels agree."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
import streamlit as st

from cnn_core.data.dataset import Dataset
from cnn_core.data.entry import DatasetEntry
from cnn_core.data.survey.twins import MOST_COMPARED, Twins, TwinSearch, count_twins, find_twins
from dashboard import state
from dashboard.charts.image_sheet import Row, Tile, image_sheet
from dashboard.components.selectable import selectable
from dashboard.controls.lesson_controls import number_choice
from dashboard.controls.view_choice import view_choice
from dashboard.palette import Palette
from dashboard.panels.data_sets.image import Place, choose_place, chosen_place, image_card, image_words, part_of
from dashboard.panels.data_sets.search import search
from dashboard.panels.term_link import term_link
from dashboard.words import count, percent

TOLERANCES = {"identical": "Identical", "nearly": "Nearly identical", "alike": "Very alike"}
LEAST = {"identical": 1.1, "nearly": 0.99, "alike": 0.97}
"""The least likeness of a pair; that of identical ones is not asked."""
PAIRS_A_PAGE = 18

_SOUGHT = "data_sets.sought"
_TOLERANCE = "data_sets.tolerance"


def twins_panel(dataset: Dataset, entry: DatasetEntry, palette: Palette) -> None:
    """Search for images that are in both parts, as soon as that is asked for, and show the pairs."""
    if state.choice(_SOUGHT, "") != entry.slug:
        st.markdown(
            "An image that a network has learned by heart proves nothing in a test. "
            f"Is any of the {count(len(dataset.test))} test images also among the {count(len(dataset.train))} training "
            "images: the same, or nearly so?"
        )
        st.button(
            "Search for duplicates",
            key="data_sets.seek",
            type="primary",
            icon=":material/search:",
            on_click=partial(state.set_choice, _SOUGHT, entry.slug),
        )
        term_link("duplicates")
        return
    words = f"Comparing {count(len(dataset.test))} test images with {count(len(dataset.train))} training images"
    work = partial(find_twins, dataset.train, dataset.test)
    found = search("twins", dataset, words, work, on_cancel=partial(state.set_choice, _SOUGHT, ""))
    if found is not None:
        _pairs(found, dataset, entry, palette)
        term_link("duplicates")


def _pairs(found: TwinSearch, dataset: Dataset, entry: DatasetEntry, palette: Palette) -> None:
    tolerance = view_choice(
        "How alike",
        _TOLERANCE,
        _TOLERANCE,
        TOLERANCES,
        "nearly",
        "Likeness is the correlation of two images: 1 for equal ones, whatever their brightness and contrast. Nearly "
        "identical is 0.99 and more, very alike 0.97 and more: among simple images, as of a 1, that is often chance.",
    )
    pairs = found.at_least(LEAST[tolerance])
    st.markdown(found_words(found, pairs))
    if not pairs:
        return
    pages = -(-len(pairs) // PAIRS_A_PAGE)
    page = number_choice("Page", "data_sets.page", 1, pages, 1) if pages > 1 else 1
    shown = pairs[(page - 1) * PAIRS_A_PAGE : page * PAIRS_A_PAGE]
    sides = [_places(pair, entry.slug) for pair in shown]
    images = [np.asarray(part_of(dataset, place.part).images[place.index]) for pair in sides for place in pair]
    rows = [_card(number, pair, dataset.class_names, entry.slug) for number, pair in enumerate(shown)]

    def choose(number: int) -> None:
        if number < 2 * len(sides):
            choose_place(sides[number // 2][number % 2])

    chosen = chosen_place(dataset)
    numbers = [2 * number + side for number, places in enumerate(sides) for side in (0, 1) if places[side] == chosen]
    selectable(
        image_sheet(np.stack(images), rows, palette, chosen=next(iter(numbers), None), is_paired=True),
        "data_sets.pairs",
        choose,
    )
    if numbers:
        image_card(dataset, entry, palette)
    else:
        st.caption("At the left the test image, at the right its twin among the training images. Choose one of them.")


def found_words(found: TwinSearch, pairs: Sequence[Twins]) -> str:
    """Say how many test images have a twin, and what that means.

    Args:
        found: All that was found.
        pairs: Those that are alike enough.

    Example:
        >>> search = TwinSearch((), test_count=3000, train_count=30000, train_repeats=0)
        >>> found_words(search, ())
        '**None of the 3,000 test images** has such a twin among the 30,000 training images.'
    """
    counts = count_twins(pairs)
    if counts.images:
        words = (
            f"**{count(counts.images)} of {count(found.test_count)} test images "
            f"({percent(counts.images / found.test_count)})** have a twin among the {count(found.train_count)} "
            f"training images; {count(counts.identical)} are identical to the last pixel. "
        )
        words += (
            f"**{count(counts.contradictory)} have a twin with another label**: at least one of the two is wrong, or "
            "the classes cannot be told apart by such images."
            if counts.contradictory
            else "Their labels agree."
        )
    else:
        words = (
            f"**None of the {count(found.test_count)} test images** has such a twin among the "
            f"{count(found.train_count)} training images."
        )
    if found.train_repeats:
        words += f" Images of the training part that repeat an earlier one: {count(found.train_repeats)}."
    if found.cut_short:
        words += (
            f" Of {count(found.cut_short)} test images only the {MOST_COMPARED} most promising partners were compared."
        )
    return words


def _places(pair: Twins, slug: str) -> tuple[Place, Place]:
    return Place(slug, "test", pair.test_index), Place(slug, "train", pair.train_index)


def _card(number: int, pair: Twins, names: Sequence[str], slug: str) -> Row:
    odd = pair.is_contradictory
    tiles = [
        Tile(2 * number + side, image_words(place), names[label], odd)
        for side, (place, label) in enumerate(
            zip(_places(pair, slug), (pair.test_label, pair.train_label), strict=True)
        )
    ]
    # What is not identical is not called 1.000 either.
    alike = "identical" if pair.is_identical else f"likeness {min(pair.likeness, 0.999):.3f}"
    return Row(f"{alike} · labels differ" if odd else alike, tiles)
