"""Which data set a network is trained on, where nobody has chosen one that fits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from cnn_core.architecture.fitting import fits_images
from cnn_core.architecture.presets import PRESETS, Preset
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.augmentation.settings import Augmentation
from cnn_core.data.entry import DatasetEntry
from cnn_core.data.own.folder import is_own_slug
from cnn_core.data.registry import DATASETS
from cnn_core.training.settings import TrainingSettings, settings_for, settings_for_recipe

GENTLE = Augmentation(shift=0.1, rotation_degrees=10.0)
"""What nearly any picture bears without becoming another class: a letter is neither mirrored nor turned far."""


def fitting_datasets(spec: NetworkSpec, datasets: Mapping[str, DatasetEntry] = DATASETS) -> list[str]:
    """Name the data sets whose images and classes a network is made for, in the order of the menu.

    Args:
        spec: A network that can be built.
        datasets: The data sets by their short names.

    Example:
        >>> from cnn_core.architecture.presets import preset
        >>> fitting_datasets(preset("first").spec)[:2]
        ['digits', 'mnist']
    """
    return [slug for slug, entry in datasets.items() if fits_images(spec, entry.image_shape, len(entry.class_names))]


def dataset_for(
    spec: NetworkSpec, wished: str = "", current: str = "", datasets: Mapping[str, DatasetEntry] = DATASETS
) -> str:
    """Choose a data set for a network: the first of these that fits and can be loaded now.

    The one that the network was made for; the one that is chosen now; what somebody has brought, the newest first; and
    what is built in.

    Args:
        spec: A network that can be built.
        wished: The data set that it was made for.
        current: The data set that is chosen now.
        datasets: The data sets by their short names.

    Returns:
        Its short name. Where none that fits can be loaded, one that fits and has to be fetched; where none fits at
        all, the one that is chosen now.

    Example:
        >>> from cnn_core.architecture.presets import preset
        >>> dataset_for(preset("first").spec, current="digits")
        'digits'
    """
    fitting = fitting_datasets(spec, datasets)
    brought = [slug for slug in reversed(fitting) if is_own_slug(slug)]
    in_order = [slug for slug in dict.fromkeys((wished, current, *brought, *fitting)) if slug in fitting]
    ready = (slug for slug in in_order if datasets[slug].availability().is_ready)
    return next(ready, in_order[0] if in_order else current)


def settings_with_data(
    preset: Preset, settings: TrainingSettings | None = None, datasets: Mapping[str, DatasetEntry] = DATASETS
) -> TrainingSettings:
    """Return how a ready-made network is trained, and on what: its recipe, and a data set that fits it.

    Args:
        preset: The network.
        settings: Where everything else comes from; the defaults where left out.
        datasets: The data sets by their short names.

    Example:
        >>> from cnn_core.architecture.presets import preset
        >>> settings_with_data(preset("first")).dataset
        'digits'
    """
    current = (settings or TrainingSettings()).dataset
    return settings_on(dataset_for(preset.spec, preset.recipe.dataset, current, datasets), preset, settings, datasets)


def settings_on(
    dataset: str,
    preset: Preset,
    settings: TrainingSettings | None = None,
    datasets: Mapping[str, DatasetEntry] = DATASETS,
) -> TrainingSettings:
    """Return how a ready-made network is trained on a data set that has been chosen.

    Args:
        dataset: The data set's short name.
        preset: The network.
        settings: Where everything else comes from; the defaults where left out.
        datasets: The data sets by their short names.

    Example:
        >>> from cnn_core.architecture.presets import preset
        >>> settings_on("cells", preset("blood-cells")).augmentation.rotation_degrees
        180.0
    """
    return with_dataset(settings_for(preset, settings), dataset, datasets)


def with_dataset(
    settings: TrainingSettings, dataset: str, datasets: Mapping[str, DatasetEntry] = DATASETS
) -> TrainingSettings:
    """Return the same way of training on another data set.

    Where images are changed as a recipe does that suits certain classes only, those of other classes are changed
    gently: a cell may be turned half round, a cat or a letter may not. Who goes back to such classes, and has changed
    nothing else of the recipe, gets all of it again.

    Args:
        settings: The way of training.
        dataset: The data set's short name.
        datasets: The data sets by their short names.

    Example:
        >>> from cnn_core.architecture.presets import preset
        >>> cells = settings_on("cells", preset("blood-cells"))
        >>> digits = with_dataset(cells, "digits")
        >>> digits.augmentation.rotation_degrees, with_dataset(digits, "cells") == cells
        (10.0, True)
    """
    moved = replace(settings, dataset=dataset)
    before, after = (_lower_names(datasets.get(slug)) for slug in (settings.dataset, dataset))
    for recipe in (ready_made.recipe for ready_made in PRESETS.values() if ready_made.recipe.changed_classes):
        whole, own = settings_for_recipe(recipe, moved), sorted(recipe.changed_classes)
        if after not in ([], own) and settings.augmentation == whole.augmentation:
            return replace(moved, augmentation=GENTLE)
        if after == own != before and moved == replace(whole, augmentation=GENTLE):
            return whole
    return moved


def _lower_names(entry: DatasetEntry | None) -> list[str]:
    return sorted(map(str.lower, entry.class_names)) if entry is not None else []
