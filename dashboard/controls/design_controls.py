"""What a design begins with, and the two ways to edit it."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from cnn_core.architecture.fitting import fitted_to
from cnn_core.architecture.presets import CLINIC, PRESETS, Preset
from cnn_core.architecture.quick_reading import read_quick
from cnn_core.architecture.spec import NetworkSpec, shape_text
from cnn_core.data.registry import DATASETS
from cnn_core.training.data_choice import settings_with_data, with_dataset
from dashboard import state
from dashboard.controls.layer_controls import layer_controls, select_layer
from dashboard.controls.quick_controls import change_quick_design, quick_controls
from dashboard.controls.view_choice import view_choice

MODE = "design.mode"
MODES = {"quick": "Quick", "layers": "Layer by layer"}
_MODE_KEY = "design.mode_choice"
_IMAGES_KEY = "design.images"
_PRESET_KEY = "preset.slug"


def preset_controls() -> None:
    """Choose a ready-made network to begin with."""
    slug = state.preset_slug()
    st.selectbox(
        "Begin with",
        list(PRESETS),
        list(PRESETS).index(slug),
        format_func=_preset_title,
        key=state.sync_widget(_PRESET_KEY, slug),
        on_change=state.when_changed(_PRESET_KEY, lambda chosen: take_preset(PRESETS[chosen])),
    )
    preset = PRESETS[slug]
    if state.network() == preset.spec:
        st.caption(preset.teaches)
    else:
        st.button(
            f"Back to “{preset.title}” as it was",
            key="preset.back",
            type="tertiary",
            icon=":material/restart_alt:",
            on_click=take_preset,
            args=(preset,),
        )


def take_preset(preset: Preset) -> None:
    """Begin with a ready-made network, how it is trained, and on what."""
    state.set_preset_slug(preset.slug)
    state.set_settings(settings_with_data(preset, state.settings()))
    show_network(preset.spec)


def show_network(spec: NetworkSpec) -> None:
    """Make a network the one that is edited, in the way of editing that can express it."""
    state.set_network(spec)
    select_layer(0)
    if read_quick(spec).difference:
        state.set_choice(MODE, "layers")


def design_controls() -> None:
    """Edit the session's network, quickly or layer by layer."""
    _images_control()
    usual = "layers" if read_quick(state.network()).difference else "quick"
    with st.container(horizontal=True, vertical_alignment="center", key="design.ways"):
        mode = view_choice("Way of editing", _MODE_KEY, MODE, MODES, usual)
        st.button("Undo", key="design.undo", disabled=not state.can_undo(), on_click=state.undo_network)
        st.button("Redo", key="design.redo", disabled=not state.can_redo(), on_click=state.redo_network)
    if mode == "quick":
        quick_controls()
    else:
        layer_controls()


def _preset_title(slug: str) -> str:
    preset = PRESETS[slug]
    return f"Clinic: {preset.title}" if preset in CLINIC else preset.title


def _images_control() -> None:
    """Choose the data set, and with it the shape of the image; or only a shape, where no data set has it yet."""
    shape = state.network().input_shape
    fitting = [slug for slug, entry in DATASETS.items() if entry.image_shape == shape]
    chosen = state.settings().dataset
    value = chosen if chosen in fitting else fitting[0] if fitting else shape_text(shape)
    shapes = {shape_text(preset.spec.input_shape): preset.spec.input_shape for preset in PRESETS.values()}
    shapes[shape_text(shape)] = shape
    used = {shape_text(entry.image_shape) for entry in DATASETS.values()}
    options = [*DATASETS, *(text for text in shapes if text not in used)]
    st.selectbox(
        "Images",
        options,
        options.index(value),
        key=state.sync_widget(_IMAGES_KEY, value),
        format_func=_images_title,
        help="What the network looks at: height × width × channels. One channel is grey; three are red, green, blue.",
        on_change=state.when_changed(_IMAGES_KEY, lambda text: _take_images(text, shapes)),
    )


def _images_title(text: str) -> str:
    entry = DATASETS.get(text)
    return f"{entry.title}, {shape_text(entry.image_shape)}" if entry else f"{text} (no data set of this size here yet)"


def _take_images(text: str, shapes: dict[str, tuple[int, int, int]]) -> None:
    entry = DATASETS.get(text)
    if entry is None:
        state.set_network(replace(state.network(), input_shape=shapes[text]))
        return
    state.set_settings(with_dataset(state.settings(), text))
    classes = len(entry.class_names)
    if read_quick(state.network()).difference:
        state.set_network(fitted_to(state.network(), entry.image_shape, classes))
    else:
        output = {"output": "sigmoid"} if classes == 2 else {}
        change_quick_design(input_shape=entry.image_shape, class_count=classes, **output)
