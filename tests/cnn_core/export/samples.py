"""Networks to export: every ready-made one, and random ones that together have every kind of layer."""

from __future__ import annotations

import random
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np

from cnn_core.architecture.fields import Choice, Fraction, WholeNumber, domain_of
from cnn_core.architecture.layers import (
    INITIALIZERS,
    LAYER_KINDS,
    Activation,
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    GlobalPooling2D,
    Layer,
    Pooling2D,
    SeparableConv2D,
)
from cnn_core.architecture.presets import PRESETS
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.augmentation.settings import Augmentation
from cnn_core.data.dataset import Dataset, LabelledImages
from cnn_core.export.data_source import DataSource
from cnn_core.training.optimizers import OPTIMIZERS
from cnn_core.training.schedules import SCHEDULES
from cnn_core.training.settings import TrainingSettings, settings_for

IMAGES, TEST_IMAGES = 170, 40
"""With a tenth kept aside, 153 are left to learn from: four batches of 32 and a smaller one."""

MOST = {"filters": 6, "units": 12, "kernel_height": 4, "kernel_width": 4, "kernel_size": 4, "pool_size": 3, "stride": 3}
RANDOM_COUNT = 14


@dataclass(frozen=True)
class Sample:
    """A network with its settings, under a name for the test."""

    name: str
    spec: NetworkSpec
    settings: TrainingSettings


def preset_samples() -> list[Sample]:
    """Every ready-made network with its recipe, but for the number of epochs.

    Images are not changed at random: Keras draws other numbers for that than the app does.
    """
    usual = TrainingSettings(batch_size=32)
    alike = {"epochs": 2, "augmentation": Augmentation()}
    return [
        Sample(slug, preset.spec, replace(settings_for(preset, usual), seed=number, **alike))
        for number, (slug, preset) in enumerate(PRESETS.items())
    ]


def random_samples(seed: int = 2) -> list[Sample]:
    """Random networks, the same in every run of the tests."""
    rng = random.Random(seed)
    samples = []
    for number in range(RANDOM_COUNT):
        how = random.Random(number)
        settings = TrainingSettings(
            epochs=2,
            batch_size=32,
            learning_rate=how.choice([0.001, 0.003]),
            optimizer=tuple(OPTIMIZERS)[number % len(OPTIMIZERS)],
            validation_share=how.choice([0.1, 0.25]),
            train_count=how.choice([120, 150, 100_000]),
            seed=how.randrange(1_000_000),
            schedule=tuple(SCHEDULES)[number % len(SCHEDULES)],
            drop_epochs=1,
            l2=how.choice([0.0, 0.001]),
            label_smoothing=how.choice([0.0, 0.1]),
            has_class_weights=how.random() < 0.4,
            keeps_best=how.random() < 0.4,
        )
        samples.append(Sample(f"random-{number}", random_spec(rng, number), settings))
    return samples


def random_spec(rng: random.Random, number: int) -> NetworkSpec:
    """A network that can be built and trained; the kinds and initialisers take turns with its number."""
    image_shape = (rng.randint(9, 14), rng.randint(9, 14), rng.randint(1, 4))
    front = [kind for kind in LAYER_KINDS.values() if kind not in (Dense, Flatten, GlobalPooling2D)]
    kinds = [front[number % len(front)], *rng.choices(front, k=rng.randint(1, 3))]
    rng.shuffle(kinds)
    layers: list[Layer] = []
    shape: tuple[int, ...] = image_shape
    turn = {"initializer": INITIALIZERS[number % len(INITIALIZERS)]}
    for kind in [*kinds, rng.choice([Flatten, GlobalPooling2D]), rng.choice([Dense, BatchNormalization, Dropout])]:
        layer = fitting_layer(rng, kind, shape, turn)
        layers.append(layer)
        shape = layer.output_shape(shape)
    return NetworkSpec(image_shape, (*layers, *ENDS[number % len(ENDS)]))


ENDS: tuple[tuple[Layer, ...], ...] = (
    (Dense(units=4, activation="softmax"),),
    (Dense(units=3, activation="linear"),),
    (Dense(units=5, activation="linear", l2=0.01), Activation(activation="softmax")),
    (Dense(units=1, activation="sigmoid"),),
    (Dense(units=1, activation="linear"),),
)


def fitting_layer(rng: random.Random, kind: type[Layer], shape: tuple[int, ...], turn: dict[str, Any]) -> Layer:
    """Draw until the layer can take the shape."""
    while True:
        settings = {f.name: random_value(rng, kind, f.name) for f in fields(kind)}  # type: ignore[arg-type]
        settings |= {name: value for name, value in turn.items() if name in settings and rng.random() < 0.8}
        if kind in (Conv2D, SeparableConv2D):
            settings[rng.choice(["stride", "dilation_rate"])] = 1
        layer = kind(**settings)
        if layer.misfit(shape) is None:
            return layer


def random_value(rng: random.Random, kind: type[Layer], name: str) -> Any:
    """A value of a layer's setting, within its range and small enough to compute with."""
    match domain_of(kind, name):
        case WholeNumber(low, high):
            return rng.randint(low, min(high, MOST.get(name, high)))
        case Fraction(low, high):
            return rng.uniform(low, high)
        case Choice(options):
            return rng.choice(options)
    return rng.random() < 0.5


def covered(specs: list[NetworkSpec]) -> set[str]:
    """Name what the layers of networks have among what an export could get wrong."""
    seen = set()
    usual = {"l2": 0.0, "dilation_rate": 1, "stride": 1, "use_bias": True, "padding": "valid", "has_batch_norm": True}
    for layer in (layer for spec in specs for layer in spec.layers):
        seen.add(layer.kind)
        seen.add(getattr(layer, "initializer", layer.kind))
        seen |= {f"{layer.kind}.{name}" for name, value in usual.items() if getattr(layer, name, value) != value}
        if isinstance(layer, Pooling2D):
            seen |= {f"{layer.pooling} pooling, {layer.padding}", f"pooling with stride {layer.stride}"}
        if getattr(layer, "kernel_height", 0) != getattr(layer, "kernel_width", 0):
            seen.add(f"{layer.kind}, not square")
    return seen


def small_dataset(source: DataSource) -> Dataset:
    """Images whose brightness depends on their class, so that there is something to learn."""
    rng = np.random.default_rng(7)
    brightness = rng.uniform(40, 215, (source.class_count, *source.image_shape))

    def part(count: int) -> LabelledImages:
        labels = rng.permutation(np.arange(count) % source.class_count)
        images = brightness[labels] + rng.normal(0, 40, (count, *source.image_shape))
        return LabelledImages(np.clip(images, 0, 255).astype(np.uint8), labels.astype(np.int64))

    return Dataset("small", tuple(map(str, range(source.class_count))), part(IMAGES), part(TEST_IMAGES))


def save_in_keras_layout(path: Path, dataset: Dataset) -> None:
    """Write what exported code reads: grey images without an axis of channels, labels as a column, as CIFAR's are."""
    is_grey = dataset.image_shape[2] == 1
    stored = {}
    for name, part in (("train", dataset.train), ("test", dataset.test)):
        stored[f"x_{name}"] = part.images[..., 0] if is_grey else part.images
        stored[f"y_{name}"] = part.labels.astype(np.uint8)[:, np.newaxis]
    np.savez(path, allow_pickle=False, **stored)
