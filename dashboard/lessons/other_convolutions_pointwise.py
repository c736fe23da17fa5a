"""A convolution of 1×1: it mixes the channels of one place, and sees no neighbours."""

from __future__ import annotations

import numpy as np
import streamlit as st

from cnn_core.operations.convolution import channel_steps
from cnn_core.operations.small_image import small_image
from dashboard.components.walk_view import walk_view
from dashboard.lessons.convolution_plane import brightest
from dashboard.lessons.other_convolutions_record import PAGE, Bytes, Seen, cost_view, weight_controls
from dashboard.lessons.other_convolutions_walks import mixing_walk
from dashboard.palette import Palette

MOST_SIDE = 12
FIRST_WEIGHTS = (0.3, 0.6, 0.1)


def pointwise_stage(image: Bytes, palette: Palette) -> Seen:
    """Draw what one operates about convolutions of 1×1."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        weights = weight_controls(f"{PAGE}.pointwise", FIRST_WEIGHTS)
    small = small_image(image, MOST_SIDE)
    steps = channel_steps(small, np.array(weights).reshape(1, 1, -1))
    walk_view(mixing_walk(steps, brightest(small), "{}"), f"{PAGE}.pointwise.walk", palette)
    st.caption(
        "Three channels go in, one feature map of the same size comes out. A layer with 16 such filters makes 16 maps "
        "of three channels, or 16 of 256: that is how networks change the number of channels cheaply."
    )
    cost_view(("ordinary", "pointwise"), palette)
    return Seen("pointwise", weights=weights)
