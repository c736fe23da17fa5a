"""What was brought, before it is imported: its classes and images, and how a data set shall be made of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from cnn_core.data.own.fitting import Fit
from cnn_core.data.own.folder import MOST_SET_BYTES, MOST_TITLE, clean_name
from cnn_core.data.own.grouping import MOST_NTH, MOST_PATTERN, Grouping, find_groups, group_words
from cnn_core.data.own.import_job import start_import
from cnn_core.data.own.import_settings import ImportSettings
from cnn_core.data.own.listing import shown_name
from cnn_core.data.own.preview import Preview, torn_groups
from cnn_core.data.own.sets import owner_mark
from cnn_core.data.own.sources import SUFFIXES
from cnn_core.errors import ClassroomError
from dashboard import state
from dashboard.controls.action_button import action_button
from dashboard.controls.number_slider import number_slider
from dashboard.controls.view_choice import view_choice
from dashboard.panels.data_sets.few_samples import samples_html
from dashboard.panels.data_sets.own_data_list import FAILURE, skipped_table
from dashboard.words import count, literal, memory, some

SIDES = (28, 32, 48, 64, 96, 128)
MOST_PICTURES = 16
MOST_NAMED = 12
NTH_ENDS = (1.0, float(MOST_NTH))

_TITLE, _SIZE, _CHANNELS, _ASPECT = "own_data.title", "own_data.size", "own_data.channels", "own_data.aspect"
_SHARE, _PATTERN, _NTH, _SEED = "own_data.share", "own_data.pattern", "own_data.nth", "own_data.seed"
_START: dict[str, object] = dict.fromkeys((_TITLE, _SIZE, _CHANNELS, _ASPECT, _PATTERN, _SEED)) | {
    _SHARE: 20.0,
    _NTH: 1.0,
}
"""What is kept while nobody has chosen; of most, what suits the files."""
_ENDING = re.compile(rf"\.({'|'.join(SUFFIXES)})$", re.IGNORECASE)
_COLOURS = {"3": "Colour", "1": "Grey"}
_ASPECTS = {"kept": "Keep proportions", "stretched": "Stretch"}


def forget_settings() -> None:
    """Let the next files begin with what suits them."""
    for name, value in _START.items():
        state.set_choice(name, value)


def own_data_preview(preview: Preview, name: str, slot: DeltaGenerator, keep_job: Callable[[str], None]) -> None:
    """Show what was found beside how it is imported.

    Args:
        preview: What was found.
        name: What the file or folder is called.
        slot: Where the button goes that begins the import: above all settings, as most people need none of them.
        keep_job: Is given the import's id when it begins.
    """
    _group_hint(preview)
    controls, picture = st.columns([2, 3], gap="large")
    with controls:
        settings = _settings(preview, name)
    if settings is not None:
        with slot:
            _start_button(preview, settings, keep_job)
    with picture:
        _found(preview, settings)


def _settings(preview: Preview, name: str) -> ImportSettings | None:
    title = _text("Name of the data set", _TITLE, clean_name(_ENDING.sub("", name), MOST_TITLE), MOST_TITLE)
    shape = _shape(preview)
    keeps = view_choice(
        "Proportions",
        f"{_ASPECT}.choice",
        _ASPECT,
        _ASPECTS,
        "kept",
        "Images that are not square keep their proportions between black borders, or are stretched to a square.",
    )
    share = 20.0
    if preview.listing.has_split:
        st.caption("The files come with a training and a test part; that split is kept.")
    else:
        share = number_slider(
            "Set aside for the test, %",
            _SHARE,
            (5.0, 50.0),
            20.0,
            step=5.0,
            explanation="The same share of every class.",
        )
    pattern, nth = _groups(preview)
    with st.expander("More", key="own_data.more"):
        if pattern:
            number_slider("Which time the groups’ text stands in a name", _NTH, NTH_ENDS, 1.0, step=1.0)
        kept = state.choice(_SEED, None) or 0
        key = state.sync_widget(_SEED, kept)
        st.number_input(
            "Seed",
            0,
            999_999,
            kept,
            key=key,
            on_change=state.keep_choice(key, _SEED),
            help="Which images are set aside. The same seed and files give the same data set.",
        )
    try:
        return ImportSettings(title, shape, keeps == "kept", share / 100, pattern, nth, kept)
    except ClassroomError as error:
        st.error(str(error))
        return None


def _text(label: str, name: str, default: str, most: int, explanation: str | None = None) -> str:
    kept = state.choice(name, None)
    value: str = default if kept is None else kept
    key = state.sync_widget(name, value)
    st.text_input(label, value, most, key=key, on_change=state.keep_choice(key, name), help=explanation)
    return value


def _shape(preview: Preview) -> tuple[int, int, int]:
    height, width, channels = preview.suggested_shape
    sizes = {f"{side}×{side}": (side, side) for side in SIDES}
    suggested = f"{height}×{width}"
    sizes.setdefault(suggested, (height, width))
    kept = state.choice(_SIZE, None) or suggested
    value = kept if kept in sizes else suggested
    key = state.sync_widget(_SIZE, value)
    st.selectbox(
        "Size of the images",
        list(sizes),
        list(sizes).index(value),
        format_func=lambda text: f"{text} pixels (suggested)" if text == suggested else f"{text} pixels",
        key=key,
        on_change=state.keep_choice(key, _SIZE),
        help="Height × width. Twice the side is four times the work in every step.",
    )
    colours = view_choice("Colours", f"{_CHANNELS}.choice", _CHANNELS, _COLOURS, str(channels))
    return (*sizes[value], int(colours))


def _group_hint(preview: Preview) -> None:
    """Where names look grouped and nobody has said so, ask before anything is imported: a leak is not seen later."""
    pattern = preview.suggested_pattern
    if not pattern or preview.listing.has_split or state.choice(_PATTERN, None) is not None:
        return
    found = find_groups(preview.names, pattern)
    st.info(
        f"**Several images of one patient or scene?** Up to “{literal(pattern)}” the names have "
        f"{count(len(found.groups))} beginnings, as “{literal(shown_name(found.example[1]))}”. If these are patients, "
        "each one’s images belong on one side: learned from, or judged by."
    )
    with st.container(horizontal=True, key="own_data.hint"):
        st.button(
            "They are: keep them together",
            key="own_data.group",
            icon=":material/group_work:",
            on_click=state.set_choice,
            args=(_PATTERN, pattern),
        )
        st.button("They are not", key="own_data.no_groups", on_click=state.set_choice, args=(_PATTERN, ""))


def _groups(preview: Preview) -> tuple[str, int]:
    """Ask by what the images belong together, and say at once what that would give."""
    if not preview.can_group:
        return "", 1
    pattern = _text(
        "Groups: names are alike up to this text",
        _PATTERN,
        "",
        MOST_PATTERN,
        "Several images of one patient, or of one scene, must not lie on both sides of a split: a network that has "
        "seen some of them knows the others. Where the file names begin with the patient’s name, say here which text "
        "ends it. Empty: every image stands for itself.",
    )
    if not pattern:
        return "", 1
    nth = int(state.choice(_NTH, 1.0))
    found = find_groups(preview.names, pattern, nth)
    st.caption(_group_sentence(preview, found, group_words(pattern, nth)))
    if len(found.groups) < 2 or found.without == len(preview.names):
        st.warning(f"“{literal(pattern)}” groups nothing here. Choose another text.")
    return pattern, nth


def _group_sentence(preview: Preview, found: Grouping, words: str) -> str:
    name, group = (literal(shown_name(text)) for text in found.example)
    parts = [
        f"{some(len(found.groups), 'group')} by {literal(words)}{f', as “{group}” of {name}' if name else ''}; "
        f"the largest has {some(found.largest, 'image')}."
    ]
    if found.without:
        parts.append(f"{some(found.without, 'name')} without it: each stands for itself.")
    if preview.listing.has_split:
        torn = torn_groups(preview.listing, found)
        parts.append(f"{some(torn, 'group') if torn else 'None'} on both sides of the split that the files came with.")
    return " ".join(parts)


def _start_button(preview: Preview, settings: ImportSettings, keep_job: Callable[[str], None]) -> None:
    fits = preview.fits_memory(settings.image_shape)
    if not fits:
        size = preview.memory(settings.image_shape)
        st.caption(
            f"At this size the images would take {memory(size)}; {memory(MOST_SET_BYTES)} are the most. "
            "Choose a smaller size."
        )
    action_button(
        f"Import {some(len(preview.listing.images), 'image')}",
        partial(_start, preview, settings, keep_job),
        key="own_data.import",
        icon=":material/download:",
        is_primary=True,
        is_disabled=not fits,
    )


def _start(preview: Preview, settings: ImportSettings, keep_job: Callable[[str], None]) -> None:
    try:
        keep_job(start_import(preview.path, settings, owner_mark(state.person())).id)
    except ClassroomError as error:
        state.set_choice(FAILURE, str(error))


def _found(preview: Preview, settings: ImportSettings | None) -> None:
    sides = preview.sides()
    sized = f", with sides from {sides[0]} to {sides[1]} pixels" if sides else ""
    st.markdown(
        f"It is {preview.words}: **{count(len(preview.listing.images))} images in "
        f"{len(preview.listing.class_names)} classes**{sized} (of {len(preview.samples)} that were looked at)."
    )
    st.markdown(_class_words(preview))
    fit = settings.fit if settings is not None else Fit(preview.suggested_shape)
    pictures = preview.pictures(fit, MOST_PICTURES)
    if pictures:
        st.html(samples_html(pictures))
        st.caption("Some of them, as they would be imported.")
    if depths := preview.taken_bits():
        st.caption(_depth_words(depths))
    left_out = preview.listing.skipped
    named = (*preview.bad, *left_out.named)
    if named:
        with st.expander(f"{some(left_out.count + len(preview.bad), 'file')} left out so far", key="own_data.left_out"):
            skipped_table(named, left_out.count + len(preview.bad))


def _depth_words(depths: dict[int, int]) -> str:
    """Say how bright grey images of more than 8 bits become, and what is lost where the guesses differ."""
    found = ", ".join(f"{bits} in {count(images)}" for bits, images in depths.items())
    words = (
        f"{some(sum(depths.values()), 'image')} of those looked at store grey in more than 8 bits, and files seldom "
        f"say how many are in use. So the largest number in each decides what is white. Bits a pixel: {found}."
    )
    if len(depths) > 1:
        words += (
            " Those taken for fewer bits become brighter beside the others. If all come from one camera, save them "
            "with 8 bits first, all in the same way."
        )
    return words


def _class_words(preview: Preview) -> str:
    names = [
        f"{name} {count(number)}"
        for name, number in zip(preview.listing.class_names, preview.counts.tolist(), strict=True)
    ]
    more = f" · and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return " · ".join(names[:MOST_NAMED]) + more
