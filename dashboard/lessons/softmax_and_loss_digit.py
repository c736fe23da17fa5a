"""The logits of a real network for a real image, to begin with."""

from __future__ import annotations

from math import ceil

import numpy as np
import streamlit as st

from cnn_core import warm_up
from cnn_core.architecture.outputs import is_binary
from cnn_core.data.registry import load_dataset
from cnn_core.errors import ClassroomError
from cnn_core.networks import TrainedNetwork, network_of_run
from cnn_core.training.settings import TrainingSettings
from dashboard import resources, state
from dashboard.charts.softmax_table import share_text
from dashboard.lessons.softmax_and_loss_record import EXAMPLE, PAGE, Start

MOVABLE = 4
"""So many classes get a slider: the likeliest ones."""
LEAST_END = 10
_START, _IS_WANTED, _TAKEN = f"{PAGE}.start", f"{PAGE}.is_wanted", f"{PAGE}.taken"


def start_controls() -> Start:
    """Draw the buttons that choose what one begins with, and return it."""
    row = st.container(horizontal=True, vertical_alignment="center")
    if state.choice(_IS_WANTED, False):
        _take()
    start: Start = state.choice(_START, EXAMPLE)
    is_example = start is EXAMPLE
    with row:
        label = "Take the logits of a real digit" if is_example else "Take another digit"
        st.button(label, key=f"{PAGE}.take", icon=":material/image_search:", on_click=_want)
        if not is_example:
            st.button("Back to the example", key=f"{PAGE}.back", on_click=_begin_with, args=(EXAMPLE,))
    return start


def logit_name(index: int) -> str:
    """Name the choice, and the slider, of a class's logit."""
    return f"{PAGE}.logit.{index}"


def logit_end(start: Start) -> float:
    """Say how far the sliders reach to either side of zero."""
    return float(max(LEAST_END, ceil(max(abs(logit) for logit in start.logits)) + 2))


def _want() -> None:
    state.set_choice(_IS_WANTED, True)


def _begin_with(start: Start) -> None:
    state.set_choice(_START, start)
    state.set_choice(_IS_WANTED, False)
    state.set_choice(f"{PAGE}.right", start.right)
    state.set_choice(f"{PAGE}.temperature", 1.0)
    state.set_choice(f"{PAGE}.added", 0.0)
    for index, logit in enumerate(start.logits):
        state.set_choice(logit_name(index), logit)


def _take() -> None:
    """Ask the network about the next image, as soon as TensorFlow is there."""
    loading = warm_up.state()
    if loading.failure:
        state.set_choice(_IS_WANTED, False)
        st.warning(loading.failure)
    elif not loading.is_ready:
        warm_up.hurry()
        _waiting()
    else:
        state.set_choice(_IS_WANTED, False)
        number = state.choice(_TAKEN, 0)
        state.set_choice(_TAKEN, number + 1)
        try:
            with st.spinner("Asking the network"):
                _begin_with(_start_of_image(_network(), number))
        except ClassroomError as error:
            st.warning(str(error))


@st.fragment(run_every=0.5)
def _waiting() -> None:
    loading = warm_up.state()
    if loading.is_ready or loading.failure:
        st.rerun()
    st.info("The network is being loaded; its logits will stand here in a few seconds.", icon=":material/hourglass:")


def _network() -> TrainedNetwork:
    """The network of the session's own training, if it tells several classes apart; else the starter network."""
    run = state.current_run()
    own = network_of_run(run) if run is not None else None
    return own if own is not None and not is_binary(own.spec) else resources.starter()


def _start_of_image(network: TrainedNetwork, number: int) -> Start:
    slug = network.dataset if network.id != resources.starter().id else TrainingSettings.dataset
    dataset = load_dataset(slug)
    place = number % len(dataset.test)
    image = dataset.test.images[place]
    logits = resources.gradients(network).logits(image[np.newaxis])[0].astype(np.float64)
    if not np.isfinite(logits).all():
        raise ClassroomError(
            "This network gives no numbers any more: its training has gone wrong.", "Train it again, more slowly."
        )
    rounded = tuple(round(float(logit), 2) for logit in logits)
    movable = tuple(sorted(int(index) for index in np.argsort(-logits, kind="stable")[:MOVABLE]))
    right = int(dataset.test.labels[place])
    sure = float(resources.probe(network).probabilities(image[np.newaxis])[0].max())
    first = network.class_names[int(np.argmax(logits))]
    words = (
        f"{network.title}, test image {place + 1}, a “{network.class_names[right]}”: it says “{first}” with "
        f"{share_text(sure)}. The four largest logits have a slider."
    )
    return Start(network.class_names, rounded, movable, right, words, image)
