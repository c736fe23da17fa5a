"""Every data set by its short name, and the ones that are loaded. Menus and tests iterate over `DATASETS`."""

from __future__ import annotations

import threading
from collections import OrderedDict

from cnn_core.data.catalogue import catalogue
from cnn_core.data.dataset import Dataset
from cnn_core.data.entry import Availability, DatasetEntry, DownloadSource
from cnn_core.errors import ClassroomError

__all__ = [
    "DATASETS",
    "Availability",
    "DatasetEntry",
    "DownloadSource",
    "dataset_entry",
    "forget_loaded",
    "load_dataset",
]

MOST_LOADED = 4
"""How many data sets stay in memory. MNIST takes 55 MB, the whole of CIFAR-10 would take 184 MB."""


def _load(slug: str) -> Dataset:
    return load_dataset(slug)


DATASETS: dict[str, DatasetEntry] = {entry.slug: entry for entry in catalogue(_load)}
"""Every data set, in the order of the menu."""

_guard = threading.Lock()
_loaded: OrderedDict[str, Dataset] = OrderedDict()
_loading: dict[str, threading.Lock] = {}


def dataset_entry(slug: str) -> DatasetEntry:
    """Look a data set up by its short name.

    Args:
        slug: The short name, as `"digits"`.

    Returns:
        Its entry in the registry.

    Raises:
        ClassroomError: If there is no such data set; the error names those that there are.

    Example:
        >>> dataset_entry("mnist").image_shape
        (28, 28, 1)
    """
    entry = DATASETS.get(slug)
    if entry is None:
        known = ", ".join(DATASETS)
        raise ClassroomError(f"There is no data set called “{slug}”.", f"Choose one of these: {known}.")
    return entry


def load_dataset(slug: str) -> Dataset:
    """Load a data set, or hand out the one that was loaded before.

    All pages and all visitors share the same arrays, so these are read-only: copy before changing. When
    several threads ask for a data set at once, one loads it and the others wait for that.

    Args:
        slug: The short name, as `"digits"`.

    Returns:
        The data set. Its images and labels cannot be written to.

    Raises:
        ClassroomError: If there is no such data set, or it has to be downloaded or repaired first.
    """
    entry = dataset_entry(slug)
    with _guard:
        one_at_a_time = _loading.setdefault(slug, threading.Lock())
    with one_at_a_time:
        with _guard:
            found = _loaded.get(slug)
            if found is not None:
                _loaded.move_to_end(slug)
                return found
        dataset = entry.load()
        _check_against_entry(dataset, entry)
        _make_read_only(dataset)
        with _guard:
            _loaded[slug] = dataset
            while len(_loaded) > MOST_LOADED:
                _loaded.popitem(last=False)
        return dataset


def forget_loaded() -> None:
    """Forget every loaded data set, so that the next `load_dataset` reads its file again."""
    with _guard:
        _loaded.clear()


def _check_against_entry(dataset: Dataset, entry: DatasetEntry) -> None:
    """A menu promises what the entry says, so a loader that brings something else is a mistake of ours."""
    received = (
        dataset.slug,
        dataset.class_names,
        dataset.train.images.shape,
        dataset.test.images.shape,
    )
    expected = (
        entry.slug,
        entry.class_names,
        (entry.train_count, *entry.image_shape),
        (entry.test_count, *entry.image_shape),
    )
    if received != expected:
        raise ValueError(f"The loader must bring what the entry says: {expected}. Received: {received}.")


def _make_read_only(dataset: Dataset) -> None:
    for part in (dataset.train, dataset.test):
        part.images.setflags(write=False)
        part.labels.setflags(write=False)
