"""Where exported code looks for its images."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cnn_core.architecture.layers import Dense, Flatten
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.data.entry import DownloadSource
from cnn_core.data.registry import DATASETS
from cnn_core.export import data_source as module
from cnn_core.export.data_source import KERAS_DATASETS, data_source
from cnn_core.export.script import keras_script
from cnn_core.training.settings import TrainingSettings


def reader(shape: tuple[int, int, int], class_count: int) -> NetworkSpec:
    last = Dense(units=1, activation="sigmoid") if class_count == 2 else Dense(units=class_count, activation="softmax")
    return NetworkSpec(shape, (Flatten(), last))


@pytest.mark.parametrize("slug", DATASETS)
def test_every_data_set_has_a_place(slug: str) -> None:
    entry = DATASETS[slug]
    source = data_source(reader(entry.image_shape, len(entry.class_names)), TrainingSettings(dataset=slug))
    assert (source.image_shape, source.class_count) == (entry.image_shape, len(entry.class_names))
    base = DATASETS[entry.base or slug]
    assert source.file_name == ("" if base.download else f"{base.slug}.npz")
    assert source.variant == entry.variant
    assert source.file_name or source.keras_name
    assert source.most_images >= entry.train_count
    assert entry.summary in source.summary
    assert entry.source in source.summary
    assert not source.is_own


@pytest.mark.parametrize(
    ("shape", "class_count", "dataset", "file_name", "keras_name"),
    [
        ((28, 28, 1), 10, "digits", "digits.npz", "mnist"),
        ((28, 28, 1), 10, "mnist", "", "mnist"),
        ((28, 28, 1), 10, "my own", "images.npz", ""),
        ((28, 28, 1), 9, "digits", "images.npz", ""),
        ((28, 28, 1), 10, "fashion_mnist", "", "fashion_mnist"),
        ((32, 32, 3), 10, "shapes", "shapes.npz", ""),
        ((32, 32, 3), 10, "digits", "shapes.npz", ""),
        ((32, 32, 3), 10, "cifar10", "", "cifar10"),
        ((32, 32, 3), 100, "digits", "images.npz", "cifar100"),
        ((32, 32, 3), 10, "my own", "images.npz", ""),
        ((64, 64, 3), 2, "cells", "cells.npz", ""),
        ((64, 64, 3), 3, "digits", "images.npz", ""),
    ],
)
def test_place_of_the_images(
    shape: tuple[int, int, int], class_count: int, dataset: str, file_name: str, keras_name: str
) -> None:
    source = data_source(reader(shape, class_count), TrainingSettings(dataset=dataset))
    assert (source.file_name, source.keras_name) == (file_name, keras_name)


def test_new_published_data_set_is_fetched_by_keras(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where the settings name another one that does not suit the network."""
    cifar = replace(
        DATASETS["mnist"],
        slug="cifar100",
        title="CIFAR-100",
        class_names=tuple(f"class {number}" for number in range(100)),
        image_shape=(32, 32, 3),
        train_count=50_000,
        download=DownloadSource("cifar100.npz", "https://example.org/cifar100.npz", "0" * 64, None),
    )
    monkeypatch.setitem(DATASETS, "cifar100", cifar)
    script = keras_script(reader((32, 32, 3), 100), TrainingSettings(dataset="digits"))
    assert "(images, labels), (x_test, y_test) = keras.datasets.cifar100.load_data()" in script
    assert ".npz" not in script


def test_published_data_set_that_keras_lacks_lies_beside_the_code(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = replace(DATASETS["mnist"], slug="letters", class_names=tuple("abc"), train_count=5)
    monkeypatch.setitem(DATASETS, "letters", entry)
    source = data_source(reader((28, 28, 1), 3), TrainingSettings(dataset="letters"))
    assert (source.file_name, source.keras_name, source.most_images) == ("letters.npz", "", 5)


def test_new_built_in_data_set_lies_beside_the_code(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = replace(DATASETS["digits"], slug="forms", image_shape=(24, 24, 3), class_names=("round", "square"))
    monkeypatch.setitem(DATASETS, "forms", entry)
    script = keras_script(reader((24, 24, 3), 2), TrainingSettings(dataset="forms"))
    assert 'DATA_FILE = FOLDER / "forms.npz"' in script
    assert "raise SystemExit" in script
    compile(script, "network.py", "exec")


@pytest.mark.slow
def test_keras_has_these_data_sets() -> None:
    from cnn_core.backend import keras

    assert all(callable(getattr(keras.datasets, name).load_data) for name in KERAS_DATASETS)


def test_registry_s_figures_of_published_data_sets_are_those_known_of_keras() -> None:
    for entry in DATASETS.values():
        known = KERAS_DATASETS.get(module._published_name(entry))
        if known is not None:
            assert known.suits(entry.image_shape, len(entry.class_names))
            assert known.train_count == entry.train_count
