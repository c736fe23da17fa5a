"""What every view of the page Evaluate looks at: one network, some images, and what it says of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st

from cnn_core.correction.teaching import is_taught_copy
from cnn_core.data.registry import DATASETS, load_dataset
from cnn_core.errors import ClassroomError
from cnn_core.evaluation.class_figures import class_figures
from cnn_core.evaluation.judged import (
    LEARNED,
    TEST,
    VALIDATION,
    JudgedImages,
    judged_images,
    judged_places,
    learned_from,
)
from cnn_core.evaluation.overlap import learned_before
from cnn_core.evaluation.predictions import Predictions, predict_images
from cnn_core.evaluation.reservations import (
    Overlap,
    Reservation,
    origin_reservations,
    overlap_reservations,
    part_reservations,
    size_reservations,
    taught_reservations,
)
from cnn_core.networks import STARTER_ID, TrainedNetwork
from cnn_core.training.run import Run
from cnn_core.training.runs import find_run
from cnn_core.training.settings import TrainingSettings
from dashboard import resources
from dashboard.controls.progress import progress_teller
from dashboard.palette import Palette
from dashboard.words import count

PART_WORDS = {TEST: "test images", VALIDATION: "validation images", LEARNED: "training images"}


@dataclass(frozen=True, eq=False)
class Evaluation:
    """A network, the images that it is judged by, and what it says of them.

    Args:
        network: The network with its weights of some moment.
        settings: How it was trained, where known.
        judged: The images.
        predictions: What it says.
        palette: The theme's colours.
    """

    network: TrainedNetwork
    settings: TrainingSettings | None
    judged: JudgedImages
    predictions: Predictions
    palette: Palette

    @property
    def names(self) -> tuple[str, ...]:
        """One name a class."""
        return self.judged.class_names

    @property
    def words(self) -> str:
        """What the images are, as `"3,000 test images of Digits"`."""
        return f"{count(len(self.judged))} {PART_WORDS[self.judged.part]} of {DATASETS[self.judged.slug].title}"

    @property
    def file_name(self) -> str:
        """The beginning of the names of files that are saved."""
        return f"{self.network.id}-{self.judged.slug}-{self.judged.part}"

    def image_words(self, place: int) -> str:
        """Name one image, as `"test image 12"`.

        Args:
            place: Which one, from 0 among those that are judged.
        """
        kind = "test image" if self.judged.part == TEST else "training image"
        return f"{kind} {count(int(self.judged.places[place]) + 1)}"


def settings_of(network: TrainedNetwork) -> TrainingSettings | None:
    """Return how a network was trained; nothing where that is not all: of the starter network, and of taught copies."""
    run = _run_of(network)
    return run.settings if run is not None and not is_taught_copy(run) else None


def _run_of(network: TrainedNetwork) -> Run | None:
    return find_run(network.id) if network.id != STARTER_ID else None


def find_evaluation(
    network: TrainedNetwork, settings: TrainingSettings | None, slug: str, part: str, palette: Palette
) -> Evaluation:
    """Ask a network about all images of a part, with progress; what is known is not asked again.

    Raises:
        ClassroomError: If the data set cannot be read, or does not fit the network.
    """
    judged, predictions = find_predictions(network, settings, slug, part)
    return Evaluation(network, settings, judged, predictions, palette)


def find_predictions(
    network: TrainedNetwork, settings: TrainingSettings | None, slug: str, part: str
) -> tuple[JudgedImages, Predictions]:
    """Return the images of a part and what a network says of them; asked once for each state of its weights.

    Raises:
        ClassroomError: If the data set cannot be read, or does not fit the network.
    """
    dataset = load_dataset(slug)
    details = (slug, part, len(dataset.train), len(dataset.test))
    places = resources.answer(
        "evaluation.places", network, None, details, lambda: judged_places(dataset, part, settings)
    )
    judged = judged_images(dataset, part, places)
    if not len(judged):
        raise ClassroomError(f"There are no {PART_WORDS[part]} in this data set.", "Choose another part of it.")

    def find() -> Predictions:
        words = f"Asking the network about {count(len(judged))} {PART_WORDS[part]}"
        tell = progress_teller(st.empty(), words)
        predict = resources.probe(network).probabilities
        return Predictions(predict_images(predict, judged.source.images, places, tell), judged.labels)

    return judged, resources.answer("evaluation", network, None, details, find)


def find_reservations(evaluation: Evaluation) -> list[Reservation]:
    """Say what to keep in mind when reading the accuracy."""
    predictions, judged = evaluation.predictions, evaluation.judged
    figures = class_figures(predictions.confusion)
    run = _run_of(evaluation.network)
    if run is not None and is_taught_copy(run):
        origin = taught_reservations(run.snapshot.remark)
    else:
        origin = origin_reservations(learned_from(evaluation.network), judged.slug)
    return [
        *part_reservations(judged.part, evaluation.settings),
        *overlap_reservations(_find_overlap(evaluation)),
        *size_reservations(predictions.right, predictions.count, figures, evaluation.names),
        *origin,
    ]


def _find_overlap(evaluation: Evaluation) -> Overlap | None:
    """Find out how many judged images were learned from; nothing where that is what they are, or nobody can tell."""
    judged, network = evaluation.judged, evaluation.network
    if judged.part == LEARNED:
        return None
    slugs = [slug for slug in learned_from(network) if slug in DATASETS and DATASETS[slug].availability().is_ready]
    if not slugs:
        return None

    def find() -> Overlap | None:
        try:
            learned = [_learned_images(slug, evaluation.settings) for slug in slugs]
        except ClassroomError:
            return None
        words = f"Looking whether it has learned from any of {evaluation.words}"
        with st.spinner(words):
            everything = (source[place] for source, places in learned for place in places)
            is_known = learned_before((judged.source.images[place] for place in judged.places), everything)
        others_right = int((evaluation.predictions.is_right & ~is_known).sum())
        return Overlap(int(is_known.sum()), int((~is_known).sum()), others_right)

    details = (judged.slug, judged.part, len(judged), tuple(slugs))
    return resources.answer("evaluation.overlap", network, None, details, find)


def _learned_images(slug: str, settings: TrainingSettings | None) -> tuple[np.ndarray, np.ndarray]:
    dataset = load_dataset(slug)
    return dataset.train.images, judged_places(dataset, LEARNED, settings)
