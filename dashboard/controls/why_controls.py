"""What is asked about a network's answer: for which class, and how each method works."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import streamlit as st

from cnn_core.architecture.spec import NetworkSpec
from cnn_core.inspection.attribution.grad_cam import grad_cam_layers, usual_grad_cam_layer
from cnn_core.inspection.attribution.settings import AttributionSettings, batch_for, usual_patch
from dashboard import state
from dashboard.controls.lesson_controls import menu_choice
from dashboard.controls.record_controls import record_controls
from dashboard.words import percent

VERDICT, RUNNER_UP, BOTH = "verdict", "runner-up", "both"

_CLASS = "inside.why.class"
_SETTINGS = "inside.why.settings"
_UNDER = "inside.why.under"
_MORE = ("noise", "samples", "steps", "fill")


def class_controls(
    names: Sequence[str], logits: npt.NDArray[np.float32], probabilities: npt.NDArray[np.float32]
) -> tuple[int, ...]:
    """Choose the class that is asked about.

    Args:
        names: One name a class, at least two.
        logits: `(classes,)`; they say which class comes first and second.
        probabilities: `(classes,)`, 0 to 1.

    Returns:
        Its index; where the first two are compared, both, the verdict first.
    """
    first, second = (int(index) for index in np.argsort(-logits, kind="stable")[:2])
    titles = {
        VERDICT: f"The verdict: “{names[first]}”, {percent(probabilities[first])}",
        RUNNER_UP: f"The runner-up: “{names[second]}”, {percent(probabilities[second])}",
        BOTH: f"Both, side by side: “{names[first]}” and “{names[second]}”",
    }
    titles |= {f"class {index}": f"“{name}”, {percent(probabilities[index])}" for index, name in enumerate(names)}
    words = (
        "The maps below say what in the image speaks for this class. They start from its logit: the number that "
        "the network has for it before softmax or sigmoid makes a probability of it."
    )
    chosen = menu_choice("Why this class?", _CLASS, titles, VERDICT, words)
    known = {VERDICT: (first,), RUNNER_UP: (second,), BOTH: (first, second)}
    return known[chosen] if chosen in known else (int(chosen.removeprefix("class ")),)


def settings_of(spec: NetworkSpec) -> AttributionSettings:
    """Return how the methods work on a network: what was chosen, else what suits it."""
    layers = grad_cam_layers(spec)
    kept = state.choice(_layer_name(spec), "")
    patch, stride = _patch(spec)
    return replace(
        _kept_settings(),
        layer=kept if kept in layers else usual_grad_cam_layer(spec) if layers else "",
        patch=patch,
        stride=stride,
        batch=batch_for(spec),
    )


def layer_controls(spec: NetworkSpec) -> None:
    """Choose the layer that Grad-CAM looks at, where there is more than one."""
    layers = grad_cam_layers(spec)
    if len(layers) < 2:
        return
    chosen = settings_of(spec).layer
    key = state.sync_widget("inside.why.layer", chosen)
    st.selectbox(
        "Grad-CAM's layer",
        layers,
        layers.index(chosen),
        key=key,
        on_change=state.keep_choice(key, _layer_name(spec)),
        help="A late layer knows best what matters, but has few places. An early one shows more detail and less sense.",
    )


def patch_controls(spec: NetworkSpec) -> None:
    """Choose the size and the stride of the patch that covers the image."""
    most = min(spec.input_shape[:2])
    patch, stride = _patch(spec)
    _pixels(
        "Occlusion's patch, pixels a side",
        "patch",
        patch,
        most,
        spec,
        "A small patch shows more, but may hide too little.",
    )
    _pixels(
        "Occlusion's stride, pixels",
        "stride",
        stride,
        patch,
        spec,
        "How far the patch moves on. 1 is finest and slowest.",
    )


def is_image_under() -> bool:
    """Whether the image is shown under the maps."""
    return state.choice(_UNDER, True)


def under_control() -> None:
    """Choose whether the image is shown under the maps."""
    key = state.sync_widget(_UNDER, is_image_under())
    st.toggle(
        "The image under the maps",
        is_image_under(),
        key=key,
        on_change=state.keep_choice(key, _UNDER),
        help="The larger a number, the more it covers the image. Without the image, small numbers are seen better.",
    )


def more_controls() -> None:
    """Choose what one rarely changes."""
    record_controls(_kept_settings(), _MORE, "inside.why.", _take_setting)


def _pixels(label: str, name: str, value: int, most: int, spec: NetworkSpec, explanation: str) -> None:
    if most < 2:  # a slider needs a choice
        return
    key = state.sync_widget(f"inside.why.{name}", value)
    take = state.keep_choice(key, _size_name(spec, name))
    st.slider(label, 1, most, value, key=key, on_change=take, help=explanation)


def _patch(spec: NetworkSpec) -> tuple[int, int]:
    """The chosen patch and stride; those for one size of image say nothing about another."""
    usual_size, usual_stride = usual_patch(*spec.input_shape[:2])
    patch = state.choice(_size_name(spec, "patch"), usual_size)
    return patch, min(state.choice(_size_name(spec, "stride"), usual_stride), patch)


def _kept_settings() -> AttributionSettings:
    return state.choice(_SETTINGS, AttributionSettings())


def _take_setting(name: str, value: Any) -> None:
    state.set_choice(_SETTINGS, replace(_kept_settings(), **{name: value}))


def _size_name(spec: NetworkSpec, name: str) -> str:
    return f"inside.why.{name}.{spec.input_shape[0]}.{spec.input_shape[1]}"


def _layer_name(spec: NetworkSpec) -> str:
    """The choice's name: a layer of one network is none of another's with other layers."""
    return f"inside.why.layer.{'.'.join(grad_cam_layers(spec))}"
