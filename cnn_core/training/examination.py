"""What the rules of diagnosis need of a run: its course, and how its layers did at the start and do now."""

from __future__ import annotations

from dataclasses import replace

from cnn_core.training.diagnosis import Course
from cnn_core.training.diagnosis.base import NetworkHealth
from cnn_core.training.run import Run
from cnn_core.training.settings import TrainingSettings

Moments = tuple[tuple[int, NetworkHealth], ...]


def examine(run: Run) -> Moments:
    """Measure a run's layers with the weights that it began with and with its newest ones, on training images.

    Nothing of the training itself is touched or slowed: the network is built again for it. Takes one to three seconds,
    and imports TensorFlow.

    Args:
        run: A run that has ended or is halted.

    Returns:
        Steps taken and the layers' measurements, for both; nothing while it has no weights.

    Raises:
        ClassroomError: If the images cannot be read.
    """
    first, now = run.first_weights, run.weights
    if first is None or now is None:
        return ()
    from cnn_core.architecture.build import build_model
    from cnn_core.training.health import HealthMeter
    from cnn_core.training.trainer import build_loss

    sample = run.training_sample()
    model = build_model(run.spec, run.settings.seed)
    model.set_weights(list(first.arrays))
    meter = HealthMeter(model, run.spec, build_loss(run.spec))
    at_first = (first.step, meter.measure(sample.images, sample.labels))
    model.set_weights(list(now.arrays))
    return at_first, (now.step, meter.measure(sample.images, sample.labels))


def course_of(run: Run, health: Moments = ()) -> Course:
    """Describe how a training went, for `diagnosis.findings`.

    Args:
        run: The run.
        health: What `examine` has measured; without it only the curves are looked at.
    """
    snapshot = run.snapshot
    return Course(
        batch_loss=snapshot.batch_loss,
        batch_accuracy=snapshot.batch_accuracy,
        epochs=snapshot.epochs,
        steps_per_epoch=snapshot.steps_per_epoch,
        total_steps=snapshot.total_steps,
        status=snapshot.status,
        message=snapshot.message,
        class_count=len(run.class_names),
        spec=run.spec,
        settings=_steered(run),
        health=health,
    )


def _steered(run: Run) -> TrainingSettings:
    """Return a run's settings as they were in the end: some can be changed while it learns."""
    settings = run.settings
    for change in run.snapshot.changes:
        if hasattr(settings, change.name):
            kind = type(getattr(settings, change.name))
            settings = replace(settings, **{change.name: kind(change.value)})
    return settings
