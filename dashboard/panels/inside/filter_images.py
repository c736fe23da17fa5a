"""A card of one filter: the test images that excite it most."""

from __future__ import annotations

from collections import Counter

import numpy as np
import numpy.typing as npt
import streamlit as st

from cnn_core.inspection.attribution.settings import batch_for
from cnn_core.inspection.exciting_images import Excitement, ExcitingImage, exciting_images, seen_box
from dashboard import resources
from dashboard.components.pixel_view import Frame, image_pictures, pixel_view
from dashboard.controls.filter_choice import unit_noun
from dashboard.controls.image_reference import look_at
from dashboard.controls.progress import progress_teller
from dashboard.panels.inside.filter_cards import field_words
from dashboard.panels.inside.filter_work import SampleImages, is_asked_for, number_words
from dashboard.panels.inside.scene import Scene

MOST_IMAGES = 3000
BEST = 12
TILE_PX = 96


def images_card(scene: Scene, sample: SampleImages) -> Excitement | None:
    """Show the test images that excite the unit most, with the place that does it; a click looks at the image.

    Returns:
        How the test images excite all units of the layer; nothing until a person has asked for what takes long.

    Raises:
        ClassroomError: If an output is no number.
    """
    st.markdown("**The test images that excite it most**")
    found = _found(scene, sample)
    if found is not None:
        _show(scene, sample, found)
    return found


def _show(scene: Scene, sample: SampleImages, found: Excitement) -> None:
    unit, spec = scene.unit, scene.network.spec
    peaks = found.of(unit.channel)
    if found.is_constant(unit.channel):
        st.info(_constant_words(peaks[0].value, sample.words))
        return
    shown = [peak.image for peak in peaks]
    images, labels = sample.images[shown], sample.labels[shown]
    verdicts = scene.probe.probabilities(images).argmax(axis=1)
    boxes = [seen_box(spec, unit.layer, peak.row, peak.column) for peak in peaks]
    is_whole = all(box is not None and box == (0, 0, *spec.input_shape[:2]) for box in boxes)
    pixel_view(
        image_pictures(
            images,
            [_name(sample, label, peak) for label, peak in zip(labels, peaks, strict=True)],
            [_verdict(scene, sample, label, verdict) for label, verdict in zip(labels, verdicts, strict=True)],
        ),
        "inside.filter.images",
        scene.palette,
        what="test image",
        tile_px=TILE_PX,
        frames=[] if is_whole else [Frame(place, *box) for place, box in enumerate(boxes) if box is not None],
        has_scale_bar=False,
        file_name=f"{unit.layer}-{unit.channel + 1}-test-images",
        on_choose=lambda cell: look_at(sample.slug, int(sample.places[shown[cell.picture]])),
    )
    st.markdown(_classes_words(sample, labels))
    place = "" if is_whole else " Framed: where its map is largest."
    st.caption(
        f"Of {sample.words}; the number is {_number_meaning(scene)}. It sees {field_words(boxes[0], spec.input_shape)}."
        f"{place} Click an image to look at it. {sample.notice}"
    )


def _found(scene: Scene, sample: SampleImages) -> Excitement | None:
    layer, details = scene.unit.layer, (scene.unit.layer, sample.slug)
    if not is_asked_for(scene.network, "images", details, len(sample.images), "Find the images"):
        return None
    slot = st.empty()

    def find() -> Excitement:
        tell = progress_teller(slot, f"Sending {sample.words} through the network")
        network = resources.gradients(scene.network)
        for found in exciting_images(network, sample.images, layer, BEST, batch_for(scene.network.spec)):
            tell(found.done / found.total)
        return found

    return resources.answer("filter.images", scene.network, None, details, find)


def _name(sample: SampleImages, label: int, peak: ExcitingImage) -> str:
    return f"“{sample.class_names[label]}” · {number_words(peak.value)}"


def _verdict(scene: Scene, sample: SampleImages, label: int, verdict: int) -> str:
    name = scene.network.class_names[verdict]
    return "rightly read" if name == sample.class_names[label] else f"read as “{name}”"


def _number_meaning(scene: Scene) -> str:
    spec, layer = scene.network.spec, scene.unit.layer
    if layer == spec.layer_names[-1]:
        return "its logit"
    return "its output" if unit_noun(spec, layer) == "unit" else "the map's maximum"


def _classes_words(sample: SampleImages, labels: npt.NDArray[np.int64]) -> str:
    """Say of which classes the images are.

    The class that most of them belong to comes first; of equal ones, the one whose image excites more.
    """
    parts = [f"{count} × “{sample.class_names[label]}”" for label, count in Counter(labels.tolist()).most_common()]
    return f"By class: {', '.join(parts)}."


def _constant_words(value: float, words: str) -> str:
    if value == 0:
        return f"No image excites it: its largest number is 0 for each of {words}. It is dead."
    return f"No image excites it more than another: its largest number is {number_words(value)} for each of {words}."
