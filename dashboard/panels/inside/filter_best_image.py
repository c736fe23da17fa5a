"""A card of one filter: the image that would excite it most."""

from __future__ import annotations

from time import monotonic

import numpy as np
import numpy.typing as npt
import streamlit as st

from cnn_core.data.scaling import PIXEL_MAX
from cnn_core.inspection.exciting_images import Excitement
from cnn_core.inspection.maximisation import Maximisation, MaximisationSettings, maximise, passes
from cnn_core.inspection.records import FloatArray
from dashboard import resources, state
from dashboard.charts.png import png_address
from dashboard.components.pixel_view import image_pictures, pixel_view
from dashboard.controls.filter_choice import unit_noun
from dashboard.controls.progress import progress_teller
from dashboard.panels.inside.filter_work import SampleImages, is_asked_for, number_words
from dashboard.panels.inside.scene import Scene
from dashboard.panels.term_link import term_link

TILE_PX = 196
PICTURE_EVERY_S = 0.25
"""So often the picture in the making is shown."""

_SEED = "inside.filter.seed"


def best_image_card(scene: Scene, sample: SampleImages | None, excitement: Excitement | None) -> None:
    """Show the image that excites the unit most; found from noise.

    Args:
        scene: The network and the unit.
        sample: Test images to compare with, if there are any.
        excitement: How they excite the layer's units, where that is known.
    """
    st.markdown("**The image that would excite it most**")
    unit = scene.unit
    how = MaximisationSettings(seed=state.choice(_SEED, 0))
    details = (unit.layer, unit.channel, how.seed)
    if not is_asked_for(scene.network, "best", details, passes(how), "Compute the image"):
        return
    found = _found(scene, how, details)
    if found.is_flat:
        st.info(
            f"Whatever noise it gets, its answer is {number_words(found.value)}, and no pixel changes that. So there "
            "is no direction in which the image could become better."
        )
    else:
        pixel_view(
            image_pictures(_pixels(found.image)[np.newaxis]),
            "inside.filter.best",
            scene.palette,
            what="image",
            tile_px=TILE_PX,
            has_scale_bar=False,
            file_name=f"{unit.layer}-{unit.channel + 1}-best-image",
        )
        st.markdown(_words(scene, found, sample, excitement))
    st.button(
        "Try other noise",
        key="inside.filter.best.again",
        icon=":material/casino:",
        help="The image is found by changing noise step by step. Other noise may lead to another image that excites "
        "the unit as much.",
        on_click=state.set_choice,
        args=(_SEED, how.seed + 1),
    )
    term_link("activation-maximisation")


def _found(scene: Scene, how: MaximisationSettings, details: tuple[object, ...]) -> Maximisation:
    unit, spec = scene.unit, scene.network.spec
    bar, picture = st.empty(), st.empty()

    def find() -> Maximisation:
        tell = progress_teller(bar, "Changing noise step by step")
        shown_s = monotonic()
        with st.spinner("Getting the network's gradients ready"):
            steps = maximise(resources.gradients(scene.network), spec.input_shape, unit.layer, unit.channel, how)
            found = next(steps)
        for found in steps:
            tell(found.step / found.steps)
            if monotonic() - shown_s >= PICTURE_EVERY_S:
                shown_s = monotonic()
                picture.html(_unfinished(found.image))
        bar.empty()
        picture.empty()
        return found

    return resources.answer("filter.best", scene.network, None, details, find)


def _pixels(image: FloatArray) -> npt.NDArray[np.uint8]:
    pixels: npt.NDArray[np.uint8] = np.round(PIXEL_MAX * image).astype(np.uint8)
    return pixels


def _unfinished(image: FloatArray) -> str:
    """Write the picture in the making; it is of the size of the finished one, so that nothing jumps."""
    width = TILE_PX * image.shape[1] // image.shape[0]
    address = png_address(_pixels(image))
    style = f"width:{width}px;max-width:100%;image-rendering:pixelated;display:block"
    return f'<img src="{address}" style="{style}" alt="The image in the making">'


def _words(scene: Scene, found: Maximisation, sample: SampleImages | None, excitement: Excitement | None) -> str:
    """Say how strongly the unit answers to the image, to noise, and to a test image."""
    unit = scene.unit
    if unit.layer == scene.network.spec.layer_names[-1]:
        what = "Its logit"
    else:
        what = "Its output" if unit_noun(scene.network.spec, unit.layer) == "unit" else "The mean of its map"
    now, start = number_words(found.value), number_words(found.start)
    words = f"{what} is {now} for this image and {start} for the noise at the beginning"
    if sample is None or excitement is None:
        return f"{words}."
    top = sample.images[excitement.indices[:1, unit.channel]]
    values, _ = resources.gradients(scene.network).channel_gradients(top, unit.layer, unit.channel)
    return f"{words}; for the most exciting test image it is {number_words(float(values[0]))}."
