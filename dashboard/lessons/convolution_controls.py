"""The controls of the lesson on convolution: how the kernel walks, and which kernel it is."""

from __future__ import annotations

from functools import partial

import numpy as np
import numpy.typing as npt
import streamlit as st

from cnn_core.errors import ClassroomError
from cnn_core.operations.kernels import KERNELS, NamedKernel, kernel_from_text, random_kernel
from cnn_core.operations.typed_numbers import numbers_text
from cnn_core.operations.windows import Padding, misfit_remedy, window_misfit
from dashboard import state
from dashboard.controls.lesson_controls import menu_choice
from dashboard.lessons.convolution_record import PAGE, WindowSettings

Weights = npt.NDArray[np.float64]

MOST_STRIDE, MOST_DILATION = 6, 4
MOST_PADDING = 12
"""Enough for the widest kernel, 7×7 with dilation 4, on one pixel: what is named as the nearest can be chosen."""
PADDINGS = {"valid": "None", "same": "Same"} | {str(number): str(number) for number in range(1, MOST_PADDING + 1)}
OWN, RANDOM, NONE = "own", "random", "none"
MOST_SEED = 999
TYPED_HEIGHT_PX = 110
_TEXT, _FIRST_TEXT = f"{PAGE}.typed.text", f"{PAGE}.typed.first"
HELP = {
    "kernel": "Choose “My own” to type the weights; it begins as the kernel that is there.",
    "seed": "Each number draws another kernel.",
    "stride": "How far the kernel moves from one place to the next.",
    "padding": "Zeros around the image, so that the kernel can reach over its edge. “Same” keeps the size at stride 1.",
    "dilation": "The distance between neighbouring weights: 2 leaves out one pixel between each two.",
    "turn": "Mathematicians turn the kernel by 180° first and call that a convolution. Layers do not turn it; strictly "
    "speaking theirs is a cross-correlation.",
}


def window_controls(part: str, *, can_turn: bool = True) -> tuple[WindowSettings, bool]:
    """Choose how the kernel walks, and whether it is turned.

    Args:
        part: Which part of the lesson; each has its own settings.
        can_turn: Whether turning is offered.

    Returns:
        The settings, and whether the kernel is turned.
    """
    with st.container(horizontal=True, vertical_alignment="bottom"):
        stride = _number("Stride", f"{PAGE}.{part}.stride", 1, MOST_STRIDE, HELP["stride"])
        padding = menu_choice("Padding", f"{PAGE}.{part}.padding", PADDINGS, "valid", HELP["padding"])
        dilation = _number("Dilation", f"{PAGE}.{part}.dilation", 1, MOST_DILATION, HELP["dilation"])
        is_turned = can_turn and _turn_control(part)
    return WindowSettings(stride, _amount(padding), dilation), is_turned


def _amount(padding: str) -> Padding:
    words: dict[str, Padding] = {"valid": "valid", "same": "same"}
    return words.get(padding) or int(padding)


def fits(size: tuple[int, ...], kernel: tuple[int, ...], window: WindowSettings, part: str) -> bool:
    """Whether the kernel has a place; if not, say so, and offer the nearest setting that works.

    Args:
        size: `(n,)` or `(height, width)` of what it walks over.
        kernel: `(k,)` or `(height, width)`.
        window: How it walks.
        part: Which part of the lesson.
    """
    if len(size) == 1:
        height_and_width = (1, size[0])
        misfit = window_misfit(height_and_width, (1, kernel[0]), (0, window.padding), (1, window.dilation))
    else:
        height_and_width = (size[0], size[1])
        misfit = window_misfit(height_and_width, (kernel[0], kernel[1]), window.padding, window.dilation)
    if misfit is None:
        return True
    with st.container(key=f"{PAGE}.{part}.complaint"):
        st.warning(f"{misfit.message} {misfit_remedy(misfit, height_and_width)}")
        name = f"{PAGE}.{part}.{misfit.field}"
        value = misfit.nearest if misfit.field == "dilation" else str(misfit.nearest)
        label = f"Use {misfit.field} {misfit.nearest}"
        st.button(label, key=f"{PAGE}.{part}.repair", on_click=partial(state.set_choice, name, value))
    return False


def kernel_controls(default: str) -> tuple[Weights, NamedKernel | None]:
    """Choose a kernel by name, draw one at random, or type it.

    Args:
        default: The name of the kernel to begin with.

    Returns:
        The weights, and the named kernel if it is one.
    """
    name = f"{PAGE}.kernel"
    slug: str = state.choice(name, default)
    titles = {kernel.slug: kernel.title for kernel in KERNELS.values()} | {RANDOM: "Random", OWN: "My own"}
    key = state.sync_widget(name, slug)
    take = state.when_changed(key, partial(_choose_kernel, name))
    slugs, title = list(titles), titles.__getitem__
    st.selectbox("Kernel", slugs, slugs.index(slug), title, key, help=HELP["kernel"], on_change=take)
    if slug == OWN:
        weights = _typed_weights(KERNELS[default].rows)
    elif slug == RANDOM:
        weights = random_kernel(_number("Random number", f"{PAGE}.seed", 0, MOST_SEED, HELP["seed"]))
    else:
        weights = KERNELS[slug].weights
    state.set_choice(f"{PAGE}.weights", tuple(tuple(row) for row in weights.tolist()))
    return weights, KERNELS.get(slug)


def _choose_kernel(name: str, slug: str) -> None:
    """Take another kernel. One's own begins as the one that was there, until something has been typed."""
    if slug == OWN:
        state.set_choice(_FIRST_TEXT, numbers_text(state.choice(f"{PAGE}.weights", KERNELS["identity"].rows)))
    state.set_choice(name, slug)


def _typed_weights(first: tuple[tuple[float, ...], ...]) -> Weights:
    """Let people type the weights; while what stands there cannot be read, the kernel stays as it was."""
    text = state.choice(_TEXT, state.choice(_FIRST_TEXT, numbers_text(first)))
    key = state.sync_widget(f"{PAGE}.typed", text)
    st.text_area(
        "Weights, one row a line",
        text,
        key=key,
        height=TYPED_HEIGHT_PX,
        on_change=state.keep_choice(key, _TEXT),
        help="From 2×2 to 7×7 numbers with blanks between; fractions such as 1/9 are read, too. Ctrl+Enter takes them.",
    )
    try:
        return kernel_from_text(text)
    except ClassroomError as error:
        st.warning(f"{error} Until then the kernel stays as it was.")
        return np.array(state.choice(f"{PAGE}.weights", first), np.float64)


def named_kernel_control(name: str, label: str, default: str) -> Weights:
    """Choose one of the named kernels of 3×3, or none at all.

    Args:
        name: The name under which `state` keeps the choice.
        label: What the kernel is for.
        default: The name of the kernel to begin with.
    """
    of_three = {kernel.slug: kernel for kernel in KERNELS.values() if kernel.weights.shape == (3, 3)}
    titles = {NONE: "None: all 0"} | {slug: kernel.title for slug, kernel in of_three.items()}
    slug = menu_choice(label, name, titles, default)
    return np.zeros((3, 3)) if slug == NONE else of_three[slug].weights


def _turn_control(part: str) -> bool:
    name = f"{PAGE}.{part}.turn"
    is_turned: bool = state.choice(name, False)
    key = state.sync_widget(name, is_turned)
    st.toggle("Turn the kernel", is_turned, key=key, on_change=state.keep_choice(key, name), help=HELP["turn"])
    return is_turned


def _number(label: str, name: str, low: int, high: int, explanation: str) -> int:
    number: int = state.choice(name, low)
    key = state.sync_widget(name, number)
    st.number_input(label, low, high, number, key=key, on_change=state.keep_choice(key, name), help=explanation)
    return number
