"""Short real trainings with measurements, as `Course` records; each is trained once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np

from cnn_core.architecture.presets import Recipe, preset
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.data.dataset import LabelledImages
from cnn_core.data.registry import load_dataset
from cnn_core.data.split import stratified_split, subset_indices
from cnn_core.training.diagnosis import Course
from cnn_core.training.settings import TrainingSettings, settings_for_recipe
from cnn_core.training.snapshot import EpochResult

Change = Callable[[LabelledImages], LabelledImages]


def digits() -> LabelledImages:
    return load_dataset("digits").train


def with_colours(part: LabelledImages, side: int, count: int) -> LabelledImages:
    """Digits as colour images of 32×32, or twice as large."""
    images = np.pad(part.images[:count], ((0, 0), (2, 2), (2, 2), (0, 0)))
    images = images.repeat(side // 32, axis=1).repeat(side // 32, axis=2).repeat(3, axis=3)
    return LabelledImages(images, part.labels[:count])


def of_two_classes(part: LabelledImages) -> LabelledImages:
    kept = np.isin(part.labels, (3, 8))
    return LabelledImages(part.images[kept], (part.labels[kept] == 8).astype(np.int64))


def mixed_up(part: LabelledImages, seed: int = 9) -> LabelledImages:
    """The same images and labels, but no longer belonging together."""
    return LabelledImages(part.images, np.random.default_rng(seed).permutation(part.labels))


def preset_course(slug: str, *, is_cured: bool = False, part: LabelledImages | None = None, **brief: Any) -> Course:
    """Train a ready-made network as its recipe says, but for what makes it brief."""
    chosen = preset(slug)
    spec, recipe = chosen.spec, chosen.recipe
    if is_cured and chosen.diagnosis is not None:
        spec, recipe = chosen.diagnosis.healthy_spec, chosen.diagnosis.healthy_recipe
    return trained(spec, recipe, part, **brief)


def trained(spec: NetworkSpec, recipe: Recipe, part: LabelledImages | None = None, **brief: Any) -> Course:
    settings = replace(settings_for_recipe(recipe), **brief)
    return _train(spec, settings) if part is None else train_course(spec, settings, part)


@cache
def _train(spec: NetworkSpec, settings: TrainingSettings) -> Course:
    return train_course(spec, settings, digits())


def train_course(spec: NetworkSpec, settings: TrainingSettings, part: LabelledImages) -> Course:
    """Train, and measure the layers before the first step and after each epoch."""
    from cnn_core.training.health import HealthMeter
    from cnn_core.training.trainer import Trainer, build_loss

    train, validation = _split(part, settings)
    trainer = Trainer(spec, settings, train)
    meter = HealthMeter(trainer.model, spec, build_loss(spec))
    health = [(0, meter.measure(train.images[:256], train.labels[:256]))]
    rng, losses, accuracies, epochs = np.random.default_rng(settings.seed), [], [], []
    steps_per_epoch = -(-len(train) // settings.batch_size)
    for epoch in range(1, settings.epochs + 1):
        order = rng.permutation(len(train)).astype(np.int64)
        for start in range(0, len(train), settings.batch_size):
            result = trainer.step(order[start : start + settings.batch_size])
            losses.append(result.loss)
            accuracies.append(result.accuracy)
        here = slice(-steps_per_epoch, None)
        judged = _mean(trainer.evaluate(validation))
        means = float(np.mean(losses[here])), float(np.mean(accuracies[here]))
        epochs.append(EpochResult(epoch, len(losses), *means, *judged))
        health.append((len(losses), meter.measure(train.images[:256], train.labels[:256])))
    return Course(
        np.float32(losses),
        np.float32(accuracies),
        tuple(epochs),
        steps_per_epoch,
        steps_per_epoch * settings.epochs,
        "finished",
        "",
        len(np.unique(part.labels)),
        spec,
        settings,
        tuple(health),
    )


def until(course: Course, step: int) -> Course:
    """The same training as it was after a step."""
    return replace(
        course,
        batch_loss=course.batch_loss[:step],
        batch_accuracy=course.batch_accuracy[:step],
        epochs=tuple(epoch for epoch in course.epochs if epoch.step <= step),
        health=tuple(moment for moment in course.health if moment[0] <= step),
        status="running",
    )


def _split(part: LabelledImages, settings: TrainingSettings) -> tuple[LabelledImages, LabelledImages]:
    chosen = subset_indices(part.labels, min(settings.train_count, len(part)), settings.seed)
    learn, validate = stratified_split(part.labels[chosen], settings.validation_share, settings.seed)
    parts = (chosen[learn], chosen[validate])
    return tuple(LabelledImages(part.images[indices], part.labels[indices]) for indices in parts)  # type: ignore[return-value]


def _mean(batches: Iterable[tuple[float, int, int]]) -> tuple[float, float]:
    loss, correct, count = np.sum(list(batches), axis=0)
    return float(loss / count), float(correct / count)
