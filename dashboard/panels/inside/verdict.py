"""One image and what the network says of it."""

from __future__ import annotations

import numpy as np
import streamlit as st

from dashboard.charts.probability_bars import probability_bars
from dashboard.components.pixel_view import image_pictures, pixel_view
from dashboard.panels.inside.scene import Scene
from dashboard.words import percent

IMAGE_PX = 200


def verdict_panel(scene: Scene) -> None:
    """Show the image, the verdict in words, and the probability of each class."""
    network, image = scene.network, scene.image
    probabilities = scene.probe.probabilities(image.pixels[np.newaxis])[0]
    first = int(np.argmax(probabilities))
    guess = network.class_names[first]
    is_sound = bool(np.isfinite(probabilities).all())
    if is_sound:
        verdict = ""
        if image.class_name is not None:
            verdict = ", rightly" if guess == image.class_name else f", wrongly: it is “{image.class_name}”"
        st.markdown(f"**The verdict** – “{guess}” with {percent(probabilities[first])}{verdict}")
    else:
        st.warning(
            "The network gives no numbers any more: training has diverged. Go back to an earlier moment, or train "
            "again with a smaller learning rate."
        )
    st.markdown(f"**The image** – {image.origin}")
    pixel_view(
        image_pictures(image.pixels[np.newaxis]),
        "inside.picture",
        scene.palette,
        what="image",
        tile_px=IMAGE_PX,
        has_scale_bar=False,
        file_name="image",
    )
    if is_sound:
        with st.container(key="inside.probabilities"):
            st.html(probability_bars(probabilities, network.class_names, scene.palette))
