"""What a step of a lesson plan chooses, in the words that stand on the pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cnn_core.architecture.presets import PRESETS
from cnn_core.data.registry import DATASETS, dataset_title
from cnn_core.operations.kernels import KERNELS
from cnn_core.operations.surfaces import SURFACES
from dashboard.controls import design_controls, image_choice, image_choice_dataset, lesson_image, map_controls
from dashboard.controls.image_choice_record import ANY, SOURCE
from dashboard.lessons import (
    activation_functions,
    convolution,
    convolution_controls,
    from_dense_to_convolution,
    learning_record,
    other_convolutions,
    pooling,
    pooling_source,
    softmax_and_loss,
)
from dashboard.panels.compare import panel as compare
from dashboard.panels.inside import feature_maps, inside_views
from dashboard.panels.training import watch
from dashboard.state import DATASET_PARAMETER, NETWORK_PARAMETER, SETTINGS_PARAMETER
from dashboard.teaching.plan import Step
from dashboard.teaching.plan_file import PRESET

_VIEW, _IMAGE, _KERNEL = "View", "Image", "Kernel"
_KERNELS = {slug: kernel.title for slug, kernel in KERNELS.items()} | {convolution_controls.RANDOM: "Random"}
_WORDS: dict[str, tuple[str, Mapping[Any, str]]] = {
    "convolution.view": (_VIEW, convolution.VIEWS),
    "convolution.kernel": (_KERNEL, _KERNELS),
    "convolution.line.padding": ("Padding", convolution_controls.PADDINGS),
    "convolution.plane.padding": ("Padding", convolution_controls.PADDINGS),
    "convolution.plane.image": (_IMAGE, lesson_image.TITLES),
    "pooling.image": (_IMAGE, lesson_image.TITLES),
    "dense.image": (_IMAGE, lesson_image.TITLES),
    "learning.image": (_IMAGE, lesson_image.TITLES),
    "pooling.source_chosen": ("What is pooled", pooling_source.SOURCES),
    "pooling.kind_chosen": ("Keep", pooling.KINDS),
    "pooling.size_chosen": ("Window", pooling.SIZES),
    "pooling.padding_chosen": ("Padding", pooling.PADDINGS),
    "activation.part": (_VIEW, activation_functions.PARTS),
    "activation.function": ("Activation function", activation_functions.TITLES),
    "softmax.part": (_VIEW, softmax_and_loss.PARTS),
    "learning.view_chosen": (_VIEW, learning_record.VIEWS),
    "learning.surface_chosen": ("Surface", {slug: surface.title for slug, surface in SURFACES.items()}),
    "dense.view": (_VIEW, from_dense_to_convolution.VIEWS),
    "other.view": (_VIEW, other_convolutions.VIEWS),
    "design.mode": ("Way of editing", design_controls.MODES),
    "training.view": (_VIEW, watch.VIEWS),
    "compare.what": (_VIEW, compare.VIEWS),
    "inside.view": (_VIEW, {slug: view.title for slug, view in inside_views.VIEWS.items()}),
    "inside.source": ("Image from", image_choice.TITLES),
    "inside.which": ("Images", image_choice_dataset.TITLES),
    "inside.class": ("Class", {ANY: "Any class"}),
    "inside.number": ("Which one", {}),
    "inside.maps.scale": ("One scale for", feature_maps.SCALES),
    "inside.map.method": ("Method", map_controls.METHODS),
}
"""Of each name in `teaching.settings.SETTINGS` what it is about, and what its values are called on their page.

A name that is missing says itself, as `convolution.line.stride` says “Stride”; so does a value.
"""


def setting_words(name: str, value: object) -> str:
    """Say what a plan chooses with a name and a value.

    Args:
        name: One of `teaching.settings.SETTINGS`.
        value: One of its values.

    Example:
        >>> setting_words("inside.view", "origin"), setting_words("convolution.line.stride", 2)
        ('View: Where a number came from', 'Stride: 2')
    """
    own = name.rpartition(".")[2].removesuffix("_chosen").capitalize()
    label, titles = _WORDS.get(name, (own, {}))
    is_data_set = name == SOURCE and value in DATASETS
    said = f"{DATASETS[str(value)].title}, test images" if is_data_set else titles.get(str(value), value)
    return f"{label}: {said}"


def choice_words(step: Step) -> str:
    """Say what a step chooses on the pages, and which network it brings; nothing where it does neither.

    Args:
        step: The step.

    Example:
        >>> choice_words(Step("Train", 2, "Look.", {"training.view": "curves"}, {"preset": "first"}))
        'View: Curves · Network: First network'
        >>> choice_words(Step("Start", 2, "Ask."))
        ''
    """
    chosen = [setting_words(name, value) for name, value in step.settings.items()]
    return " · ".join([*chosen, *_design_words(step.design)])


def _design_words(design: Mapping[str, str]) -> list[str]:
    own = {NETWORK_PARAMETER: "Network: the plan’s own", SETTINGS_PARAMETER: "Training settings: the plan’s own"}
    words = [own[name] for name in own if name in design]
    if PRESET in design:
        words.append(f"Network: {PRESETS[design[PRESET]].title}")
    if DATASET_PARAMETER in design:
        words.append(f"Data set: {dataset_title(design[DATASET_PARAMETER])}")
    return words
