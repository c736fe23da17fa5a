"""Two ready-made networks trained side by side: the fully connected one and its convolutional rival."""

from __future__ import annotations

from dataclasses import replace

from cnn_core.architecture.fitting import fits_images
from cnn_core.architecture.presets import preset
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.data.registry import DATASETS
from cnn_core.errors import ClassroomError
from cnn_core.training.precision import decided_alike
from cnn_core.training.run import Run
from cnn_core.training.runs import start_run
from cnn_core.training.settings import TrainingSettings, settings_for

RIVALS = ("fully-connected", "large-cnn")
"""The two networks, by their names among the ready-made ones."""


def contest_settings(settings: TrainingSettings) -> tuple[TrainingSettings, ...]:
    """Say how the rivals are trained: by their recipes, and alike in all else, the seed included.

    Args:
        settings: Where everything else comes from. Where its data set does not fit the networks or is not on this
            machine, the built-in digits take its place.

    Returns:
        One for each of `RIVALS`.
    """
    rivals = [preset(slug) for slug in RIVALS]
    if not all(_can_learn_from(rival.spec, settings.dataset) for rival in rivals):
        settings = replace(settings, dataset=TrainingSettings.dataset)
    return decided_alike([rival.spec for rival in rivals], [settings_for(rival, settings) for rival in rivals])


def start_contest(settings: TrainingSettings, owner: str = "") -> tuple[Run, ...]:
    """Begin to train both rivals in the background.

    Args:
        settings: As for `contest_settings`.
        owner: Who asks for it.

    Returns:
        Their runs, in the order of `RIVALS`.

    Raises:
        ClassroomError: If one of them cannot be started. Then the other one is stopped: it has no rival.
    """
    runs: list[Run] = []
    for slug, own in zip(RIVALS, contest_settings(settings), strict=True):
        rival = preset(slug)
        try:
            runs.append(start_run(rival.spec, own, rival.title, owner, beside=runs[0].id if runs else ""))
        except ClassroomError:
            for run in runs:
                run.control.stop()
            raise
    return tuple(runs)


def _can_learn_from(spec: NetworkSpec, dataset: str) -> bool:
    entry = DATASETS.get(dataset)
    if entry is None or not fits_images(spec, entry.image_shape, len(entry.class_names)):
        return False
    return entry.availability().is_ready
