"""Which images a network is judged by: a data set that fits it, and a part of that."""

from __future__ import annotations

from cnn_core.data.registry import DATASETS
from cnn_core.evaluation.judged import PARTS, TEST, learned_from, parts_of
from cnn_core.networks import TrainedNetwork
from cnn_core.training.settings import TrainingSettings
from dashboard.controls.lesson_controls import menu_choice

PART_WORDS = (
    "It has never seen the test images, so they say how it does on new ones. Validation images were kept aside while "
    "it learned."
)


def judged_controls(network: TrainedNetwork, settings: TrainingSettings | None, page: str) -> tuple[str, str] | None:
    """Choose a data set of the network's classes, and the part of it.

    Args:
        network: The network.
        settings: How it was trained, where known.
        page: The page's name, the beginning of its widgets' keys.

    Returns:
        The data set's slug and the part, in `PARTS`; nothing where no data set here fits the network.
    """
    fitting = fitting_datasets(network)
    if not fitting:
        return None
    default = next((slug for slug in learned_from(network) if slug in fitting), fitting[0])
    titles = {slug: DATASETS[slug].title for slug in fitting}
    slug = menu_choice(
        "Data set",
        f"{page}.dataset.{network.id}",
        titles,
        default,
        "Every data set on this machine with images of the network's size and with its classes.",
    )
    parts = {part: PARTS[part] for part in parts_of(network, settings, slug)}
    if len(parts) == 1:
        return slug, TEST
    name = f"{page}.part.{network.id}.{slug}"
    return slug, menu_choice("Part of it", name, parts, TEST, PART_WORDS)


def fitting_datasets(network: TrainedNetwork) -> list[str]:
    """Name the data sets on this machine that a network can be judged on: its image size, and just its classes."""
    return [
        slug
        for slug, entry in DATASETS.items()
        if entry.image_shape == network.spec.input_shape
        and entry.class_names == network.class_names
        and entry.availability().is_ready
    ]
