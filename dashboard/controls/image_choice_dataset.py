"""An image of a data set: by its class, or among those that a network gets wrong."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import streamlit as st

from cnn_core import warm_up
from cnn_core.data.dataset import Dataset
from cnn_core.data.registry import DATASETS, load_dataset
from cnn_core.data.split import subset_indices
from cnn_core.errors import ClassroomError
from cnn_core.inspection.confusion import worst_mistakes
from cnn_core.networks import TrainedNetwork
from dashboard import resources, state
from dashboard.controls.image_choice_record import ALL, ANY, CLASS, NUMBER, WHICH, WRONG, ChosenImage
from dashboard.controls.lesson_controls import menu_choice, number_choice
from dashboard.controls.progress import progress_teller
from dashboard.words import count

Indices = npt.NDArray[np.int64]

MOST_TRIED = 2000
"""So many test images are asked about at most; of more, as many of each class are chosen."""
SEED = 0
BATCH = 200
TITLES = {ALL: "All images", WRONG: "Its mistakes"}


@dataclass(frozen=True, eq=False)
class Mistakes:
    """The test images that a network takes for another class.

    Args:
        indices: Their places among the test images, from 0, the surest mistake first.
        tried: How many test images were tried.
        is_sound: Whether the network still gives numbers.
    """

    indices: Indices
    tried: int
    is_sound: bool


def dataset_image(network: TrainedNetwork, slug: str) -> ChosenImage | None:
    """Choose one of a data set's test images.

    Args:
        network: Whose mistakes can be chosen from.
        slug: The data set.

    Returns:
        The image; nothing where the data set cannot be loaded, after saying so.
    """
    try:
        dataset = load_dataset(slug)
    except ClassroomError as error:
        st.error(str(error))
        return None
    is_wrong = _is_only_wrong(network, dataset)
    class_name = _class_choice(dataset)
    of_class = np.ones(len(dataset.test), dtype=np.bool_)
    if class_name != ANY:
        of_class = dataset.test.labels == dataset.class_names.index(class_name)
    indices = np.flatnonzero(of_class)
    if is_wrong:
        indices = _wrong_ones(network, dataset, of_class, class_name)
    if not len(indices):
        st.info(f"There is no test image of “{class_name}”. Choose another class.")
        return None
    index = int(indices[_number_choice(len(indices)) - 1])
    name = dataset.class_names[int(dataset.test.labels[index])]
    origin = f"test image {count(index + 1)} of {DATASETS[slug].title}: “{name}”"
    return ChosenImage(dataset.test.images[index], name, origin)


def find_mistakes(network: TrainedNetwork, dataset: Dataset) -> Mistakes:
    """Return which test images a network gets wrong; found once for each state of its weights."""
    return resources.answer("mistakes", network, None, dataset.slug, lambda: _find_mistakes(network, dataset))


def _find_mistakes(network: TrainedNetwork, dataset: Dataset) -> Mistakes:
    test, probe = dataset.test, resources.probe(network)
    tried = subset_indices(test.labels, min(MOST_TRIED, len(test)), SEED)
    tell = progress_teller(st.empty(), f"Asking the network about {count(len(tried))} test images")
    answers = []
    for start in range(0, len(tried), BATCH):
        answers.append(probe.probabilities(test.images[tried[start : start + BATCH]]))
        tell(min(1.0, (start + BATCH) / len(tried)))
    probabilities = np.concatenate(answers)
    found = worst_mistakes(probabilities, test.labels[tried], most=len(tried))
    indices = tried[[mistake.index for mistake in found]] if found else np.zeros(0, np.int64)
    return Mistakes(indices, len(tried), bool(np.isfinite(probabilities).all()))


def _is_only_wrong(network: TrainedNetwork, dataset: Dataset) -> bool:
    """Let people choose among all images or the mistakes; a network of other classes can be neither right nor wrong."""
    if network.class_names != dataset.class_names:
        return False
    which = state.choice(WHICH, ALL)
    key = state.sync_widget(WHICH, which)
    st.segmented_control(
        "Which images",
        list(TITLES),
        default=which,
        format_func=TITLES.__getitem__,
        key=key,
        required=True,
        wrap=True,
        on_change=state.when_changed(key, _choose_which),
        label_visibility="collapsed",
    )
    # While TensorFlow is loading, nothing can be asked; the page runs again by itself when it is there.
    return which == WRONG and warm_up.state().is_ready


def _choose_which(which: str) -> None:
    state.set_choice(WHICH, which)
    state.set_choice(NUMBER, 1)


def _wrong_ones(network: TrainedNetwork, dataset: Dataset, of_class: npt.NDArray[np.bool_], class_name: str) -> Indices:
    """Return the mistakes among the images of a class, after saying how many there are; without any, all images."""
    found = find_mistakes(network, dataset)
    everything: Indices = np.flatnonzero(of_class)
    if not found.is_sound:
        st.caption("This network gives no numbers any more, so all images are shown.")
        return everything
    chosen: Indices = found.indices[of_class[found.indices]]
    tried = f"{count(found.tried)} test images"
    if found.tried < len(dataset.test):
        tried = f"the {tried} that were tried (of {count(len(dataset.test))})"
    named = "" if class_name == ANY else f" of “{class_name}”"
    if not len(chosen):
        st.caption(f"None{named} is wrong among {tried}, so all are shown.")
        return everything
    of_them = "" if class_name == ANY else f", {count(len(chosen))} of them “{class_name}”"
    st.caption(f"Wrong: {count(len(found.indices))} of {tried}{of_them}. The worst comes first.")
    return chosen


def _class_choice(dataset: Dataset) -> str:
    return menu_choice("Class", CLASS, {ANY: "Any class", **{name: name for name in dataset.class_names}}, ANY)


def _number_choice(most: int) -> int:
    return number_choice("Which one", NUMBER, 1, most, 1) if most > 1 else 1  # a slider needs two ends
