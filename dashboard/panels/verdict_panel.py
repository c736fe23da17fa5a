"""One image and what the network says of it, side by side."""

from __future__ import annotations

import numpy as np
import streamlit as st

from dashboard.charts.base import CONFIG
from dashboard.charts.images import picture_figure
from dashboard.charts.probabilities import probability_figure
from dashboard.panels.scene import Scene
from dashboard.words import percent


def verdict_panel(scene: Scene) -> None:
    """Show the image at the left and the probability of each class at the right."""
    probe, network, image, palette = scene.probe, scene.network, scene.image, scene.palette
    probabilities = probe.probabilities(image.pixels[np.newaxis])[0]
    first = int(np.argmax(probabilities))
    guess = network.class_names[first]
    left, right = st.columns(2)
    with left:
        st.markdown(f"**The image** – {image.origin}")
        st.plotly_chart(
            picture_figure(image.pixels, palette, size_px=280),
            key="inside.picture",
            theme=None,
            config=CONFIG,
            alt=f"The image: {image.origin}",
        )
    with right:
        verdict = ""
        if image.class_name is not None:
            verdict = ", rightly" if guess == image.class_name else f", wrongly: it is “{image.class_name}”"
        st.markdown(f"**The verdict** – “{guess}” with {percent(probabilities[first])}{verdict}")
        st.plotly_chart(
            probability_figure(probabilities, network.class_names, palette),
            key="inside.probabilities",
            theme=None,
            config=CONFIG,
            alt=f"Probability of each class; the largest is {guess} with {percent(probabilities[first])}.",
        )
