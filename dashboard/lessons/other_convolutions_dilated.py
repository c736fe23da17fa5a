"""A dilated convolution: the same few weights, spread over a wider patch."""

from __future__ import annotations

from functools import partial

import streamlit as st

from cnn_core.operations.convolution import convolution_steps
from cnn_core.operations.kernels import KERNELS
from cnn_core.operations.windows import Padding, axis_windows, misfit_remedy, window_misfit
from dashboard import state
from dashboard.components.walk_view import walk_view
from dashboard.controls.lesson_controls import menu_choice, number_choice
from dashboard.lessons.convolution_plane import brightest
from dashboard.lessons.convolution_walks import image_walk
from dashboard.lessons.other_convolutions_record import PAGE, Bytes, Seen, cost_view
from dashboard.palette import Palette

RATE, PADDING = f"{PAGE}.dilated.rate", f"{PAGE}.dilated.padding"
MOST_DILATION, FIRST_DILATION = 4, 2
PADDINGS: dict[Padding, str] = {"valid": "None", "same": "Same"}


def dilated_stage(image: Bytes, palette: Palette) -> Seen | None:
    """Draw what one operates about dilated convolutions."""
    titles = {slug: kernel.title for slug, kernel in KERNELS.items() if kernel.weights.shape == (3, 3)}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        words = "The distance between neighbouring weights: 2 leaves out one pixel between each two."
        dilation = number_choice("Dilation", RATE, 1, MOST_DILATION, FIRST_DILATION, words)
        slug = menu_choice("Kernel", f"{PAGE}.dilated.kernel", titles, "sobel-x")
        padding = menu_choice("Padding", PADDING, PADDINGS, "valid", "Zeros around the image.")
    kernel, pixels = KERNELS[slug].weights, image[..., 0]
    size, taps = (pixels.shape[0], pixels.shape[1]), (kernel.shape[0], kernel.shape[1])
    misfit = window_misfit(size, taps, padding, dilation)
    if misfit is not None:
        st.warning(f"{misfit.message} {misfit_remedy(misfit, size)}")
        name, value = (RATE, misfit.nearest) if misfit.field == "dilation" else (PADDING, "same")
        label = f"Use dilation {misfit.nearest}" if misfit.field == "dilation" else "Use “Same” padding"
        st.button(label, key=f"{PAGE}.dilated.repair", on_click=partial(state.set_choice, name, value))
        return None
    steps = convolution_steps(pixels, kernel, padding=padding, dilation=dilation)
    walk_view(image_walk(steps, brightest(pixels)), f"{PAGE}.dilated.walk", palette)
    reach = axis_windows(size, taps, dilation=dilation)[0].reach
    st.markdown(
        f"**{kernel.size} weights reach over {reach}×{reach} pixels**: dilation × (kernel − 1) + 1 = "
        f"{dilation} × ({taps[0]} − 1) + 1 = {reach}. An ordinary kernel as wide has {reach} × {reach} = "
        f"{reach * reach} weights."
    )
    cost_view(("ordinary", "dilated", "wide"), palette)
    return Seen("dilated", dilation=dilation, reach=reach)
