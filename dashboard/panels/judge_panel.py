"""One image judged by a network: verdict, probability and threshold, what the network sees, and where it looked."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import streamlit as st

from cnn_core.architecture.spec import shape_text
from cnn_core.errors import ClassroomError
from cnn_core.inspection.attribution.grad_cam import usual_grad_cam_layer
from cnn_core.inspection.attribution.methods import METHODS
from cnn_core.inspection.judgement import USUAL_THRESHOLD, Judgement, judge
from dashboard import resources, state
from dashboard.charts.png import picture_html
from dashboard.charts.probability_bars import probability_bars
from dashboard.charts.threshold_bar import threshold_bar
from dashboard.components.pixel_view import image_pictures, pixel_view
from dashboard.controls.image_reference import look_at_image
from dashboard.controls.judged_image import JudgedImage, judged_image
from dashboard.controls.network_choice import network_controls
from dashboard.controls.unit_choice import chosen_unit
from dashboard.controls.view_choice import view_choice
from dashboard.controls.why_controls import settings_of
from dashboard.navigation import page
from dashboard.palette import Palette
from dashboard.panels.inside.scene import Scene
from dashboard.panels.inside.why_common import found_map, map_pictures, why_network
from dashboard.panels.term_link import term_link
from dashboard.words import percent

TILE_PX = 256
LOOKED_FOR = "judge.looked_for"
VERDICT, OTHER = "verdict", "other"


@st.fragment
def judge_panel(palette: Palette, require_backend: Callable[[], None]) -> None:
    """Let people bring an image, and show what a network says of it and why.

    Args:
        palette: The theme's colours.
        require_backend: Ends the drawing here, with a progress bar, until TensorFlow is there.
    """
    controls, answer = st.columns([3, 6], gap="large")
    with controls:
        network = network_controls("judge")
        image = judged_image(network)
        if image is not None and image.whole is not image.seen.pixels:
            st.html(picture_html(image.whole, "Your picture"))
    with answer:
        require_backend()
        if image is None:
            return
        scene = Scene(network, resources.probe(network), image.seen, chosen_unit(network.spec), palette)
        probabilities = scene.probe.probabilities(image.seen.pixels[np.newaxis])[0]
        if not np.isfinite(probabilities).all():
            st.warning("The network gives no numbers any more: its training has diverged. Choose another network.")
            return
        verdict = _verdict(scene, probabilities)
        _pictures(scene, image, probabilities, verdict)
        if len(network.class_names) != 2:  # of two, one bar says all
            with st.container(key="judge.probabilities"):
                st.html(probability_bars(probabilities, network.class_names, palette))
        _ways_on(scene)


def _verdict(scene: Scene, probabilities: npt.NDArray[np.float32]) -> Judgement:
    names, image = scene.network.class_names, scene.image
    is_of_two = len(names) == 2
    threshold = _kept_threshold(scene) if is_of_two else USUAL_THRESHOLD
    verdict = judge(probabilities, threshold)
    said = names[verdict.class_index]
    is_right = said == image.class_name
    truth = f"({image.origin})."
    if image.class_name is not None:
        truth = f"That is {'right' if is_right else f'wrong, it is “{image.class_name}”'} {truth}"
    with st.container(key="judge.verdict", gap="xxsmall"):
        st.header(f"It says “{said}”", anchor=False)
        st.markdown(f"The probability of “{said}” is **{percent(verdict.probability)}**. {truth}")
    if not is_of_two:
        return verdict
    with st.container(key="judge.probabilities"):
        st.html(threshold_bar(float(probabilities[1]), threshold, names, scene.palette))
    _threshold_control(scene, threshold)
    if verdict.is_against_the_odds:
        other = names[1 - verdict.class_index]
        st.info(f"“{other}” is more probable; only the threshold makes the verdict “{said}”.")
    return verdict


def _kept_threshold(scene: Scene) -> float:
    return state.choice(_threshold_name(scene), USUAL_THRESHOLD)


def _threshold_name(scene: Scene) -> str:
    return f"judge.threshold.{scene.network.id}"


def _threshold_control(scene: Scene, threshold: float) -> None:
    names = scene.network.class_names
    key = state.sync_widget("judge.threshold", threshold)
    st.slider(
        f"Threshold: say “{names[1]}” from this probability of “{names[1]}” on",
        0.01,
        0.99,
        threshold,
        0.01,
        key=key,
        on_change=state.keep_choice(key, _threshold_name(scene)),
        help=f"A high threshold says “{names[1]}” only when the network is sure, and misses fewer of “{names[0]}”. "
        "Which one is right depends on what a mistake of either kind costs; the page Evaluate counts both.",
    )


def _pictures(scene: Scene, image: JudgedImage, probabilities: npt.NDArray[np.float32], verdict: Judgement) -> None:
    """Show what the network sees, and what in it speaks for a class, beside one another."""
    seen, why = st.columns(2)
    with seen, st.container(key="judge.seen"):
        st.markdown(f"**What the network sees**, {shape_text(scene.image.pixels.shape)}")
        pixel_view(
            image_pictures(scene.image.pixels[np.newaxis]),
            "judge.picture",
            scene.palette,
            what="image",
            tile_px=TILE_PX,
            has_scale_bar=False,
            has_names=False,
            file_name="judged-image",
        )
        if image.steps:
            st.caption(f"{image.steps[0].upper()}{image.steps[1:]}.")
    with why, st.container(key="judge.why"):
        _looked_at(scene, probabilities, verdict)


def _looked_at(scene: Scene, probabilities: npt.NDArray[np.float32], verdict: Judgement) -> None:
    names, method = scene.network.class_names, METHODS["grad-cam"]
    others = [int(index) for index in np.argsort(-probabilities, kind="stable") if index != verdict.class_index]
    asked = {VERDICT: verdict.class_index, OTHER: others[0]}
    st.markdown("**Where it looked** (Grad-CAM)")
    slot = st.empty()
    network = why_network(scene)
    if network is None:
        return
    chosen = verdict.class_index if state.choice(LOOKED_FOR, VERDICT) == VERDICT else others[0]
    try:
        usual_grad_cam_layer(scene.network.spec)  # says why where there is none
        found = found_map(method, scene, network, chosen, settings_of(scene.network.spec), slot)
    except ClassroomError as error:
        st.info(str(error))
        return
    pixel_view(
        map_pictures(method, [found], [f"“{names[chosen]}”"], scene),
        "judge.grad_cam",
        scene.palette,
        what="Grad-CAM map",
        tile_px=TILE_PX,
        has_names=False,
        file_name="grad-cam",
    )
    view_choice(
        "What speaks for",
        "judge.looked_for",
        LOOKED_FOR,
        {key: f"For “{names[it]}”" for key, it in asked.items()},
        VERDICT,
    )
    other = next(index for index in asked.values() if index != chosen)
    if float(found.values.max()) == 0:
        st.caption(f"Nothing speaks for “{names[chosen]}” here: ask about “{names[other]}” instead.")
    else:
        st.caption(f"Bright: what speaks for “{names[chosen]}”. It is no proof that the reason is a good one.")


def _ways_on(scene: Scene) -> None:
    with st.container(horizontal=True):
        if st.button("Look inside with this image", key="judge.inside", icon=":material/visibility:"):
            state.set_choice("inside.network", scene.network.id)
            look_at_image(scene.image)
            st.switch_page(page("Look_inside").path, query_params=state.address_parameters())
        term_link("grad-cam")
        if len(scene.network.class_names) == 2:
            term_link("threshold")
