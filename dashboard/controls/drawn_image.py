"""The session's own drawing as an image to look at."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import streamlit as st

from dashboard import state
from dashboard.navigation import page


def drawn_image() -> npt.NDArray[np.uint8] | None:
    """Return the session's drawing as a network sees it, `(28, 28, 1)`.

    Returns:
        The image; nothing where there is none yet, after saying so and offering the way to the canvas.
    """
    pixels = state.drawn_image()
    if pixels is None:
        st.info("There is no drawing yet.")
        st.page_link(page("Draw_a_digit").path, label="Draw one", query_params=state.address_parameters())
    return pixels
