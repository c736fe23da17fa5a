"""Why a network decides for a class: five methods side by side, each a map over the image."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import streamlit as st

from cnn_core.architecture.spec import shape_text
from cnn_core.errors import ClassroomError
from cnn_core.inspection.attribution.grad_cam import usual_grad_cam_layer
from cnn_core.inspection.attribution.integrated_gradients import Completeness
from cnn_core.inspection.attribution.methods import METHODS, Attribution, Method
from cnn_core.inspection.attribution.protocol import ClassGradients
from cnn_core.inspection.attribution.settings import AttributionSettings
from dashboard.components.pixel_view import pixel_view
from dashboard.controls.why_controls import (
    class_controls,
    layer_controls,
    more_controls,
    patch_controls,
    settings_of,
    under_control,
)
from dashboard.panels.inside.scene import Scene
from dashboard.panels.inside.why_common import explanation, found_map, map_pictures, why_network
from dashboard.words import count, percent

IN_A_ROW = 2
TILE_PX = 176
PAIR_TILE_PX = 108


def why_panel(scene: Scene) -> None:
    """Let people choose a class, and show what each method says about it."""
    network = why_network(scene)
    if network is None:
        return
    pixels = scene.image.pixels[None]
    classes = class_controls(scene.network.class_names, network.logits(pixels)[0], scene.probe.probabilities(pixels)[0])
    cards: list[Callable[[], None]] = [partial(_card, method, scene, network, classes) for method in METHODS.values()]
    cards.append(partial(_settings_card, scene))
    for start in range(0, len(cards), IN_A_ROW):
        row = cards[start : start + IN_A_ROW]
        for place, (card, column) in enumerate(zip(row, st.columns(IN_A_ROW), strict=False), start):
            with column, st.container(border=True, height="stretch", key=f"inside.why.card.{place}"):
                card()


def _card(method: Method, scene: Scene, network: ClassGradients, classes: Sequence[int]) -> None:
    """The picture comes first: pictures are what one compares."""
    settings = settings_of(scene.network.spec)
    st.markdown(f"**{method.title}**", help=explanation(method))
    slot = st.empty()
    try:
        if method.slug == "grad-cam":
            usual_grad_cam_layer(scene.network.spec)  # says why where there is none
        found = [found_map(method, scene, network, index, settings, slot) for index in classes]
    except ClassroomError as error:
        slot.empty()
        st.info(str(error))
        return
    names = [f"“{scene.network.class_names[index]}”" for index in classes]
    pixel_view(
        map_pictures(method, found, names, scene),
        f"inside.why.map.{method.slug}",
        scene.palette,
        what=f"{method.title} map",
        tile_px=TILE_PX if len(classes) == 1 else PAIR_TILE_PX,
        has_names=len(classes) > 1,
        file_name=f"why-{method.slug}",
    )
    st.markdown(method.sentence)
    notes = [_note(method, one, settings) for one in found]
    st.caption(notes[0] if len(notes) == 1 else "  \n".join(map("{}: {}".format, names, notes)))


def _settings_card(scene: Scene) -> None:
    spec = scene.network.spec
    st.markdown("**Settings**")
    layer_controls(spec)
    patch_controls(spec)
    under_control()
    with st.expander("More", key="inside.why.more"):
        more_controls()


def _note(method: Method, found: Attribution, settings: AttributionSettings) -> str:
    """Say the numbers behind a map."""
    peak = float(found.values.max())
    if method.meaning == "amount" and peak == 0:
        return "Nothing here speaks for the class: the map is 0 everywhere."
    match method.slug, found:
        case "grad-cam", Attribution(own=own) if own is not None:
            return f"Up to {peak:.3g}, at {shape_text(own.shape)} places of {settings.layer}; stretched over the image."
        case "saliency", _:
            return f"The largest gradient is {peak:.3g} logits for a pixel’s whole way from black to white."
        case "smoothgrad", _:
            return f"The largest mean is {peak:.3g}; {settings.samples} copies with {percent(settings.noise)} noise."
        case "integrated-gradients", Attribution(completeness=complete) if complete is not None:
            return _sum_words(complete)
        case "occlusion", Attribution(own=own) if own is not None:
            largest = max(float(own.max()), 0.0)
            return f"Covered at {count(own.size)} places; at one of them the logit drops by {largest:.3g}."
    return f"The largest value is {peak:.3g}."


def _sum_words(complete: Completeness) -> str:
    """Say whether what the pixels add makes up the difference of the logits."""
    return (
        f"All pixels together add {complete.total:.2f}. The logit goes from {complete.baseline_logit:.2f} for black to "
        f"{complete.logit:.2f}, by {complete.difference:.2f}: the sum is off by {abs(complete.gap):.2f}."
    ).replace("-", "−")
