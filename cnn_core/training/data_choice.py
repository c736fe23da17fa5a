"""Which data set a network is trained on, where nobody has chosen one that fits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from cnn_core.architecture.fitting import fits_images
from cnn_core.architecture.presets import Preset
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.data.entry import DatasetEntry
from cnn_core.data.own.folder import is_own_slug
from cnn_core.data.registry import DATASETS
from cnn_core.training.settings import TrainingSettings, settings_for


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
    decided = settings_for(preset, settings)
    return replace(decided, dataset=dataset_for(preset.spec, preset.recipe.dataset, decided.dataset, datasets))
