"""Whether the methods pass the check: their maps with trained and with shuffled weights, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan

import numpy as np
import streamlit as st

from cnn_core.errors import ClassroomError
from cnn_core.inspection.attribution.grad_cam import grad_cam_layers
from cnn_core.inspection.attribution.methods import METHODS, Method
from cnn_core.inspection.attribution.protocol import ClassGradients
from cnn_core.inspection.attribution.sanity import SHUFFLES, CheckedMethod, Similarity, check_methods, check_words
from cnn_core.inspection.attribution.shuffle import Weights, learning_layers
from cnn_core.inspection.kernels import spread_moments
from dashboard import resources, state
from dashboard.components.pixel_view import pixel_view
from dashboard.controls.progress import progress_teller
from dashboard.controls.view_choice import view_choice
from dashboard.controls.why_controls import settings_of
from dashboard.panels.inside.scene import Scene
from dashboard.panels.inside.why_common import explanation, map_pictures, open_network, why_network

DEPTHS = {"all": "All layers at once", "cascade": "Layer by layer, from the last"}
MOST_STEPS = 5
"""Depths of the cascade that are shown."""
CASCADE_SHUFFLES = 3
TILE_PX = 112
STRIP_TILE_PX = 80

_SEED = "inside.sanity.seed"


def sanity_panel(scene: Scene) -> None:
    """Shuffle the weights, and show which methods notice."""
    network = why_network(scene)
    if network is None:
        return
    spec, pixels = scene.network.spec, scene.image.pixels
    class_index = int(np.argmax(network.logits(pixels[None])[0]))
    st.markdown(
        "Shuffling puts each layer's weights in another order: the network has forgotten what it learned. "
        f"The maps are for the verdict, “{scene.network.class_names[class_index]}”."
    )
    with st.container(horizontal=True, vertical_alignment="bottom", key="inside.sanity.controls"):
        how = view_choice("Shuffle", "inside.sanity.depth", "inside.sanity.depth", DEPTHS, "all")
        st.button("Shuffle again", key="inside.sanity.again", icon=":material/shuffle:", on_click=_next_seed)
    methods = [method for method in METHODS.values() if method.slug != "grad-cam" or grad_cam_layers(spec)]
    layers = learning_layers(spec)
    depths = tuple(spread_moments(range(1, len(layers) + 1), MOST_STEPS)) if how == "cascade" else (len(layers),)
    seeds = _seeds(CASCADE_SHUFFLES if how == "cascade" else SHUFFLES)
    try:
        found = _checked(scene, network, methods, class_index, depths, seeds)
    except ClassroomError as error:
        st.warning(str(error))
        return
    last = [(method, found[method.slug].similarities[-1]) for method in methods]
    st.markdown(f"**{check_words(last)}**")
    names = ["trained", *(_depth_name(depth, layers) if how == "cascade" else "shuffled" for depth in depths)]
    in_a_row = 1 if how == "cascade" else 2
    for start in range(0, len(methods), in_a_row):
        columns = st.columns(in_a_row)
        for method, column in zip(methods[start : start + in_a_row], columns, strict=False):
            with column, st.container(border=True, height="stretch", key=f"inside.sanity.card.{method.slug}"):
                _card(method, found[method.slug], names, scene)
    st.caption(
        "The number above a picture is the rank correlation with the trained map: 1 for the same order of all pixels, "
        f"0 for none in common, −1 for the reverse. It is the mean of {len(seeds)} shuffles; the picture is the first "
        "one. Each picture has its own scale."
    )


def _card(method: Method, checked: CheckedMethod, names: Sequence[str], scene: Scene) -> None:
    alike = checked.similarities[-1]
    st.markdown(f"**{method.title}**", help=explanation(method))
    pixel_view(
        map_pictures(
            method,
            (checked.before, *checked.after),
            names,
            scene,
            has_own_scales=True,
            notes=["", *(_number(one.ranks) for one in checked.similarities)],
        ),
        f"inside.sanity.map.{method.slug}",
        scene.palette,
        what=f"{method.title} map",
        tile_px=TILE_PX if len(names) == 2 else STRIP_TILE_PX,
        file_name=f"sanity-{method.slug}",
    )
    st.markdown(f"{_similarity_words(method, alike)}  \n{alike.sentence()}")


def _similarity_words(method: Method, alike: Similarity) -> str:
    if isnan(alike.ranks):
        return "Similarity: none can be measured."
    words = f"Similarity {_number(alike.ranks)}"
    if method.meaning == "signed":
        words += f", without the signs {_number(alike.magnitudes)}"
    if alike.vanished:
        words += f"; after {alike.vanished} of the shuffles nothing was left of the map"
    return f"{words}."


def _number(correlation: float) -> str:
    """Write a correlation with a real minus; what rounds to nothing has none.

    Example:
        >>> _number(-0.234), _number(-0.001), _number(float("nan"))
        ('−0.23', '0.00', '–')
    """
    if isnan(correlation):
        return "–"
    return f"{round(correlation, 2) + 0.0:.2f}".replace("-", "−")


def _depth_name(depth: int, layers: Sequence[str]) -> str:
    """Say which layers are shuffled: from one of them to the last.

    Example:
        >>> [_depth_name(depth, ("conv_1", "conv_2", "dense_1")) for depth in (1, 2, 3)]
        ['dense_1', 'from conv_2', 'all']
    """
    if depth == len(layers):
        return "all"
    return layers[-depth] if depth == 1 else f"from {layers[-depth]}"


def _checked(
    scene: Scene,
    network: ClassGradients,
    methods: Sequence[Method],
    class_index: int,
    depths: tuple[int, ...],
    seeds: tuple[int, ...],
) -> dict[str, CheckedMethod]:
    spec, pixels, settings = scene.network.spec, scene.image.pixels, settings_of(scene.network.spec)
    slot = st.empty()

    def opened(weights: Weights) -> ClassGradients:
        return network if weights is scene.network.weights else open_network(spec, weights)

    def find() -> dict[str, CheckedMethod]:
        return check_methods(
            methods,
            opened,
            spec,
            scene.network.weights,
            pixels,
            class_index,
            settings,
            depths,
            seeds,
            progress_teller(slot, "Shuffling the weights and asking each method again"),
        )

    how = tuple(method.details(settings) for method in methods)
    try:
        return resources.answer("sanity", scene.network, pixels, (class_index, depths, seeds, how), find)
    except ClassroomError:
        slot.empty()
        raise


def _seeds(count: int) -> tuple[int, ...]:
    first = state.choice(_SEED, 0)
    return tuple(range(first, first + count))


def _next_seed() -> None:
    state.set_choice(_SEED, state.choice(_SEED, 0) + SHUFFLES)
