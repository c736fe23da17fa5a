"""The images that a network is judged by: those of a test, those that were kept aside, those that it learned from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cnn_core.data.dataset import Dataset, LabelledImages
from cnn_core.networks import STARTER_ID, TrainedNetwork
from cnn_core.training.material import chosen_places
from cnn_core.training.settings import TrainingSettings

TEST, VALIDATION, LEARNED = "test", "validation", "learned"
PARTS = {TEST: "Test images", VALIDATION: "Validation images", LEARNED: "Images it learned from"}
"""The parts of a data set and their names."""

STARTER_LEARNED = ("mnist", "digits")
"""What the starter network learned from, as its model card says: their training parts."""


@dataclass(frozen=True, eq=False)
class JudgedImages:
    """Images that a network is judged by.

    Args:
        slug: Their data set.
        part: Which part of it, in `PARTS`.
        source: All the images that these are among.
        places: `(count,)`, which of them.
        class_names: One name a class.
    """

    slug: str
    part: str
    source: LabelledImages
    places: npt.NDArray[np.int64]
    class_names: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.places)

    @property
    def labels(self) -> npt.NDArray[np.int64]:
        """`(count,)`, the class of each."""
        return self.source.labels[self.places]

    def images(self, chosen: npt.NDArray[np.int64]) -> npt.NDArray[np.uint8]:
        """Return the pixels of some of them.

        Args:
            chosen: `(n,)`, which ones, from 0 among those that are judged.

        Returns:
            `(n, height, width, channels)`.
        """
        return self.source.images[self.places[chosen]]


def learned_from(network: TrainedNetwork) -> tuple[str, ...]:
    """Name the data sets that a network has learned from, the most important first.

    Args:
        network: The network.
    """
    return STARTER_LEARNED if network.id == STARTER_ID else (network.dataset,)


def parts_of(network: TrainedNetwork, settings: TrainingSettings | None, slug: str) -> tuple[str, ...]:
    """Name the parts of a data set by which a network can be judged.

    What was kept aside and what was learned from is known only for the data set of its own training.

    Args:
        network: The network.
        settings: How it was trained, where known.
        slug: The data set.
    """
    is_own = settings is not None and settings.dataset == slug
    return (TEST, VALIDATION, LEARNED) if is_own else (TEST, LEARNED) if slug in learned_from(network) else (TEST,)


def judged_places(dataset: Dataset, part: str, settings: TrainingSettings | None) -> npt.NDArray[np.int64]:
    """Return which images of a data set belong to a part of it.

    Args:
        dataset: The data set.
        part: One that `parts_of` names.
        settings: How the network was trained on it; without them all training images were learned from.

    Returns:
        Their places, from 0: among the test images for `TEST`, else among the training images.
    """
    if part == TEST:
        return np.arange(len(dataset.test))
    if settings is None:
        return np.arange(len(dataset.train))
    learned, kept_aside = chosen_places(settings, dataset)
    return kept_aside if part == VALIDATION else learned


def judged_images(dataset: Dataset, part: str, places: npt.NDArray[np.int64]) -> JudgedImages:
    """Gather the images of a part.

    Args:
        dataset: The data set.
        part: In `PARTS`.
        places: What `judged_places` returned for it.
    """
    source = dataset.test if part == TEST else dataset.train
    return JudgedImages(dataset.slug, part, source, places, dataset.class_names)
