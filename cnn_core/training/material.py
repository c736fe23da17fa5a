"""The images of one training: those to learn from, to validate with and to judge by."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cnn_core.architecture.shapes import network_figures
from cnn_core.architecture.spec import NetworkSpec, shape_text
from cnn_core.data.dataset import Dataset, LabelledImages
from cnn_core.data.group_split import group_split
from cnn_core.data.split import Indices, subset_indices
from cnn_core.errors import ClassroomError
from cnn_core.training.settings import TrainingSettings

VERDICT_COUNT = 24
"""Test images whose verdicts are followed while the network learns."""


@dataclass(frozen=True)
class Material:
    """What a network learns from and is judged by.

    Args:
        train: The images to learn from.
        validation: Those that are kept aside, and asked about after every epoch.
        test: Those that are asked about at the end only.
        watched: A few test images whose verdicts people follow.
        class_names: One name a class.
    """

    train: LabelledImages
    validation: LabelledImages
    test: LabelledImages
    watched: LabelledImages
    class_names: tuple[str, ...]


def choose_material(spec: NetworkSpec, settings: TrainingSettings, dataset: Dataset) -> Material:
    """Take from a data set what one training needs; equal settings give the same images in the same order.

    Args:
        spec: The network.
        settings: How many images, which share of them is kept aside, and the seed.
        dataset: The images.

    Raises:
        ClassroomError: If images and network do not fit each other.
    """
    _check_fit(spec, dataset)
    learned, kept_aside = chosen_places(settings, dataset)
    watched = subset_indices(dataset.test.labels, min(VERDICT_COUNT, len(dataset.test)), settings.seed)
    return Material(
        train=_pick(dataset.train, learned),
        validation=_pick(dataset.train, kept_aside),
        test=dataset.test,
        watched=_pick(dataset.test, watched),
        class_names=dataset.class_names,
    )


def chosen_places(settings: TrainingSettings, dataset: Dataset) -> tuple[Indices, Indices]:
    """Return which of the training images one training learns from, and which it keeps aside.

    Args:
        settings: How many images, which share of them is kept aside, and the seed.
        dataset: The images.

    Returns:
        Their places among the training images, from 0: those to learn from, and those to validate with.
    """
    count = min(settings.train_count, len(dataset.train))
    chosen = subset_indices(dataset.train.labels, count, settings.seed)
    groups = dataset.train.groups[chosen] if dataset.train.groups is not None else None
    learn, validate = group_split(dataset.train.labels[chosen], groups, settings.validation_share, settings.seed)
    return chosen[learn], chosen[validate]


def _pick(part: LabelledImages, indices: np.ndarray) -> LabelledImages:
    return LabelledImages(part.images[indices], part.labels[indices])


def _check_fit(spec: NetworkSpec, dataset: Dataset) -> None:
    if dataset.image_shape != spec.input_shape:
        raise ClassroomError(
            f"This network takes images of {shape_text(spec.input_shape)}, but those of "
            f"“{dataset.slug}” are {shape_text(dataset.image_shape)}.",
            "Choose another data set, or change the network's input.",
        )
    outputs = network_figures(spec).output_shape
    expected = (1,) if len(dataset.class_names) == 2 and outputs == (1,) else (len(dataset.class_names),)
    if outputs != expected:
        raise ClassroomError(
            f"This network has {shape_text(outputs)} outputs, but “{dataset.slug}” has "
            f"{len(dataset.class_names)} classes.",
            f"Give the network {len(dataset.class_names)} classes.",
        )
