"""One list of data sets, each loaded once and shared read-only."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import FrozenInstanceError

import numpy as np
import pytest

from cnn_core.data import registry
from cnn_core.data.dataset import Dataset, LabelledImages
from cnn_core.data.folder import PROJECT_ROOT
from cnn_core.data.registry import (
    DATASETS,
    Availability,
    DatasetEntry,
    dataset_entry,
    forget_loaded,
    load_dataset,
)
from cnn_core.errors import ClassroomError


@pytest.fixture(autouse=True)
def nothing_loaded() -> Iterator[None]:
    forget_loaded()
    yield
    forget_loaded()


def small_dataset(slug: str, train_count: int = 3) -> Dataset:
    def part(count: int) -> LabelledImages:
        return LabelledImages(np.full((count, 2, 4, 1), 9, np.uint8), np.zeros(count, np.int64))

    return Dataset(slug, ("cat",), part(train_count), part(2))


@pytest.fixture
def register(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, Callable[[], Dataset]], None]:
    """Adds a data set of 3 + 2 images to the registry for one test."""

    def add(slug: str, load: Callable[[], Dataset]) -> None:
        entry = DatasetEntry(
            slug, slug, ("cat",), (2, 4, 1), "A test.", 3, 2, "Us.", load, lambda: Availability(True, "Yes."), None
        )
        monkeypatch.setitem(DATASETS, slug, entry)

    return add


Register = Callable[[str, Callable[[], Dataset]], None]


@pytest.mark.parametrize("entry", DATASETS.values(), ids=DATASETS)
def test_every_entry_can_be_shown(entry: DatasetEntry) -> None:
    assert DATASETS[entry.slug] is entry
    assert entry.title
    assert entry.source
    assert len(entry.class_names) == len(set(entry.class_names)) >= 2
    assert all(size > 0 for size in (*entry.image_shape, entry.train_count, entry.test_count))
    for sentence in (entry.summary, entry.availability().explanation):
        assert sentence[0].isupper()
        assert sentence.endswith(".")
        assert ". " not in sentence
    if entry.download is not None:
        assert entry.download.origin.startswith("https://")
        for checksum in [piece.sha256 for piece in entry.download.pieces] or [entry.download.sha256]:
            assert len(bytes.fromhex(checksum)) == 32
    with pytest.raises(FrozenInstanceError, match="slug"):
        entry.slug = "other"  # type: ignore[misc]


def test_digits_are_built_in_and_called_generated() -> None:
    entry = dataset_entry("digits")
    assert entry.availability().is_ready
    assert entry.download is None
    assert "generated" in entry.summary.lower()
    assert entry.class_names == tuple("0123456789")


def test_digits_load_as_the_entry_says() -> None:
    dataset = load_dataset("digits")
    assert dataset.image_shape == (28, 28, 1)
    assert set(dataset.train.labels.tolist()) == set(dataset.test.labels.tolist()) == set(range(10))


def test_unknown_data_set_is_answered_with_the_known_ones() -> None:
    with pytest.raises(ClassroomError, match="no data set called “cats”") as caught:
        dataset_entry("cats")
    assert caught.value.remedy == f"Choose one of these: {', '.join(DATASETS)}."
    with pytest.raises(ClassroomError, match="no data set called “cats”"):
        load_dataset("cats")


def test_loaded_images_cannot_be_changed(register: Register) -> None:
    register("small", lambda: small_dataset("small"))
    dataset = load_dataset("small")
    for part in (dataset.train, dataset.test):
        with pytest.raises(ValueError, match="read-only"):
            part.images[0, 0, 0, 0] = 1
        with pytest.raises(ValueError, match="read-only"):
            part.labels[0] = 1
    assert dataset.train.images[0, 0, 0, 0] == 9


def test_many_threads_at_once_load_once_and_share(register: Register) -> None:
    calls = []
    barrier = threading.Barrier(8)

    def load() -> Dataset:
        calls.append(threading.get_ident())
        time.sleep(0.05)
        return small_dataset("slow")

    def ask(_: int) -> Dataset:
        barrier.wait()
        return load_dataset("slow")

    register("slow", load)
    with ThreadPoolExecutor(8) as pool:
        datasets = list(pool.map(ask, range(8)))
    assert len(calls) == 1
    assert all(dataset is datasets[0] for dataset in datasets)


def test_slow_data_set_does_not_hold_up_another(register: Register) -> None:
    may_end = threading.Event()

    def load() -> Dataset:
        assert may_end.wait(5)
        return small_dataset("slow")

    register("slow", load)
    register("quick", lambda: small_dataset("quick"))
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(load_dataset, "slow")
        assert load_dataset("quick").slug == "quick"
        assert not slow.done()
        may_end.set()
        assert slow.result().slug == "slow"


def test_failure_is_not_remembered(register: Register) -> None:
    attempts = []

    def load() -> Dataset:
        attempts.append(1)
        if len(attempts) == 1:
            raise ClassroomError("It is not there.", "Put it there.")
        return small_dataset("mended")

    register("mended", load)
    with pytest.raises(ClassroomError, match="It is not there"):
        load_dataset("mended")
    assert load_dataset("mended").slug == "mended"


def test_only_the_latest_few_stay_in_memory(register: Register) -> None:
    loads: list[str] = []

    def loader(slug: str) -> Callable[[], Dataset]:
        def load() -> Dataset:
            loads.append(slug)
            return small_dataset(slug)

        return load

    slugs = [f"set-{number}" for number in range(registry.MOST_LOADED + 1)]
    for slug in slugs:
        register(slug, loader(slug))
    for slug in slugs[:-1]:
        load_dataset(slug)
    load_dataset(slugs[0])
    load_dataset(slugs[-1])
    assert loads == slugs
    load_dataset(slugs[0])
    assert loads == slugs
    load_dataset(slugs[1])
    assert loads == [*slugs, slugs[1]]


def test_forgotten_data_set_is_loaded_again(register: Register) -> None:
    register("small", lambda: small_dataset("small"))
    first = load_dataset("small")
    assert load_dataset("small") is first
    forget_loaded()
    assert load_dataset("small") is not first


@pytest.mark.parametrize(
    "dataset", [small_dataset("other"), small_dataset("small", train_count=4)], ids=["slug", "count"]
)
def test_loader_must_bring_what_the_entry_says(register: Register, dataset: Dataset) -> None:
    register("small", lambda: dataset)
    with pytest.raises(ValueError, match=r"must bring what the entry says: .* Received: "):
        load_dataset("small")


def test_neither_listing_nor_loading_imports_a_framework() -> None:
    program = (
        "import sys\n"
        "from cnn_core.data import download\n"
        "from cnn_core.data.registry import DATASETS, load_dataset\n"
        "print([entry.availability().is_ready for entry in DATASETS.values()])\n"
        "load_dataset('digits')\n"
        "print({'keras', 'tensorflow', 'streamlit', 'plotly'} & set(sys.modules))\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program],
        cwd=PROJECT_ROOT,
        env=os.environ | {"CNN_CLASSROOM_DATA": "/nowhere", "KERAS_HOME": "/nowhere"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ended.stdout.splitlines() == ["[True, True, True, False, False, False, True, True, False, False]", "set()"]
