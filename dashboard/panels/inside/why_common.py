"""What the panels about a network's reasons share: the network, and the maps with their scales."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st

from cnn_core.architecture.spec import NetworkSpec
from cnn_core.errors import ClassroomError
from cnn_core.inspection.attribution.methods import Attribution, Method, check_numbers, explain
from cnn_core.inspection.attribution.protocol import ClassGradients
from cnn_core.inspection.attribution.settings import AttributionSettings
from cnn_core.inspection.attribution.shuffle import Weights
from dashboard import resources
from dashboard.components.pixel_view import Pictures
from dashboard.controls.progress import progress_teller
from dashboard.controls.why_controls import is_image_under
from dashboard.glossary import term
from dashboard.panels.inside.scene import Scene


def why_network(scene: Scene) -> ClassGradients | None:
    """Return the network, ready to say what its answer hangs on; nothing where it has no answer, after saying so."""
    with st.spinner("Getting the network's gradients ready"):
        network: ClassGradients = resources.gradients(scene.network)
        try:
            check_numbers(network, scene.image.pixels)
        except ClassroomError as error:
            st.warning(str(error))
            return None
    return network


def open_network(spec: NetworkSpec, weights: Weights) -> ClassGradients:
    """Return a network with other weights than those that it has learned."""
    from cnn_core.inspection.gradients import NetworkGradients

    return NetworkGradients(spec, weights)


def found_map(
    method: Method,
    scene: Scene,
    network: ClassGradients,
    class_index: int,
    settings: AttributionSettings,
    slot: st.delta_generator.DeltaGenerator,
) -> Attribution:
    """Return a method's map for a class; made once for each network, image, class and settings.

    Args:
        method: The method.
        scene: Has the image.
        network: The network with its gradients.
        class_index: The class.
        settings: How the method works.
        slot: An empty place for the progress.

    Raises:
        ClassroomError: If the method cannot be applied to the network.
    """
    pixels = scene.image.pixels

    def find() -> Attribution:
        tell = progress_teller(slot, f"{method.title}: looking at the image again and again")
        if not method.is_quick:
            return explain(method, network, pixels, class_index, settings, tell)
        with st.spinner(f"{method.title}: sending the gradients back"):
            return explain(method, network, pixels, class_index, settings)

    details = (class_index, *method.details(settings))
    return resources.answer(f"why.{method.slug}", scene.network, pixels, details, find)


def explanation(method: Method) -> str:
    """Return what the glossary says of a method, and where the method was published."""
    return f"{term(method.term).text}\n\n{method.reference}."


def map_pictures(
    method: Method,
    found: Sequence[Attribution],
    names: Sequence[str],
    scene: Scene,
    *,
    has_own_scales: bool = False,
    notes: Sequence[str] = (),
) -> Pictures:
    """Lay a method's maps over the image, amounts from zero up, signed numbers about zero.

    Args:
        method: The method.
        found: Its maps.
        names: One for each map.
        scene: Has the image.
        has_own_scales: Whether each map has a scale of its own, and not all one.
        notes: A word for each, to stand below its name.
    """
    values = np.stack([one.values for one in found])
    peaks = np.abs(values).max(axis=(1, 2))
    peaks = peaks if has_own_scales else np.full_like(peaks, peaks.max())
    is_signed = method.meaning == "signed"
    limits = [(-float(peak) if is_signed else 0.0, float(peak)) for peak in peaks]
    pixels = scene.image.pixels
    return Pictures(
        values,
        list(names),
        limits if has_own_scales else limits[0],
        "diverging" if is_signed else "amount",
        notes,
        under=pixels if is_image_under() and pixels.shape[2] in (1, 3) else None,
    )
