"""The image that one step of training is made from, the nine others, and the small network that takes it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import streamlit as st

from cnn_core.data.registry import load_dataset
from cnn_core.data.scaling import PIXEL_MAX
from cnn_core.errors import ClassroomError
from cnn_core.operations.one_step import SmallNetwork, backward, initial_network, losses_along, stepped, steps_on_each
from cnn_core.operations.small_image import small_image
from dashboard import state
from dashboard.controls.lesson_controls import number_choice
from dashboard.controls.lesson_image import DIGIT, FIRST_DIGIT, lesson_image
from dashboard.controls.view_choice import view_choice

PAGE = "learning"
DIGITS = tuple("0123456789")
SIDES = {"28": "28×28", "14": "14×14", "7": "7×7"}
FILTERS = {str(count): str(count) for count in (1, 2, 3, 4)}
KERNELS = {str(side): f"{side}×{side}" for side in (2, 3, 5)}
POOLS = {"1": "None", "2": "2×2"}
MOST_SEED = 20
MOST_MOMENTS = 400
"""Moments of the history that are kept."""

_TRAINED = "learning.trained"


@dataclass(frozen=True, eq=False)
class Material:
    """What a step is made from.

    Args:
        pixels: `(10, height, width)`, uint8: one image of each digit, the image at hand among them.
        class_index: Which of them is at hand.
    """

    pixels: npt.NDArray[np.uint8]
    class_index: int

    @property
    def images(self) -> npt.NDArray[np.float64]:
        """The same as a network takes them, 0 to 1."""
        scaled: npt.NDArray[np.float64] = self.pixels / PIXEL_MAX
        return scaled

    @property
    def image(self) -> npt.NDArray[np.float64]:
        """The image at hand."""
        own: npt.NDArray[np.float64] = self.images[self.class_index]
        return own

    @property
    def labels(self) -> npt.NDArray[np.int64]:
        """The right class of each."""
        return np.arange(len(self.images))


@dataclass(frozen=True, eq=False)
class Trained:
    """A small network and how it got there.

    Args:
        design: What decides on its first weights; with another one it begins anew.
        network: Its weights now.
        steps: Steps taken.
        image: What tells the image of the history from others.
        history: For each moment the steps taken, the loss of that image, and the mean loss of all ten.
    """

    design: tuple[int, ...]
    network: SmallNetwork
    steps: int
    image: int
    history: tuple[tuple[int, float, float], ...]


def material_controls() -> tuple[Material, Trained] | None:
    """Draw what there is to choose about image and network.

    Returns:
        The images, and the network as far as it has learned; nothing where there is no image, or the network cannot
        be made, after saying so.
    """
    left, right = st.columns(2, gap="medium")
    with left:
        image = lesson_image(PAGE)
        digit = state.choice(f"{PAGE}.digit", FIRST_DIGIT)
        if state.choice(f"{PAGE}.image", DIGIT) != DIGIT:
            digit = number_choice("The right answer", f"{PAGE}.answer", 0, 9, FIRST_DIGIT)
        side = view_choice("Shrunk to", f"{PAGE}.side", f"{PAGE}.side_chosen", SIDES, "14", _SIDE_HELP)
    with right:
        filters = view_choice("Filters", f"{PAGE}.filters", f"{PAGE}.filters_chosen", FILTERS, "3", _FILTERS_HELP)
        size = view_choice("Kernel", f"{PAGE}.size", f"{PAGE}.size_chosen", KERNELS, "3", "Side of each kernel.")
        pool = view_choice("Max pooling", f"{PAGE}.pool", f"{PAGE}.pool_chosen", POOLS, "2", _POOL_HELP)
        seed = number_choice("First weights by chance, number", f"{PAGE}.seed", 0, MOST_SEED, 0)
    if image is None:
        return None
    material = _material(image, digit, int(side))
    height, width = material.image.shape
    design = (height, width, int(filters), int(size), int(pool), seed)
    try:
        first = initial_network((height, width), int(filters), int(size), int(pool), seed=seed)
    except ClassroomError as error:
        st.warning(str(error))
        return None
    return material, _trained(design, first, material)


_SIDE_HELP = "Fewer pixels make every number easier to follow."
_FILTERS_HELP = "Kernels of the convolution; each makes one feature map."
_POOL_HELP = "Whether only the largest number of each window goes on to the dense layer."


def _material(image: npt.NDArray[np.uint8], class_index: int, side: int) -> Material:
    """Take the image at hand, and of each other digit the one of the same number."""
    side = min(side, *image.shape[:2])
    test, number = load_dataset("digits").test, state.choice(f"{PAGE}.number", 1) - 1
    of_each = [np.flatnonzero(test.labels == digit) for digit in range(len(DIGITS))]
    images = [test.images[places[min(number, len(places) - 1)]] for places in of_each]
    images[class_index] = image
    small = np.stack([small_image(one, side)[..., 0] for one in images])
    return Material(small, class_index)


def _trained(design: tuple[int, ...], first: SmallNetwork, material: Material) -> Trained:
    """The network as it is kept; from its first weights where it is another one now."""
    kept: Trained | None = state.choice(_TRAINED, None)
    image = hash((material.pixels.tobytes(), material.class_index))
    if kept is None or kept.design != design:
        kept = Trained(design, first, 0, image, ())
    if kept.image != image or not kept.history:
        kept = replace(kept, image=image, history=())
        kept = replace(kept, history=(_moment(kept, material),))
    state.set_choice(_TRAINED, kept)
    return kept


def _moment(trained: Trained, material: Material) -> tuple[int, float, float]:
    gradient = trained.network.parameters  # of any length: the step is of length 0
    (losses,) = losses_along(trained.network, gradient, np.zeros(1), material.images, material.labels)
    return trained.steps, float(losses[material.class_index]), float(losses.mean())


def take_step(trained: Trained, material: Material, learning_rate: float) -> None:
    """Take one step with the image at hand, and keep the network after it."""
    found = backward(trained.network, material.image, material.class_index)
    _keep(trained, stepped(trained.network, found.parameters, learning_rate), 1, material)


def take_rounds(trained: Trained, material: Material, learning_rate: float, rounds: int) -> None:
    """Take one step with each of the ten digits, and that several times, and keep the network after it."""
    for _ in range(rounds):
        network = steps_on_each(trained.network, material.images, material.labels, learning_rate)
        trained = _keep(trained, network, len(material.images), material)


def start_over() -> None:
    """Go back to the first weights."""
    state.set_choice(_TRAINED, None)


def _keep(trained: Trained, network: SmallNetwork, steps: int, material: Material) -> Trained:
    after = replace(trained, network=network, steps=trained.steps + steps)
    after = replace(after, history=(*trained.history, _moment(after, material))[-MOST_MOMENTS:])
    state.set_choice(_TRAINED, after)
    return after
